//! Rules that several kinds share.

use url::Url;

use super::SecretText;
use crate::value::Template;
use crate::written::{Code, Path, Violation};

/// A URL without references must be one; with references it is known only once they are filled in.
pub fn check_url(text: &SecretText, at: &Path, violations: &mut Vec<Violation>) {
    if Template::parse(text.reveal()).is_ok_and(|template| template.secrets().next().is_some()) {
        return;
    }
    let is_web =
        Url::parse(text.reveal()).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !is_web {
        let message = format!("`{at}` must be an http or https URL");
        violations.push(Violation::new(Code::InvalidUrl, at.clone(), message).label("not a URL"));
    }
}

/// Names of parameters that carry credentials.
const CREDENTIALS: [&str; 7] = ["token", "secret", "password", "auth", "sig", "key", "code"];

/// A URL that need not be a credential must not hold one as it stands.
pub fn check_no_credential(text: &SecretText, at: &Path, violations: &mut Vec<Violation>) {
    let Ok(url) = Url::parse(text.reveal()) else { return };
    let is_literal = |value: &str| !value.is_empty() && !value.contains("${") && !value.contains("$%7B");
    let in_query = url.query_pairs().any(|(name, value)| {
        let name = name.to_ascii_lowercase();
        CREDENTIALS.iter().any(|word| name.contains(word)) && is_literal(&value)
    });
    if in_query || url.password().is_some_and(is_literal) {
        let message = format!("`{at}` holds a literal credential");
        let violation = Violation::new(Code::LiteralCredential, at.clone(), message).label("a credential");
        violations
            .push(violation.help("write a reference in its place, such as `${env:NAME}` or `${ssm:/path}`"));
    }
}

/// What has no reference and no default must be an address of mail.
pub fn check_address(text: &str, at: &Path, violations: &mut Vec<Violation>) {
    let parts = text
        .split_once('@')
        .filter(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
    let plain = |c: char| c.is_ascii_graphic() && !"<>,;:\"()[]\\".contains(c);
    if parts.is_none() || !text.chars().all(plain) {
        let message = format!("`{at}` must be an address like ops@example.com");
        violations.push(Violation::new(Code::BadFormat, at.clone(), message).label("not an address"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_credential_in_a_url_is_found_and_a_reference_is_none() {
        let check = |url: &str, expected: usize| {
            let mut violations = Vec::new();
            check_no_credential(&SecretText::new(url), &Path::from("url"), &mut violations);
            assert_eq!(violations.len(), expected, "{url}");
        };
        check("https://hooks.example.com/monitors?source=monitorctl", 0);
        check("https://user:pass@hooks.example.com/", 1);
        check("https://hooks.example.com/?api_token=abc", 1);
        check("https://hooks.example.com/?api_token=${env:TOKEN}", 0);
        check("https://user:${env:PASSWORD}@hooks.example.com/", 0);
    }
}
