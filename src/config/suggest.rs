//! "Did you mean".

/// The candidate that a mistyped `word` most likely stands for.
pub fn suggest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(word);
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&folded, &fold(candidate)), candidate))
        .filter(|(rename_candidate, _)| *rename_candidate > 0.8)
        .max_by(|one, two| one.0.total_cmp(&two.0))
        .map(|(_, candidate)| candidate)
}

/// `notContains`, `not-contains` and `Not_Contains` are one word to a person.
fn fold(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_word_finds_its_likely_meaning() {
        let known = ["failures", "successes", "severity", "remind", "not_contains", "timeout", "GET", "HEAD"];
        for (word, expected) in [
            ("failure", Some("failures")),
            ("sucesses", Some("successes")),
            ("notContains", Some("not_contains")),
            ("time-out", Some("timeout")),
            ("get", Some("GET")),
            ("xyz", None),
            ("", None),
        ] {
            assert_eq!(suggest(word, known), expected, "{word}");
        }
    }
}
