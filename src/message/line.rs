//! Lines of bounded length.
//!
//! Chat services count UTF-16 code units or characters, and few say which. Units are never fewer than characters, so
//! what fits in units fits in both.

/// UTF-16 code units of a text.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// At most `limit` units of a text, a cut marked by `…`.
pub fn cut(text: &str, limit: usize) -> String {
    if units(text) <= limit {
        return text.to_owned();
    }
    let head = head(text, limit.saturating_sub(1));
    let mark = if limit == 0 { "" } else { "…" };
    format!("{}{mark}", head.trim_end())
}

/// At most `limit` units of a name, cut in the middle: ids often differ at their ends.
pub fn cut_middle(text: &str, limit: usize) -> String {
    if units(text) <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(1);
    let tail: Vec<char> = text.chars().rev().collect();
    let tail: String = tail.into_iter().collect();
    let end: String = head(&tail, room / 2).chars().rev().collect();
    format!("{}…{end}", head(text, room - room / 2))
}

fn head(text: &str, limit: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        used += c.len_utf16();
        used > limit
    });
    end.map_or(text, |(end, _)| text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_counts_units_and_never_splits_a_character() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("😀😀", 3), "😀…");
        assert_eq!(cut("😀😀", 2), "…");
        assert_eq!(cut("ab", 0), "");
        assert_eq!(units("😀é"), 3);
    }

    #[test]
    fn an_id_keeps_its_beginning_and_its_end() {
        assert_eq!(cut_middle("eu/payments/api-01", 11), "eu/pa…pi-01");
        assert_eq!(cut_middle("short", 11), "short");
        assert_eq!(units(&cut_middle("😀😀😀😀😀😀", 6)), 5);
    }
}
