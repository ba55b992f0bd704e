//! How URLs are written whose scheme decides the kind of check.

use url::Url;

use crate::written::{Code, Path, Violation};

/// What stands behind `scheme://`.
#[derive(Clone, Copy)]
pub struct UrlForm {
    /// As an example: `host:port`.
    pub example: &'static str,
    /// A regular expression on all of it, for editors.
    pub pattern: &'static str,
    /// What is wrong with a whole URL without references.
    pub check: fn(&Path, &str) -> Option<Violation>,
    /// The spelling that equal URLs share; `None` for one that is none.
    pub canonical: fn(&str) -> Option<String>,
}

/// Of a kind that reaches nothing.
pub const NO_URL: UrlForm = UrlForm { example: "", pattern: "", check: |_, _| None, canonical: |_| None };

/// `scheme://host:port`.
pub const HOST_AND_PORT: UrlForm = UrlForm {
    example: "host:port",
    pattern: r"[^\s/?#@]+:[^\s/?#@:]+/?",
    check: |path, text| {
        let scheme = scheme(text);
        named(text).is_none().then(|| {
            let message = format!(
                "`{path}` must be {scheme}://host:port, with a port from 1 to 65535 and nothing after it"
            );
            Violation::new(Code::InvalidUrl, path.clone(), message).label("in this URL")
        })
    },
    canonical: |text| Some(format!("{}://{}", scheme(text), named(text)?)),
};

/// `scheme://host/path`, with what is wrong with one.
pub const fn page(check: fn(&Path, &str) -> Option<Violation>) -> UrlForm {
    UrlForm {
        example: "host/path",
        pattern: r"[^\s/?#]\S*",
        check,
        canonical: |text| Url::parse(text).ok().map(String::from),
    }
}

/// What is wrong with the URL of a page; its scheme is one of two.
pub fn page_violation(path: &Path, text: &str, [plain, secured]: [&str; 2]) -> Option<Violation> {
    let violation =
        |message: String| Some(Violation::new(Code::InvalidUrl, path.clone(), message).label("in this URL"));
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) => return violation(format!("`{path}` is not a URL: {error}")),
    };
    if ![plain, secured].contains(&url.scheme()) || url.host_str().is_none_or(str::is_empty) {
        return violation(format!("`{path}` must be an absolute {plain} or {secured} URL"));
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

/// The scheme of a URL in lower case; empty where there is none.
pub fn scheme(url: &str) -> String {
    url.split_once(':').map_or("", |(scheme, _)| scheme).to_ascii_lowercase()
}

fn named(url: &str) -> Option<String> {
    let (_, place) = url.split_once("://")?;
    named_place(place.strip_suffix('/').unwrap_or(place))
}

/// A host and a port in the spelling that equal ones share. The host is understood as in `http://`.
pub fn named_place(place: &str) -> Option<String> {
    let port = place.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))?.1;
    if place.contains(['/', '?', '#', '@']) {
        return None;
    }
    let url = Url::parse(&format!("http://{place}")).ok()?;
    let host = url.host_str().filter(|host| !host.is_empty())?;
    let port = port.parse::<u16>().ok().filter(|port| *port > 0)?;
    Some(format!("{host}:{port}"))
}
