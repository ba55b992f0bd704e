//! A way through a proxy: a tunnel for https, and a whole URL for http (RFC 9110, sections 7.3.2 and 9.3.6).
//!
//! The proxy resolves the target, so no address of it is judged here, only what the URL says by itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Method};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use url::Url;

use crate::monitor::{PROXIES_VARIABLE, Permits, Template};
use crate::net::{Dialer, Endpoint, Trace, failure};
use crate::observation::{Fault, Peer, Transport};
use crate::probe::secrets::Secrets;
use crate::probe::wire::http1;

/// A proxy, and how to come as its client. It has no `Debug`: it may hold a password.
#[derive(Clone)]
pub struct Proxy {
    url: Url,
    endpoint: Endpoint,
    pub credential: Option<HeaderValue>,
}

impl Proxy {
    pub fn new(written: &Template, secrets: &Secrets) -> Result<Self, Fault> {
        let unfit = || {
            Fault::new(Transport::Secret, format!("no proxy in {written}"), "a URL such as http://host:port")
        };
        let url = Url::parse(&secrets.fill(written)?).map_err(|_| unfit())?;
        let endpoint = Endpoint::new(url.clone()).ok_or_else(unfit)?;
        let credential = if url.username().is_empty() && url.password().is_none() {
            None
        } else {
            let part = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
            let pair = [part(url.username()), part(url.password().unwrap_or_default())].join(&b':');
            let mut value =
                HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair))).map_err(|_| unfit())?;
            value.set_sensitive(true);
            Some(value)
        };
        Ok(Self { url, endpoint, credential })
    }

    /// A file only names a proxy; the machine decides whether it is used.
    pub fn check(&self, permits: &Permits) -> Result<(), Fault> {
        if permits.uses_proxy(&self.url) {
            return Ok(());
        }
        let (host, port) = (self.endpoint.host_name(), self.endpoint.port());
        let actual =
            format!("the proxy {host}:{port} is not offered by this machine: add it to {PROXIES_VARIABLE}");
        Err(Fault::new(Transport::Blocked, actual, "a proxy that the machine offers"))
    }

    /// A connection to the proxy, which the machine has chosen.
    pub async fn connect(
        &self,
        target: &Endpoint,
        dialer: &Dialer<'_>,
        trace: &mut Trace,
    ) -> Result<TcpStream, Fault> {
        dialer.permit_literal(target)?;
        dialer.connect_chosen(&self.endpoint, trace).await
    }

    /// A tunnel to `target`.
    pub async fn tunnel(
        &self,
        target: &Endpoint,
        dialer: &Dialer<'_>,
        trace: &mut Trace,
    ) -> Result<TcpStream, Fault> {
        let mut stream = self.connect(target, dialer, trace).await?;
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
            Fault::new(Transport::Connect, format!("{} by the proxy", failure::words(&error)), EXPECTED)
        };
        stream.write_all(&request).await.map_err(broken)?;
        let (head, source) = http1::head_of(stream).await.map_err(|fault| {
            Fault::new(Transport::Connect, format!("{} of the proxy", fault.actual), EXPECTED)
        })?;
        if !matches!(head.status, 200..=299) {
            let actual = format!("HTTP {} from the proxy to {} {place}", head.status, Method::CONNECT);
            return Err(Fault::new(Transport::Connect, actual, EXPECTED));
        }
        // In TLS the client speaks first.
        if !source.buffer.is_empty() {
            return Err(Fault::new(Transport::Connect, "bytes of the proxy in the tunnel", EXPECTED));
        }
        let reach = trace.peer().reach;
        trace.toward(Peer { reach, uses_tls: true });
        Ok(source.reader)
    }
}

const EXPECTED: &str = "a tunnel";
