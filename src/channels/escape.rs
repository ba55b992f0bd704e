//! Texts from outside, made harmless for the markup of a channel.

use crate::monitor::is_hidden;

/// At most `limit` UTF-16 units, each character as `escape` spells it; `None` where it may stand as it is. What is
/// invisible or would begin a line becomes a space, and a cut is marked by `…`.
pub fn escaped(text: &str, limit: usize, escape: impl Fn(char) -> Option<&'static str>) -> String {
    let mut shown = String::new();
    let (mut used, mut fits) = (0, 0);
    for c in text.chars() {
        let c = if is_hidden(c) { ' ' } else { c };
        let length = escape(c).map_or(c.len_utf16(), |spelled| spelled.encode_utf16().count());
        // The mark of a cut needs room too.
        if used + length > limit {
            shown.truncate(fits);
            if limit > 0 {
                shown.push('…');
            }
            return shown;
        }
        used += length;
        match escape(c) {
            Some(spelled) => shown.push_str(spelled),
            None => shown.push(c),
        }
        if used < limit {
            fits = shown.len();
        }
    }
    shown
}

/// `&`, `<` and `>`, for Slack and HTML.
pub fn angles(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    }
}

/// The same for Slack's code, which ends at a backtick.
pub fn angles_and_ticks(c: char) -> Option<&'static str> {
    if c == '`' { Some("'") } else { angles(c) }
}

/// What Markdown reads, for Discord and Teams.
pub fn markdown(c: char) -> Option<&'static str> {
    match c {
        '\\' => Some("\\\\"),
        '*' => Some("\\*"),
        '_' => Some("\\_"),
        '~' => Some("\\~"),
        '`' => Some("\\`"),
        '|' => Some("\\|"),
        '<' => Some("\\<"),
        '>' => Some("\\>"),
        '#' => Some("\\#"),
        '[' => Some("\\["),
        ']' => Some("\\]"),
        _ => None,
    }
}

/// Code in Markdown ends at a backtick.
pub fn ticks(c: char) -> Option<&'static str> {
    if c == '`' { Some("'") } else { None }
}

/// Whether a word is a URL that needs no escape in any markup.
pub fn is_plain_url(word: &str) -> bool {
    let rest = word.strip_prefix("https://").or_else(|| word.strip_prefix("http://"));
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'+,;=%".contains(c);
    rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(plain))
}

/// Lines in texts of at most `limit` UTF-16 units; a line is never split, and none is longer.
pub fn paged(lines: &[String], limit: usize) -> Vec<String> {
    let mut pages: Vec<String> = Vec::new();
    for line in lines {
        let length = |text: &str| text.encode_utf16().count();
        match pages.last_mut() {
            Some(page) if length(page) + 1 + length(line) <= limit => {
                page.push('\n');
                page.push_str(line);
            }
            Some(_) | None => pages.push(line.clone()),
        }
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_is_never_cut_in_two_and_a_cut_is_marked() {
        assert_eq!(escaped("a<b", 6, angles), "a&lt;b");
        assert_eq!(escaped("a<b", 5, angles), "a…");
        assert_eq!(escaped("a<bc", 6, angles), "a&lt;…");
        assert_eq!(escaped("<", 3, angles), "…");
        assert_eq!(escaped("a\n\u{202e}b", 9, angles), "a  b");
        assert_eq!(escaped("😀😀", 3, |_| None), "😀…");
        assert_eq!(escaped("ab", 0, |_| None), "");
    }

    #[test]
    fn lines_are_put_together_as_long_as_they_fit() {
        let lines = ["ab", "cd", "ef"].map(str::to_owned);
        assert_eq!(paged(&lines, 5), ["ab\ncd", "ef"]);
        assert_eq!(paged(&lines, 2), ["ab", "cd", "ef"]);
    }
}
