//! Credentials that stand in a file although they belong into a secret store.

use super::complaint::Fault;
use super::diagnostic::Code;
use super::tree::{Entry, Node, Tree};
use crate::monitor::is_credential_header;

/// Keys of a URL's query that name a credential.
const SECRET_KEYS: [&str; 11] = [
    "token",
    "access_token",
    "auth_token",
    "api_key",
    "apikey",
    "api-key",
    "password",
    "secret",
    "client_secret",
    "signature",
    "x-amz-signature",
];

/// Keys that often name something harmless, so that only a value that looks drawn at random is a credential.
const VAGUE_KEYS: [&str; 3] = ["key", "sig", "auth"];

/// Shorter values are words such as `true`, `none` or `refresh`.
const SHORTEST_SECRET: usize = 8;

/// How the tokens of well-known services begin, and how long they are at least.
const TOKEN_STARTS: [(&str, usize); 16] = [
    ("AKIA", 20),
    ("ASIA", 20),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghs_", 30),
    ("github_pat_", 30),
    ("glpat-", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("sk_live_", 20),
    ("rk_live_", 20),
    ("sk-", 40),
    ("SG.", 40),
    ("AIza", 35),
    ("npm_", 36),
    ("eyJ", 60),
];

/// Looks through a document as it is written, valid or not, and marks what it finds, so that no monitor is
/// made of it. The value itself is in no message, and the renderer masks it.
pub fn find(document: &mut Node) -> Vec<Fault> {
    let mut faults = Vec::new();
    let Tree::Map(entries) = &mut document.tree else { return faults };
    for Entry { key, value, .. } in entries {
        match (key.as_str(), &mut value.tree) {
            ("headers", Tree::Map(headers)) => {
                for header in headers {
                    find_in_header(header, &mut faults);
                }
            }
            ("url", Tree::Text(url)) => match secret_in_url(url) {
                Some(message) => faults.push(fault(value, &message)),
                None => find_tokens(value, &mut faults),
            },
            _ => find_tokens(value, &mut faults),
        }
    }
    faults
}

fn find_in_header(Entry { key, value, .. }: &mut Entry, faults: &mut Vec<Fault>) {
    let is_secret = is_credential_header(key);
    let is_literal = value.text().is_some_and(|text| !text.is_empty() && !text.contains("${"));
    if is_secret && is_literal {
        faults.push(fault(value, &format!("`headers.{key}` holds a literal credential")));
    } else {
        find_tokens(value, faults);
    }
}

fn find_tokens(node: &mut Node, faults: &mut Vec<Fault>) {
    match &mut node.tree {
        Tree::Text(text) if has_token(text) => {
            faults.push(fault(node, "this looks like a token of a service"));
        }
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => {}
        Tree::List(items) => items.iter_mut().for_each(|item| find_tokens(item, faults)),
        Tree::Map(entries) => entries.iter_mut().for_each(|entry| find_tokens(&mut entry.value, faults)),
    }
}

fn fault(node: &mut Node, message: &str) -> Fault {
    node.faulty = true;
    Fault::new(Code::LiteralCredential, node.place, message).label("a secret in the repository").help(
        "write a reference: ${env:NAME}, ${ssm:/path} or ${secretsmanager:id#key}; and change the credential, it has been seen",
    )
}

fn secret_in_url(url: &str) -> Option<String> {
    if has_password(url) {
        return Some("`url` holds a literal password".to_owned());
    }
    secret_in_query(url).map(|key| format!("`url` holds a literal credential as `{key}`"))
}

/// `https://user:password@host`; a user without a password is no secret.
fn has_password(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .and_then(|(userinfo, _)| userinfo.split_once(':'))
        .is_some_and(|(_, password)| !password.is_empty() && !password.contains("${"))
}

/// The key of the query whose value is a credential. What stands in the path or the fragment is not looked at.
fn secret_in_query(url: &str) -> Option<&str> {
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next()?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, value)| is_secret(key, value)).map(|(key, _)| key)
}

fn is_secret(key: &str, value: &str) -> bool {
    if value.len() < SHORTEST_SECRET || value.contains("${") {
        return false;
    }
    let has = |class: fn(&char) -> bool| value.chars().any(|c| class(&c));
    let looks_random = has(char::is_ascii_digit) && has(char::is_ascii_alphabetic);
    let key = key.to_ascii_lowercase();
    SECRET_KEYS.contains(&key.as_str()) || (looks_random && VAGUE_KEYS.contains(&key.as_str()))
}

fn has_token(text: &str) -> bool {
    let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.split(|c| !is_token(c)).any(|word| {
        TOKEN_STARTS.iter().any(|(start, length)| word.len() >= *length && word.starts_with(start))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_how_it_begins() {
        assert!(has_token(&format!("Bearer ghp_{}", "x".repeat(36))));
        assert!(has_token("AKIAIOSFODNN7EXAMPLE"));
        for text in ["ghp_short", "skip-this", "https://example.com/eyJ", "sk-", ""] {
            assert!(!has_token(text), "{text}");
        }
    }

    #[test]
    fn a_password_in_a_url_is_a_credential() {
        for (url, expected) in [
            ("https://user:pw@example.com/", true),
            ("https://user@example.com/", false),
            ("https://user:${env:PW}@example.com/", false),
            ("https://example.com/a:b@c", false),
        ] {
            assert_eq!(has_password(url), expected, "{url}");
        }
    }
    #[test]
    fn a_token_in_a_query_is_a_credential_and_an_ordinary_value_is_none() {
        for (query, found) in [
            ("token=abcdefgh", Some("token")),
            ("a=b&Access_Token=abcdef123456&c=d", Some("Access_Token")),
            ("sig=3q2%2B7wZk9f", Some("sig")),
            ("key=AbC123dEf456", Some("key")),
            ("token=${env:TOKEN}", None),
            ("token=v1.${env:TOKEN}", None),
            ("token=true", None),
            ("password=1", None),
            ("secret=", None),
            ("secret", None),
            ("key=available", None),
            ("key=20260101", None),
            ("tokens=abcdefghij", None),
            ("q=token&page=abcdefgh12", None),
            ("#token=abcdefgh", None),
        ] {
            let url = format!("https://example.com/token=abcdefgh?{query}");
            assert_eq!(secret_in_query(&url), found, "{query}");
        }
        assert_eq!(secret_in_query("https://example.com/token=abcdefgh"), None);
    }
}
