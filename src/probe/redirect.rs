//! Where an answer leads. Pure.

use http::header::{self, HeaderName};
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use super::request::{Payload, Request, Target};
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
        next.payload = Payload::Plain(bytes::Bytes::new());
        for name in [header::CONTENT_TYPE, header::CONTENT_ENCODING, header::CONTENT_LANGUAGE] {
            next.headers.remove(name);
        }
    }
    if !same_origin {
        if let Payload::Secret(_) = next.payload {
            return Err(fault(leads_to, "one that keeps a body with a secret at its origin"));
        }
        for name in sensitive(&next.headers) {
            next.headers.remove(name);
        }
        next.headers.extend(next.target.host_header().map(|host| (header::HOST, host)));
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
