//! Takes a chunked body out of its chunks, as leniently as curl does. Pure.

use bytes::{Buf, Bytes, BytesMut};

/// Room for the line with the size of a chunk and its extensions.
const LINE: usize = 16 << 10;

/// How far a body is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Chunked {
    /// Before the line with the size of the next chunk.
    #[default]
    Size,
    /// So many bytes before the end of a chunk.
    Data(u64),
    /// Before the line end that follows the data of a chunk.
    DataEnd,
    /// Behind the chunk of size 0. What may follow are trailers, which nothing asks for.
    End,
}

/// What came of the bytes at hand.
#[derive(Debug, PartialEq, Eq)]
pub enum ChunkStep {
    Data(Bytes),
    End,
    /// More bytes are needed.
    More,
}

/// Bytes that are no chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadChunk {
    #[error("a chunk without a size")]
    NoSize,
    #[error("a chunk that does not end where its size says")]
    WrongSize,
}

impl Chunked {
    /// Takes from the start of `buffer` what belongs to the body next.
    pub fn step(&mut self, buffer: &mut BytesMut) -> Result<ChunkStep, BadChunk> {
        loop {
            match self {
                Self::Size => {
                    let Some(end) = buffer.iter().position(|byte| *byte == b'\n') else {
                        return if buffer.len() > LINE { Err(BadChunk::NoSize) } else { Ok(ChunkStep::More) };
                    };
                    *self = match size(&buffer[..end])? {
                        0 => Self::End,
                        size => Self::Data(size),
                    };
                    buffer.advance(end + 1);
                }
                Self::Data(left) => {
                    let here = usize::try_from(*left).unwrap_or(usize::MAX).min(buffer.len());
                    if here == 0 {
                        return Ok(ChunkStep::More);
                    }
                    *left -= here as u64;
                    if *left == 0 {
                        *self = Self::DataEnd;
                    }
                    return Ok(ChunkStep::Data(buffer.split_to(here).freeze()));
                }
                Self::DataEnd => match &buffer[..] {
                    [] | [b'\r'] => return Ok(ChunkStep::More),
                    [b'\n', ..] => {
                        buffer.advance(1);
                        *self = Self::Size;
                    }
                    [b'\r', b'\n', ..] => {
                        buffer.advance(2);
                        *self = Self::Size;
                    }
                    [..] => return Err(BadChunk::WrongSize),
                },
                Self::End => return Ok(ChunkStep::End),
            }
        }
    }
}

/// The hexadecimal number that a line begins with; extensions and spaces behind it mean nothing to a probe.
fn size(line: &[u8]) -> Result<u64, BadChunk> {
    let end = line.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(line.len());
    let digits = str::from_utf8(&line[..end]).map_err(|_| BadChunk::NoSize)?;
    u64::from_str_radix(digits, 16).map_err(|_| BadChunk::NoSize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The body in `sent`, which comes in pieces of `size` bytes; `None` if it has no end.
    fn read(sent: &[u8], size: usize) -> Result<Option<Vec<u8>>, BadChunk> {
        let (mut chunked, mut buffer, mut body) = (Chunked::default(), BytesMut::new(), Vec::new());
        for piece in sent.chunks(size) {
            buffer.extend_from_slice(piece);
            loop {
                match chunked.step(&mut buffer)? {
                    ChunkStep::Data(data) => body.extend_from_slice(&data),
                    ChunkStep::End => return Ok(Some(body)),
                    ChunkStep::More => break,
                }
            }
        }
        Ok(None)
    }

    // Trap 29
    #[test]
    fn chunks_are_read_as_curl_reads_them_in_pieces_of_any_size() {
        let ok = Ok(Some(b"it is ok".to_vec()));
        for (sent, body) in [
            ("8\r\nit is ok\r\n0\r\n\r\n", ok.clone()),
            ("5\r\nit is\r\n3\r\n ok\r\n0\r\n\r\n", ok.clone()),
            ("8\nit is ok\n0\n\n", ok.clone()),
            ("8;a=b;c=\"d\"\r\nit is ok\r\n0;e\r\n\r\n", ok.clone()),
            ("8  \r\nit is ok\r\n0  \r\n\r\n", ok.clone()),
            ("00000000000000000008\r\nit is ok\r\n000\r\n\r\n", ok.clone()),
            ("8\r\nit is ok\r\n0\r\nx: y\r\nz : a\r\n\r\n", ok.clone()),
            // All that is part of the body has come.
            ("8\r\nit is ok\r\n0\r\n", ok.clone()),
            ("A\r\nit is ok\r\n\r\n0\r\n\r\n", Ok(Some(b"it is ok\r\n".to_vec()))),
            ("0\r\n\r\n", Ok(Some(Vec::new()))),
            ("8\r\nit is ok\r\n", Ok(None)),
            ("8\r\nit is", Ok(None)),
            ("x\r\nit is ok\r\n", Err(BadChunk::NoSize)),
            ("\r\nit is ok\r\n", Err(BadChunk::NoSize)),
            ("fffffffffffffffff\r\n", Err(BadChunk::NoSize)),
            ("5\r\nit is ok\r\n0\r\n\r\n", Err(BadChunk::WrongSize)),
            ("8\r\nit is ok\rx0\r\n\r\n", Err(BadChunk::WrongSize)),
        ] {
            for size in [1, 2, 3, 7, 1000] {
                assert_eq!(read(sent.as_bytes(), size), body, "{sent:?} by {size}");
            }
        }
    }

    #[test]
    fn a_size_line_without_an_end_is_refused() {
        assert_eq!(read("8;".repeat(LINE).as_bytes(), 999), Err(BadChunk::NoSize));
    }
}
