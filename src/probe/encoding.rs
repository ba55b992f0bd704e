//! Undoes what `content-encoding` says was done to a body. Pure.

use std::io::{self, Write};

use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::head::Head;
use crate::observation::{Fault, FaultKind};

/// What was done to a body.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Coding {
    Gzip,
    /// Zlib, as RFC 9110 says, or bare deflate, as some servers have it.
    Deflate,
    /// Compressed in a way that is not undone here; a probe asks for `identity`.
    Unreadable(String),
}

/// Turns the bytes on the wire into those that were meant, at most `cap` of them.
///
/// A word that names no compression changes nothing: servers write `UTF-8`, `none` or `binary` there, and curl shows
/// their bodies as they are.
pub fn decode(head: &Head, raw: Vec<u8>, cap: usize) -> Result<Vec<u8>, Fault> {
    // Nothing is not a broken archive: the answer to a HEAD names the encoding of a body that does not come.
    if raw.is_empty() {
        return Ok(raw);
    }
    // The last coding was applied last, and those of the transfer after those of the content.
    let applied = ["content-encoding", "transfer-encoding"].map(|name| head.members(name)).concat();
    let codings = applied.into_iter().filter_map(coding).rev();
    codings.into_iter().try_fold(raw, |body, coding| undo(&coding, &body, cap))
}

fn coding(word: String) -> Option<Coding> {
    match word.as_str() {
        "gzip" | "x-gzip" => Some(Coding::Gzip),
        "deflate" => Some(Coding::Deflate),
        "br" | "zstd" | "compress" | "x-compress" | "dcb" | "dcz" => Some(Coding::Unreadable(word)),
        _ => None,
    }
}

fn undo(coding: &Coding, body: &[u8], cap: usize) -> Result<Vec<u8>, Fault> {
    let room = || Capped { bytes: Vec::new(), cap };
    match coding {
        Coding::Gzip => {
            let mut decoder = MultiGzDecoder::new(room());
            decoder.write_all(body).and_then(|()| decoder.finish())
        }
        // Which of the two it is shows in the first byte.
        Coding::Deflate if body.first().is_some_and(|first| first & 0x0f == 8) => {
            let mut decoder = ZlibDecoder::new(room());
            decoder.write_all(body).and_then(|()| decoder.finish())
        }
        Coding::Deflate => {
            let mut decoder = DeflateDecoder::new(room());
            decoder.write_all(body).and_then(|()| decoder.finish())
        }
        Coding::Unreadable(word) => {
            let actual = format!("a body compressed with {word}, which was not asked for");
            return Err(Fault::new(FaultKind::Protocol, actual, "a plain body, or gzip or deflate"));
        }
    }
    .map(|room| room.bytes)
    .map_err(|error| undecoded(&error))
}

/// A buffer that refuses what goes over the cap, so that a bomb goes off in a small room.
struct Capped {
    bytes: Vec<u8>,
    cap: usize,
}

impl Write for Capped {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + data.len() > self.cap {
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
        io::ErrorKind::FileTooLarge => super::body::too_large(),
        _ => Fault::new(
            FaultKind::Protocol,
            "a compressed body that does not decode",
            "a body as its content-encoding says",
        ),
    }
}
