//! URLs: what may be probed, and one spelling for each.

use url::Url;

use super::diagnostic::Code;
use super::path::Path;
use super::violation::Violation;
use crate::monitor::{Piece, Template};

/// Stands for a secret when the rest of a URL is looked at.
const PLACEHOLDER: &str = "secret";

/// What is wrong with the URL of a monitor. `None` where a secret hides too much of it to say.
pub fn url_violation(path: &Path, template: &Template) -> Option<Violation> {
    let is_secret = template.secrets().next().is_some();
    if matches!(template.pieces().first(), None | Some(Piece::Secret(_))) {
        return None;
    }
    let text = if is_secret { with_placeholders(template) } else { template.to_string() };
    let complain =
        |message: String| Some(Violation::new(Code::InvalidUrl, path.clone(), message).label("in this URL"));
    // A secret may be a port, which is a number.
    let with_number = || is_secret.then(|| Url::parse(&text.replace(PLACEHOLDER, "1")).ok()).flatten();
    let url = match Url::parse(&text) {
        Ok(url) => url,
        Err(_) if with_number().is_some() => return None,
        Err(error) => return complain(format!("`{path}` is not a URL: {error}")),
    };
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return complain(format!("`{path}` must be an absolute http or https URL"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let violation = complain(format!("`{path}` must not hold a user or password"))?;
        return Some(violation.help("send them as a header: `authorization: \"Basic ${env:NAME}\"`"));
    }
    if url.fragment().is_some() {
        let violation = complain(format!("`{path}` has a `#fragment`, which HTTP never sends"))?;
        return Some(violation.help("remove the `#` and what follows"));
    }
    None
}

/// The spelling that equal URLs share; one with secrets, or none at all, stays as it is.
pub fn canonical(text: &str) -> String {
    if text.contains("${") {
        return text.to_owned();
    }
    Url::parse(text).map_or_else(|_| text.to_owned(), String::from)
}

fn with_placeholders(template: &Template) -> String {
    let pieces = template.pieces().iter().map(|piece| match piece {
        Piece::Text(text) => text.as_str(),
        Piece::Secret(_) => PLACEHOLDER,
    });
    pieces.collect()
}
