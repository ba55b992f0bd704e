//! Values of an expectation, or of a JSON that is sent, that YAML reads differently from what people mean. Pure.

use crate::config::diagnostic::Code;
use crate::config::sources::Sources;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::{Node, YamlTree};
use crate::written::Path;

/// Comparisons with a text of the answer.
const TEXTS: [&str; 5] = ["equals", "not_equals", "contains", "not_contains", "matches"];

/// What YAML 1.1 took for `true` and `false`, in any case.
const TRUTHS: [(&str, &str); 4] = [("yes", "true"), ("no", "false"), ("on", "true"), ("off", "false")];

/// Looks through the values that are free, of which no schema knows what was meant.
pub fn find(document: &Node, sources: &Sources<'_>) -> Vec<PlacedViolation> {
    let mut faults = Vec::new();
    if let Some(sent) = document.entry("json") {
        ambiguous(&Path::from("json"), &sent.value, sources, &mut faults);
    }
    for top in ["expect", "warn"] {
        expected(&Path::from(top), document, sources, &mut faults);
    }
    faults
}

fn expected(top: &Path, document: &Node, sources: &Sources<'_>, faults: &mut Vec<PlacedViolation>) {
    let body = top.key("body");
    if let Some(node) = document.find(&body) {
        line_breaks(&body, node, sources, faults);
    }
    let list = top.key("json");
    let Some(Node { tree: YamlTree::List(assertions), .. }) = document.find(&list) else { return };
    for (index, assertion) in assertions.iter().enumerate() {
        let path = list.index(index);
        line_breaks(&path, assertion, sources, faults);
        for key in ["equals", "not_equals"] {
            let Some(entry) = assertion.entry(key) else { continue };
            if entry.value.tree == YamlTree::Null && sources.text(entry.value.place).is_empty() {
                faults.push(
                    PlacedViolation::new(
                        Code::Empty,
                        entry.key_place,
                        format!("`{}` has no value", path.key(key)),
                    )
                    .label("empty")
                    .help(format!("write the value; for JSON's null, write `{key}: null`")),
                );
            }
            ambiguous(&path.key(key), &entry.value, sources, faults);
        }
    }
}

/// `yes`, which is a text, and `007`, which is 7.
pub fn ambiguous(path: &Path, node: &Node, sources: &Sources<'_>, faults: &mut Vec<PlacedViolation>) {
    match &node.tree {
        YamlTree::Text(text) if sources.text(node.place) == text => {
            let truth = TRUTHS.iter().find(|(word, _)| text.eq_ignore_ascii_case(word));
            if let Some((_, truth)) = truth {
                let message = format!("`{path}` is the string \"{text}\", not a boolean");
                faults.push(
                    PlacedViolation::new(Code::AmbiguousScalar, node.place, message)
                        .label("a string")
                        .help(format!("write `{truth}`, or quote the string")),
                );
            }
        }
        YamlTree::Number(number) => {
            let digits = sources.text(node.place).trim_start_matches(['+', '-']);
            let has_zeros = digits.len() > 1 && digits.starts_with('0');
            if has_zeros && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                let message = format!("`{path}` is the number {number}, without its zeros");
                faults.push(
                    PlacedViolation::new(Code::AmbiguousScalar, node.place, message)
                        .label("a number")
                        .help("quote it to make it a string, or remove the zeros"),
                );
            }
        }
        YamlTree::Null | YamlTree::Bool(_) | YamlTree::Text(_) => {}
        YamlTree::List(items) => {
            for (index, item) in items.iter().enumerate() {
                ambiguous(&path.index(index), item, sources, faults);
            }
        }
        YamlTree::Map(entries) => {
            for entry in entries {
                ambiguous(&path.key(&entry.key), &entry.value, sources, faults);
            }
        }
    }
}

/// A block (`|`, `>`) ends in a line break, which few answers have at that place.
fn line_breaks(path: &Path, comparisons: &Node, sources: &Sources<'_>, faults: &mut Vec<PlacedViolation>) {
    for entry in comparisons.entries().iter().filter(|entry| TEXTS.contains(&entry.key.as_str())) {
        let Some(text) = entry.value.text() else { continue };
        let is_quoted = sources.text(entry.value.place).starts_with(['"', '\'']);
        if text.ends_with('\n') && !is_quoted {
            let message = format!("`{}` ends with a line break, which its block adds", path.key(&entry.key));
            faults.push(
                PlacedViolation::new(Code::TrailingLineBreak, entry.key_place, message)
                    .label("compared with the line break")
                    .help("write `|-` for `|` and `>-` for `>`, or quote the string"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Code, SourceFile, load};

    fn found(fields: &str) -> Vec<(Code, usize)> {
        let text = format!("id: a\nurl: https://a.example\nmethod: POST\n{fields}\n");
        let file = SourceFile { path: "a.yaml".into(), group: String::new(), bytes: text.into_bytes() };
        load(&[file], None).diagnostics.into_iter().map(|found| (found.code, found.span.line)).collect()
    }

    #[test]
    fn what_other_readers_of_yaml_take_for_something_else_is_warned_of() {
        for (value, is_ambiguous) in [
            ("yes", true),
            ("No", true),
            ("OFF", true),
            ("on", true),
            ("007", true),
            ("-010", true),
            ("[1, { b: no }]", true),
            ("'no'", false),
            ("\"on\"", false),
            ("true", false),
            ("0", false),
            ("-0", false),
            ("0.5", false),
            ("0o17", false),
            ("'007'", false),
            ("nowhere", false),
            ("2026-12-01", false),
            ("1:30", false),
            ("null", false),
            ("~", false),
        ] {
            let expected: Vec<_> = is_ambiguous.then_some((Code::AmbiguousScalar, 4)).into_iter().collect();
            for fields in [
                format!("expect: {{ json: [{{ path: $.a, equals: {value} }}] }}"),
                format!("expect: {{ json: [{{ path: $.a, not_equals: {value} }}] }}"),
                format!("json: {{ a: {value} }}"),
            ] {
                assert_eq!(found(&fields), expected, "{fields}");
            }
        }
        assert_eq!(found("json: yes"), [(Code::AmbiguousScalar, 4)]);
        assert_eq!(found("expect: { json: [{ path: $.a, equals: }] }"), [(Code::Empty, 4)]);
        assert_eq!(found("expect: { json: [{ path: $.a, not_equals: #x\n }] }"), [(Code::Empty, 4)]);
    }

    // With its line break, `not_contains` would hold for every answer.
    #[test]
    fn the_line_break_of_a_block_is_warned_of_where_a_text_is_compared() {
        for (fields, line) in [
            ("expect:\n  body:\n    not_contains: |\n      error", Some(6)),
            ("expect:\n  body:\n    equals: >\n      ok", Some(6)),
            ("expect:\n  body:\n    matches: |+\n      ^ok", Some(6)),
            ("expect:\n  json:\n    - path: $.a\n      contains: |\n        ok", Some(7)),
            ("expect:\n  body:\n    contains: |-\n      ok", None),
            ("expect:\n  body:\n    contains: \"ok\\n\"", None),
            ("body: |\n  ok", None),
        ] {
            let expected: Vec<_> = line.map(|line| (Code::TrailingLineBreak, line)).into_iter().collect();
            assert_eq!(found(fields), expected, "{fields}");
        }
    }
}
