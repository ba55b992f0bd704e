//! Takes the values of variables that are credentials out of the words of diagnostics. Pure.
//!
//! A variable is a credential by its use. Where the same one also stands for the name of a channel or a monitor, a rule
//! there quotes the value and cannot know.

use std::collections::BTreeSet;

use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::variables::DefinedVariables;

/// Characters that no ordinary word has; of a longer value, a message may quote no more than the beginning.
const DISTINCT: usize = 16;

/// Shorter values are hidden only where they are quoted whole.
const SHORT: usize = 4;

/// Hides each value that one of the diagnostics found to be a credential.
pub fn hide(diagnostics: &mut [Diagnostic], variables: Option<&DefinedVariables>) {
    let found = diagnostics.iter().filter(|diagnostic| diagnostic.code == Code::LiteralCredential);
    let names: BTreeSet<String> = found.flat_map(|diagnostic| diagnostic.variables.iter().cloned()).collect();
    let defined = variables.into_iter().flat_map(|variables| variables.by_name.values().flatten());
    let is_secret = |path: &Option<String>| path.as_ref().is_some_and(|path| names.contains(path));
    let mut values: Vec<&str> = defined
        .filter(|variable| is_secret(&variable.source.variable) && !variable.text.is_empty())
        .map(|variable| variable.text.as_str())
        .collect();
    // One may begin with another.
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    if values.is_empty() {
        return;
    }
    for Diagnostic { message, label, help, related, .. } in diagnostics {
        let labels = related.iter_mut().map(|related| &mut related.label);
        for words in [message, label].into_iter().chain(help).chain(labels) {
            for value in &values {
                *words = without(words, value);
            }
        }
    }
}

fn without(words: &str, value: &str) -> String {
    let length = value.chars().count();
    if length < SHORT {
        return words.replace(&format!("`{value}`"), "`***`");
    }
    if length <= DISTINCT {
        return words.replace(value, "***");
    }
    let beginning = value.char_indices().nth(DISTINCT).map_or(value, |(end, _)| &value[..end]);
    let mut parts = words.split(beginning);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push_str("***");
        // What is left of a value that was cut is hidden up to the end of the quotation.
        let rest = &value[beginning.len()..];
        let cut = || part.find('`').map_or("", |end| &part[end..]);
        shown.push_str(part.strip_prefix(rest).unwrap_or_else(cut));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_hidden_whole_cut_or_inside_a_text_and_a_short_one_only_where_it_is_quoted() {
        for (words, value, expected) in [
            ("unknown channel `hunter2secret`", "hunter2secret", "unknown channel `***`"),
            ("no monitor `x-hunter2secret` here", "hunter2secret", "no monitor `x-***` here"),
            (
                "unknown channel `a-very-long-secret-value`, see a",
                "a-very-long-secret-value",
                "unknown channel `***`, see a",
            ),
            (
                "unknown channel `a-very-long-secret-v…`, see a",
                "a-very-long-secret-value",
                "unknown channel `***`, see a",
            ),
            ("an `a` and a word", "a", "an `***` and a word"),
            ("nothing of it", "hunter2secret", "nothing of it"),
        ] {
            assert_eq!(without(words, value), expected, "{words}");
        }
    }
}
