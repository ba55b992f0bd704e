//! Phase five: the body of an answer, as much of it as is wanted and never more than there is room for.

use std::io::{self, Write};

use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Incoming};

use super::exchange;
use crate::observation::{Fault, FaultKind};

/// Room for a body that is kept, counted after decoding and also before.
const CAP: usize = 1 << 20;

/// How much of an unwanted body is read, so that its latency counts and a small answer ends in good order.
const GLIMPSE: usize = 64 << 10;

/// Reads a body that no rule asks for. Where it is long or breaks off, the answer is still an answer.
pub async fn skim(mut body: Incoming) {
    let mut seen = 0;
    while seen <= GLIMPSE {
        let Some(Ok(frame)) = body.frame().await else { return };
        seen += frame.data_ref().map_or(0, Bytes::len);
    }
}

/// Reads and decodes a body that a rule asks for.
pub async fn read(mut body: Incoming, headers: &HeaderMap) -> Result<Vec<u8>, Fault> {
    // A length that is announced need not be read to be known.
    let announced = body.size_hint().lower();
    if announced > CAP as u64 {
        return Err(too_large());
    }
    let mut decoder = Decoder::new(headers, usize::try_from(announced).unwrap_or_default())?;
    let mut raw = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| exchange::fault_of(&error, "before the body's end"))?;
        let Some(data) = frame.data_ref() else { continue };
        raw += data.len();
        if raw > CAP {
            return Err(too_large());
        }
        decoder.write(data)?;
    }
    // Nothing is not a broken archive: the answer to a HEAD names the encoding of a body that does not come.
    if raw == 0 { Ok(Vec::new()) } else { decoder.finish() }
}

/// Turns the bytes on the wire into those that were meant.
enum Decoder {
    Identity(Capped),
    Gzip(Box<MultiGzDecoder<Capped>>),
    /// Whether it is zlib, as RFC 9110 says, or bare deflate, as some servers have it, shows in the first byte.
    Deflate(Capped),
    Zlib(Box<ZlibDecoder<Capped>>),
    Bare(Box<DeflateDecoder<Capped>>),
}

/// A buffer that refuses what goes over the cap, so that a bomb goes off in a small room.
#[derive(Default)]
struct Capped {
    bytes: Vec<u8>,
}

impl Decoder {
    fn new(headers: &HeaderMap, announced: usize) -> Result<Self, Fault> {
        let encoding =
            headers.get(header::CONTENT_ENCODING).map_or(&b"identity"[..], |value| value.as_bytes());
        match encoding.trim_ascii().to_ascii_lowercase().as_slice() {
            b"" | b"identity" => Ok(Self::Identity(Capped { bytes: Vec::with_capacity(announced) })),
            b"gzip" | b"x-gzip" => Ok(Self::Gzip(Box::new(MultiGzDecoder::new(Capped::default())))),
            b"deflate" => Ok(Self::Deflate(Capped::default())),
            other => {
                let actual = format!("a body encoded as {}", String::from_utf8_lossy(other));
                Err(Fault::new(FaultKind::Protocol, actual, "identity, gzip or deflate"))
            }
        }
    }

    fn write(&mut self, data: &[u8]) -> Result<(), Fault> {
        if let (Self::Deflate(_), Some(first)) = (&self, data.first()) {
            *self = match first & 0x0f {
                8 => Self::Zlib(Box::new(ZlibDecoder::new(Capped::default()))),
                _ => Self::Bare(Box::new(DeflateDecoder::new(Capped::default()))),
            };
        }
        let written = match self {
            Self::Identity(plain) | Self::Deflate(plain) => plain.write_all(data),
            Self::Gzip(decoder) => decoder.write_all(data),
            Self::Zlib(decoder) => decoder.write_all(data),
            Self::Bare(decoder) => decoder.write_all(data),
        };
        written.map_err(|error| undecoded(&error))
    }

    fn finish(self) -> Result<Vec<u8>, Fault> {
        let finished = match self {
            Self::Identity(plain) | Self::Deflate(plain) => Ok(plain),
            Self::Gzip(decoder) => decoder.finish(),
            Self::Zlib(decoder) => decoder.finish(),
            Self::Bare(decoder) => decoder.finish(),
        };
        finished.map(|room| room.bytes).map_err(|error| undecoded(&error))
    }
}

impl Write for Capped {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + data.len() > CAP {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn undecoded(error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::FileTooLarge => too_large(),
        _ => Fault::new(
            FaultKind::Protocol,
            "a compressed body that does not decode",
            "a body as its content-encoding says",
        ),
    }
}

fn too_large() -> Fault {
    Fault::new(FaultKind::BodyTooLarge, "a body of more than 1 MiB", "at most 1 MiB")
}
