//! Files in the layout of other tools: one list of monitors instead of a document each. Pure.

use super::diagnostic::Code;
use super::tree::{Node, Tree};
use super::violation::Fault;

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

const HELP: &str = "write one monitor a document, divided by `---`";

/// The one fault of a document that lists monitors; it says more than all its unknown and missing keys.
pub fn list_of_monitors(document: &Node) -> Option<Fault> {
    match &document.tree {
        Tree::List(items) => {
            items.iter().any(|item| matches!(item.tree, Tree::Map(_))).then_some(())?;
            let fault =
                Fault::new(Code::WrongType, document.place, "a document is one monitor, not a list of them");
            Some(fault.label("a list").help(HELP))
        }
        Tree::Map(entries) => {
            let is_monitor = entries.find("id").is_some() || entries.find("url").is_some();
            let lists = |node: &Node| match &node.tree {
                Tree::List(_) | Tree::Null => true,
                // `services: {one: {…}, two: {…}}`, or an empty beginning.
                Tree::Map(inner) => inner.iter().all(|entry| matches!(entry.value.tree, Tree::Map(_))),
                Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => false,
            };
            let is_list = |key: &str| LISTS.iter().any(|known| key.eq_ignore_ascii_case(known));
            let entry = entries.iter().find(|entry| is_list(&entry.key) && lists(&entry.value))?;
            let message = format!("a document is one monitor, so it has no list `{}`", entry.key);
            let fault = Fault::new(Code::UnknownKey, entry.key_place, message);
            (!is_monitor).then(|| fault.label("a list of monitors").help(HELP))
        }
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Code, SourceFile, load};

    fn check(text: &str, expected: &[(Code, usize, usize)]) {
        let file =
            SourceFile { path: "a.yaml".into(), folder: String::new(), bytes: text.as_bytes().to_vec() };
        let found = load(&[file], None).diagnostics;
        let places: Vec<_> = found.iter().map(|one| (one.code, one.span.line, one.span.column)).collect();
        assert_eq!(places, expected, "{text}");
        for one in found.iter().filter(|_| expected.len() == 1) {
            let help = one.help.as_deref().unwrap_or_default();
            assert!(help.contains("one monitor a document, divided by `---`"), "{text} {help}");
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
    fn a_monitor_with_such_a_key_is_a_monitor_with_an_unknown_key() {
        check(
            "id: a\nurl: https://a\nchecks: []\nbogus: 1\n",
            &[(Code::UnknownKey, 3, 1), (Code::UnknownKey, 4, 1)],
        );
    }
}
