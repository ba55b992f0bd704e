//! How large a file, and what is in it, may be. Pure.
//!
//! A monitor is some dozens of lines. The bounds lie far above what people write, and low enough that the worst file
//! below them costs some seconds and some hundred MB at most.

/// Bytes of one file.
pub const FILE_BYTES: usize = 8 << 20;

/// Bytes of one file of defaults: every monitor of its folder has a copy of what is in it.
pub const DEFAULTS_BYTES: usize = 64 << 10;

/// Documents of one file.
pub const DOCUMENTS: usize = 10_000;

/// Values of one document, those that aliases repeat included. An item of DynamoDB, 400 KB, holds fewer.
pub const VALUES: usize = 100_000;

/// Values of all documents of one file.
pub const FILE_VALUES: usize = 1_000_000;

/// Values that all monitors, and all folders, have from the defaults above them: each has a copy of some 500 bytes.
pub const INHERITED: usize = 1_000_000;

/// Maps and lists inside each other, block style and flow style counted apart. DynamoDB takes 32 levels.
pub const NESTING: usize = 64;

/// Characters of a key; YAML itself has this bound for keys on the line of their value.
pub const KEY_CHARS: usize = 1024;

/// Bytes of variables that are written into texts of one document. An item of DynamoDB, 400 KB, holds fewer.
pub const FILLED_IN_BYTES: usize = 1 << 20;

/// Characters of a message about a file; what it quotes may be as long as the file.
pub const MESSAGE_CHARS: usize = 400;

/// Characters of a value that are enough to know it again.
pub const QUOTED: usize = 40;

/// Unknown words of a document for which a known one is looked for.
pub const SUGGESTIONS: usize = 100;

/// `10000` as people write it: `10,000`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::diagnostic::Code;
    use super::super::sources::{SourceFile, Sources};
    use super::*;
    use crate::config::expectations::tried::{CATALOG_STEPS, DOCUMENT_STEPS};
    use crate::config::yaml;
    use crate::config::yaml::parse::parse;

    #[test]
    fn numbers_are_grouped() {
        for (number, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), expected);
        }
    }

    /// Whether a file of this name and text goes beyond a bound.
    fn is_too_large(path: &str, text: String) -> bool {
        let file = SourceFile { path: path.to_owned(), group: String::new(), bytes: text.into_bytes() };
        let sources = Sources::new(std::slice::from_ref(&file));
        let (index, source) = sources.iter().next().expect("a file");
        let yaml::Parsed { faults, broken, .. } = parse(source, index);
        !broken.is_empty()
            || faults.iter().any(|fault| matches!(fault.code, Code::TooLarge | Code::YamlSyntax))
    }

    /// `number` values, most of them through aliases, which is quicker to read.
    fn values(number: usize) -> String {
        assert!(number > 1_000, "{number}");
        let (again, rest) = ((number - 1) / 1_000, (number - 1) % 1_000);
        let anchored = vec!["1"; 999].join(",");
        format!("- &a [{anchored}]\n{}{}", "- *a\n".repeat(again - 1), "- 1\n".repeat(rest))
    }

    type Text<'a> = &'a dyn Fn(usize) -> String;

    #[test]
    fn what_is_at_a_bound_is_read_and_what_is_above_it_is_a_fault() {
        let documents = |number: usize| "--- {a: 1}\n".repeat(number);
        let values_of_file = |number: usize| {
            let (whole, rest) = (number / VALUES, number % VALUES);
            vec![values(VALUES); whole].join("---\n") + &"--- 1\n".repeat(rest)
        };
        let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        let key = |chars: usize| format!("? {}\n: 1\n", "k".repeat(chars));
        let comment = |bytes: usize| "#".repeat(bytes);
        for (what, path, text, most) in [
            ("bytes of a file", "a.yaml", &comment as Text<'_>, FILE_BYTES),
            ("bytes of defaults", "defaults.yaml", &comment, DEFAULTS_BYTES),
            ("documents", "a.yaml", &documents, DOCUMENTS),
            ("values of a document", "a.yaml", &values, VALUES),
            ("values of a file", "a.yaml", &values_of_file, FILE_VALUES),
            ("nesting", "a.yaml", &nested, NESTING),
            ("characters of a key", "a.yaml", &key, KEY_CHARS),
        ] {
            assert!(!is_too_large(path, text(most)), "{what}: {most}");
            assert!(is_too_large(path, text(most + 1)), "{what}: {most} and one more");
        }
    }

    /// docs/validate.md says the bounds that hold.
    #[test]
    fn the_page_says_every_bound() {
        let page = include_str!("../../docs/validate.md");
        for (what, bound) in [
            ("bytes of a file", format!("{} MiB", FILE_BYTES >> 20)),
            ("bytes of a `defaults.yaml`", format!("{} KiB", DEFAULTS_BYTES >> 10)),
            ("documents of a file", grouped(DOCUMENTS)),
            ("values of a document", grouped(VALUES)),
            ("values of a file", grouped(FILE_VALUES)),
            ("values that monitors inherit", grouped(INHERITED)),
            ("bytes of variables in the texts of a document", grouped(FILLED_IN_BYTES)),
            ("nested maps or lists", grouped(NESTING)),
            ("characters of a key", grouped(KEY_CHARS)),
            ("steps of trying the JSON paths of a document", grouped(DOCUMENT_STEPS)),
            ("steps of trying the JSON paths of a catalog", grouped(CATALOG_STEPS)),
        ] {
            let row = page.lines().find(|line| line.starts_with(&format!("| {what}")));
            assert!(row.is_some_and(|row| row.contains(&format!("| {bound} |"))), "{what}: {bound}");
        }
    }
}
