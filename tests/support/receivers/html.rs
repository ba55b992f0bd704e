//! Telegram's HTML: which tags it takes, how they nest, and what is left for people to read.
//!
//! Rules: <https://core.telegram.org/bots/api#html-style>. Words of the errors: `parse_html` in
//! <https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp>, which the Bot API runs.

/// Tags without an attribute that they need.
const TAGS: &[&str] = &[
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "tg-spoiler",
    "code",
    "pre",
    "blockquote",
    "a",
];

/// The text without its markup, or why it is none.
pub fn text(html: &str) -> Result<String, String> {
    let mut text = String::new();
    let mut open: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(first) = html[at..].chars().next() {
        match first {
            '<' if html[at..].starts_with("</") => at = close(html, at, &mut open)?,
            '<' => at = start(html, at, &mut open)?,
            '&' => at = entity(html, at, &mut text),
            other => {
                text.push(other);
                at += other.len_utf8();
            }
        }
    }
    match open.last() {
        None => Ok(text),
        Some(tag) => Err(format!("Can't find end tag corresponding to start tag \"{tag}\"")),
    }
}

fn start(html: &str, begin: usize, open: &mut Vec<String>) -> Result<usize, String> {
    let inner = &html[begin + 1..];
    let length = inner.find(|c: char| c.is_ascii_whitespace() || c == '>');
    let length = length.ok_or_else(|| format!("Unclosed start tag at byte offset {begin}"))?;
    let tag = inner[..length].to_lowercase();
    if !TAGS.contains(&tag.as_str()) && tag != "span" && tag != "tg-emoji" {
        return Err(format!("Unsupported start tag \"{tag}\" at byte offset {begin}"));
    }
    let (attributes, end) = attributes(html, begin, begin + 1 + length, &tag)?;
    let value = |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if tag == "span" && value("class") != Some("tg-spoiler") {
        return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"));
    }
    if tag == "tg-emoji" && value("emoji-id").is_none_or(|id| id.parse::<u64>().is_err()) {
        return Err("Invalid custom emoji identifier specified".to_owned());
    }
    open.push(tag);
    Ok(end)
}

type Attributes = Vec<(String, String)>;

/// The attributes from `at` on, and where the tag ends.
fn attributes(html: &str, begin: usize, mut at: usize, tag: &str) -> Result<(Attributes, usize), String> {
    let unclosed = || format!("Unclosed start tag at byte offset {begin}");
    let mut attributes = Vec::new();
    loop {
        at = past_space(html, at);
        let rest = &html[at..];
        if rest.starts_with('>') {
            return Ok((attributes, at + 1));
        }
        let end =
            rest.find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '>').ok_or_else(unclosed)?;
        if end == 0 {
            return Err(format!("Empty attribute name in the tag \"{tag}\" at byte offset {begin}"));
        }
        let name = rest[..end].to_owned();
        at = past_space(html, at + end);
        // HTML has attributes without a value (`<blockquote expandable>`).
        if !html[at..].starts_with('=') {
            attributes.push((name, String::new()));
            continue;
        }
        at = past_space(html, at + 1);
        let quote = html[at..].chars().next().ok_or_else(unclosed)?;
        let value = if quote == '"' || quote == '\'' {
            let inner = &html[at + 1..];
            let end = inner.find(quote).ok_or_else(unclosed)?;
            at += end + 2;
            &inner[..end]
        } else {
            let inner = &html[at..];
            let token = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
            let end = inner.find(|c| !token(c)).ok_or_else(unclosed)?;
            if !inner[end..].starts_with(|c: char| c.is_ascii_whitespace() || c == '>') {
                return Err(format!("Unexpected end of name token at byte offset {at}"));
            }
            at += end;
            &inner[..end]
        };
        attributes.push((name, value.to_owned()));
    }
}

fn close(html: &str, begin: usize, open: &mut Vec<String>) -> Result<usize, String> {
    let expected = open.pop().ok_or_else(|| format!("Unexpected end tag at byte offset {begin}"))?;
    let unclosed = || format!("Unclosed end tag at byte offset {begin}");
    let end = begin + html[begin..].find('>').ok_or_else(unclosed)?;
    let found = html[begin + 2..end].trim_end().to_lowercase();
    if found.contains(|c: char| c.is_ascii_whitespace()) {
        return Err(unclosed());
    }
    if !found.is_empty() && found != expected {
        let pair = format!("expected \"</{expected}>\", found \"</{found}>\"");
        return Err(format!("Unmatched end tag at byte offset {begin}, {pair}"));
    }
    Ok(end + 1)
}

/// "The API currently supports only the following named HTML entities: &lt;, &gt;, &amp; and &quot;", and all numerical
/// ones. Another one is text. Gives where it ends.
fn entity(html: &str, at: usize, text: &mut String) -> usize {
    let rest = &html[at..];
    let named = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"')];
    if let Some((name, meant)) = named.iter().find(|(name, _)| rest.starts_with(name)) {
        text.push(*meant);
        return at + name.len();
    }
    if let Some((meant, length)) = numerical(rest) {
        text.push(meant);
        return at + length;
    }
    text.push('&');
    at + 1
}

/// `&#128512;` and `&#x1F600;`: the character and its length.
fn numerical(rest: &str) -> Option<(char, usize)> {
    let end = rest.find(';')?;
    let digits = rest[..end].strip_prefix("&#")?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(code).filter(|c| *c != '\0').map(|c| (c, end + 1))
}

fn past_space(html: &str, at: usize) -> usize {
    at + html[at..].len() - html[at..].trim_ascii_start().len()
}
