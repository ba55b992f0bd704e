//! Marks the parts of a message that come from elsewhere: from the endpoint, a name server, or the request with its
//! secrets filled in. Only these can hold a secret, so only these are redacted. Pure.

use std::fmt::Display;

/// Around a part that comes from elsewhere. Neither is a character of any text.
const OPEN: char = '\u{fdd0}';
const CLOSE: char = '\u{fdd1}';

/// A part of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessagePart<'a> {
    Own(&'a str),
    Foreign(&'a str),
}

/// Marks a text that comes from elsewhere.
pub fn foreign(text: impl Display) -> String {
    let text = text.to_string().replace([OPEN, CLOSE], "");
    format!("{OPEN}{text}{CLOSE}")
}

/// The message without its marks, for a reader from whom nothing of it is to be hidden.
pub fn unmarked(text: &str) -> String {
    text.replace([OPEN, CLOSE], "")
}

/// The parts of a message, in their order.
pub fn message_parts(text: &str) -> Vec<MessagePart<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((ours, after)) = rest.split_once(OPEN) {
        // A mark that is not closed reaches to the end.
        let (inside, after) = after.split_once(CLOSE).unwrap_or((after, ""));
        parts.extend([MessagePart::Own(ours), MessagePart::Foreign(inside)]);
        rest = after;
    }
    parts.push(MessagePart::Own(rest));
    parts.retain(|part| !matches!(part, MessagePart::Own("") | MessagePart::Foreign("")));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_elsewhere_is_distinguished_from_our_words_and_cannot_pass_for_them() {
        let text = format!("a redirect to {} after 5 others", foreign("x\u{fdd1} ours?"));
        let expected = [
            MessagePart::Own("a redirect to "),
            MessagePart::Foreign("x ours?"),
            MessagePart::Own(" after 5 others"),
        ];
        assert_eq!(message_parts(&text), expected);
        assert_eq!(unmarked(&text), "a redirect to x ours? after 5 others");
        assert_eq!(message_parts("a\u{fdd0}b"), [MessagePart::Own("a"), MessagePart::Foreign("b")]);
    }
}
