//! Tables for spreadsheets, as RFC 4180 has them. Pure.

use super::spoken::one_line;

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum CsvCell {
    Text(String),
    Whole(i64),
    Decimal(f64),
    Empty,
}

impl CsvCell {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// `None` is an empty cell.
    pub fn maybe_text(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.into()))
    }

    pub fn count(number: u64) -> Self {
        Self::Whole(i64::try_from(number).unwrap_or(i64::MAX))
    }

    pub fn maybe_count(number: Option<u64>) -> Self {
        number.map_or(Self::Empty, Self::count)
    }

    pub fn maybe_decimal(number: Option<f64>) -> Self {
        number.map_or(Self::Empty, Self::Decimal)
    }

    fn written(&self) -> String {
        match self {
            Self::Text(text) => quoted(&inert(one_line(text))),
            Self::Whole(number) => number.to_string(),
            Self::Decimal(number) => number.to_string(),
            Self::Empty => String::new(),
        }
    }
}

/// The lines of a table under its head.
pub fn csv<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [CsvCell; N]>) -> String {
    let line = |cells: &[CsvCell]| {
        let cells: Vec<_> = cells.iter().map(CsvCell::written).collect();
        format!("{}\r\n", cells.join(","))
    };
    let head = head.map(CsvCell::text);
    std::iter::once(line(&head)).chain(rows.into_iter().map(|row| line(&row))).collect()
}

/// A text that no spreadsheet takes for a formula. Numbers of ours stay numbers, also those below zero.
fn inert(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_lines_end_as_the_rfc_says() {
        let row = [CsvCell::text("a \"b\", c"), CsvCell::Whole(-3), CsvCell::Decimal(99.9), CsvCell::Empty];
        assert_eq!(csv(["w", "x", "y", "z"], [row]), "w,x,y,z\r\n\"a \"\"b\"\", c\",-3,99.9,\r\n");
    }

    // What an endpoint says lands in a spreadsheet.
    #[test]
    fn no_text_is_a_formula_or_breaks_a_line() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("a\r\n=1", "a\\r\\n=1"),
            ("\t=1", "\\t=1"),
        ] {
            assert_eq!(csv(["a"], [[CsvCell::text(text)]]), format!("a\r\n{expected}\r\n"));
        }
    }
}
