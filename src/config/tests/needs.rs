//! Holds the needs from the field, as docs/semantics.md lists them, to what the program takes: each has an example that is
//! valid, or a field that is still an error.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::load::{Loaded, load, load_with_lints};
use crate::config::{Circumstances, Code, Definitions, Extent, Settings, SourceFile, settings};

const PAGE: &str = include_str!("../../../docs/semantics.md");

const NEEDS: usize = 24;

/// The part of the page that lists them.
fn section() -> &'static str {
    let (_, rest) = PAGE.split_once("## Needs from the field\n").expect("the section");
    rest.split("\n## ").next().expect("its text")
}

/// The examples by the numbers of their needs.
fn examples() -> BTreeMap<usize, &'static str> {
    let (_, rest) = section().split_once("```yaml\n").expect("the examples");
    let (block, _) = rest.split_once("```").expect("the end of them");
    let numbered = block.split("---\n").map(|example| {
        let number = example.strip_prefix("# ").and_then(|text| text.split_once(". "));
        let (number, _) = number.unwrap_or_else(|| panic!("no need: {example}"));
        (number.parse().expect("a number"), example)
    });
    numbered.collect()
}

/// What cannot be written yet: the field as it would be written, by the number of the need.
fn missing() -> BTreeMap<usize, &'static str> {
    let rows = section().lines().filter_map(|line| line.strip_prefix("| "));
    let rows = rows.filter_map(|row| Some((row.split(' ').next()?.parse().ok()?, row.split('`').nth(1)?)));
    rows.collect()
}

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), group: String::new(), bytes: text.as_bytes().to_vec() }
}

#[test]
fn every_need_has_an_example_or_a_field_that_is_missing() {
    let mut numbers: Vec<_> = examples().into_keys().chain(missing().into_keys()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=NEEDS).collect::<Vec<_>>());
    let said = ["No need", "One need", "Two needs", "Three needs", "Four needs"][missing().len()];
    assert!(section().replace('\n', " ").contains(&format!("{said} cannot be written yet.")), "{said}");
}

#[test]
fn every_example_of_a_need_is_valid_without_a_warning() {
    let variables = "owner: acme/monitors\nvars: { domain: example.com }\n";
    let (Settings { vars, .. }, faults) = settings(&file("monitorctl.yaml", variables));
    assert!(faults.is_empty(), "{faults:#?}");
    let circumstances = Circumstances { period: Duration::from_secs(30), extent: Extent::Whole, offer: None };
    let files: Vec<_> =
        examples().iter().map(|(number, text)| file(&format!("monitors/{number}.yaml"), text)).collect();
    let definitions = Definitions { channels: None, variables: Some(&vars) };
    let Loaded { monitors, diagnostics } = load_with_lints(&files, definitions, circumstances);
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    assert_eq!(monitors.len(), files.len());
}

#[test]
fn what_cannot_be_written_yet_is_an_unknown_key() {
    for (number, field) in missing() {
        let text = format!("id: a\nurl: https://a.example/\n{field}\n");
        let Loaded { diagnostics, .. } = load(&[file("a.yaml", &text)], None);
        let codes: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(codes, [Code::UnknownKey], "need {number} can be written now: give it an example");
    }
}
