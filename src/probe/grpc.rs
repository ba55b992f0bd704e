//! A check of `grpc://`: one call of `grpc.health.v1.Health/Check` over HTTP/2.
//!
//! A call is a POST whose body is one framed message of Protocol Buffers. The status of its answer comes in the trailers,
//! or in the headers if there is nothing else: `doc/PROTOCOL-HTTP2.md` of github.com/grpc/grpc. The two messages are small
//! enough to be read and written by hand.

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::FutureExt;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Method, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use tokio::io::{AsyncRead, AsyncWrite};

use super::prepared::{Attempt, AttemptRecord, PreparedProbe};
use super::secrets::Secrets;
use super::wire::chunks::{GLIMPSE, skim};
use super::wire::headers::{USER_AGENT, fill, kind_of};
use super::wire::http1::too_long;
use super::wire::http2::{HTTP_2, Tasks, beside, broken_by, connect, is_too_long, refusal_code};
use crate::kinds::Evidence;
use crate::kinds::grpc::{HealthCall, HealthReply, ServingStatus, place_and_service};
use crate::monitor::Monitor;
use crate::net::{ClientHello, Dialer, Endpoint, Identity, Refused, TlsVersions, foreign};
use crate::observation::{Fault, Transport};

/// The one method that is called.
const CHECK: &str = "/grpc.health.v1.Health/Check";

const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

const COMPLETE: &str = "a complete gRPC answer";

/// Room for an answer, whose message has two bytes in most cases.
const ROOM: usize = 64 << 10;

/// Bytes of a `grpc-message` that are kept.
const MESSAGE: usize = 4 << 10;

/// A call with its secrets filled in. It has no `Debug` for that reason.
pub struct HealthProbe {
    endpoint: Endpoint,
    request: http::Request<Full<Bytes>>,
}

/// Why the body of an answer is no health status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadMessage {
    #[error("the status OK without a message")]
    Missing,
    #[error("a compressed message, although none was asked for")]
    Compressed,
    #[error("a message that ends before its length")]
    Short,
    #[error("more than one message")]
    Several,
    #[error("a message that is not of grpc.health.v1")]
    Unreadable,
}

impl HealthProbe {
    pub fn new(monitor: &Monitor, call: &HealthCall, secrets: &Secrets) -> Result<Self, Fault> {
        let url = secrets.fill(&monitor.url)?;
        let unfit = || {
            let actual = format!("no host, port and service in {}", monitor.url);
            Fault::new(kind_of(&monitor.url), actual, "a URL such as grpc://host:port/service")
        };
        let (scheme, _) = url.split_once("://").ok_or_else(unfit)?;
        let scheme = if scheme.eq_ignore_ascii_case("grpcs") { Scheme::HTTPS } else { Scheme::HTTP };
        let (place, service) = place_and_service(&url).ok_or_else(unfit)?;
        let endpoint = Endpoint::parse(&format!("grpc://{place}")).ok_or_else(unfit)?;
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(scheme);
        parts.authority = Some(Authority::try_from(place).map_err(|_| unfit())?);
        parts.path_and_query = Some(PathAndQuery::from_static(CHECK));
        let mut request = http::Request::new(Full::new(question(service)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = Uri::from_parts(parts).map_err(|_| unfit())?;
        let headers = request.headers_mut();
        headers.insert(header::USER_AGENT, USER_AGENT);
        fill(&call.metadata, secrets, headers)?;
        // The authority of the URL names the host.
        headers.remove(header::HOST);
        headers.insert(header::TE, HeaderValue::from_static("trailers"));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        let patience = format!("{}m", monitor.timeout.as_millis());
        headers.extend(HeaderValue::try_from(patience).map(|patience| (GRPC_TIMEOUT, patience)));
        Ok(Self { endpoint, request })
    }

    /// A server that turned the call away unread, as one that is about to stop does, is asked once more.
    async fn ask(&self, dialer: &Dialer<'_>, record: &mut AttemptRecord) -> Result<Evidence, Fault> {
        Ok(Evidence::Grpc(match self.call(dialer, record).await {
            Ok(reply) => reply,
            Err(refused) => {
                let CallAgain = refused.next()?;
                self.call(dialer, record).await?
            }
        }))
    }

    async fn call(
        &self,
        dialer: &Dialer<'_>,
        record: &mut AttemptRecord,
    ) -> Result<HealthReply, Refused<CallAgain>> {
        if !self.uses_tls() {
            let stream = dialer.connect(&self.endpoint, &mut record.trace).await?;
            return self.over(stream, record).await;
        }
        let hello =
            ClientHello { protocols: &[HTTP_2], versions: TlsVersions::All, identity: Identity::Shown };
        let stream = dialer.connect_tls(&self.endpoint, hello, &mut record.trace).await?;
        if stream.get_ref().1.alpn_protocol() != Some(HTTP_2) {
            let actual = "a TLS session without HTTP/2";
            return Err(Fault::new(Transport::Protocol, actual, "a server that offers h2 (ALPN)").into());
        }
        self.over(stream, record).await
    }

    async fn over<S>(&self, stream: S, record: &mut AttemptRecord) -> Result<HealthReply, Refused<CallAgain>>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        record.trace.enter("wait");
        let tasks = Tasks::default();
        let (mut sender, connection) = connect(stream, &tasks).await.map_err(|error| unanswered(&error))?;
        let exchange = async {
            let answer = sender.send_request(self.request.clone()).await.map_err(|error| {
                let is_unread = refusal_code(&error) == Some(h2::Reason::REFUSED_STREAM);
                Refused { instead: is_unread.then_some(CallAgain), fault: unanswered(&error) }
            })?;
            Ok(receive(answer, record).await?)
        };
        beside(connection, exchange).await
    }
}

/// The same call over another connection.
#[derive(Debug)]
pub struct CallAgain;

impl PreparedProbe for HealthProbe {
    fn host(&self) -> &str {
        self.endpoint.host_name()
    }

    fn uses_tls(&self) -> bool {
        self.request.uri().scheme() == Some(&Scheme::HTTPS)
    }

    fn attempt<'a>(&'a self, dialer: &'a Dialer<'a>, record: &'a mut AttemptRecord) -> Attempt<'a> {
        self.ask(dialer, record).boxed()
    }
}

/// How a call ended, by the headers or the trailers of its answer.
enum CallEnd {
    Ok,
    Failed(HealthReply),
}

/// Reads an answer to its end.
async fn receive(answer: http::Response<Incoming>, record: &mut AttemptRecord) -> Result<HealthReply, Fault> {
    let (head, mut body) = answer.into_parts();
    record.trace.enter("read");
    if is_too_long(&head.headers) {
        return Err(too_long());
    }
    // A call that fails at once has its whole answer in the headers, which end the stream.
    let early = end_in(&head.headers)?;
    match early {
        Some(CallEnd::Failed(failed)) => return Ok(failed),
        None if head.status != StatusCode::OK => {
            let status = head.status.as_u16();
            return Ok(HealthReply::Http { status, glimpse: skim(body, GLIMPSE).await });
        }
        Some(CallEnd::Ok) | None => check_type(&head.headers)?,
    }
    let (mut data, mut late) = (BytesMut::new(), None);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken_by(&error, "before the end of the answer", COMPLETE))?;
        match frame.into_data() {
            Ok(more) if data.len() + more.len() > ROOM => {
                let actual = "an answer of more than 64 KiB";
                return Err(Fault::new(Transport::BodyTooLarge, actual, "at most 64 KiB"));
            }
            Ok(more) => data.extend_from_slice(&more),
            Err(frame) => late = frame.into_trailers().ok(),
        }
    }
    let late = late.as_ref().map(end_in).transpose()?.flatten();
    match late.or(early) {
        Some(CallEnd::Failed(failed)) => Ok(failed),
        Some(CallEnd::Ok) => {
            let status = message_in(&data).and_then(status_in);
            status.map(HealthReply::Health).map_err(|bad| incomplete(bad.to_string()))
        }
        None => Err(incomplete("an answer without grpc-status")),
    }
}

fn unanswered(error: &hyper::Error) -> Fault {
    // Whatever another protocol says first looks like a frame of many megabytes.
    if refusal_code(error) == Some(h2::Reason::FRAME_SIZE_ERROR) {
        return incomplete("an answer that is not HTTP/2");
    }
    broken_by(error, "before an answer", COMPLETE)
}

fn incomplete(actual: impl Into<String>) -> Fault {
    Fault::new(Transport::Protocol, actual, COMPLETE)
}

/// What `headers` say of the end of the call; `None` if they say nothing.
fn end_in(headers: &HeaderMap) -> Result<Option<CallEnd>, Fault> {
    let Some(status) = headers.get("grpc-status") else { return Ok(None) };
    let text = status.to_str().ok();
    let code = text.and_then(|text| text.parse().ok()).ok_or_else(|| {
        let status = String::from_utf8_lossy(status.as_bytes()).into_owned();
        incomplete(format!("the grpc-status {}, which is no code", foreign(status)))
    })?;
    let message = headers.get("grpc-message").map_or_else(String::new, |text| unescaped(text.as_bytes()));
    Ok(Some(if code == 0 { CallEnd::Ok } else { CallEnd::Failed(HealthReply::Failed { code, message }) }))
}

/// What is no gRPC, such as a page of a proxy, is not read as such.
fn check_type(headers: &HeaderMap) -> Result<(), Fault> {
    const EXPECTED: &str = "content-type application/grpc";
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return Err(Fault::new(Transport::Protocol, "an answer without content-type", EXPECTED));
    };
    let text = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
    let kind = text.split(';').next().unwrap_or_default().trim();
    if matches!(kind, "application/grpc" | "application/grpc+proto") {
        return Ok(());
    }
    let actual = format!("an answer with content-type {}", foreign(kind));
    Err(Fault::new(Transport::Protocol, actual, EXPECTED))
}

/// The percent-encoded text of `grpc-message`. What is no code stays as it is.
fn unescaped(text: &[u8]) -> String {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (mut bytes, mut rest) = (Vec::new(), text);
    while let Some((first, after)) = rest.split_first() {
        if bytes.len() >= MESSAGE {
            break;
        }
        let code = match (first, after) {
            (b'%', [high, low, ..]) => digit(high).zip(digit(low)),
            _ => None,
        };
        bytes.push(code.map_or(*first, |(high, low)| high << 4 | low));
        rest = if code.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The framed `HealthCheckRequest` for a service: `string service = 1`.
fn question(service: &str) -> Bytes {
    let mut message = BytesMut::new();
    if !service.is_empty() {
        message.put_u8(1 << 3 | 2);
        let mut length = service.len();
        while length > 0x7f {
            message.put_u8(u8::try_from(length & 0x7f).unwrap_or_default() | 0x80);
            length >>= 7;
        }
        message.put_u8(u8::try_from(length).unwrap_or_default());
        message.put_slice(service.as_bytes());
    }
    let mut framed = BytesMut::new();
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).unwrap_or_default());
    framed.put_slice(&message);
    framed.freeze()
}

/// The one message of an answer: a flag, a length of four bytes, and as many bytes.
pub fn message_in(data: &[u8]) -> Result<&[u8], BadMessage> {
    let (head, message) = match data {
        [] => return Err(BadMessage::Missing),
        data => data.split_first_chunk::<5>().ok_or(BadMessage::Short)?,
    };
    let [flag, length @ ..] = head;
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    match flag {
        0 if length > message.len() => Err(BadMessage::Short),
        0 if length < message.len() => Err(BadMessage::Several),
        0 => Ok(message),
        1 => Err(BadMessage::Compressed),
        _ => Err(BadMessage::Unreadable),
    }
}

/// The status in a `HealthCheckResponse`: `ServingStatus status = 1`. Unknown fields are passed over, and the last
/// value counts, as in every reader of Protocol Buffers.
pub fn status_in(message: &[u8]) -> Result<ServingStatus, BadMessage> {
    let (mut status, mut rest) = (0, message);
    while !rest.is_empty() {
        let tag = varint(&mut rest)?;
        match (tag >> 3, tag & 7) {
            (1, 0) => status = varint(&mut rest)?,
            // No field has the number 0, and a status of another type is none.
            (0 | 1, _) => return Err(BadMessage::Unreadable),
            (_, 0) => drop(varint(&mut rest)?),
            (_, 1) => skip(&mut rest, 8)?,
            (_, 2) => {
                let length = varint(&mut rest)?;
                skip(&mut rest, length)?;
            }
            (_, 5) => skip(&mut rest, 4)?,
            _ => return Err(BadMessage::Unreadable),
        }
    }
    Ok(ServingStatus::from(status))
}

/// Seven bits a byte, the lowest first.
fn varint(rest: &mut &[u8]) -> Result<u64, BadMessage> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first().ok_or(BadMessage::Unreadable)?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(BadMessage::Unreadable)
}

fn skip(rest: &mut &[u8], length: u64) -> Result<(), BadMessage> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    *rest = rest.get(length..).ok_or(BadMessage::Unreadable)?;
    Ok(())
}
