//! Credentials inside a text: by their own form, as the password of an address, or under a name. Pure.

use std::ops::Range;
use std::sync::OnceLock;

use regex::{Captures, Regex};

use crate::config::credentials::names::{NamePlace, reason};
use crate::config::credentials::shapes;
use crate::config::credentials::values::refers;

/// A credential in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its bytes in the text.
    pub range: Range<usize>,
    pub what: Recognition,
    /// Why it is one.
    pub why: &'static str,
}

/// How a credential was known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognition {
    /// By its own form: `a GitHub token`.
    Shape(&'static str),
    /// As the password of `user:password@host`.
    Password,
    /// By the name that it stands under.
    Named(String),
}

/// What a text is, which says where names may be in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// Names in it mean nothing: the text of a page, an expectation.
    Plain,
    /// An address, or a text that begins with one.
    Url,
    /// Something that is sent: JSON, a form, XML, GraphQL.
    Body,
    /// The header of that name.
    Cookie,
    /// A whole file as it is written, read for what must not be shown of it. Too much here does no harm.
    Source,
}

/// Every credential in it, in the order of their places, none inside another.
pub fn find(kind: TextKind, text: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    let shapes = shapes::known(text).into_iter();
    found.extend(shapes.map(|(range, shape)| Secret {
        range,
        what: Recognition::Shape(shape.name),
        why: shape.why,
    }));
    passwords(text, &mut found);
    match kind {
        TextKind::Plain => {}
        TextKind::Url => query(text, 0, &mut found),
        TextKind::Cookie => cookies(text, &mut found),
        TextKind::Body => {
            if text.starts_with("http://") || text.starts_with("https://") {
                query(text, 0, &mut found);
            }
            pairs(FORMS, text, &mut found);
        }
        TextKind::Source => {
            for (at, _) in text.match_indices("://") {
                let rest = text.get(at..).unwrap_or_default();
                let end =
                    rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')).unwrap_or(rest.len());
                query(rest.get(..end).unwrap_or_default(), at, &mut found);
            }
            pairs(FORMS, text, &mut found);
            pairs(LINES, text, &mut found);
        }
    }
    found.sort_by_key(|secret| (secret.range.start, secret.range.end));
    let mut end = 0;
    found.retain(|secret| {
        let is_new = secret.range.start >= end;
        end = end.max(secret.range.end);
        is_new
    });
    found
}

/// `https://user:password@host`, in an address or in the middle of a text; a user without a password is no secret.
fn passwords(text: &str, found: &mut Vec<Secret>) {
    for (at, scheme) in text.match_indices("://") {
        let start = at + scheme.len();
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'<>".contains(c)).unwrap_or(rest.len());
        let Some((userinfo, _)) = rest.get(..end).and_then(|authority| authority.rsplit_once('@')) else {
            continue;
        };
        let Some((user, password)) = userinfo.split_once(':') else { continue };
        if !password.is_empty() && !refers(password) && !password.contains("{{") {
            let start = start + user.len() + 1;
            found.push(Secret {
                range: start..start + password.len(),
                what: Recognition::Password,
                why: "a password in a URL",
            });
        }
    }
}

/// The pairs of an address's query; `skipped` bytes stand before it. What stands in its path or its fragment is not
/// looked at.
fn query(url: &str, skipped: usize, found: &mut Vec<Secret>) {
    let Some((before, query)) = url.split_once('?') else { return };
    let mut at = skipped + before.len() + 1;
    let query = query.split('#').next().unwrap_or_default();
    for pair in query.split('&') {
        named(NamePlace::Query, pair, at, found);
        at += pair.len() + 1;
    }
}

fn cookies(text: &str, found: &mut Vec<Secret>) {
    let mut at = 0;
    for pair in text.split(';') {
        let trimmed = pair.trim_start();
        named(NamePlace::Cookie, trimmed, at + pair.len() - trimmed.len(), found);
        at += pair.len() + 1;
    }
}

/// `name=value` that begins at `at`.
fn named(channel: NamePlace, pair: &str, at: usize, found: &mut Vec<Secret>) {
    if let Some((name, value)) = pair.split_once('=')
        && let Some(why) = reason(channel, name, value)
    {
        let start = at + name.len() + 1;
        found.push(Secret {
            range: start..start + value.len(),
            what: Recognition::Named(name.to_owned()),
            why,
        });
    }
}

/// Ways to write a name and its value in a text; a row each, with the two as its groups.
type Forms = &'static [(&'static str, &'static str)];

const FORMS: Forms = &[
    // JSON, GraphQL, and JSON inside of either
    ("quoted", r#"\b([A-Za-z][A-Za-z0-9_.-]{2,40})\\{0,3}["']?\s*:\s*\\{0,3}"([^"\\\n]+)"#),
    // application/x-www-form-urlencoded, connection strings
    ("form", r#"\b([A-Za-z][A-Za-z0-9_.-]{2,40})=["']?([^&;\s"'<>]+)"#),
    // XML, SOAP
    ("element", r"<(?:[A-Za-z0-9]+:)?([A-Za-z][A-Za-z0-9_.-]{2,40})(?:\s[^<>]*)?>([^<>\n]+)</"),
];

/// A line of YAML, in a block or between braces.
const LINES: Forms =
    &[("line", r#"(?m)\b([A-Za-z][A-Za-z0-9_.-]{2,40})["']?\s*:[ \t]+["']?([^\s"',{}\[\]][^"',}\n]*)"#)];

/// A text without any of these has no name in it that means something.
const HINTS: &str = r"(?i)pass|pwd|secret|token|key|jwt|auth|cookie";

fn pairs(forms: Forms, text: &str, found: &mut Vec<Secret>) {
    static HINT: OnceLock<Option<Regex>> = OnceLock::new();
    let hint = HINT.get_or_init(|| shapes::ascii(HINTS));
    if !hint.as_ref().is_some_and(|hint| hint.is_match(text)) {
        return;
    }
    for pattern in compiled(forms) {
        let mut at = 0;
        while let Some(captures) = pattern.captures_at(text, at) {
            let secret = pair(&captures);
            // What a name stands for may be a text with pairs of its own.
            let read = if secret.is_some() { captures.get(0) } else { captures.get(1) };
            at = read.map_or(text.len(), |read| read.end());
            found.extend(secret);
        }
    }
}

fn pair(captures: &Captures<'_>) -> Option<Secret> {
    let (name, value) = (captures.get(1)?, captures.get(2)?);
    let why = reason(NamePlace::Field, name.as_str(), value.as_str())?;
    Some(Secret { range: value.range(), what: Recognition::Named(name.as_str().to_owned()), why })
}

/// Compiled once. A row that is no pattern would be missing; a test proves that there is no such.
fn compiled(forms: Forms) -> &'static [Regex] {
    static COMPILED: [OnceLock<Vec<Regex>>; 2] = [OnceLock::new(), OnceLock::new()];
    let [in_bodies, in_lines] = &COMPILED;
    let cell = if forms == LINES { in_lines } else { in_bodies };
    cell.get_or_init(|| forms.iter().filter_map(|(_, pattern)| shapes::ascii(pattern)).collect())
}

/// Words about a file without what is a credential by its form.
pub fn redacted(text: String) -> String {
    let found = find(TextKind::Plain, &text);
    if found.is_empty() {
        return text;
    }
    let mut out = text;
    for secret in found.into_iter().rev() {
        out.replace_range(secret.range, "***");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(kind: TextKind, text: &str) -> Vec<&str> {
        find(kind, text).into_iter().map(|secret| &text[secret.range]).collect()
    }

    #[test]
    fn every_way_to_write_a_pair_is_a_pattern() {
        assert_eq!((compiled(FORMS).len(), compiled(LINES).len()), (FORMS.len(), LINES.len()));
    }

    #[test]
    fn a_password_in_an_address_is_a_credential() {
        for (url, expected) in [
            ("https://user:pw@example.com/", &["pw"][..]),
            ("https://:pw@example.com/", &["pw"]),
            ("see postgres://app:p@ss@db/x and https://b:c@d", &["p@ss", "c"]),
            ("https://user@example.com/", &[]),
            ("https://user:${env:PW}@example.com/", &[]),
            ("https://example.com/a:b@c", &[]),
            ("https://example.com:8080/", &[]),
        ] {
            assert_eq!(found(TextKind::Url, url), expected, "{url}");
        }
    }

    #[test]
    fn a_query_is_looked_through_and_neither_path_nor_fragment() {
        for (query, expected) in [
            ("token=abcdefgh", &["abcdefgh"][..]),
            ("a=b&Access_Token=abcdef123456&c=d#x", &["abcdef123456"]),
            ("secret", &[]),
            ("q=token&page=abcdefgh12", &[]),
            ("#token=abcdefgh", &[]),
        ] {
            let url = format!("https://example.com/token=abcdefgh?{query}");
            assert_eq!(found(TextKind::Url, &url), expected, "{query}");
        }
        assert_eq!(found(TextKind::Url, "https://example.com/token=abcdefgh"), [""; 0]);
    }

    #[test]
    fn a_body_is_read_as_json_form_xml_or_graphql() {
        for (body, expected) in [
            (r#"{"user": "a", "password": "hunter2"}"#, &["hunter2"][..]),
            (r#"{"query": "mutation { login(password: \"hunter2\") { ok } }"}"#, &["hunter2"]),
            ("grant_type=password&client_secret=abcdefgh&scope=a", &["abcdefgh"]),
            ("<wsse:Password Type='x'>hunter2</wsse:Password>", &["hunter2"]),
            ("mutation ($password: String!) { login(password: $password) { token } }", &[]),
            (r#"{"grant_type": "password", "token_type": "bearer"}"#, &[]),
            ("password=${env:PW}&token=", &[]),
            ("Forgot your password: click here", &[]),
        ] {
            assert_eq!(found(TextKind::Body, body), expected, "{body}");
        }
    }

    #[test]
    fn a_cookie_is_a_credential_if_someone_is_logged_in_with_it() {
        for (cookie, expected) in [
            ("lang=en; JSESSIONID=8A7F3C2E9B1D4056A7F3; theme=dark", &["8A7F3C2E9B1D4056A7F3"][..]),
            ("cookie_consent=accepted; _ga=GA1.2.1234567890.1600000000", &[]),
            ("session=${env:SESSION}", &[]),
        ] {
            assert_eq!(found(TextKind::Cookie, cookie), expected, "{cookie}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_looked_through_line_by_line() {
        let text = "a: [\npassword: hunter2 # x\nheaders: {authorization: Bearer abc, x: y}\n# token=abcdefgh\nkey: 'x'\n";
        assert_eq!(found(TextKind::Source, text), ["hunter2 # x", "Bearer abc", "abcdefgh"]);
    }
}
