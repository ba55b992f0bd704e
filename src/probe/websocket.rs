//! A check of `ws://`: the handshake, the dialog message by message, and a clean close.
//!
//! The handshake is read as leniently as any answer of HTTP/1.1. Redirects are not followed: no browser follows them
//! here. Everything that is read is bounded, frames without content too.

use std::error;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{FutureExt, SinkExt, StreamExt};
use http::Method;
use http::header::{self, HeaderMap, HeaderValue};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::dialog::{self, FilledStep, Missed, ROOM, TOO_MUCH, silence};
use super::prepared::{Attempt, AttemptRecord, PreparedProbe};
use super::secrets::Secrets;
use super::wire::chunks::{GLIMPSE, skim};
use super::wire::head::Head;
use super::wire::headers::{USER_AGENT, fill, kind_of};
use super::wire::http1::{self, Body, ReadBuffer};
use super::wire::http2::broken;
use super::wire::target::RequestTarget;
use crate::kinds::websocket::{SWITCHING, SocketCall, SocketReply};
use crate::kinds::{DialogStep, Evidence, Talk, hex};
use crate::monitor::{Budget, Monitor, format_duration};
use crate::net::{ClientHello, Dialer, Identity, TlsVersions, foreign};
use crate::observation::{Fault, Transport};

/// How long a server may take to answer a close.
const CLOSING: Duration = Duration::from_secs(2);

const HANDSHAKE: &str = "a handshake of WebSocket";
const FRAMES: &str = "frames of WebSocket";

/// A call with its secrets filled in. It has no `Debug` for that reason.
pub struct SocketProbe {
    target: RequestTarget,
    headers: HeaderMap,
    steps: Vec<FilledStep>,
    /// The time that an attempt has.
    patience: Duration,
}

impl SocketProbe {
    pub fn new(monitor: &Monitor, call: &SocketCall, secrets: &Secrets) -> Result<Self, Fault> {
        let url = secrets.fill(&monitor.url)?;
        // The handshake is one of HTTP, at the same place.
        let place = url.split_once("://").and_then(|(scheme, place)| {
            let scheme = if scheme.eq_ignore_ascii_case("wss") { "https" } else { "http" };
            RequestTarget::parse(&format!("{scheme}://{place}"))
        });
        let target = place.ok_or_else(|| {
            let actual = format!("no URL to connect to in {}", monitor.url);
            Fault::new(kind_of(&monitor.url), actual, "a ws or wss URL")
        })?;
        let mut headers = HeaderMap::new();
        headers.insert(header::USER_AGENT, USER_AGENT);
        fill(&call.headers, secrets, &mut headers)?;
        headers.insert(header::HOST, target.host_header().clone());
        for (name, value) in [
            (header::CONNECTION, "Upgrade"),
            (header::UPGRADE, "websocket"),
            (header::SEC_WEBSOCKET_VERSION, "13"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let steps = dialog::fill(&call.dialog, secrets)?;
        Ok(Self { target, headers, steps, patience: monitor.timeout })
    }

    async fn call(&self, dialer: &Dialer<'_>, record: &mut AttemptRecord) -> Result<Evidence, Fault> {
        let endpoint = self.target.endpoint();
        let reply = if self.target.is_https() {
            let hello = ClientHello {
                protocols: &[b"http/1.1"],
                versions: TlsVersions::All,
                identity: Identity::Shown,
            };
            let stream = dialer.connect_tls(endpoint, hello, &mut record.trace).await?;
            self.over(stream, record).await
        } else {
            let stream = dialer.connect(endpoint, &mut record.trace).await?;
            self.over(stream, record).await
        };
        reply.map(Evidence::WebSocket)
    }

    async fn over<S>(&self, mut stream: S, record: &mut AttemptRecord) -> Result<SocketReply, Fault>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        record.trace.enter("wait");
        let key = generate_key();
        let sent = async {
            stream.write_all(&self.request(&key)).await?;
            stream.flush().await
        };
        sent.await.map_err(|error| broken(&error, "before an answer", HANDSHAKE))?;
        let (head, source) = http1::head_of(stream).await?;
        if head.status != SWITCHING {
            let body = Body::new(&Method::GET, &head, source);
            let glimpse = skim(body, GLIMPSE).await;
            return Ok(SocketReply { status: head.status, glimpse, talk: Talk::default() });
        }
        self.check(&head, &key)?;
        let ReadBuffer { reader, buffer } = source;
        let stream = Bounded { stream: reader, left: ROOM };
        let limits = WebSocketConfig::default()
            .read_buffer_size(8 << 10)
            .write_buffer_size(0)
            .max_message_size(Some(ROOM))
            .max_frame_size(Some(ROOM));
        let socket =
            WebSocketStream::from_partially_read(stream, buffer.to_vec(), Role::Client, Some(limits)).await;
        record.trace.enter("dialog");
        let mut talking = SocketDialog { socket, patience: self.patience, record };
        let talk = talking.go_through(&self.steps).await?;
        talking.record.evidence = None;
        if talk.unmet.is_none() {
            talking.close().await?;
        }
        Ok(SocketReply { talk, ..taken() })
    }

    /// The bytes that go over the wire.
    fn request(&self, key: &str) -> Vec<u8> {
        let mut wire = format!("GET {} HTTP/1.1\r\n", self.target.path).into_bytes();
        for (name, value) in &self.headers {
            for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
                wire.extend_from_slice(part);
            }
        }
        wire.extend_from_slice(format!("sec-websocket-key: {key}\r\n\r\n").as_bytes());
        wire
    }

    /// What a server must say that takes the connection: RFC 6455, section 4.1.
    fn check(&self, head: &Head, key: &str) -> Result<(), Fault> {
        let refused = |actual: String| Err(Fault::new(Transport::Protocol, actual, HANDSHAKE));
        let lists = |name: &str, word: &str| head.members(name).iter().any(|member| member == word);
        if !lists("upgrade", "websocket") || !lists("connection", "upgrade") {
            return refused("an answer 101 that does not upgrade to websocket".to_owned());
        }
        if head.values("sec-websocket-accept").next() != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
            return refused("a sec-websocket-accept that does not fit the key".to_owned());
        }
        if let Some(extension) = head.members("sec-websocket-extensions").first() {
            return refused(format!("the extension {}, which was not asked for", foreign(extension)));
        }
        let asked = self.headers.get(header::SEC_WEBSOCKET_PROTOCOL).and_then(|value| value.to_str().ok());
        let chosen = head.values("sec-websocket-protocol").next().map(String::from_utf8_lossy);
        match (asked, chosen) {
            (None, None) => Ok(()),
            (Some(_), None) => refused("none of the subprotocols that were asked for".to_owned()),
            (Some(asked), Some(chosen)) if asked.split(',').any(|one| one.trim() == chosen) => Ok(()),
            (_, Some(chosen)) => {
                refused(format!("the subprotocol {}, which was not asked for", foreign(chosen)))
            }
        }
    }
}

impl PreparedProbe for SocketProbe {
    fn host(&self) -> &str {
        self.target.endpoint().host_name()
    }

    fn uses_tls(&self) -> bool {
        self.target.is_https()
    }

    fn attempt<'a>(&'a self, dialer: &'a Dialer<'a>, record: &'a mut AttemptRecord) -> Attempt<'a> {
        self.call(dialer, record).boxed()
    }
}

/// The answer of a server that took the connection.
fn taken() -> SocketReply {
    SocketReply { status: SWITCHING, ..SocketReply::default() }
}

struct SocketDialog<'a, S> {
    socket: WebSocketStream<Bounded<S>>,
    patience: Duration,
    record: &'a mut AttemptRecord,
}

/// A message, without what it is for.
enum SocketMessage {
    Text(String),
    Bytes(Vec<u8>),
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> SocketDialog<'_, S> {
    async fn go_through(&mut self, steps: &[FilledStep]) -> Result<Talk, Fault> {
        for (number, step) in (1..).zip(steps) {
            match step {
                FilledStep::Says(text) => self.say(Message::text(text.as_str())).await?,
                FilledStep::SaysBytes(bytes) => self.say(Message::binary(bytes.clone())).await?,
                FilledStep::StartsTls => {}
                FilledStep::Waits(step) => {
                    let mut last = None;
                    match self.wait(number, step, &mut last).await {
                        Ok(()) => {}
                        Err(Missed::Fault(fault)) => return Err(fault),
                        Err(Missed::Ended(end)) => return Ok(dialog::unmet(number, step, last, end)),
                    }
                }
            }
        }
        Ok(Talk::default())
    }

    async fn say(&mut self, message: Message) -> Result<(), Fault> {
        self.socket.send(message).await.map_err(|error| match missed(error) {
            Missed::Fault(fault) => fault,
            Missed::Ended(end) => Fault::new(Transport::Protocol, end, "the dialog to go on"),
        })
    }

    async fn wait(
        &mut self,
        number: usize,
        step: &DialogStep,
        last: &mut Option<String>,
    ) -> Result<(), Missed> {
        let mut budget = Budget::default();
        loop {
            self.record.evidence = last.clone().map(|heard| {
                let talk = dialog::unmet(number, step, Some(heard), silence(self.patience));
                Evidence::WebSocket(SocketReply { talk, ..taken() })
            });
            let heard = self.message(last).await?;
            self.record.evidence = None;
            let text = match (step, heard) {
                (DialogStep::Expect(pattern), SocketMessage::Text(text)) => {
                    let is_met = pattern.is_match(&text, &mut budget);
                    *last = Some(text);
                    match is_met {
                        Ok(true) => return Ok(()),
                        Ok(false) => continue,
                        Err(why) => return Err(Missed::Ended(why.to_string())),
                    }
                }
                (DialogStep::Expect(_), SocketMessage::Bytes(bytes)) => {
                    *last = Some(hex(beginning(&bytes)));
                    continue;
                }
                (DialogStep::ExpectBytes(_), SocketMessage::Text(text)) => text.into_bytes(),
                (DialogStep::ExpectBytes(_), SocketMessage::Bytes(bytes)) => bytes,
                (DialogStep::Send(_) | DialogStep::SendBytes(_) | DialogStep::StartTls, _) => return Ok(()),
            };
            if let DialogStep::ExpectBytes(choices) = step
                && choices.iter().any(|choice| text.starts_with(choice))
            {
                return Ok(());
            }
            *last = Some(hex(beginning(&text)));
            return Err(Missed::Ended("these bytes are others".to_owned()));
        }
    }

    /// The next message that says something.
    async fn message(&mut self, last: &mut Option<String>) -> Result<SocketMessage, Missed> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Ok(SocketMessage::Text(text.as_str().to_owned())),
                Some(Ok(Message::Binary(bytes))) => return Ok(SocketMessage::Bytes(bytes.to_vec())),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(frame))) => {
                    let Some(CloseFrame { code, reason }) = frame else {
                        return Err(Missed::Ended("a close of the server".to_owned()));
                    };
                    if last.is_none() && !reason.is_empty() {
                        *last = Some(reason.as_str().to_owned());
                    }
                    return Err(Missed::Ended(format!(
                        "a close of the server with code {}",
                        u16::from(code)
                    )));
                }
                Some(Err(error)) => return Err(missed(error)),
                None => return Err(Missed::Ended(END.to_owned())),
            }
        }
    }

    /// Says goodbye, and waits for the server to do the same. What it says before that does not matter, and one that
    /// never stops is alive.
    async fn close(&mut self) -> Result<(), Fault> {
        const CLEAN: &str = "a clean close";
        self.record.trace.enter("close");
        self.socket.get_mut().left = ROOM;
        let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        let answered = async {
            // It fails if the server has closed already, which shows in what is read.
            drop(self.socket.send(Message::Close(Some(frame))).await);
            let mut ignored = Some(String::new());
            loop {
                match self.message(&mut ignored).await {
                    Ok(_) => {}
                    Err(Missed::Ended(end)) => return Ok(end),
                    Err(Missed::Fault(fault)) => return Err(fault),
                }
            }
        };
        match timeout(CLOSING, answered).await {
            Ok(Ok(end)) if end == END => {
                Err(Fault::new(Transport::Protocol, "the end of the connection instead of a close", CLEAN))
            }
            Ok(closed) => closed.map(drop),
            Err(_) => {
                let actual = format!("no close of the server within {}", format_duration(CLOSING));
                Err(Fault::new(Transport::Protocol, actual, CLEAN))
            }
        }
    }
}

const END: &str = "the end of the connection";

/// As much as a message shows of what was not expected.
fn beginning(bytes: &[u8]) -> &[u8] {
    bytes.get(..100).unwrap_or(bytes)
}

/// Why no message comes.
fn missed(error: Error) -> Missed {
    let fault = |actual: String| Missed::Fault(Fault::new(Transport::Protocol, actual, FRAMES));
    match error {
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Missed::Ended(END.to_owned()),
        Error::Io(error) if error.get_ref().is_some_and(<dyn error::Error + Send + Sync>::is::<Full>) => {
            Missed::Ended(TOO_MUCH.to_owned())
        }
        Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => Missed::Ended(END.to_owned()),
        Error::Io(error) => Missed::Fault(broken(&error, "during the dialog", FRAMES)),
        Error::Capacity(_) => {
            let actual = "a message of more than 64 KiB";
            Missed::Fault(Fault::new(Transport::BodyTooLarge, actual, "at most 64 KiB"))
        }
        Error::Protocol(ProtocolError::MaskedFrameFromServer) => fault("a masked frame".to_owned()),
        Error::Utf8(_) => fault("a text that is not UTF-8".to_owned()),
        Error::Protocol(error) => fault(format!("a frame that breaks the protocol: {}", foreign(error))),
        error => fault(foreign(error)),
    }
}

/// A connection of which no more is read than there is room for: frames may be empty, and come without end.
struct Bounded<S> {
    stream: S,
    left: usize,
}

/// There was more.
#[derive(Debug, thiserror::Error)]
#[error("{TOO_MUCH}")]
struct Full;

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left == 0 {
            return Poll::Ready(Err(io::Error::other(Full)));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        self.left = self.left.saturating_sub(buffer.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bounded<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
