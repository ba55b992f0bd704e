//! What `pull` wrote, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::paint::{FAINT, GOOD, STRONG, WARN, column, paint};
use crate::config::edit::{Placeholder, Redacted};
use crate::monitor::{MonitorId, Place, marked};
use crate::plan::FieldChange;

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

/// What became of the items that were looked at.
#[derive(Debug, Default)]
pub struct Pulled {
    pub written: Vec<PulledMonitor>,
    /// Put in by hand, but in the files already.
    pub known: Vec<KnownMonitor>,
    pub skipped: Vec<Skipped>,
    /// In the files, and not in the table: deleted there, or not synced yet.
    pub absent: Vec<KnownMonitor>,
}

/// A monitor that is in the files now as it is in the table.
#[derive(Debug)]
pub struct PulledMonitor {
    pub id: MonitorId,
    pub place: Place,
    pub way: PulledFrom,
    pub redacted: Vec<Redacted>,
}

/// How it came into the files.
#[derive(Debug)]
pub enum PulledFrom {
    /// In a file of its own.
    New,
    /// By a change of the file it stood in.
    Changed { fields: Vec<FieldChange>, remark: PullRemark },
}

/// What else is to be said about a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullRemark {
    None,
    /// Other fields were edited in the file; they stay, and the next sync brings them.
    EditedInTheFileToo,
}

#[derive(Debug)]
pub struct KnownMonitor {
    pub id: MonitorId,
    pub place: Place,
}

/// An item that was not written.
#[derive(Debug)]
pub struct Skipped {
    pub key: String,
    pub place: Option<Place>,
    pub why: String,
    pub help: Option<&'static str>,
}

impl Pulled {
    pub fn created(&self) -> impl Iterator<Item = &PulledMonitor> {
        self.written.iter().filter(|one| matches!(one.way, PulledFrom::New))
    }

    pub fn changed(&self) -> impl Iterator<Item = &PulledMonitor> {
        self.written
            .iter()
            .filter(|one| matches!(&one.way, PulledFrom::Changed { fields, .. } if !fields.is_empty()))
    }
}

/// For people: each monitor with its place, and the fields that changed there.
pub fn text(pulled: &Pulled) -> String {
    let mut text = String::new();
    let width = pulled.written.iter().map(|one| one.id.as_str().len()).max().unwrap_or(0).min(48);
    for PulledMonitor { id, place, way, redacted: _ } in &pulled.written {
        let (sign, fields) = match way {
            PulledFrom::New => (paint(GOOD, "+"), &[][..]),
            PulledFrom::Changed { fields, .. } if fields.is_empty() => continue,
            PulledFrom::Changed { fields, .. } => (paint(WARN, "~"), fields.as_slice()),
        };
        let id = column(STRONG, id.as_str(), width);
        let _ = writeln!(text, "{sign} {id}  {}", paint(FAINT, &place.to_string()));
        let width = fields.iter().map(|field| field.path.len()).max().unwrap_or(0).min(40);
        for FieldChange { path, before, after, risk: _, effect: _, inherited: _, was: _, variable: _ } in
            fields
        {
            let path = marked(path.clone());
            let _ =
                writeln!(text, "    {path:<width$}  {} → {}", shown(before.as_ref()), shown(after.as_ref()));
        }
    }
    text
}

/// What is to be known, but not to be done.
pub fn notes(pulled: &Pulled) -> Vec<String> {
    let known = pulled.known.iter().map(|KnownMonitor { id, place }| {
        format!("{id} is already in {place}; adopt it with `monitorctl sync --adopt {id}`")
    });
    let too = pulled.written.iter().filter_map(|one| match one.way {
        PulledFrom::Changed { remark: PullRemark::EditedInTheFileToo, .. } => Some(format!(
            "{} was also edited in {}, in other fields; the next sync applies those",
            one.id, one.place.file
        )),
        PulledFrom::Changed { remark: PullRemark::None, .. } | PulledFrom::New => None,
    });
    let absent = pulled.absent.iter().map(|KnownMonitor { id, place }| {
        format!("{id} ({place}) is not in the table; the next sync writes it; if it was deleted there, delete it in its file too")
    });
    known.chain(too).chain(absent).collect()
}

/// What a person has to look at.
pub fn warnings(pulled: &Pulled) -> Vec<String> {
    let redacted =
        pulled.written.iter().flat_map(|one| one.redacted.iter().map(move |redacted| (one, redacted)));
    let redacted = redacted.map(|(one, Redacted { field, placeholder })| {
        let (id, field) = (&one.id, marked(field.clone()));
        match placeholder {
            Placeholder::Whole(name) => format!(
                "{id}: {field} is a literal credential in the table and was not written; set the variable {name} to its \
                 whole value on the machine that runs check, and rotate the exposed credential"
            ),
            Placeholder::Part(name) => format!(
                "{id}: {field} is a literal credential in the table and was not written; set the variable {name} to that \
                 part on the machine that runs check, and rotate the exposed credential"
            ),
            Placeholder::File => format!(
                "{id}: {field} is a literal credential in the table; the file is unchanged, and the next sync \
                 restores its value; rotate the exposed credential"
            ),
        }
    });
    let skipped = pulled.skipped.iter().map(|Skipped { key, place, why, help }| {
        let place = place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        // A short id is a part of many words.
        let is_named = why.contains(&format!("`{key}`"));
        let why = if is_named { why.clone() } else { format!("{key}: {why}") };
        let help = help.map(|help| format!("\n         {}", paint(FAINT, help))).unwrap_or_default();
        format!("{place}{why}{help}")
    });
    redacted.chain(skipped).collect()
}

/// For programs.
pub fn json(pulled: &Pulled) -> Value {
    let span = |place: &Place| json!({"file": place.file, "line": place.line});
    let written = pulled.written.iter().map(|one| {
        let (action, fields) = match &one.way {
            PulledFrom::New => ("create", &[][..]),
            PulledFrom::Changed { fields, .. } => ("update", fields.as_slice()),
        };
        let field = |f: &FieldChange| json!({"path": f.path, "before": f.before, "after": f.after});
        json!({
            "action": action,
            "id": one.id.as_str(),
            "span": span(&one.place),
            "fields": fields.iter().map(field).collect::<Vec<_>>(),
            "redacted": one.redacted.iter().map(redacted_json).collect::<Vec<_>>(),
        })
    });
    let known = |known: &KnownMonitor| json!({"id": known.id.as_str(), "span": span(&known.place)});
    let skipped = pulled.skipped.iter().map(|skipped| {
        let span = skipped.place.as_ref().map(span);
        json!({"key": skipped.key, "span": span, "message": skipped.why, "help": skipped.help})
    });
    json!({
        "format_version": FORMAT_VERSION,
        "written": written.collect::<Vec<_>>(),
        "known": pulled.known.iter().map(known).collect::<Vec<_>>(),
        "absent": pulled.absent.iter().map(known).collect::<Vec<_>>(),
        "skipped": skipped.collect::<Vec<_>>(),
    })
}

fn redacted_json(Redacted { field, placeholder }: &Redacted) -> Value {
    let (variable, part) = match placeholder {
        Placeholder::Whole(name) => (Some(name), "whole"),
        Placeholder::Part(name) => (Some(name), "part"),
        Placeholder::File => (None, "file"),
    };
    json!({"field": field, "variable": variable, "placeholder": part})
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => "(none)".to_owned(),
        Some(Value::String(text)) if !text.is_empty() && !text.contains(char::is_whitespace) => {
            marked(text.clone())
        }
        Some(value) => marked(value.to_string()),
    }
}
