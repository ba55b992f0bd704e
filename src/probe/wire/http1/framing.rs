//! Where the body of an HTTP/1 answer ends. Pure.

use http::Method;

use crate::probe::wire::head::Head;

/// How the end of a body is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// There is none.
    None,
    /// After so many bytes.
    Length(u64),
    Chunked,
    /// Where the server closes the connection.
    Close,
}

/// A `content-length` that does not begin with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an invalid content-length")]
pub struct BadLength;

impl Framing {
    /// The framing of the answer `head` to a request with `method`.
    ///
    /// Chunks go before a length, whatever the version. Of several lengths the last one counts, and of one with
    /// more behind it the number at its start, as with curl. A number too large to be one says nothing.
    pub fn of(method: &Method, head: &Head) -> Result<Self, BadLength> {
        if method == Method::HEAD || matches!(head.status, 100..=199 | 204 | 304) {
            return Ok(Self::None);
        }
        if head.members("transfer-encoding").iter().any(|coding| coding == "chunked") {
            return Ok(Self::Chunked);
        }
        let Some(length) = head.values("content-length").last() else { return Ok(Self::Close) };
        let digits = length.strip_prefix(b"+").unwrap_or(length);
        let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
        let digits =
            str::from_utf8(&digits[..end]).ok().filter(|digits| !digits.is_empty()).ok_or(BadLength)?;
        // Servers send an absurd number where they do not know the length.
        let length = digits.parse().ok().filter(|length| i64::try_from(*length).is_ok());
        Ok(length.map_or(Self::Close, Self::Length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Trap 29
    #[test]
    fn the_end_of_a_body_is_known_as_curl_knows_it() {
        use Framing::{Chunked, Close, Length, None};
        for (method, status, lines, framing) in [
            ("GET", 200, vec![], Ok(Close)),
            ("GET", 200, vec![("content-length", "2")], Ok(Length(2))),
            ("GET", 200, vec![("content-length", "2"), ("content-length", "2")], Ok(Length(2))),
            ("GET", 200, vec![("content-length", "1"), ("content-length", "2")], Ok(Length(2))),
            ("GET", 200, vec![("content-length", "2, 2")], Ok(Length(2))),
            ("GET", 200, vec![("content-length", "+2")], Ok(Length(2))),
            ("GET", 200, vec![("content-length", "99999999999999999999")], Ok(Close)),
            ("GET", 200, vec![("content-length", "18446744073709551615")], Ok(Close)),
            ("GET", 200, vec![("content-length", "9223372036854775808")], Ok(Close)),
            (
                "GET",
                200,
                vec![("content-length", "9223372036854775807")],
                Ok(Length(9_223_372_036_854_775_807)),
            ),
            ("GET", 200, vec![("content-length", "x")], Err(BadLength)),
            ("GET", 200, vec![("content-length", "-1")], Err(BadLength)),
            ("GET", 200, vec![("content-length", "")], Err(BadLength)),
            ("GET", 200, vec![("transfer-encoding", "Chunked")], Ok(Chunked)),
            ("GET", 200, vec![("content-length", "2"), ("transfer-encoding", "chunked")], Ok(Chunked)),
            ("GET", 200, vec![("transfer-encoding", "identity, chunked")], Ok(Chunked)),
            ("GET", 200, vec![("transfer-encoding", "identity"), ("content-length", "2")], Ok(Length(2))),
            ("HEAD", 200, vec![("content-length", "2")], Ok(None)),
            ("HEAD", 200, vec![("content-length", "x")], Ok(None)),
            ("GET", 101, vec![], Ok(None)),
            ("GET", 204, vec![("content-length", "2")], Ok(None)),
            ("GET", 304, vec![("transfer-encoding", "chunked")], Ok(None)),
        ] {
            let fields = lines.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
            let head = Head { status, fields: fields.collect(), ..Head::default() };
            let method = Method::from_bytes(method.as_bytes()).expect(method);
            assert_eq!(Framing::of(&method, &head), framing, "{method} {head:?}");
        }
    }
}
