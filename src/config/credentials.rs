//! Credentials that stand in a file although they belong into a secret store.

use super::complaint::Fault;
use super::diagnostic::Code;
use super::tree::{Entry, Node, Tree};

/// Request headers that carry nothing but a credential.
const SECRET_HEADERS: [&str; 10] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "api-key",
    "apikey",
    "x-auth-token",
    "x-access-token",
    "x-amz-security-token",
    "private-token",
];

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
            ("url", Tree::Text(url)) if has_password(url) => {
                faults.push(fault(value, "`url` holds a literal password"));
            }
            _ => find_tokens(value, &mut faults),
        }
    }
    faults
}

fn find_in_header(Entry { key, value, .. }: &mut Entry, faults: &mut Vec<Fault>) {
    let is_secret = SECRET_HEADERS.contains(&key.to_ascii_lowercase().as_str());
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

/// `https://user:password@host`; a user without a password is no secret.
fn has_password(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .and_then(|(userinfo, _)| userinfo.split_once(':'))
        .is_some_and(|(_, password)| !password.is_empty() && !password.contains("${"))
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
}
