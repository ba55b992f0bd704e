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
