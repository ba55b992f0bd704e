//! What one hop asks for: a monitor with its secrets filled in. Pure.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};
use http::uri::{Authority, Scheme};
use http::{HeaderMap, Method, Uri, Version};
use http_body_util::Full;
use jiff::Timestamp;
use tokio::time::Instant;

use super::auth::{self, Authorization, Signing, WantedCredential};
use super::proxy::Proxy;
use crate::kinds::http as http_kind;
use crate::monitor::Monitor;
use crate::net::Identity;
use crate::observation::{Fault, Transport};
use crate::probe::prepared::ProbeDeps;
use crate::probe::secrets::Secrets;
use crate::probe::wire::headers::{self, USER_AGENT, holds_secret, kind_of};
use crate::probe::wire::target::RequestTarget;

/// One request. It has no `Debug`: its URL, headers and body may hold secrets.
#[derive(Clone)]
pub struct HopRequest {
    pub target: RequestTarget,
    pub method: Method,
    /// `host` included; credentials and what holds a secret are marked sensitive.
    pub headers: HeaderMap,
    /// What `auth` wants, until it is there.
    pub wanted: Option<WantedCredential>,
    pub signing: Option<Signing>,
    /// What it goes through, on every hop.
    pub proxy: Option<Proxy>,
    pub body: RequestBody,
    pub answer_body: BodyUse,
    pub identity: Identity,
    /// Redirects that the monitor allows in all.
    pub redirects: u8,
    /// Those that led here.
    pub followed: u8,
}

/// The body of a request.
#[derive(Clone)]
pub enum RequestBody {
    Plain(Bytes),
    /// Filled with a secret, so meant for one origin only.
    Secret(Bytes),
}

/// Whether a rule reads the body of the answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum BodyUse {
    Judged,
    Ignored,
}

impl HopRequest {
    /// The first request of each attempt at `monitor`.
    pub fn new(monitor: &Monitor, request: &http_kind::Request, secrets: &Secrets) -> Result<Self, Fault> {
        let target = RequestTarget::parse(&secrets.fill(&monitor.url)?).ok_or_else(|| {
            let actual = format!("no URL to send to in {}", monitor.url);
            Fault::new(kind_of(&monitor.url), actual, "an http or https URL")
        })?;
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|_| {
            Fault::new(Transport::Protocol, format!("the method {}", request.method), "an HTTP method")
        })?;
        let body = match request.body.as_ref().map(http_kind::Payload::text) {
            None => RequestBody::Plain(Bytes::new()),
            Some(body) if holds_secret(body) => RequestBody::Secret(secrets.fill(body)?.into()),
            Some(body) => RequestBody::Plain(secrets.fill(body)?.into()),
        };
        let reads_body = monitor.expect.assertions.iter().any(|assertion| assertion.subject.reads_body());
        let answer_body = if reads_body { BodyUse::Judged } else { BodyUse::Ignored };
        let mut headers = headers(request, secrets, &target)?;
        let mut wanted = None;
        match request.auth.as_ref().map(|auth| Authorization::of(auth, secrets)).transpose()? {
            None => {}
            Some(Authorization::Known(value)) => drop(headers.insert(header::AUTHORIZATION, value)),
            Some(Authorization::Unfetched(other)) => wanted = Some(other),
        }
        let identity = Identity::Shown;
        Ok(Self {
            target,
            method,
            headers,
            wanted,
            signing: None,
            proxy: request.proxy.as_ref().map(|url| Proxy::new(url, monitor, secrets)).transpose()?,
            body,
            answer_body,
            identity,
            redirects: request.redirects,
            followed: 0,
        })
    }

    /// Fetches what `auth` wants, if the machine permits it.
    pub async fn authorize(&mut self, deps: ProbeDeps<'_>, now: Timestamp) -> Result<(), Fault> {
        let ProbeDeps { accounts, permits, secrets, monitor } = deps;
        match &self.wanted {
            None => {}
            Some(WantedCredential::Token(wanted)) => {
                let token = accounts.token(wanted, monitor.timeout).await?;
                secrets.hide(monitor, &token, "<access token>");
                self.headers.insert(header::AUTHORIZATION, auth::bearer(&token)?);
            }
            Some(WantedCredential::Role(role)) => {
                let begun = (now, Instant::now());
                auth::check_role(&role.role, permits)?;
                let credentials = accounts.role(&role.role, monitor.timeout).await?;
                for secret in credentials.secrets() {
                    secrets.hide(monitor, secret, "<credentials of the role>");
                }
                self.signing = Some(Signing { role: role.clone(), credentials, begun });
            }
        }
        Ok(())
    }

    /// The same with the headers that sign it, which are for this origin alone.
    pub fn signed(&self) -> Result<Cow<'_, Self>, Fault> {
        let at_home = self.identity == Identity::Shown;
        let Some(signing) = self.signing.as_ref().filter(|_| at_home) else { return Ok(Cow::Borrowed(self)) };
        let unsigned =
            |why: String| Fault::new(Transport::Auth, format!("no signature: {why}"), "a signed request");
        let text = |name: &HeaderName| self.headers.get(name).and_then(|value| value.to_str().ok());
        let own = [header::HOST, header::CONTENT_TYPE];
        let own: Vec<_> = own.iter().filter_map(|name| Some((name.as_str(), text(name)?))).collect();
        let request =
            (self.method.as_str(), self.target.url().as_str(), own.as_slice(), self.body.bytes().as_ref());
        let Signing { role, credentials, begun: _ } = signing;
        let headers =
            credentials.sign(&role.service, &role.region, request, signing.now()).map_err(unsigned)?;
        let mut signed = self.clone();
        for (name, value) in headers {
            let mut value = HeaderValue::try_from(value).map_err(|error| unsigned(error.to_string()))?;
            value.set_sensitive(true);
            signed.headers.insert(name, value);
        }
        Ok(Cow::Owned(signed))
    }

    /// In the form of HTTP/1.1: the bytes that go over the wire.
    pub fn to_http1(&self) -> Vec<u8> {
        let body = self.body.bytes();
        let mut wire = Vec::with_capacity(512 + body.len());
        // A proxy gets the whole URL, unless it only hands bytes on.
        let proxy = self.proxy.as_ref().filter(|_| !self.target.is_https());
        let whole = proxy.map(|_| format!("http://{}", self.target.authority)).unwrap_or_default();
        for part in [self.method.as_str(), " ", &whole, self.target.path.as_str(), " HTTP/1.1\r\n"] {
            wire.extend_from_slice(part.as_bytes());
        }
        if let Some(credential) = proxy.and_then(|proxy| proxy.credential.as_ref()) {
            wire.extend_from_slice(b"proxy-authorization: ");
            wire.extend_from_slice(credential.as_bytes());
            wire.extend_from_slice(b"\r\n");
        }
        for (name, value) in &self.headers {
            for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
                wire.extend_from_slice(part);
            }
        }
        if let Some(length) = self.length() {
            wire.extend_from_slice(format!("content-length: {length}\r\n").as_bytes());
        }
        wire.extend_from_slice(b"\r\n");
        wire.extend_from_slice(body);
        wire
    }

    /// In the form of HTTP/2: a whole URI whose authority takes the place of `host`.
    pub fn to_http2(&self) -> http::Request<Full<Bytes>> {
        let mut request = http::Request::new(Full::new(self.body.bytes().clone()));
        *request.method_mut() = self.method.clone();
        *request.headers_mut() = self.headers.clone();
        if let Some(length) = self.length() {
            request.headers_mut().insert(header::CONTENT_LENGTH, length.into());
        }
        let named = request.headers_mut().remove(header::HOST);
        let authority = named.and_then(|host| Authority::try_from(host.as_bytes()).ok());
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(Scheme::HTTPS);
        parts.authority = Some(authority.unwrap_or_else(|| self.target.authority.clone()));
        parts.path_and_query = Some(self.target.path.clone());
        // All three parts are there, which is all that can be wrong with them.
        *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
        *request.version_mut() = Version::HTTP_2;
        request
    }

    /// The `content-length` of the request. `POST`, `PUT` and `PATCH` send it without a body too, because servers answer
    /// 411 otherwise.
    fn length(&self) -> Option<usize> {
        let length = self.body.bytes().len();
        let expects = matches!(self.method, Method::POST | Method::PUT | Method::PATCH);
        (length > 0 || expects).then_some(length)
    }
}

impl RequestBody {
    fn bytes(&self) -> &Bytes {
        match self {
            Self::Plain(bytes) | Self::Secret(bytes) => bytes,
        }
    }
}

fn headers(
    request: &http_kind::Request,
    secrets: &Secrets,
    target: &RequestTarget,
) -> Result<HeaderMap, Fault> {
    let mut all = HeaderMap::with_capacity(request.headers.len() + 4);
    // `host` goes first, as RFC 9110 advises.
    let named = request.host.as_deref().and_then(|host| HeaderValue::from_str(host).ok());
    all.insert(header::HOST, named.unwrap_or_else(|| target.host_header().clone()));
    all.insert(header::USER_AGENT, USER_AGENT);
    all.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
    // The endpoint's own bytes: a monitor asks for compression to see it.
    all.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers::fill(&request.headers, secrets, &mut all)?;
    Ok(all)
}
