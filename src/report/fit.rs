//! Texts that are cut to a number of characters. Pure.

/// The text, or its start and its end around `…`: ids often differ at either end.
pub fn cut_middle(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(1);
    let (start, end) = (kept.div_ceil(2), kept / 2);
    text.chars().take(start).chain(['…']).chain(text.chars().skip(length - end)).take(width).collect()
}

/// The text, or its start and `…`.
pub fn cut_end(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).take(width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_has_exactly_its_width_and_keeps_both_ends() {
        assert_eq!(cut_middle("payments-eu-west-1", 9), "paym…st-1");
        assert_eq!(cut_middle("payments", 8), "payments");
        assert_eq!((cut_middle("payments", 1), cut_middle("payments", 0)), ("…".to_owned(), String::new()));
        assert_eq!(cut_end("HTTP 503, expected 200", 9), "HTTP 503…");
        assert_eq!((cut_end("été", 3), cut_end("été", 2)), ("été".to_owned(), "é…".to_owned()));
    }
}
