//! The rooms of the kinds of check, and the words that are at home there.

use crate::source::Source;

/// Fields of a kind whose names the house has for things of its own too.
const WORDS_OF_ALL: [&str; 8] = ["method", "host", "auth", "headers", "body", "json", "warn", "count"];

/// The kinds of check, as `kinds` lists them. Each has a room of its name there and in `probe`.
pub fn kinds(sources: &[Source]) -> Vec<String> {
    let list = sources.iter().find(|source| source.path == "src/kinds/mod.rs").expect("the list of kinds");
    let name = |line: &String| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned);
    list.lines.iter().filter_map(name).collect()
}

/// The kinds of channels, as `channels` lists them.
pub fn channels(sources: &[Source]) -> Vec<String> {
    let list =
        sources.iter().find(|source| source.path == "src/channels/mod.rs").expect("the list of channels");
    let name = |line: &String| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned);
    list.lines.iter().filter_map(name).collect()
}

/// What code outside the rooms must not say: a type of one kind, a subject that one declares, or a field that only one
/// kind has, as a name or as the path to its place in a file.
pub fn words(sources: &[Source]) -> Vec<String> {
    let mut words: Vec<String> = kinds(sources).iter().map(|kind| format!("kinds::{kind}")).collect();
    // What all kinds share is no word of one.
    let is_of_one = |source: &&Source| source.module == "kinds" && source.path != "src/kinds/shared.rs";
    let of_kinds = sources.iter().filter(is_of_one);
    for (_, line) in of_kinds.flat_map(|source| source.code().collect::<Vec<_>>()) {
        if let Some((_, rest)) = line.split_once("const ")
            && let Some((name, _)) = rest.split_once(": Subject =")
        {
            words.push(format!("Subject::{name}"));
        }
        for rest in line.split("Field::new(\"").skip(1) {
            let Some((field, _)) = rest.split_once('"') else { continue };
            match field.strip_prefix("expect.") {
                Some(key) => {
                    for top in ["expect", "warn"] {
                        words.push(format!("\"{top}.{key}"));
                        words.push(format!("\"{top}\", \"{key}\""));
                    }
                }
                None if WORDS_OF_ALL.contains(&field) => {}
                None => words.extend([format!(".{field}"), format!("pub {field}:"), format!("\"{field}\"")]),
            }
        }
    }
    words
}
