//! No literal credential is missed, no ordinary text is taken for one, and none is put into words.

use std::ops::Range;

use crate::config::credentials::shapes::known;
use crate::config::{Code, Diagnostic, SourceFile, load};

const ORDINARY: &str = include_str!("../../../tests/fixtures/credentials/ordinary.yaml");
const SECRETS: &str = include_str!("../../../tests/fixtures/credentials/secrets.yaml");

fn diagnostics(text: &str) -> Vec<Diagnostic> {
    let file =
        SourceFile { path: "a.yaml".to_owned(), group: String::new(), bytes: text.as_bytes().to_vec() };
    load(&[file], None).diagnostics
}

/// The file without its marks, and where the parts between them are.
fn unmarked(marked: &str) -> (String, Vec<Range<usize>>) {
    let (header, marked) = marked.split_once("\nid:").expect("a comment and documents");
    let (mut text, mut parts, mut start) =
        (format!("{}\nid:", header.replace(['«', '»', '¦'], "_")), Vec::new(), 0);
    for c in marked.chars() {
        match c {
            '«' => start = text.len(),
            '»' if text.len() > start => parts.push(start..text.len()),
            '»' | '¦' => {}
            c => text.push(c),
        }
    }
    (text, parts)
}

fn documents(text: &str) -> usize {
    text.lines().filter(|line| *line == "---").count() + 1
}

#[test]
fn nothing_is_wrong_with_two_hundred_ordinary_monitors() {
    assert!(documents(ORDINARY) >= 200, "{}", documents(ORDINARY));
    let found: Vec<_> =
        diagnostics(ORDINARY).into_iter().map(|found| (found.span.line, found.message)).collect();
    assert_eq!(found, []);
}

#[test]
fn every_credential_is_found_exactly_where_it_stands() {
    let (text, expected) = unmarked(SECRETS);
    assert!(documents(&text) >= 40, "{}", documents(&text));
    let found: Vec<Diagnostic> =
        diagnostics(&text).into_iter().filter(|found| found.code == Code::LiteralCredential).collect();
    let shown = |range: &Range<usize>| {
        let line = text[..range.start].lines().count();
        format!("{line}: {}", &text[range.clone()])
    };
    let places: Vec<_> = found
        .iter()
        .map(|found| shown(&(found.span.offset..found.span.offset + found.span.length)))
        .collect();
    assert_eq!(places, expected.iter().map(shown).collect::<Vec<_>>());
}

#[test]
fn no_credential_is_in_the_words_of_any_diagnostic() {
    let (text, expected) = unmarked(SECRETS);
    let secrets: Vec<&str> = expected.into_iter().map(|range| &text[range]).collect();
    // Also not where a credential stands in a place that has a fault of its own.
    let misplaced =
        secrets.iter().filter(|secret| !secret.contains(['\n', ':']) && !known(secret).is_empty());
    let misplaced: Vec<String> = misplaced
        .map(|secret| format!("---\nid: {secret}\nurl: {secret}\nmethod: {secret}\nalert: {{to: [{secret}]}}\n{secret}: 1\ntags: [{secret}, {secret}]\nexpect: {{body: {{matches: '({secret}'}}}}\n"))
        .collect();
    assert!(misplaced.len() > 10);
    for found in diagnostics(&format!("{text}\n{}", misplaced.concat())) {
        let Diagnostic { message, label, help, related, .. } = &found;
        let words = format!("{message}\n{label}\n{help:?}\n{related:?}");
        for secret in &secrets {
            // A short one may be a part of an ordinary word.
            assert!(secret.len() < 7 || !words.contains(secret), "{secret}: {words}");
        }
    }
}
