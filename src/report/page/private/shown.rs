//! Texts of the tables as a private page shows them: without credentials, and with nothing hidden. Pure.

use crate::config::hidden_parts;
use crate::monitor::{HIDDEN, marked};

/// The text without what looks like a credential. References to secrets stay: they hold no value.
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for part in hidden_parts(text) {
        shown.push_str(text.get(at..part.start).unwrap_or_default());
        shown.push_str(HIDDEN);
        at = part.end.max(at);
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    marked(shown)
}

/// The address of a link: only what a browser opens over HTTP.
pub fn link(text: &str) -> Option<String> {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    is_web.then(|| shown(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_hidden_and_references_are_not() {
        for (text, expected) in [
            ("GET https://a.example/health?page=2", "GET https://a.example/health?page=2"),
            ("GET https://ops:hunter2@a.example/", "GET https://ops:***@a.example/"),
            ("GET https://ops:${env:PASSWORD}@a.example/", "GET https://ops:${env:PASSWORD}@a.example/"),
            ("GET https://a.example/?token=s3cr3t-value&page=2", "GET https://a.example/?token=***&page=2"),
            ("HTTP 503, expected 200", "HTTP 503, expected 200"),
            ("a\u{202e}b", "a\u{fffd}b"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn a_link_leads_to_the_web_alone() {
        assert_eq!(link("https://wiki.example/shop").as_deref(), Some("https://wiki.example/shop"));
        assert_eq!(link("javascript:alert(1)"), None);
        assert_eq!(link("see the wiki"), None);
    }
}
