//! Files in the layout of other tools: one list of monitors instead of a document each. Pure.

use crate::config::diagnostic::Code;
use crate::config::sizes::QUOTED;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::{Entry, Node, YamlTree};
use crate::kinds::KindName;
use crate::monitor::clip;

/// Keys under which other tools list what they watch.
const LISTS: [&str; 17] = [
    "api_checks",
    "apis",
    "checks",
    "endpoints",
    "external-endpoints",
    "groups",
    "hosts",
    "heartbeats",
    "monitors",
    "probes",
    "scrape_configs",
    "services",
    "sites",
    "synthetics",
    "targets",
    "urls",
    "websites",
];

const HELP: &str = "write one monitor per document, separated by `---`";

/// Documents of other tools, by keys that stand at their top, and what they are.
const DOCUMENTS: [(&[&str], &str); 7] = [
    (&["openapi"], "an OpenAPI document"),
    (&["swagger"], "an OpenAPI document"),
    (&["apiVersion", "kind"], "a manifest of Kubernetes"),
    (&["modules"], "a file of blackbox_exporter"),
    (&["scrape_configs"], "a file of Prometheus"),
    (&["init_config", "instances"], "a check of Datadog"),
    (&["owner", "channels"], "the settings of a repository, which belong in monitorctl.yaml"),
];

/// Keys under which other tools name what they watch.
const ADDRESSES: [&str; 8] = ["url", "urls", "uri", "target", "targets", "endpoint", "host", "hostname"];

/// Levels below an unknown key in which monitors are looked for.
const LEVELS: usize = 3;

/// The one fault of a document that is no monitor but lists some, or belongs to another tool; it says more than all its
/// unknown and missing keys. `is_field` knows the fields of a monitor.
pub fn no_monitor(document: &Node, is_field: impl Fn(&str) -> bool) -> Option<PlacedViolation> {
    match &document.tree {
        YamlTree::List(items) => {
            items.iter().any(is_one_of_many).then_some(())?;
            let fault = PlacedViolation::new(
                Code::WrongType,
                document.place,
                "a document is one monitor, not a list of them",
            );
            Some(fault.label("a list").help(HELP))
        }
        YamlTree::Map(entries) => {
            if entries.find("components").is_some() && entries.find("title").is_some() {
                return status_page(document);
            }
            let mut keys = ["id", "url"].into_iter().chain(KindName::in_places_of_url());
            let is_monitor = keys.any(|key| entries.find(key).is_some());
            if is_monitor {
                return None;
            }
            listed(document).or_else(|| of_other_tool(document)).or_else(|| {
                let holds = |entry: &&Entry| !is_field(&entry.key) && holds_monitors(&entry.value, LEVELS);
                let entry = entries.iter().find(holds)?;
                let message =
                    format!("a document is one monitor, but `{}` holds others", clip(&entry.key, QUOTED));
                Some(
                    PlacedViolation::new(Code::UnknownKey, entry.key_place, message)
                        .label("not a field")
                        .help(HELP),
                )
            })
        }
        YamlTree::Text(text) => {
            let help = text_help(text)?;
            Some(
                PlacedViolation::new(
                    Code::WrongType,
                    document.place,
                    "a document is one monitor, not a string",
                )
                .help(help),
            )
        }
        YamlTree::Null | YamlTree::Bool(_) | YamlTree::Number(_) => None,
    }
}

/// A list under a key that is known for it.
fn listed(document: &Node) -> Option<PlacedViolation> {
    let lists = |node: &Node| match &node.tree {
        YamlTree::List(_) | YamlTree::Null => true,
        // `services: {one: {…}, two: {…}}`, or an empty beginning.
        YamlTree::Map(inner) => inner.iter().all(|entry| matches!(entry.value.tree, YamlTree::Map(_))),
        YamlTree::Bool(_) | YamlTree::Number(_) | YamlTree::Text(_) => false,
    };
    let is_list = |key: &str| LISTS.iter().any(|known| key.eq_ignore_ascii_case(known));
    let entry = document.entries().iter().find(|entry| is_list(&entry.key) && lists(&entry.value))?;
    let message = format!("a document is one monitor and has no list `{}`", entry.key);
    Some(
        PlacedViolation::new(Code::UnknownKey, entry.key_place, message)
            .label("a list of monitors")
            .help(HELP),
    )
}

/// A status page in a folder of monitors.
fn status_page(document: &Node) -> Option<PlacedViolation> {
    let place = document.entry("components")?.key_place;
    Some(
        PlacedViolation::new(Code::UnknownKey, place, "this is a status page, not a monitor")
            .label("not a field of a monitor")
            .help("move the file beside monitorctl.yaml, and name it status.yaml or NAME.status.yaml"),
    )
}

fn of_other_tool(document: &Node) -> Option<PlacedViolation> {
    let (keys, what) =
        DOCUMENTS.iter().find(|(keys, _)| keys.iter().all(|key| document.entry(key).is_some()))?;
    let place = document.entry(keys.first()?)?.key_place;
    Some(
        PlacedViolation::new(Code::UnknownKey, place, format!("this is {what}, not a monitor"))
            .label("not a field of a monitor")
            .help("write a monitor for each URL, with `id:` and `url:`, separated by `---`"),
    )
}

/// Whether a value looks like what other tools watch: a list of maps or links, or a map that names an address.
fn holds_monitors(node: &Node, levels: usize) -> bool {
    match &node.tree {
        YamlTree::List(items) => items.iter().any(is_one_of_many),
        YamlTree::Map(entries) => {
            let has_address = entries.iter().any(|entry| ADDRESSES.contains(&entry.key.as_str()));
            let mut inner = entries.iter().filter(|_| levels > 0);
            has_address || inner.any(|entry| holds_monitors(&entry.value, levels - 1))
        }
        YamlTree::Null | YamlTree::Bool(_) | YamlTree::Number(_) | YamlTree::Text(_) => false,
    }
}

fn is_one_of_many(item: &Node) -> bool {
    matches!(item.tree, YamlTree::Map(_)) || is_link(item)
}

fn is_link(node: &Node) -> bool {
    node.text().is_some_and(|text| text.starts_with("http://") || text.starts_with("https://"))
}

/// What became of a document that YAML reads as one text.
fn text_help(text: &str) -> Option<&'static str> {
    let key = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    if text.starts_with("http://") || text.starts_with("https://") {
        Some("write `id: NAME` in one line, and `url:` with this address in another")
    } else if text.starts_with("version https://git-lfs") {
        Some("this is a pointer of Git LFS: `git lfs pull` fetches the file")
    } else if key.len() < text.len() && key.starts_with([':', '\u{ff1a}']) {
        Some("write a colon and a space after a key, as in `id: payments-api`")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Code, SourceFile, load};

    fn said(text: &str) -> Vec<crate::config::Diagnostic> {
        let file =
            SourceFile { path: "a.yaml".into(), group: String::new(), bytes: text.as_bytes().to_vec() };
        load(&[file], None).diagnostics
    }

    fn check(text: &str, expected: &[(Code, usize, usize)]) {
        let file =
            SourceFile { path: "a.yaml".into(), group: String::new(), bytes: text.as_bytes().to_vec() };
        let found = load(&[file], None).diagnostics;
        let places: Vec<_> = found.iter().map(|one| (one.code, one.span.line, one.span.column)).collect();
        assert_eq!(places, expected, "{text}");
        for one in found.iter().filter(|_| expected.len() == 1) {
            let help = one.help.as_deref().unwrap_or_default();
            assert!(help.contains("one monitor per document, separated by `---`"), "{text} {help}");
        }
    }

    #[test]
    fn a_list_of_monitors_is_one_fault_that_says_how_to_divide_it() {
        for key in ["monitors", "endpoints", "checks", "services", "groups", "Targets"] {
            let text =
                format!("{key}:\n  - name: a\n    url: https://a\n    conditions: ['[STATUS] == 200']\n");
            check(&text, &[(Code::UnknownKey, 1, 1)]);
        }
        check("web: {port: 80}\nendpoints:\n  - name: a\nalerting: {x: y}\n", &[(Code::UnknownKey, 2, 1)]);
        check("services:\n  shop: { url: https://a }\n", &[(Code::UnknownKey, 1, 1)]);
        check("monitors:\n", &[(Code::UnknownKey, 1, 1)]);
        check("- id: a\n  url: https://a\n- id: b\n", &[(Code::WrongType, 1, 3)]);
    }

    #[test]
    fn a_document_of_another_tool_is_one_fault() {
        for (text, line) in [
            ("version: 1.18.5\nnotificationList: []\nmonitorList: [{ id: 1, url: 'https://a' }]\n", 3),
            ("http_checks:\n  - name: a\n    url: https://a\n", 1),
            ("config:\n  monitors:\n    - { id: a, url: 'https://a' }\n", 1),
            ("heartbeat.monitors:\n- { type: http, urls: ['https://a'] }\n", 1),
            ("monitor:\n  id: a\n  url: https://a\n", 1),
            ("shop:\n  url: https://a\nauth:\n  url: https://b\n", 1),
            ("name: a\ntype: api\nconfig: { request: { url: 'https://a' }, assertions: [] }\n", 3),
            ("tests:\n  - name: a\n", 1),
        ] {
            check(text, &[(Code::UnknownKey, line, 1)]);
        }
        for text in [
            "openapi: 3.0.0\ninfo: { title: a }\nservers: [{ url: 'https://a' }]\npaths: {}\n",
            "apiVersion: v1\nkind: Probe\nspec: { targets: { static: ['https://a'] } }\n",
            "modules:\n  http_2xx: { prober: http }\n",
            "init_config:\ninstances:\n  - { name: a, url: 'https://a' }\n",
            "owner: a/b\nchannels: {}\n",
        ] {
            let found = said(text);
            assert!(
                found.len() == 1
                    && found[0].help.as_deref().is_some_and(|help| help.contains("`id:` and `url:`")),
                "{text} {found:?}"
            );
        }
        for text in ["- https://a\n- https://b\n", "- id: a\n- https://b\n"] {
            let found = said(text);
            assert!(found.len() == 1 && found[0].message.contains("not a list of them"), "{text} {found:?}");
        }
        for (text, help) in [
            ("id:a\nurl:https://a\n", "a colon and a space"),
            ("id\u{ff1a}a\n", "a colon and a space"),
            ("https://a\n", "write `id: NAME`"),
            ("version https://git-lfs.github.com/spec/v1\noid sha256:abc\n", "git lfs pull"),
        ] {
            let found = said(text);
            assert!(
                found.len() == 1 && found[0].help.as_deref().is_some_and(|said| said.contains(help)),
                "{text} {found:?}"
            );
        }
    }

    #[test]
    fn a_monitor_without_id_and_url_is_none_of_another_tool() {
        for text in [
            "expect: { json: [{ path: $.a, equals: 1 }] }\n",
            "maintenance: [{ starts: 2026-12-01T02:00, for: 2h }]\n",
            "method: POST\njson: { a: [{ url: x }] }\n",
            "uri: https://a\ntimeuot: 5s\n",
            "labels: { a: b }\n",
        ] {
            let missing = said(text).iter().filter(|found| found.code == Code::MissingKey).count();
            assert_eq!(missing, 2, "{text}");
        }
    }

    #[test]
    fn a_monitor_with_such_a_key_is_a_monitor_with_an_unknown_key() {
        check(
            "id: a\nurl: https://a\nchecks: []\nbogus: 1\n",
            &[(Code::UnknownKey, 3, 1), (Code::UnknownKey, 4, 1)],
        );
    }
}
