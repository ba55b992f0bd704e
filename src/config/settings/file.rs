//! `monitorctl.yaml` to settings, and what is wrong with it.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::channels::ChannelDefinition;
use crate::config::credentials;
use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::rules::storable;
use crate::config::schema::FileKind;
use crate::config::schema::check;
use crate::config::settings::environments;
use crate::config::settings::folders::FolderPattern;
use crate::config::settings::{Settings, Tables, WrittenChannels};
use crate::config::sources::{SourceFile, Sources};
use crate::config::suggest::suggest;
use crate::config::variables::defined;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::extensions;
use crate::config::yaml::parse::parse;
use crate::config::yaml::salvage::salvage;
use crate::config::yaml::tree::{Entry, Node, TextPlace, YamlTree};
use crate::monitor::Canary;
use crate::written::{Path, Violation};

/// Reads `monitorctl.yaml`; with an error among the diagnostics, none of the settings but `vars` are to be used.
pub fn settings(file: &SourceFile) -> (Settings, Vec<Diagnostic>) {
    let sources = Sources::new(std::slice::from_ref(file));
    let mut faults = Vec::new();
    let mut settings = Settings::default();
    for (index, source) in sources.iter() {
        let parsed = parse(source, index);
        let is_whole = parsed.broken.is_empty() && source.not_utf8_at.is_none();
        faults.extend(parsed.faults);
        let salvaged = parsed.broken.iter().filter_map(|broken| salvage(&source.text, index, broken));
        let salvaged: Vec<_> = salvaged.collect();
        let mut documents = parsed.documents.into_iter().map(|document| document.root).collect::<Vec<_>>();
        for part in salvaged {
            faults.extend(part.faults);
            documents.push(part.document);
        }
        for (number, document) in documents.iter_mut().enumerate() {
            extensions::remove(document);
            faults.extend(defined::unfit(document));
            faults.extend(check::check(FileKind::Settings, document, &sources));
            faults.extend(defined::check(document, &sources));
            faults.extend(environments::named_twice(document));
            for level in environments::levels(document) {
                faults.extend(invalid_channels(document, &level, &sources));
                faults.extend(no_canaries(document, &level));
                faults.extend(one_table_for_two(document, &level));
                faults.extend(storable::too_large_settings(document.nearest(&level)));
            }
            if number > 0 {
                let fault = PlacedViolation::new(
                    Code::SeveralDocuments,
                    document.place,
                    "the settings are one document",
                );
                faults.push(fault.label("a second one"));
                continue;
            }
            let sound = crate::config::merge::merge(None, document).to_sound_json();
            match Settings::deserialize(&sound) {
                Ok(read) => settings = read,
                // What was reported at its place is not said once more of the whole.
                Err(error) if faults.is_empty() => {
                    faults.push(PlacedViolation::new(Code::WrongType, document.place, error.to_string()));
                }
                Err(_) => {}
            }
        }
        // Whatever else is wrong, monitors are judged by them.
        settings.vars = defined::read(documents.first(), &sources, is_whole);
    }
    let mut diagnostics: Vec<_> = faults.into_iter().map(|fault| sources.diagnostic(fault)).collect();
    diagnostics.sort();
    (settings, diagnostics)
}

/// The channels that monitors may name in an environment, also where something else in the file is faulty; `None` where
/// the file does not say which there are.
pub fn known_channels(file: &SourceFile, environment: Option<&str>) -> Option<WrittenChannels> {
    let sources = Sources::new(std::slice::from_ref(file));
    let (index, source) = sources.iter().next()?;
    let parsed = parse(source, index);
    if !parsed.broken.is_empty() || source.not_utf8_at.is_some() {
        return None;
    }
    let Some(document) = parsed.documents.first() else { return Some(WrittenChannels::new()) };
    let mut known = WrittenChannels::new();
    for level in std::iter::once(Path::default()).chain(environment.map(environments::path)) {
        match document.root.find(&level.key("channels")).map(|channels| &channels.tree) {
            None | Some(YamlTree::Null) => {}
            Some(YamlTree::Map(entries)) => {
                known.extend(entries.iter().map(|entry| (entry.key.clone(), Map::new())));
            }
            Some(YamlTree::Bool(_) | YamlTree::Number(_) | YamlTree::Text(_) | YamlTree::List(_)) => {
                return None;
            }
        }
    }
    Some(known)
}

/// The place where the settings list a folder for an environment; without an entry, that of `folders:`, or the first
/// line. What is wrong with the folder is still to be said.
pub fn at_folder(file: &SourceFile, environment: Option<&str>, folder: Option<&FolderPattern>) -> Diagnostic {
    let sources = Sources::new(std::slice::from_ref(file));
    let parsed: Vec<_> = sources.iter().map(|(index, source)| parse(source, index)).collect();
    let document = parsed.iter().flat_map(|parsed| &parsed.documents).next();
    let list = document.and_then(|document| listed_folders(&document.root, environment));
    let items = list.map(Node::items).unwrap_or_default();
    let is_named = |item: &&Node| item.text().and_then(FolderPattern::parse).as_ref() == folder;
    let place = items.iter().find(is_named).or(items.first()).or(list).map(|node| node.place);
    let place = place.unwrap_or(TextPlace { file: 0, start: 0, end: 0 });
    sources.diagnostic(PlacedViolation::new(Code::Unreadable, place, String::new()))
}

/// The list of folders that holds in an environment.
fn listed_folders<'n>(document: &'n Node, environment: Option<&str>) -> Option<&'n Node> {
    let own = environment.map(environments::path).into_iter();
    own.chain([Path::default()]).find_map(|level| document.find(&level.key("folders")))
}

/// A warning at each pattern of the `folders` of an environment that no folder matches.
pub fn unmatched_folders(
    file: &SourceFile,
    environment: Option<&str>,
    unmatched: &[FolderPattern],
) -> Vec<Diagnostic> {
    let sources = Sources::new(std::slice::from_ref(file));
    let Some((index, source)) = sources.iter().next() else { return Vec::new() };
    let parsed = parse(source, index);
    let Some(document) = parsed.documents.first() else { return Vec::new() };
    let items = listed_folders(&document.root, environment).map(Node::items).unwrap_or_default();
    let warning = |item: &Node| {
        let pattern = FolderPattern::parse(item.text()?).filter(|pattern| unmatched.contains(pattern))?;
        let fault =
            PlacedViolation::new(Code::UnmatchedFolder, item.place, format!("no folder matches `{pattern}`"));
        let fault = fault.label("matches nothing").help("check the path, or remove the entry");
        Some(sources.diagnostic(fault))
    };
    items.iter().filter_map(warning).collect()
}

/// Whether the file, faulty or not, says which tables are meant: it is YAML, what it says of tables is valid, and no
/// unknown key could be a misspelt `tables`.
pub fn names_tables(file: &SourceFile) -> bool {
    let sources = Sources::new(std::slice::from_ref(file));
    let Some((index, source)) = sources.iter().next() else { return true };
    let mut parsed = parse(source, index);
    if !parsed.broken.is_empty() || source.not_utf8_at.is_some() {
        return false;
    }
    let document = match parsed.documents.as_mut_slice() {
        [] => return true,
        [document] => &mut document.root,
        [_, _, ..] => return false,
    };
    extensions::remove(document);
    drop(check::check(FileKind::Settings, document, &sources));
    let is_sound = |entry: &Entry| match entry.key.as_str() {
        "tables" | "environments" => !entry.value.has_faults(),
        "environment" => true,
        key => suggest(key, ["tables", "environments"]).is_none(),
    };
    let is_apart = |level: &Path| one_table_for_two(document, level).is_none();
    match &document.tree {
        YamlTree::Null => true,
        YamlTree::Map(entries) => {
            entries.iter().all(is_sound) && environments::levels(document).iter().all(is_apart)
        }
        YamlTree::Bool(_) | YamlTree::Number(_) | YamlTree::Text(_) | YamlTree::List(_) => false,
    }
}

/// What no schema can say of a channel, because it depends on the kind; and credentials where its kind expects none.
fn invalid_channels(document: &Node, level: &Path, sources: &Sources<'_>) -> Vec<PlacedViolation> {
    let all = level.key("channels");
    let Some(Node { tree: YamlTree::Map(entries), .. }) = document.find(&all) else { return Vec::new() };
    let mut faults: Vec<PlacedViolation> = Vec::new();
    // What the schema refused was reported.
    for Entry { key, value, .. } in entries.iter().filter(|entry| !entry.value.has_faults()) {
        let path = all.key(key);
        let mut violations = Vec::new();
        if let Value::Object(fields) = value.to_sound_json()
            && fields.contains_key("kind")
        {
            drop(ChannelDefinition::read(&fields, &path, &mut violations));
        }
        let of_kind: Vec<_> =
            violations.into_iter().map(|violation| PlacedViolation::at(violation, document)).collect();
        let is_new = |fault: &PlacedViolation| !of_kind.iter().any(|known| known.place.overlaps(fault.place));
        let literal = credentials::find_in_fields(&path, &mut value.clone(), sources);
        faults.extend(literal.into_iter().filter(is_new));
        faults.extend(of_kind);
    }
    faults
}

/// Two tables in one would have each other's items. An environment has the names above where it has none of its own.
fn one_table_for_two(document: &Node, level: &Path) -> Option<PlacedViolation> {
    document.find(&level.key("tables"))?;
    let sound = |path: &Path| document.find(path).filter(|node| !node.has_faults()).and_then(Node::text);
    let own = |key: &str| level.key("tables").key(key);
    let name = |key: &str, default: &str| {
        sound(&own(key)).or_else(|| sound(&Path::from("tables").key(key))).unwrap_or(default).to_owned()
    };
    let names = Tables::default_names().map(|(key, default)| (key, name(key, default)));
    let pairs =
        names.iter().enumerate().flat_map(|(at, one)| names.iter().skip(at + 1).map(move |two| (one, two)));
    let ((first, table), (second, _)) = { pairs }.find(|((_, one), (_, two))| one == two)?;
    let at = if document.find(&own(second)).is_some() { second } else { first };
    let message = format!("`tables.{first}` and `tables.{second}` name the same table, {table}");
    Some(
        PlacedViolation::new(Code::Contradiction, document.nearest(&own(at)).place, message)
            .label("the same table")
            .help("give each its own table"),
    )
}

/// Canaries that pass the pattern of the schema, but cannot be probed.
fn no_canaries(document: &Node, level: &Path) -> Vec<PlacedViolation> {
    let list = level.key("canaries");
    let Some(Node { tree: YamlTree::List(items), .. }) = document.find(&list) else { return Vec::new() };
    let violation = |(index, item): (usize, &Node)| {
        // What the schema refused was reported.
        let text = item.text().filter(|_| !item.has_faults())?;
        let error = match Canary::parse(text) {
            Ok(canary) if canary.is_never_asked() => "is an address that check never probes".to_owned(),
            Ok(_) => return None,
            Err(error) => error.to_string(),
        };
        let path = list.index(index);
        let violation = Violation::new(Code::InvalidUrl, path.clone(), format!("`{path}` {error}"));
        let violation = violation.label("in this URL");
        Some(PlacedViolation::at(
            violation.help("use a public URL, such as `https://www.example.com/`"),
            document,
        ))
    };
    items.iter().enumerate().filter_map(violation).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_with_a_literal_credential_is_reported_once_at_the_credential() {
        let found = |channel: &str| {
            let text = format!("channels:\n  hook: {channel}\n");
            let (_, diagnostics) = settings(&SourceFile {
                path: "monitorctl.yaml".into(),
                group: String::new(),
                bytes: text.into_bytes(),
            });
            let literal = diagnostics.iter().filter(|diagnostic| diagnostic.code == Code::LiteralCredential);
            literal.count()
        };
        let hook = |url: &str| found(&format!("{{kind: webhook, url: \"{url}\"}}"));
        assert_eq!(hook("https://hooks.example.com/monitors?source=monitorctl"), 0);
        assert_eq!(hook("https://user:hunter2hunter2@hooks.example.com/"), 1);
        assert_eq!(hook("https://hooks.example.com/?api_token=3f9a8b7c6d5e4f3a2b1c0d9e"), 1);
        assert_eq!(hook("https://hooks.example.com/?api_token=${env:TOKEN}"), 0);
        assert_eq!(hook("https://user:${env:PASSWORD}@hooks.example.com/"), 0);
        assert_eq!(found("{kind: slack, url: \"https://hooks.slack.com/services/T0/B0/x\"}"), 1);
    }
}
