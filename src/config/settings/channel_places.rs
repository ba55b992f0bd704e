//! Where `monitorctl.yaml` defines channels, and which of them no monitor notifies.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::catalog::dependencies::Extent;
use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::settings::environments;
use crate::config::sources::{SourceFile, Sources};
use crate::config::violation::PlacedViolation;
use crate::config::yaml::parse::parse;
use crate::config::yaml::tree::{Entry, Node, TextPlace};
use crate::monitor::DEFAULT_CHANNEL;
use crate::written::Path;

/// The names that the monitors of an environment notify, by environment.
pub type NotifiedNames = BTreeMap<Option<String>, BTreeSet<String>>;

/// What is wrong with messages to a channel of an environment, at the place where the settings define it.
pub fn message_too_large(
    file: &SourceFile,
    environment: Option<&str>,
    name: &str,
    exceeded: &[String],
) -> Diagnostic {
    let sources = Sources::new(std::slice::from_ref(file));
    let documents = documents(&sources);
    let levels = environment.map(environments::path).into_iter().chain([Path::default()]);
    let entry = levels
        .flat_map(|level| documents.iter().flat_map(move |document| entries(document, &level)))
        .find(|entry| entry.key == name);
    let place = entry.map_or(TextPlace { file: 0, start: 0, end: 0 }, |entry| entry.key_place);
    let message = format!("a message to `{name}` would be larger than its service takes");
    let fault = PlacedViolation::new(Code::MessageTooLarge, place, message).label(exceeded.join("; "));
    sources.diagnostic(fault.help("shorten the names, links and tags of the monitors that notify it"))
}

/// A warning at each channel that no monitor notifies, of these environments. Those of all environments are judged only
/// if all are known (`extent`).
pub fn unused_channels(file: &SourceFile, notified: &NotifiedNames, extent: Extent) -> Vec<Diagnostic> {
    let sources = Sources::new(std::slice::from_ref(file));
    let documents = documents(&sources);
    let Some(document) = documents.first() else { return Vec::new() };
    let own = |environment: &Option<String>| {
        let level = environment.as_deref().map(environments::path);
        level.map(|level| entries(document, &level)).unwrap_or_default()
    };
    let mut unused = Vec::new();
    for (environment, names) in notified {
        unused.extend(own(environment).into_iter().filter(|entry| !names.contains(&entry.key)));
    }
    let is_used = |entry: &&Entry| {
        notified.iter().any(|(environment, names)| {
            let is_replaced = own(environment).iter().any(|other| other.key == entry.key);
            !is_replaced && names.contains(&entry.key)
        })
    };
    match extent {
        Extent::Whole => {
            unused.extend(entries(document, &Path::default()).into_iter().filter(|entry| !is_used(entry)));
        }
        Extent::Part => {}
    }
    let warning = |entry: &Entry| {
        let message = format!("no monitor notifies the channel `{}`", entry.key);
        let fault = PlacedViolation::new(Code::UnusedChannel, entry.key_place, message).label("unused");
        let help = match entry.key.as_str() {
            DEFAULT_CHANNEL => "remove it, or remove `alert.to` of the monitors that are meant".to_owned(),
            name => format!(
                "remove it, or write it in `alert: {{ to: [{name}] }}` of monitors or of a defaults.yaml"
            ),
        };
        sources.diagnostic(fault.help(help))
    };
    unused.into_iter().map(warning).collect()
}

fn documents(sources: &Sources<'_>) -> Vec<Node> {
    let parsed = sources.iter().flat_map(|(index, source)| parse(source, index).documents);
    parsed.map(|document| document.root).collect()
}

fn entries<'n>(document: &'n Node, level: &Path) -> Vec<&'n Entry> {
    document.find(&level.key("channels")).map(Node::entries).unwrap_or_default().iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "channels: {a: {kind: file}, b: {kind: file}}
environments:
  staging: {channels: {a: {kind: file}, c: {kind: file}}}
  prod: {}
";

    fn unused(notified: &[(Option<&str>, &[&str])], extent: Extent) -> Vec<(usize, String)> {
        let file = SourceFile { path: "monitorctl.yaml".into(), group: String::new(), bytes: TEXT.into() };
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let notified = notified.iter().map(|(of, all)| (of.map(str::to_owned), names(all))).collect();
        let found = unused_channels(&file, &notified, extent).into_iter();
        let mut found: Vec<_> = found.map(|found| (found.span.line, found.message)).collect();
        found.sort();
        found
            .into_iter()
            .map(|(line, text)| (line, text.replace("no monitor notifies the channel ", "")))
            .collect()
    }

    #[test]
    fn a_channel_is_used_where_its_own_definition_is_the_one_that_is_notified() {
        let named = |line, name: &str| (line, format!("`{name}`"));
        let all: &[(Option<&str>, &[&str])] = &[(Some("prod"), &["a", "b"]), (Some("staging"), &["a", "c"])];
        assert_eq!(unused(all, Extent::Whole), []);
        // The a of staging stands for the one above.
        let replaced: &[(Option<&str>, &[&str])] = &[(Some("prod"), &["b"]), (Some("staging"), &["a", "c"])];
        assert_eq!(unused(replaced, Extent::Whole), [named(1, "a")]);
        let part: &[(Option<&str>, &[&str])] = &[(Some("staging"), &["b"])];
        assert_eq!(unused(part, Extent::Part), [named(3, "a"), named(3, "c")]);
        assert_eq!(unused(&[(None, &["b"])], Extent::Whole), [named(1, "a")]);
    }
}
