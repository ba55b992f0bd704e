//! Where `monitorctl.yaml` sets what sync brings to the machine: channels and canaries. Pure.

use std::collections::BTreeMap;

use crate::config::settings::environments;
use crate::config::sources::{SourceFile, Sources};
use crate::config::yaml::extensions;
use crate::config::yaml::parse::parse;
use crate::config::yaml::tree::{Entry, Node};
use crate::monitor::Place;
use crate::written::Path;

/// The keys that a plan shows.
const SHOWN: [&str; 2] = ["channels", "canaries"];

/// The line of each channel, of each of its fields and of the canaries that hold in an environment, by the path that a
/// plan names.
pub fn catalog_places(file: &SourceFile, environment: Option<&str>) -> BTreeMap<String, Place> {
    let sources = Sources::new(std::slice::from_ref(file));
    let mut places = BTreeMap::new();
    let Some((index, source)) = sources.iter().next() else { return places };
    let Some(mut document) = parse(source, index).documents.into_iter().next() else { return places };
    extensions::remove(&mut document.root);
    for level in std::iter::once(Path::default()).chain(environment.map(environments::path)) {
        for key in SHOWN {
            let entries = document.root.find(&level).map(Node::entries).unwrap_or_default();
            for entry in entries.iter().filter(|entry| entry.key == key) {
                note(key, entry, &sources, &mut places);
            }
        }
    }
    places
}

/// Notes an entry and all below it. A channel of an environment replaces the one of that name as a whole.
fn note(path: &str, entry: &Entry, sources: &Sources<'_>, places: &mut BTreeMap<String, Place>) {
    let below = format!("{path}.");
    if path.contains('.') {
        places.retain(|other, _| !other.starts_with(&below));
    }
    places.extend(sources.line_of(entry.key_place).map(|place| (path.to_owned(), place)));
    for entry in entry.value.entries() {
        note(&format!("{below}{}", entry.key), entry, sources, places);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_and_field_has_the_line_of_the_environment_that_holds() {
        let text = "owner: a\nchannels:\n  oncall:\n    kind: sns\n    topic: a\n  chat: {kind: slack}\ncanaries: [a]\n\
                    environments:\n  prod:\n    channels:\n      oncall: {kind: file}\n";
        let file = SourceFile { path: "monitorctl.yaml".into(), group: String::new(), bytes: text.into() };
        let line =
            |environment, path: &str| catalog_places(&file, environment).get(path).map(|place| place.line);
        for (environment, path, expected) in [
            (None, "channels.oncall", Some(3)),
            (None, "channels.oncall.topic", Some(5)),
            (None, "channels.chat.kind", Some(6)),
            (None, "canaries", Some(7)),
            (Some("prod"), "channels.oncall.kind", Some(11)),
            (Some("prod"), "channels.oncall.topic", None),
            (Some("prod"), "channels.chat.kind", Some(6)),
            (Some("staging"), "channels.oncall.topic", Some(5)),
            (None, "owner", None),
        ] {
            assert_eq!(line(environment, path), expected, "{environment:?} {path}");
        }
    }
}
