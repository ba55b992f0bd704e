//! Which values are no credentials whatever name they stand under, and which look drawn at random. Pure.

/// Words that say that a value is none, as those are sent that must be refused.
const NONE: [&str; 19] = [
    "anonymous",
    "bad",
    "bogus",
    "demo",
    "dummy",
    "empty",
    "expired",
    "fake",
    "invalid",
    "malformed",
    "missing",
    "nonexistent",
    "none",
    "null",
    "redacted",
    "revoked",
    "undefined",
    "unknown",
    "wrong",
];

/// Words that may stand beside them.
const FILLERS: [&str; 12] = [
    "a",
    "api",
    "bearer",
    "credential",
    "credentials",
    "is",
    "key",
    "not",
    "password",
    "secret",
    "the",
    "token",
];

/// Whether a value is meant as itself: no reference, no gap to be filled in, and not said to be none.
pub fn is_literal(value: &str) -> bool {
    let value = value.trim();
    let is_gap =
        (value.starts_with('<') && value.ends_with('>')) || value.contains("{{") || is_variable(value);
    let is_masked = value.len() > 2 && value.chars().all(|c| value.starts_with(c));
    !value.is_empty() && !refers(value) && !is_gap && !is_masked && !is_said_to_be_none(value)
}

/// Whether a part of it is a reference.
pub fn refers(value: &str) -> bool {
    value.match_indices("${").any(|(at, _)| !value.get(..at).is_some_and(|before| before.ends_with('$')))
}

/// `$password`, as a query of GraphQL names what is sent beside it.
fn is_variable(value: &str) -> bool {
    value.strip_prefix('$').is_some_and(|name| name.chars().all(|c| c.is_ascii_alphabetic() || c == '_'))
}

/// `invalid-token`, `expired`, `DEMO_KEY`: sent to see that it is refused, or known to everybody.
fn is_said_to_be_none(value: &str) -> bool {
    let words = words(value);
    words.iter().any(|word| NONE.contains(&word.as_str()))
        && words.iter().all(|word| NONE.contains(&word.as_str()) || FILLERS.contains(&word.as_str()))
}

/// Whether a part of the value changes so often between digits, small and capital letters as words and numbers
/// of products do not.
pub fn looks_random(value: &str) -> bool {
    value.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '%' | '+' | '/' | '='))).any(|part| {
        let classes: Vec<u8> = part.bytes().filter(u8::is_ascii_alphanumeric).map(class).collect();
        let length = classes.len();
        let turns = classes.windows(2).filter(|pair| pair.first() != pair.last()).count();
        let kinds = (0..3).filter(|kind| classes.contains(kind)).count();
        let numbers = classes
            .chunk_by(|one, two| (*one == 0) == (*two == 0))
            .filter(|run| run.first() == Some(&0))
            .count();
        (length >= 10 && kinds == 3 && numbers > 1 && turns * 2 >= length)
            || (length >= 20 && kinds >= 2 && turns * 10 >= length * 3)
    })
}

fn class(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        _ => 2,
    }
}

/// `X-Api_key` and `xApiKey` are x, api, key.
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let begins = c.is_ascii_uppercase() && before.is_ascii_lowercase();
        if begins || !c.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut()
            && c.is_ascii_alphanumeric()
        {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_at_their_words() {
        for (name, expected) in [
            ("X-Api_key", vec!["x", "api", "key"]),
            ("xApiKey", vec!["x", "api", "key"]),
            ("APIKey", vec!["apikey"]),
            ("connect.sid", vec!["connect", "sid"]),
            ("", vec![]),
        ] {
            assert_eq!(words(name), expected);
        }
    }

    #[test]
    fn a_mask_a_gap_and_a_bogus_value_are_no_credentials() {
        for value in ["*****", "xxxx", "<token>", "{{ token }}", "invalid", "not a token: null", "$PASSWORD"]
        {
            assert!(!is_literal(value), "{value}");
        }
        for value in ["test-password", "changeme", "x", "$ecret1"] {
            assert!(is_literal(value), "{value}");
        }
    }
}
