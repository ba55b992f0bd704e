//! Credentials that stand in a file although they belong into a secret store.

use super::complaint::Fault;
use super::diagnostic::Code;
use super::tree::{Node, Tree};

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

/// Looks through a document as it is written, valid or not. The value itself is in no message, and the
/// renderer masks it.
pub fn find(document: &Node) -> Vec<Fault> {
    let mut faults = Vec::new();
    for entry in document.entries() {
        if entry.key == "headers" {
            for header in entry.value.entries() {
                let name = header.key.to_ascii_lowercase();
                let secret = header.value.text().is_some_and(|text| !text.is_empty() && !text.contains("${"));
                if secret && SECRET_HEADERS.contains(&name.as_str()) {
                    faults.push(fault(
                        &header.value,
                        &format!("`headers.{}` holds a literal credential", header.key),
                    ));
                } else {
                    tokens(&header.value, &mut faults);
                }
            }
        } else {
            if entry.key == "url" && entry.value.text().is_some_and(has_password) {
                faults.push(fault(&entry.value, "`url` holds a literal password"));
                continue;
            }
            tokens(&entry.value, &mut faults);
        }
    }
    faults
}

fn tokens(node: &Node, faults: &mut Vec<Fault>) {
    match &node.tree {
        Tree::Text(text) if has_token(text) => {
            faults.push(fault(node, "this looks like a token of a service"));
        }
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => {}
        Tree::List(items) => items.iter().for_each(|item| tokens(item, faults)),
        Tree::Map(entries) => entries.iter().for_each(|entry| tokens(&entry.value, faults)),
    }
}

fn fault(node: &Node, message: &str) -> Fault {
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
