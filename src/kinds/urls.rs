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

/// `scheme://host:port`.
pub const HOST_AND_PORT: UrlForm = UrlForm {
    example: "host:port",
    pattern: r"[^\s/?#@]+:[^\s/?#@:]+/?",
    check: |path, text| {
        let scheme = scheme(text);
        named_place(text).is_none().then(|| {
            let message = format!(
                "`{path}` must be {scheme}://host:port, with a port from 1 to 65535 and nothing after it"
            );
            Violation::new(Code::InvalidUrl, path.clone(), message).label("in this URL")
        })
    },
    canonical: |text| Some(format!("{}://{}", scheme(text), named_place(text)?)),
};

/// The scheme of a URL in lower case; empty where there is none.
pub fn scheme(url: &str) -> String {
    url.split_once(':').map_or("", |(scheme, _)| scheme).to_ascii_lowercase()
}

/// The host and the port of such a URL in the spelling that equal ones share. A host is understood as in `http://`.
fn named_place(text: &str) -> Option<String> {
    let (_, place) = text.split_once("://")?;
    let place = place.strip_suffix('/').unwrap_or(place);
    let port = place.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))?.1;
    if place.contains(['/', '?', '#', '@']) {
        return None;
    }
    let url = Url::parse(&format!("http://{place}")).ok()?;
    let host = url.host_str().filter(|host| !host.is_empty())?;
    let port = port.parse::<u16>().ok().filter(|port| *port > 0)?;
    Some(format!("{host}:{port}"))
}
