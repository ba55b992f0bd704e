//! A way through a proxy: a tunnel for https, and a whole URL for http (RFC 9110, sections 7.3.2 and 9.3.6).
//!
//! The proxy resolves the target, so no address of it is judged here, only what the URL says by itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Method, StatusCode};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use url::Url;

use crate::monitor::{Monitor, PROXIES_VARIABLE, Permits, Template};
use crate::net::{Dialer, Endpoint, failure};
use crate::observation::{Fault, FaultKind, Peer, Transport};
use crate::probe::prepared::AttemptRecord;
use crate::probe::secrets::Secrets;
use crate::probe::wire::http1;

/// A proxy, and how to come as its client. It has no `Debug`: it may hold a password.
#[derive(Clone)]
pub struct Proxy {
    /// As it is written, because a part of the value may be a secret.
    name: String,
    url: Url,
    endpoint: Endpoint,
    pub credential: Option<HeaderValue>,
}

impl Proxy {
    /// The proxy of `monitor`. Its credential is hidden in every form in which a server may repeat it.
    pub fn new(written: &Template, monitor: &Monitor, secrets: &Secrets) -> Result<Self, Fault> {
        let unfit = || {
            Fault::new(Transport::Secret, format!("no proxy in {written}"), "a URL such as http://host:port")
        };
        let url = Url::parse(secrets.fill(written)?.trim()).map_err(|_| unfit())?;
        let endpoint = Endpoint::new(url.clone()).ok_or_else(unfit)?;
        let credential = if url.username().is_empty() && url.password().is_none() {
            None
        } else {
            let part = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
            let password = part(url.password().unwrap_or_default());
            let pair = [part(url.username()), password.clone()].join(&b':');
            let encoded = STANDARD.encode(&pair);
            let references: Vec<_> = written.secrets().map(ToString::to_string).collect();
            let reference =
                if references.is_empty() { "<proxy password>".to_owned() } else { references.join(" ") };
            for form in
                [String::from_utf8_lossy(&pair), String::from_utf8_lossy(&password), (&encoded).into()]
            {
                secrets.hide(monitor, &form, &reference);
            }
            let mut value = HeaderValue::from_str(&format!("Basic {encoded}")).map_err(|_| unfit())?;
            value.set_sensitive(true);
            Some(value)
        };
        let name = if written.secrets().next().is_some() {
            written.to_string()
        } else {
            format!("{}:{}", endpoint.host_name(), endpoint.port())
        };
        Ok(Self { name, url, endpoint, credential })
    }

    /// A file only names a proxy; the machine decides whether it is used.
    pub fn check(&self, permits: &Permits) -> Result<(), Fault> {
        if permits.uses_proxy(&self.url) {
            return Ok(());
        }
        let name = &self.name;
        let actual = format!("the proxy {name} is not offered by this machine: add it to {PROXIES_VARIABLE}");
        Err(Fault::new(FaultKind::Prober, actual, "a proxy that the machine offers"))
    }

    /// A proxy that wants other credentials answers for itself, never for the endpoint.
    pub fn check_answer(&self, status: u16) -> Result<(), Fault> {
        if status != StatusCode::PROXY_AUTHENTICATION_REQUIRED.as_u16() {
            return Ok(());
        }
        Err(self.broken(&format!("answered HTTP {status}"), "a proxy that takes the credential"))
    }

    /// What is between this machine and the endpoint says nothing about the endpoint.
    fn broken(&self, did: &str, expected: &str) -> Fault {
        Fault::new(FaultKind::Prober, format!("the proxy {} {did}", self.name), expected)
    }

    /// A connection to the proxy, which the machine has chosen.
    pub async fn connect(
        &self,
        target: &Endpoint,
        dialer: &Dialer<'_>,
        record: &mut AttemptRecord,
    ) -> Result<TcpStream, Fault> {
        dialer.permit_literal(target)?;
        record.proxy = Some(self.name.clone());
        let connected = dialer.connect_chosen(&self.endpoint, &mut record.trace).await;
        record.proxy = None;
        connected.map_err(|Fault { kind: _, actual, expected }| {
            let actual = format!("the proxy {} cannot be reached: {actual}", self.name);
            Fault::new(FaultKind::Prober, actual, expected)
        })
    }

    /// A tunnel to `target`.
    pub async fn tunnel(
        &self,
        target: &Endpoint,
        dialer: &Dialer<'_>,
        record: &mut AttemptRecord,
    ) -> Result<TcpStream, Fault> {
        let mut stream = self.connect(target, dialer, record).await?;
        let trace = &mut record.trace;
        trace.enter("proxy");
        let place = format!("{}:{}", target.host_name(), target.port());
        let mut request = format!("CONNECT {place} HTTP/1.1\r\nhost: {place}\r\n").into_bytes();
        if let Some(credential) = &self.credential {
            request.extend_from_slice(b"proxy-authorization: ");
            request.extend_from_slice(credential.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        let broken = |error: std::io::Error| {
            self.broken(&format!("cannot be asked: {}", failure::words(&error)), EXPECTED)
        };
        stream.write_all(&request).await.map_err(broken)?;
        let (head, source) = http1::head_of(stream)
            .await
            .map_err(|fault| self.broken(&format!("gave no tunnel: {}", fault.actual), EXPECTED))?;
        let said = |status| format!("answered HTTP {status} to {} {place}", Method::CONNECT);
        match head.status {
            200..=299 => {}
            // It let this machine in, and did not reach the endpoint.
            status @ 500..=599 => {
                return Err(Fault {
                    kind: Transport::Connect.into(),
                    ..self.broken(&said(status), EXPECTED)
                });
            }
            status => return Err(self.broken(&said(status), EXPECTED)),
        }
        // In TLS the client speaks first.
        if !source.buffer.is_empty() {
            return Err(self.broken("sent bytes into the tunnel", EXPECTED));
        }
        let reach = trace.peer().reach;
        trace.toward(Peer { reach, uses_tls: true });
        Ok(source.reader)
    }
}

const EXPECTED: &str = "a tunnel";
