//! Sentences in lines that a terminal of 80 columns does not break. Pure.

/// Columns of a terminal.
const COLUMNS: usize = 80;

/// A sentence in lines, for a place that begins `indent` columns from the left. A word that is longer stays whole, and so
/// does a command between backticks.
pub fn wrapped(sentence: &str, indent: usize) -> Vec<String> {
    let room = COLUMNS.saturating_sub(indent);
    let mut lines: Vec<String> = Vec::new();
    for word in sentence.split(' ') {
        match lines.last_mut() {
            Some(line) if is_inside_code(line) => {
                line.push(' ');
                line.push_str(word);
            }
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Whether a code span that began in a line has not ended there.
fn is_inside_code(line: &str) -> bool {
    line.matches('`').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_broken_between_words_and_a_long_word_is_not() {
        let word = "a".repeat(90);
        let sentence = format!("{} {word} bb", ["cccc"; 20].join(" "));
        let lines = wrapped(&sentence, 9);
        let lengths: Vec<_> = lines.iter().map(String::len).collect();
        assert_eq!(lengths, [69, 29, 90, 2]);
        assert_eq!(lines.join(" "), sentence);
        assert_eq!(wrapped("", 0), [""]);
        assert_eq!(wrapped("one `git fetch --unshallow` two", 62), ["one `git fetch --unshallow`", "two"]);
    }
}
