//! Undoes what `content-encoding` says was done to a body. Pure.

use std::io::{self, Write};

use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use flate2::{Decompress, FlushDecompress, Status};

use crate::observation::{Fault, Transport};
use crate::probe::wire::fault::too_large;
use crate::probe::wire::head::Head;

/// Bytes of the checksum and the length at the end of a gzip archive.
const CHECKSUM: usize = 8;

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
    // An empty body is no broken archive: the answer to a HEAD names the encoding of a body that does not come.
    if raw.is_empty() {
        return Ok(raw);
    }
    // The last coding was applied last, and those of the transfer after those of the content.
    let applied = ["content-encoding", "transfer-encoding"].map(|name| head.members(name)).concat();
    let codings = applied.into_iter().filter_map(coding).rev();
    codings.into_iter().try_fold(raw, |body, coding| undo(&coding, body, cap))
}

fn coding(word: String) -> Option<Coding> {
    match word.as_str() {
        "gzip" | "x-gzip" => Some(Coding::Gzip),
        "deflate" => Some(Coding::Deflate),
        "br" | "zstd" | "compress" | "x-compress" | "dcb" | "dcz" => Some(Coding::Unreadable(word)),
        _ => None,
    }
}

fn undo(coding: &Coding, body: Vec<u8>, cap: usize) -> Result<Vec<u8>, Fault> {
    let room = || Capped { bytes: Vec::new(), cap };
    let decoded = match coding {
        Coding::Gzip => match body.get(..2) {
            Some(b"\x1f\x8b") => gunzip(&body, cap),
            Some(start) if is_zlib(start) => inflate(&body, cap),
            // A server that says so of plain text: a client that asks for no compression sees its text.
            Some(_) | None => return Ok(body),
        },
        // Which of the two it is shows in the first byte.
        Coding::Deflate if body.first().is_some_and(|first| first & 0x0f == 8) => inflate(&body, cap),
        Coding::Deflate => {
            let mut decoder = DeflateDecoder::new(room());
            decoder.write_all(&body).and_then(|()| decoder.finish()).map(|room| room.bytes)
        }
        Coding::Unreadable(word) => {
            let actual = format!("a body compressed with {word}, which the probe did not accept");
            return Err(Fault::new(Transport::Protocol, actual, "a plain body, or gzip or deflate"));
        }
    };
    decoded.map_err(|error| undecoded(&error))
}

/// The first two bytes of zlib, see RFC 1950.
fn is_zlib(start: &[u8]) -> bool {
    matches!(start, [method, flags] if method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0)
}

fn inflate(body: &[u8], cap: usize) -> io::Result<Vec<u8>> {
    let mut decoder = ZlibDecoder::new(Capped { bytes: Vec::new(), cap });
    decoder.write_all(body).and_then(|()| decoder.finish()).map(|room| room.bytes)
}

/// Some servers leave out the checksum at the end, and curl and browsers do not miss it.
fn gunzip(body: &[u8], cap: usize) -> io::Result<Vec<u8>> {
    let mut decoder = MultiGzDecoder::new(Capped { bytes: Vec::new(), cap });
    match decoder.write_all(body).and_then(|()| decoder.finish()) {
        Ok(room) => Ok(room.bytes),
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Err(error),
        Err(error) => without_checksum(body, cap).ok_or(error),
    }
}

/// What the only member of an archive holds, if its data has its end and only the checksum is missing; see RFC 1952 for the
/// head.
fn without_checksum(body: &[u8], cap: usize) -> Option<Vec<u8>> {
    let [_, _, 8, flags, _, _, _, _, _, _, rest @ ..] = body else { return None };
    let mut rest = rest;
    if flags & 4 != 0 {
        let length = usize::from(u16::from_le_bytes(*rest.first_chunk()?));
        rest = rest.get(2 + length..)?;
    }
    for _ in 0..(flags >> 3 & 1) + (flags >> 4 & 1) {
        let end = rest.iter().position(|byte| *byte == 0)?;
        rest = &rest[end + 1..];
    }
    rest = rest.get(usize::from(flags & 2)..)?;
    let mut bytes = Vec::with_capacity(cap);
    let mut data = Decompress::new(false);
    let ended = data.decompress_vec(rest, &mut bytes, FlushDecompress::Finish).ok()?;
    let left = rest.len().saturating_sub(usize::try_from(data.total_in()).unwrap_or_default());
    (ended == Status::StreamEnd && left < CHECKSUM).then_some(bytes)
}

/// A buffer that refuses bytes beyond the cap, so a decompression bomb stays small.
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
        io::ErrorKind::FileTooLarge => too_large(),
        _ => Fault::new(
            Transport::Protocol,
            "a compressed body that does not decode",
            "a body that matches its content-encoding",
        ),
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};

    use super::*;

    fn gzip(builder: flate2::GzBuilder) -> Vec<u8> {
        let mut encoder: GzEncoder<Vec<u8>> = builder.write(Vec::new(), Compression::default());
        encoder.write_all(b"it is ok").expect("room");
        encoder.finish().expect("an archive")
    }

    fn decoded(coding: &str, body: &[u8]) -> Option<String> {
        let fields = vec![("content-encoding".to_owned(), coding.into())];
        let head = Head { status: 200, fields, ..Head::default() };
        decode(&head, body.to_vec(), 100).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    // Trap 29
    #[test]
    fn a_compressed_body_is_read_as_curl_and_browsers_read_it() {
        let plain = gzip(flate2::GzBuilder::new());
        let named = gzip(flate2::GzBuilder::new().filename("x").comment("y").extra("abc"));
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(b"it is ok").expect("room");
        let zlib = zlib.finish().expect("an archive");
        let cut = |archive: &[u8], by: usize| archive[..archive.len() - by].to_vec();
        let ok = Some("it is ok");
        for (name, coding, body, text) in [
            ("whole", "gzip", plain.clone(), ok),
            ("with a name", "gzip", named.clone(), ok),
            ("without its checksum", "gzip", cut(&plain, 8), ok),
            ("without half of it", "gzip", cut(&plain, 3), ok),
            ("with a name and without its checksum", "gzip", cut(&named, 8), ok),
            ("cut in its data", "gzip", cut(&plain, 10), None),
            ("its head alone", "gzip", plain[..10].to_vec(), None),
            ("with a wrong checksum", "gzip", [cut(&plain, 8), vec![0; 8]].concat(), None),
            ("zlib by the name of gzip", "gzip", zlib.clone(), ok),
            ("zlib", "deflate", zlib, ok),
            ("plain text by the name of gzip", "gzip", b"it is ok".to_vec(), ok),
            ("one letter", "gzip", b"i".to_vec(), Some("i")),
            ("too much", "gzip", b"i".repeat(101), Some(&"i".repeat(101))),
        ] {
            assert_eq!(decoded(coding, &body).as_deref(), text, "{name}");
        }
    }

    #[test]
    fn an_archive_without_a_checksum_goes_off_in_a_small_room() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all("0".repeat(100_000).as_bytes()).expect("room");
        let bomb = encoder.finish().expect("an archive");
        assert_eq!(decoded("gzip", &bomb[..bomb.len() - 8]), None);
    }
}
