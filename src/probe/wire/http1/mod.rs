//! HTTP/1.1 as clients of the field speak it: strict in what is sent, lenient in what is read.
//!
//! hyper refuses what curl and browsers accept, and no option of it helps: an answer that comes before the request
//! was sent, chunks in HTTP/1.0, chunks whose lines end in LF, lengths that differ, control characters in a value (it
//! can only drop the line), and it does not say which bound of a head was broken. An endpoint must not be DOWN for
//! that. So the rules are three small parsers here, pure and tested byte by byte, and the socket is read into them.

mod chunked;
mod framing;
mod head;

use std::io;

use bytes::{Bytes, BytesMut};
use http::Method;
use tokio::io::{AsyncRead, AsyncReadExt};

use self::chunked::{ChunkStep, Chunked};
use self::framing::{BadLength, Framing};
use self::head::{BadHead, Scan};
use super::chunks::Chunks;
use super::fault::{broken, incomplete};
use super::head::Head;
use crate::observation::{Fault, Transport};

/// What one read of a socket has room for at least.
const READ: usize = 8 << 10;

/// The body of an answer, as far as it has come.
pub struct Body<R> {
    source: ReadBuffer<R>,
    rest: BodyRest,
}

/// How the rest of a body is separated from what follows it.
enum BodyRest {
    Length(u64),
    Chunked(Chunked),
    /// Up to the end of the connection.
    Close,
    Bad(BadLength),
    Nothing,
}

/// A connection, and what was read of it and not yet used.
pub struct ReadBuffer<R> {
    pub reader: R,
    pub buffer: BytesMut,
}

/// Whether more bytes came.
enum Filled {
    More,
    End,
}

/// Reads the head of the answer to a request with `method`; its body is still to be read.
pub async fn answer<R>(reader: R, method: &Method) -> Result<(Head, Body<R>), Fault>
where
    R: AsyncRead + Unpin + Send,
{
    let (head, source) = head_of(reader).await?;
    let body = Body::new(method, &head, source);
    Ok((head, body))
}

/// Reads the head of an answer, and gives the connection back.
///
/// Interim answers (100, 102, 103) are passed over. 101 ends the exchange: another protocol follows.
pub async fn head_of<R>(reader: R) -> Result<(Head, ReadBuffer<R>), Fault>
where
    R: AsyncRead + Unpin + Send,
{
    let mut source = ReadBuffer { reader, buffer: BytesMut::with_capacity(READ) };
    loop {
        let head = source.head().await?;
        if !matches!(head.status, 100..=199) || head.status == 101 {
            return Ok((head, source));
        }
    }
}

impl<R: AsyncRead + Unpin + Send> ReadBuffer<R> {
    async fn head(&mut self) -> Result<Head, Fault> {
        let mut scan = Scan::default();
        loop {
            if let Some(end) = scan.end(&self.buffer).map_err(bad_head)? {
                return head::parse(&self.buffer.split_to(end)).map_err(bad_head);
            }
            match self.fill("before an answer").await? {
                Filled::More => {}
                Filled::End => match scan.broken_off() {
                    Some(end) => return head::parse(&self.buffer.split_to(end)).map_err(bad_head),
                    None => return Err(incomplete("connection closed before an answer")),
                },
            }
        }
    }

    /// Reads what has come, at least a byte. A TLS session that ends without being closed ends all the same: curl
    /// and browsers take the body that such a server sent.
    async fn fill(&mut self, when: &str) -> Result<Filled, Fault> {
        self.buffer.reserve(READ);
        match self.reader.read_buf(&mut self.buffer).await {
            Ok(0) => Ok(Filled::End),
            Ok(_) => Ok(Filled::More),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Filled::End),
            Err(error) => Err(broken(&error, when)),
        }
    }

    fn take(&mut self, most: u64) -> Bytes {
        let here = usize::try_from(most).unwrap_or(usize::MAX).min(self.buffer.len());
        self.buffer.split_to(here).freeze()
    }
}

impl<R: AsyncRead + Unpin + Send> Body<R> {
    /// What follows `head`, the answer to a request with `method`.
    pub fn new(method: &Method, head: &Head, source: ReadBuffer<R>) -> Self {
        let rest = match Framing::of(method, head) {
            Ok(Framing::None | Framing::Length(0)) => BodyRest::Nothing,
            Ok(Framing::Length(length)) => BodyRest::Length(length),
            Ok(Framing::Chunked) => BodyRest::Chunked(Chunked::default()),
            Ok(Framing::Close) => BodyRest::Close,
            // It harms only those who read the body.
            Err(bad) => BodyRest::Bad(bad),
        };
        Self { source, rest }
    }

    async fn more(&mut self) -> Result<Option<Bytes>, Fault> {
        loop {
            match &mut self.rest {
                BodyRest::Nothing | BodyRest::Length(0) => return Ok(None),
                BodyRest::Bad(bad) => return Err(incomplete(bad.to_string())),
                BodyRest::Chunked(chunked) => match chunked.step(&mut self.source.buffer) {
                    Ok(ChunkStep::Data(data)) => return Ok(Some(data)),
                    Ok(ChunkStep::End) => return Ok(None),
                    Ok(ChunkStep::More) => {}
                    Err(bad) => return Err(incomplete(bad.to_string())),
                },
                BodyRest::Length(left) if !self.source.buffer.is_empty() => {
                    let data = self.source.take(*left);
                    *left -= data.len() as u64;
                    return Ok(Some(data));
                }
                BodyRest::Close if !self.source.buffer.is_empty() => {
                    return Ok(Some(self.source.take(u64::MAX)));
                }
                BodyRest::Length(_) | BodyRest::Close => {}
            }
            match (self.source.fill("before the body's end").await?, &self.rest) {
                (Filled::More, _) => {}
                (Filled::End, BodyRest::Close) => return Ok(None),
                (Filled::End, _) => return Err(incomplete("connection closed before the body's end")),
            }
        }
    }
}

impl<R: AsyncRead + Unpin + Send> Chunks for Body<R> {
    fn announced(&self) -> u64 {
        match self.rest {
            BodyRest::Length(length) => length,
            BodyRest::Chunked(_) | BodyRest::Close | BodyRest::Bad(_) | BodyRest::Nothing => 0,
        }
    }

    async fn next(&mut self) -> Option<Result<Bytes, Fault>> {
        self.more().await.transpose()
    }
}

fn bad_head(bad: BadHead) -> Fault {
    let expected = match bad {
        BadHead::TooManyLines => "at most 256 header lines",
        BadHead::TooLong => "a head of at most 64 KiB",
        BadHead::NotHttp | BadHead::Version | BadHead::Status | BadHead::Nul | BadHead::NoColon => {
            return incomplete(bad.to_string());
        }
    };
    Fault::new(Transport::Protocol, bad.to_string(), expected)
}

/// Of an answer in HTTP/2, to which the same bound applies.
pub fn too_long() -> Fault {
    bad_head(BadHead::TooLong)
}
