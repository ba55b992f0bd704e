//! Holds every text of the repository to the words of the field: one concept, one word.

use std::path::{Path, PathBuf};

/// Words that appear nowhere: in no identifier, comment, message, help text or page. Each has a plain replacement.
const NOWHERE: &[(&str, &str)] = &[
    ("told", "delivered, notified"),
    ("untold", "pending"),
    ("untell", "discard"),
    ("owed", "pending"),
    ("wish", "options, request"),
    ("wishes", "options, request"),
    ("nobody", "no one, or say who does what"),
    ("somebody", "a person, a user, another owner"),
    ("whoever", "the author, the caller, the holder"),
    ("box", "machine, host"),
    ("boxes", "machines, hosts"),
];

/// Two words that appear nowhere beside each other.
const PHRASES: &[([&str; 2], &str)] = &[(["way", "out"], "next step"), (["ways", "out"], "next steps")];

/// Words that are no whole identifier: each named a concept that has a word of the field.
const NO_IDENTIFIER: &[&str] = &[
    "advice",
    "calm",
    "complaint",
    "coverage",
    "doubt",
    "hindrance",
    "likeness",
    "means",
    "mute",
    "muted",
    "needed",
    "news",
    "settled",
    "sight",
    "supply",
    "telling",
    "tells",
    "unrest",
    "withhold",
];

/// Files below these are read, apart from the lists above.
const PLACES: &[&str] = &[
    "src",
    "tests",
    "benches",
    "examples",
    "fuzz",
    "docs",
    "infra",
    "schema",
    "monitors",
    ".github",
    "action.yml",
    "build.rs",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
];

/// Folders with the work of other tools.
const GENERATED: &[&str] = &["target", ".terraform", "__pycache__"];

/// The endings of the files that hold texts.
const ENDINGS: &[&str] = &["rs", "md", "json", "yaml", "yml", "snap", "toml", "tf", "sh", "py"];

#[test]
fn every_text_uses_the_words_of_the_field() {
    let mut found = Vec::new();
    for (path, text) in texts() {
        for (number, line) in text.lines().enumerate() {
            found.extend(retired(line).into_iter().map(|what| format!("{path}:{}: {what}", number + 1)));
        }
        if Path::new(&path).extension().is_some_and(|ending| ending == "rs") {
            for (number, line) in text.lines().enumerate() {
                let names = retired_names(line).into_iter();
                found.extend(names.map(|what| format!("{path}:{}: {what}", number + 1)));
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// What a line of text says that has another word.
fn retired(line: &str) -> Vec<String> {
    let words = words(line);
    let mut found = Vec::new();
    for word in &words {
        // `Box` is a type of Rust.
        if let Some((_, instead)) =
            NOWHERE.iter().find(|(retired, _)| *word != "Box" && word.eq_ignore_ascii_case(retired))
        {
            found.push(format!("`{word}`: say {instead}"));
        }
    }
    for pair in words.windows(2) {
        let is = |phrase: &[&str; 2]| phrase.iter().zip(pair).all(|(one, two)| two.eq_ignore_ascii_case(one));
        found.extend(
            PHRASES
                .iter()
                .filter(|(phrase, _)| is(phrase))
                .map(|(phrase, instead)| format!("`{}`: say {instead}", phrase.join(" "))),
        );
    }
    found
}

/// Identifiers of a line of Rust that are a retired word. Comments and the insides of texts are not code.
fn retired_names(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    let code: String = code.split('"').step_by(2).collect::<Vec<_>>().join("\"");
    code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|name| NO_IDENTIFIER.iter().any(|retired| name.eq_ignore_ascii_case(retired)))
        .map(|name| format!("no identifier is called `{name}`"))
        .collect()
}

/// The words of a line, those of `snake_case` and `CamelCase` too.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for word in line.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()) {
        let mut start = 0;
        let bytes = word.as_bytes();
        for at in 1..bytes.len() {
            if bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase() {
                words.push(&word[start..at]);
                start = at;
            }
        }
        words.push(&word[start..]);
    }
    words
}

/// The files with their paths from the root of the repository, sorted.
fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open: Vec<PathBuf> = PLACES.iter().map(|place| root.join(place)).collect();
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("the source is readable");
            let inside = entries.map(|entry| entry.expect("the source is readable").path());
            open.extend(inside.filter(|path| !GENERATED.iter().any(|name| path.ends_with(name))));
        } else if path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known)) {
            let shown =
                path.strip_prefix(root).expect("the source is readable").to_string_lossy().into_owned();
            // The lists of this file are not texts.
            if shown != "tests/tidy/words.rs" {
                let bytes = std::fs::read(&path).expect("the source is readable");
                found.push((shown, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
    }
    assert!(found.len() > 300, "only {} files were read", found.len());
    found.sort();
    found
}

#[test]
fn planted_words_are_found_in_every_kind_of_name_and_text() {
    for line in [
        "// an alert is owed",
        "let told = 1;",
        "fn is_told_once() {}",
        "struct ToldOnce;",
        "pub nobody: bool,",
        "\"Whoever reads this\"",
        "the way out",
        "on the box that runs it",
        "Nobody's alerts",
    ] {
        assert_eq!(retired(line).len(), 1, "{line}");
    }
    for line in [
        "Box::new(x)",
        "BoxFuture<'a, T>",
        "x.boxed()",
        "into_boxed_str()",
        "the allowed range",
        "it followed",
        "a way. Outside",
        "sandbox",
    ] {
        assert_eq!(retired(line), [""; 0], "{line}");
    }
}

#[test]
fn planted_names_are_found_in_code_and_not_in_texts() {
    for line in ["let calm = 1;", "struct Unrest;", "fn mute() {}", "self.needed + 1 // x"] {
        assert_eq!(retired_names(line).len(), 1, "{line}");
    }
    for line in ["// it means nothing", "say(\"this means\")", "let meaning = 1;", "fn it_means_that() {}"] {
        assert_eq!(retired_names(line), [""; 0], "{line}");
    }
}
