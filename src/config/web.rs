//! URLs: what may be probed, and one spelling for each.

use url::Url;

use super::diagnostic::Code;
use super::path::Path;
use super::violation::Violation;
use crate::kinds::KindName;
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
    if KindName::of_url(&text) != KindName::Http {
        return place_violation(path, &text, is_secret);
    }
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

/// What is wrong with `tcp://host:port`.
fn place_violation(path: &Path, text: &str, is_secret: bool) -> Option<Violation> {
    let is_place = |text: &str| named_place(text).is_some();
    // A secret may be a port, which is a number.
    if is_place(text) || (is_secret && is_place(&text.replace(PLACEHOLDER, "1"))) {
        return None;
    }
    let scheme = KindName::of_url(text).as_str();
    let message = format!("`{path}` must be {scheme}://host:port, with nothing behind the port");
    Some(Violation::new(Code::InvalidUrl, path.clone(), message).label("in this URL"))
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

/// The spelling that equal URLs share; one with secrets, or none at all, stays as it is.
pub fn canonical(text: &str) -> String {
    if text.contains("${") {
        return text.to_owned();
    }
    let kind = KindName::of_url(text);
    if kind != KindName::Http {
        let place = named_place(text);
        return place.map_or_else(|| text.to_owned(), |place| format!("{}://{place}", kind.as_str()));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_named_by_a_host_and_a_port_in_one_spelling() {
        for (text, expected) in [
            ("tcp://Mail.example:25", Some("tcp://mail.example:25")),
            ("tcp://mail.example:025/", Some("tcp://mail.example:25")),
            ("tls://a.example:80", Some("tls://a.example:80")),
            ("tcp://[::1]:6379", Some("tcp://[::1]:6379")),
            ("tcp://b\u{fc}cher.example:1", Some("tcp://xn--bcher-kva.example:1")),
            ("tcp://mail.example", None),
            ("tcp://mail.example:", None),
            ("tcp://mail.example:0", None),
            ("tcp://mail.example:99999", None),
            ("tcp://:25", None),
            ("tcp://me@mail.example:25", None),
            ("tcp://mail.example:25/x", None),
            ("tcp://mail.example:25?x", None),
        ] {
            let template = Template::parse(text).expect(text);
            let violation = url_violation(&Path::from("url"), &template);
            assert_eq!(violation.is_none(), expected.is_some(), "{text}");
            if let Some(expected) = expected {
                assert_eq!(canonical(text), expected);
                assert_eq!(canonical(expected), expected);
            }
        }
        for text in ["tcp://${env:HOST}:25", "tcp://a.example:${env:PORT}"] {
            let template = Template::parse(text).expect(text);
            assert!(url_violation(&Path::from("url"), &template).is_none(), "{text}");
        }
    }
}
