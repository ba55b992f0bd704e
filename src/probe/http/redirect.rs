//! Where an answer leads. Pure.

use std::borrow::Cow;
use std::fmt::Write as _;

use bytes::Bytes;
use http::header::{self, HeaderName};
use http::{HeaderMap, Method};
use url::Url;

use super::request::{HopRequest, RequestBody};
use crate::net::Identity;
use crate::net::foreign;
use crate::observation::{Fault, Transport};
use crate::probe::wire::head::Head;
use crate::probe::wire::target::RequestTarget;

/// The request that the head of an answer to `request` asks for, `None` if it is the answer.
pub fn next_hop(request: &HopRequest, head: &Head) -> Result<Option<Box<HopRequest>>, Fault> {
    // Of several lines the first counts; one with nothing in it leads nowhere.
    let location = head.values("location").find(|location| !location.is_empty());
    let Some(location) = location.filter(|_| redirects(head.status)) else { return Ok(None) };
    if request.redirects == 0 {
        return Ok(None);
    }
    let location = text_of(location);
    let url = request
        .target
        .join(&location)
        .ok_or_else(|| fault(format!("a redirect to {}", foreign(&location)), "an http or https URL"))?;
    let followed = request.followed;
    if followed >= request.redirects {
        let actual = format!("a redirect to {} after {followed} others", foreign(&url));
        return Err(fault(actual, format!("at most {} redirects", request.redirects)));
    }
    follow(request, head.status, url).map(|next| Some(Box::new(next)))
}

/// The redirects of RFC 9110, and 300 if it names its preferred choice, as in curl. 304 is about a cache, and a probe has
/// none.
fn redirects(status: u16) -> bool {
    matches!(status, 300..=303 | 307 | 308)
}

/// A location as text. One that is not UTF-8 is Latin-1 most often: its bytes are sent back as they came.
fn text_of(location: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(location) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(location.iter().fold(String::new(), |mut text, &byte| {
            if byte.is_ascii() {
                text.push(byte.into());
            } else {
                // Writing to a String cannot fail.
                let _written = write!(text, "%{byte:02x}");
            }
            text
        })),
    }
}

fn follow(request: &HopRequest, status: u16, url: Url) -> Result<HopRequest, Fault> {
    let leads_to = format!("a redirect to {}", foreign(&url));
    let here = &request.target;
    let same_origin = url.origin() == here.url().origin();
    let Some(target) = RequestTarget::new(url) else { return Err(fault(leads_to, "an http or https URL")) };
    if here.is_https() && !target.is_https() {
        return Err(fault(leads_to, "a redirect that keeps https"));
    }
    let followed = request.followed.saturating_add(1);
    let mut next = HopRequest { target, followed, ..request.clone() };
    if becomes_get(status, &request.method) {
        next.method = Method::GET;
        next.body = RequestBody::Plain(Bytes::new());
        for name in [header::CONTENT_TYPE, header::CONTENT_ENCODING, header::CONTENT_LANGUAGE] {
            next.headers.remove(name);
        }
    }
    if !same_origin {
        if let RequestBody::Secret(_) = next.body {
            return Err(fault(leads_to, "a redirect that keeps a body with a secret at its origin"));
        }
        next.identity = Identity::Redacted;
        for name in sensitive(&next.headers) {
            next.headers.remove(name);
        }
        next.headers.insert(header::HOST, next.target.host_header().clone());
    }
    Ok(next)
}

/// As browsers do: 303 asks for it, and a POST was never repeated after 301 and 302.
fn becomes_get(status: u16, method: &Method) -> bool {
    match status {
        303 => method != Method::HEAD,
        301 | 302 => method == Method::POST,
        _ => false,
    }
}

/// What another origin must not see. It is not in the next request, so no later hop can bring it back.
fn sensitive(headers: &HeaderMap) -> Vec<HeaderName> {
    headers.iter().filter(|(_, value)| value.is_sensitive()).map(|(name, _)| name.clone()).collect()
}

fn fault(actual: impl Into<String>, expected: impl Into<String>) -> Fault {
    Fault::new(Transport::Redirect, actual, expected)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::*;
    use crate::probe::http::request::BodyUse;

    fn request(method: &str, url: &str) -> HopRequest {
        let mut headers = HeaderMap::new();
        let mut token = HeaderValue::from_static("Bearer token");
        token.set_sensitive(true);
        headers.insert(header::HOST, HeaderValue::from_static("own.example"));
        headers.insert(header::AUTHORIZATION, token);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        HopRequest {
            target: RequestTarget::parse(url).expect(url),
            method: Method::from_bytes(method.as_bytes()).expect(method),
            headers,
            wanted: None,
            signing: None,
            proxy: None,
            body: RequestBody::Plain(Bytes::from_static(b"body")),
            answer_body: BodyUse::Ignored,
            identity: Identity::Shown,
            redirects: 2,
            followed: 0,
        }
    }

    fn turned(
        request: &HopRequest,
        status: u16,
        location: &str,
        followed: u8,
    ) -> Result<Option<Box<HopRequest>>, Fault> {
        let request = HopRequest { followed, ..request.clone() };
        next_hop(&request, &leading(status, &[location.as_bytes()]))
    }

    fn leading(status: u16, locations: &[&[u8]]) -> Head {
        let fields = locations.iter().map(|location| ("location".to_owned(), location.to_vec()));
        Head { status, fields: fields.collect(), ..Head::default() }
    }

    fn followed(request: &HopRequest, status: u16, location: &str) -> HopRequest {
        match turned(request, status, location, 0) {
            Ok(Some(next)) => *next,
            Ok(None) => panic!("{status} to {location} is an answer"),
            Err(fault) => panic!("{fault}"),
        }
    }

    #[test]
    fn the_method_and_the_body_change_as_in_browsers() {
        for (method, status, after) in [
            ("GET", 301, "GET"),
            ("POST", 301, "GET"),
            ("POST", 302, "GET"),
            ("PUT", 301, "PUT"),
            ("PUT", 302, "PUT"),
            ("POST", 303, "GET"),
            ("DELETE", 303, "GET"),
            ("HEAD", 303, "HEAD"),
            ("PUT", 303, "GET"),
            ("POST", 300, "POST"),
            ("PUT", 300, "PUT"),
            ("DELETE", 301, "DELETE"),
            ("PATCH", 302, "PATCH"),
            ("HEAD", 302, "HEAD"),
            ("PUT", 307, "PUT"),
            ("POST", 307, "POST"),
            ("POST", 308, "POST"),
        ] {
            let next = followed(&request(method, "http://a.example/"), status, "/b");
            assert_eq!(next.method.as_str(), after, "{method} {status}");
            let keeps_type = next.headers.contains_key(header::CONTENT_TYPE);
            let RequestBody::Plain(body) = next.body else { panic!("a plain body") };
            assert_eq!(
                (keeps_type, !body.is_empty()),
                (after != "GET" || method == "GET", keeps_type),
                "{method} {status}"
            );
        }
    }

    #[test]
    fn only_a_redirect_that_says_where_to_is_one() {
        let request = request("GET", "http://a.example/");
        for status in [200, 201, 304, 305, 306] {
            assert!(matches!(turned(&request, status, "/b", 0), Ok(None)), "{status}");
        }
        assert!(matches!(next_hop(&request, &leading(302, &[])), Ok(None)));
        assert!(matches!(turned(&request, 302, "", 0), Ok(None)));
        assert!(matches!(turned(&request, 302, "/b", 1), Ok(Some(_))));
        assert!(turned(&request, 302, "/b", 2).is_err());
    }

    // Trap 29
    #[test]
    fn a_location_is_read_as_curl_and_browsers_read_it() {
        let here = request("GET", "http://a.example/x/y?z");
        for (locations, path) in [
            (&[&b"/caf\xe9"[..]][..], "/caf%e9"),
            (&[b"/caf\xc3\xa9"], "/caf%C3%A9"),
            (&[b"/q?x=\xe9"], "/q?x=%e9"),
            (&[b"/a b?c d"], "/a%20b?c%20d"),
            (&[b"b"], "/x/b"),
            (&[b"../b"], "/b"),
            (&[b"?q"], "/x/y?q"),
            (&[b"#there"], "/x/y?z"),
            (&[b"/b#there"], "/b"),
            (&[b"/%zz"], "/%zz"),
            (&[b"/one", b"/two"], "/one"),
            (&[b"", b"/two"], "/two"),
            (&[b"//a.example/b"], "/b"),
            (&[b"HTTP://A.example/b"], "/b"),
        ] {
            let Ok(Some(next)) = next_hop(&here, &leading(302, locations)) else {
                panic!("{locations:?} is not followed")
            };
            let wire = next.to_http1();
            let wire = String::from_utf8_lossy(&wire);
            assert!(wire.starts_with(&format!("GET {path} HTTP/1.1\r\n")), "{locations:?}: {wire}");
        }
    }

    #[test]
    fn credentials_and_the_own_host_go_no_further_than_their_origin() {
        for (from, location, host) in [
            ("http://a.example/x", "/y", None),
            ("http://a.example/x", "http://A.example:80/y", None),
            ("https://a.example/x", "https://a.example:443/y", None),
            ("http://a.example/x", "https://a.example/y", Some("a.example")),
            ("http://a.example/x", "http://a.example:81/y", Some("a.example:81")),
            ("http://a.example/x", "//b.example/y", Some("b.example")),
            ("http://a.example/x", "http://u:p@[2001:db8::1]:8080/y", Some("[2001:db8::1]:8080")),
        ] {
            let next = followed(&request("GET", from), 302, location);
            let shown = next.headers.get(header::HOST).expect("a host");
            assert_eq!(shown, host.unwrap_or("own.example"), "{location}");
            assert_eq!(next.headers.contains_key(header::AUTHORIZATION), host.is_none(), "{location}");
            assert_eq!(next.identity == Identity::Shown, host.is_none(), "{location}");
            assert_eq!(next.target.url().path(), "/y");
            assert_eq!(next.target.url().username(), "");
        }
    }

    #[test]
    fn some_redirects_are_not_followed() {
        let secret = |url| HopRequest {
            body: RequestBody::Secret(Bytes::from_static(b"secret")),
            ..request("POST", url)
        };
        for (request, status, location, fault) in [
            (
                request("GET", "https://a.example/"),
                302,
                "http://a.example/",
                "a redirect to http://a.example/, expected a redirect that keeps https",
            ),
            (
                request("GET", "https://a.example/"),
                302,
                "file:///etc/passwd",
                "a redirect to file:///etc/passwd, expected an http or https URL",
            ),
            (
                request("GET", "https://a.example/"),
                302,
                "https://a b/",
                "a redirect to https://a b/, expected an http or https URL",
            ),
            (
                secret("http://a.example/"),
                307,
                "http://b.example/",
                "a redirect to http://b.example/, expected a redirect that keeps a body with a secret at its origin",
            ),
        ] {
            let Err(found) = turned(&request, status, location, 0) else { panic!("{location} is followed") };
            let said = found.to_string().replace(['\u{fdd0}', '\u{fdd1}'], "");
            assert_eq!((found.kind, said.as_str()), (Transport::Redirect.into(), fault));
        }
        assert_eq!(followed(&secret("http://a.example/"), 302, "http://b.example/").method, Method::GET);
    }
}
