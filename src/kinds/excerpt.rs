//! The beginning of an answer, as people read it in a message. Pure.

/// Characters of an answer that are looked at.
const LOOKED_AT: usize = 4_000;

/// Elements of a page that no one reads.
const UNREAD: [&str; 3] = ["style", "script", "svg"];

/// The text at the beginning of a body; `None` if it has none.
pub fn excerpt(body: &[u8]) -> Option<String> {
    let body = body.get(..body.len().min(LOOKED_AT)).unwrap_or_default();
    // A picture.
    if body.contains(&0) {
        return None;
    }
    let text = String::from_utf8_lossy(body);
    // A character that was cut in two.
    let text = text.trim_start_matches('\u{feff}').trim_end_matches('\u{fffd}');
    let text = if text.trim_start().starts_with('<') { text_of_page(text) } else { text.to_owned() };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

/// The words of a page in HTML or XML. It is for people, so it needs no more than to find the ends of tags.
fn text_of_page(page: &str) -> String {
    let (mut text, mut rest) = (String::new(), page);
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        let name =
            tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
        rest = if UNREAD.contains(&name.as_str()) {
            after_end_of(tag, &name)
        } else if let Some(comment) = tag.strip_prefix("!--") {
            comment.split_once("-->").map_or("", |(_, rest)| rest)
        } else {
            tag.split_once('>').map_or("", |(_, rest)| rest)
        };
    }
    text.push_str(rest);
    text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// What follows the element `name`.
fn after_end_of<'a>(element: &'a str, name: &str) -> &'a str {
    let end = format!("</{name}");
    // Of ASCII, so that every place is one in both.
    let found = element.to_ascii_lowercase().find(&end);
    let tag = found.and_then(|at| element.get(at + end.len()..)).unwrap_or_default();
    tag.split_once('>').map_or("", |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> Option<String> {
        excerpt(body.as_bytes())
    }

    #[test]
    fn an_answer_is_quoted_in_one_line() {
        assert_eq!(
            of("{\n  \"error\": \"no database\"\n}").as_deref(),
            Some("{ \"error\": \"no database\" }")
        );
        assert_eq!(of(" \n"), None);
        assert_eq!(of("\0\u{1}PNG"), None);
    }

    #[test]
    fn a_page_is_quoted_without_its_markup() {
        let page = "<!DOCTYPE html>\n<html><head><title>503 Service Unavailable</title><STYLE>b { x }</Style>\n<!-- <b>no</b> -->\
                    </head><body><h1>Back soon</h1> a &amp; b &lt;ok&gt;<script>if (a < b) {}</script></body>";
        assert_eq!(of(page).as_deref(), Some("503 Service Unavailable Back soon a & b <ok>"));
        // It may end anywhere.
        for end in 0..page.len() {
            of(&page[..end]);
        }
        assert_eq!(of("<script>x").as_deref(), None);
    }
}
