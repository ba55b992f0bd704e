//! Where an answer leads. Pure.

use bytes::Bytes;
use http::header::{self, HeaderName};
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use super::request::{Identity, Payload, Request, Target};
use crate::observation::{Fault, FaultKind};

/// What follows from the head of an answer.
pub enum Turn {
    /// It is the answer of the attempt.
    Answer,
    /// Another request has to be made.
    Follow(Box<Request>),
}

/// Reads the head of the answer to `request`, the `followed`th redirect being behind.
pub fn turn(request: &Request, status: StatusCode, headers: &HeaderMap, followed: u8) -> Result<Turn, Fault> {
    let Some(location) = headers.get(header::LOCATION).filter(|_| redirects(status)) else {
        return Ok(Turn::Answer);
    };
    if request.redirects == 0 {
        return Ok(Turn::Answer);
    }
    let location = String::from_utf8_lossy(location.as_bytes());
    let url = request
        .target
        .join(&location)
        .ok_or_else(|| fault(format!("a redirect to {location}"), "an http or https URL"))?;
    if followed >= request.redirects {
        let actual = format!("a redirect to {url} after {followed} others");
        return Err(fault(actual, format!("at most {} redirects", request.redirects)));
    }
    follow(request, status, url).map(|next| Turn::Follow(Box::new(next)))
}

/// The redirects of RFC 9110. 300 names a choice and 304 a cache, neither of which a probe has.
fn redirects(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn follow(request: &Request, status: StatusCode, url: Url) -> Result<Request, Fault> {
    let leads_to = format!("a redirect to {url}");
    let here = &request.target;
    let same_origin = url.origin() == here.url().origin();
    let Some(target) = Target::new(url) else { return Err(fault(leads_to, "an http or https URL")) };
    if here.is_https() && !target.is_https() {
        return Err(fault(leads_to, "one that stays with https"));
    }
    let mut next = Request { target, ..request.clone() };
    if becomes_get(status, &request.method) {
        next.method = Method::GET;
        next.payload = Payload::Plain(Bytes::new());
        for name in [header::CONTENT_TYPE, header::CONTENT_ENCODING, header::CONTENT_LANGUAGE] {
            next.headers.remove(name);
        }
    }
    if !same_origin {
        if let Payload::Secret(_) = next.payload {
            return Err(fault(leads_to, "one that keeps a body with a secret at its origin"));
        }
        next.identity = Identity::Withheld;
        for name in sensitive(&next.headers) {
            next.headers.remove(name);
        }
        next.headers.insert(header::HOST, next.target.host_header().clone());
    }
    Ok(next)
}

/// As browsers do: 303 asks for it, and a POST was never repeated after 301 and 302.
fn becomes_get(status: StatusCode, method: &Method) -> bool {
    match status {
        StatusCode::SEE_OTHER => method != Method::HEAD,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => method == Method::POST,
        _ => false,
    }
}

/// What another origin must not see. It is not in the next request, so no later hop can bring it back.
fn sensitive(headers: &HeaderMap) -> Vec<HeaderName> {
    headers.iter().filter(|(_, value)| value.is_sensitive()).map(|(name, _)| name.clone()).collect()
}

fn fault(actual: impl Into<String>, expected: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Redirect, actual, expected)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::probe::request::Keep;

    fn request(method: &str, url: &str) -> Request {
        let mut headers = HeaderMap::new();
        let mut token = HeaderValue::from_static("Bearer token");
        token.set_sensitive(true);
        headers.insert(header::HOST, HeaderValue::from_static("own.example"));
        headers.insert(header::AUTHORIZATION, token);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        Request {
            target: Target::parse(url).expect(url),
            method: Method::from_bytes(method.as_bytes()).expect(method),
            headers,
            payload: Payload::Plain(Bytes::from_static(b"body")),
            keep: Keep::Nothing,
            identity: Identity::Shown,
            redirects: 2,
        }
    }

    fn turned(request: &Request, status: u16, location: &str, followed: u8) -> Result<Turn, Fault> {
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, HeaderValue::from_bytes(location.as_bytes()).expect(location));
        turn(request, StatusCode::from_u16(status).expect("a status"), &headers, followed)
    }

    fn followed(request: &Request, status: u16, location: &str) -> Request {
        match turned(request, status, location, 0) {
            Ok(Turn::Follow(next)) => *next,
            Ok(Turn::Answer) => panic!("{status} to {location} is an answer"),
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
            ("POST", 307, "POST"),
            ("POST", 308, "POST"),
        ] {
            let next = followed(&request(method, "http://a.example/"), status, "/b");
            assert_eq!(next.method.as_str(), after, "{method} {status}");
            let kept = next.headers.contains_key(header::CONTENT_TYPE);
            let Payload::Plain(body) = next.payload else { panic!("a plain body") };
            assert_eq!(
                (kept, !body.is_empty()),
                (after != "GET" || method == "GET", kept),
                "{method} {status}"
            );
        }
    }

    #[test]
    fn only_a_redirect_that_says_where_to_is_one() {
        let request = request("GET", "http://a.example/");
        for status in [200, 201, 300, 304, 305, 306] {
            assert!(matches!(turned(&request, status, "/b", 0), Ok(Turn::Answer)), "{status}");
        }
        assert!(matches!(turn(&request, StatusCode::FOUND, &HeaderMap::new(), 0), Ok(Turn::Answer)));
        assert!(matches!(turned(&request, 302, "/b", 1), Ok(Turn::Follow(_))));
        assert!(turned(&request, 302, "/b", 2).is_err());
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
        let secret =
            |url| Request { payload: Payload::Secret(Bytes::from_static(b"secret")), ..request("POST", url) };
        for (request, status, location, fault) in [
            (
                request("GET", "https://a.example/"),
                302,
                "http://a.example/",
                "a redirect to http://a.example/, expected one that stays with https",
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
                "a redirect to http://b.example/, expected one that keeps a body with a secret at its origin",
            ),
        ] {
            let Err(found) = turned(&request, status, location, 0) else { panic!("{location} is followed") };
            assert_eq!((found.kind, found.to_string().as_str()), (FaultKind::Redirect, fault));
        }
        assert_eq!(followed(&secret("http://a.example/"), 302, "http://b.example/").method, Method::GET);
    }
}
