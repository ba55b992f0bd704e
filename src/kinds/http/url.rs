//! URLs of pages.

use url::Url;

use crate::kinds::UrlForm;
use crate::written::{Code, Path, Violation};

/// `https://host/path`.
pub const PAGE: UrlForm = UrlForm {
    example: "host/path",
    pattern: r"[^\s/?#]\S*",
    check,
    canonical: |text| Url::parse(text).ok().map(String::from),
};

fn check(path: &Path, text: &str) -> Option<Violation> {
    let violation =
        |message: String| Some(Violation::new(Code::InvalidUrl, path.clone(), message).label("in this URL"));
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) => return violation(format!("`{path}` is not a URL: {error}")),
    };
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return violation(format!("`{path}` must be an absolute http or https URL"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let violation = violation(format!("`{path}` must not hold a user or password"))?;
        return Some(violation.help("send them as a header: `authorization: \"Basic ${env:NAME}\"`"));
    }
    if url.fragment().is_some() {
        let violation = violation(format!("`{path}` has a `#fragment`, which HTTP never sends"))?;
        return Some(violation.help("remove the `#` and what follows"));
    }
    None
}
