//! `notices/*.md`: what people write about incidents, with front matter in YAML. Pure.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::public::misplaced_references;
use super::raw::{RawNotice, RawNoticeStatus};
use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::merge::merge;
use crate::config::schema::FileKind;
use crate::config::schema::check;
use crate::config::sources::{BYTE_ORDER_MARK, Source, SourceFile, Sources};
use crate::config::suggest::suggest;
use crate::config::violation::PlacedViolation;
use crate::config::yaml;
use crate::config::yaml::tree::{Node, TextPlace};
use crate::page::{ComponentId, NoticeStatus, PublicNotice};
use crate::written::Path;

/// Bytes of a notice. Each page of an incident shows all of its notices.
const NOTICE_BYTES: usize = 32 << 10;

/// Characters of the name of a file, which names the notice in addresses.
const NAME_CHARS: usize = 100;

const FRONT_MATTER: &str = "begin the file with `---`, then `components: [ID]`, `status: investigating`, `at: 2026-11-28T09:15:00Z`, and `---`";

/// What the files say. The diagnostics are in the order of file and position.
#[derive(Debug, Default)]
pub struct LoadedNotices {
    /// The valid ones, in the order of their files.
    pub notices: Vec<PublicNotice>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads every file. `components` are those of all pages; without them, no component is known to be missing.
pub fn load_notices(files: &[SourceFile], components: Option<&BTreeSet<ComponentId>>) -> LoadedNotices {
    let sources = Sources::new(files);
    let mut faults = Vec::new();
    let mut notices = Vec::new();
    for (index, source) in sources.iter() {
        let before = faults.len();
        let notice = notice(source, index, &sources, components, &mut faults);
        notices.extend(notice.filter(|_| faults.len() == before));
    }
    let mut diagnostics: Vec<_> = faults.into_iter().map(|fault| sources.diagnostic(fault)).collect();
    diagnostics.sort();
    LoadedNotices { notices, diagnostics }
}

fn notice(
    source: &Source<'_>,
    index: u32,
    sources: &Sources<'_>,
    components: Option<&BTreeSet<ComponentId>>,
    faults: &mut Vec<PlacedViolation>,
) -> Option<PublicNotice> {
    let at = |start, end| TextPlace { file: index, start, end };
    if source.file.bytes.len() > NOTICE_BYTES {
        let message = format!("this notice is larger than {} KiB", NOTICE_BYTES >> 10);
        faults.push(
            PlacedViolation::new(Code::TooLarge, at(0, 0), message).help("shorten it, or link to the rest"),
        );
        return None;
    }
    if let Some(start) = source.not_utf8_at {
        let fault = PlacedViolation::new(Code::NotUtf8, at(start, start + 1), "this file is not UTF-8 text");
        faults.push(fault.label("first invalid byte").help("save the file as UTF-8"));
        return None;
    }
    let id = name(&source.file.path);
    if id.is_none() {
        let message =
            format!("the name of a notice has 1 to {NAME_CHARS} characters of a-z, 0-9, '.', '_' and '-'");
        let fault = PlacedViolation::new(Code::BadFormat, at(0, 0), message);
        faults.push(fault.help("name it like 2026-11-28-payments.md"));
    }
    let (front, body) = match parts(&source.text) {
        Ok(parts) => parts,
        Err(NoFrontMatter::Absent) => {
            let fault = PlacedViolation::new(Code::MissingKey, at(0, 0), "this notice has no front matter");
            faults.push(fault.help(FRONT_MATTER));
            return None;
        }
        Err(NoFrontMatter::Open(place)) => {
            let message = "the front matter of this notice has no end";
            let fault = PlacedViolation::new(Code::YamlSyntax, at(place, place + 3), message);
            faults.push(fault.label("begins here").help("write a line `---` between it and the text"));
            return None;
        }
    };
    if body.text.trim().is_empty() {
        let fault = PlacedViolation::new(Code::Empty, at(body.start, body.start), "this notice has no text");
        faults.push(fault.label("empty").help("write below the front matter what users should know"));
    }
    let parsed = yaml::parse_from(front.text, index, front.start, 0);
    faults.extend(parsed.faults);
    let Some(mut root) = parsed.documents.into_iter().next().map(|document| document.root) else {
        if parsed.broken.is_empty() {
            let fault = PlacedViolation::new(
                Code::MissingKey,
                at(front.start, front.start),
                "the front matter is empty",
            );
            faults.push(fault.label("empty").help(FRONT_MATTER));
        }
        return None;
    };
    faults.extend(check::check(FileKind::Notice, &mut root, sources));
    if let Some(components) = components {
        faults.extend(unknown_components(&root, components));
    }
    let Value::Object(fields) = merge(None, &root).to_sound_json() else { return None };
    let mut violations = Vec::new();
    misplaced_references(&Path::default(), &Value::Object(fields.clone()), &mut violations);
    faults.extend(violations.into_iter().map(|violation| PlacedViolation::at(violation, &root)));
    let RawNotice { components, status, at, title, incident } =
        RawNotice::deserialize(&Value::Object(fields)).ok()?;
    let at = moment(&root, &at?, faults)?;
    Some(PublicNotice {
        id: id?.to_owned(),
        components: components?.iter().filter_map(|component| ComponentId::parse(&component.0)).collect(),
        status: match status? {
            RawNoticeStatus::Investigating => NoticeStatus::Investigating,
            RawNoticeStatus::Identified => NoticeStatus::Identified,
            RawNoticeStatus::Monitoring => NoticeStatus::Monitoring,
            RawNoticeStatus::Resolved => NoticeStatus::Resolved,
        },
        at,
        title: title.map(|title| title.0),
        incident,
        markdown: body.text.trim().to_owned(),
    })
}

/// The name of a file without its ending, if it can stand in addresses.
fn name(path: &str) -> Option<&str> {
    let file = path.rsplit('/').next().unwrap_or(path);
    let name = file.strip_suffix(".md")?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    let is_name = name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(fits);
    (is_name && name.len() <= NAME_CHARS).then_some(name)
}

/// A part of a file, and where it begins.
struct TextPart<'t> {
    text: &'t str,
    start: usize,
}

/// Why a notice has no front matter.
enum NoFrontMatter {
    Absent,
    /// It begins there, and never ends.
    Open(usize),
}

/// The front matter between its two lines, and the text below.
fn parts(text: &str) -> Result<(TextPart<'_>, TextPart<'_>), NoFrontMatter> {
    let is_fence = |line: &str| line.trim_end() == "---";
    let begin = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    let mut lines = text.get(begin..).unwrap_or_default().split_inclusive('\n');
    let first = lines.next().filter(|line| is_fence(line)).ok_or(NoFrontMatter::Absent)?;
    let start = begin + first.len();
    let mut end = start;
    for line in lines {
        let next = end + line.len();
        if is_fence(line) {
            let part =
                |start: usize, end: usize| TextPart { text: text.get(start..end).unwrap_or_default(), start };
            return Ok((part(start, end), part(next, text.len())));
        }
        end = next;
    }
    Err(NoFrontMatter::Open(begin))
}

/// A date that no calendar has passes the pattern of the schema.
fn moment(root: &Node, text: &str, faults: &mut Vec<PlacedViolation>) -> Option<Timestamp> {
    let place = root.nearest(&Path::from("at")).place;
    text.parse()
        .map_err(|_| {
            let fault = PlacedViolation::new(
                Code::BadFormat,
                place,
                format!("`at`: there is no such time as {text}"),
            );
            faults.push(fault.label("no time").help("write it like `at: 2026-11-28T09:15:00Z`"));
        })
        .ok()
}

fn unknown_components(root: &Node, known: &BTreeSet<ComponentId>) -> Vec<PlacedViolation> {
    let items = root.find(&Path::from("components")).map(Node::items).unwrap_or_default();
    let fault = |item: &Node| {
        let id = item.text().filter(|_| !item.has_faults())?;
        if known.iter().any(|one| one.as_str() == id) {
            return None;
        }
        let message = format!("no status page has the component `{id}`");
        let fault = PlacedViolation::new(Code::UnknownComponent, item.place, message).label("not found");
        Some(match suggest(id, known.iter().map(ComponentId::as_str)) {
            Some(meant) => fault.help(format!("did you mean `{meant}`?")),
            None => fault.help("write the id of a component: its `id`, or the id that its name gives"),
        })
    };
    items.iter().filter_map(fault).collect()
}
