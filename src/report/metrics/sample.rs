//! One line of Prometheus text: a value with its labels, written and read. Pure.

use std::fmt;

/// A value of one metric, with its labels in the order in which they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricSample {
    pub name: String,
    pub labels: Vec<(String, String)>,
    /// A number as Prometheus reads it.
    pub value: String,
}

impl MetricSample {
    pub fn label(&self, name: &str) -> Option<&str> {
        self.labels.iter().find(|(label, _)| label == name).map(|(_, value)| value.as_str())
    }

    /// The sample of a line that monitorctl wrote; `None` for any other text.
    pub fn parse(line: &str) -> Option<Self> {
        let (name, mut rest) = line.split_once('{')?;
        if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
            return None;
        }
        let mut labels = Vec::new();
        loop {
            let (label, quoted) = rest.split_once("=\"")?;
            let (value, after) = unquoted(quoted)?;
            labels.push((label.to_owned(), value));
            if let Some(value) = after.strip_prefix("} ") {
                value.parse::<f64>().ok()?;
                return Some(Self { name: name.to_owned(), labels, value: value.to_owned() });
            }
            rest = after.strip_prefix(',')?;
        }
    }
}

/// The value of a label up to its closing quote, and the text after it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    loop {
        match letters.next()? {
            (at, '"') => return Some((value, text.get(at + 1..)?)),
            (_, '\\') => value.push(match letters.next()?.1 {
                'n' => '\n',
                '\\' => '\\',
                '"' => '"',
                _ => return None,
            }),
            (_, letter) => value.push(letter),
        }
    }
}

impl fmt::Display for MetricSample {
    /// `probe_success{monitor="shop"} 1`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{{", self.name)?;
        for (number, (label, value)) in self.labels.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            write!(f, "{comma}{label}=\"{escaped}\"")?;
        }
        write!(f, "}} {}", self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_with_odd_labels_is_read_as_it_was_written() {
        for text in ["", "plain", r#"a "quote""#, r"back\slash\n", "two\nlines", "ünï, } {=\"", "\\", "\r"]
        {
            let labels = vec![("monitor".to_owned(), text.to_owned()), ("group".to_owned(), String::new())];
            let sample = MetricSample { name: "probe_success".to_owned(), labels, value: "1".to_owned() };
            let line = sample.to_string();
            assert!(!line.contains('\n'), "{line}");
            assert_eq!(MetricSample::parse(&line), Some(sample), "{line}");
        }
    }

    #[test]
    fn a_line_that_monitorctl_did_not_write_is_no_sample() {
        for line in [
            "",
            "x",
            "x 1",
            "x{} 1",
            "x{a=\"b\"}",
            "x{a=\"b\"} y",
            "x{a=\"b} 1",
            "x{a=\"\\q\"} 1",
            "x y{a=\"b\"} 1",
        ] {
            assert_eq!(MetricSample::parse(line), None, "{line}");
        }
    }
}
