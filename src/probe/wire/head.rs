//! The head of an answer, whichever version of HTTP brought it. Pure.

use http::response::Parts;

use crate::kinds::HttpVersion;

/// Status and header lines, as they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    pub version: HttpVersion,
    /// From 100 to 999.
    pub status: u16,
    /// Lower-case names in the order received; values are bytes, because HTTP does not promise UTF-8.
    pub fields: Vec<(String, Vec<u8>)>,
}

impl Head {
    /// The values of all lines called `name`, which is in lower case.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.fields.iter().filter(move |(other, _)| other == name).map(|(_, value)| value.as_slice())
    }

    /// The members of the comma-separated list that all lines called `name` are together, in lower case.
    pub fn members(&self, name: &str) -> Vec<String> {
        let members = self.values(name).flat_map(|value| value.split(|byte| *byte == b','));
        let words = members.map(|member| String::from_utf8_lossy(member).trim().to_ascii_lowercase());
        words.filter(|word| !word.is_empty()).collect()
    }
}

/// Of an answer in HTTP/2.
impl From<Parts> for Head {
    fn from(parts: Parts) -> Self {
        let fields = parts.headers.iter();
        let fields = fields.map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
        Self { version: HttpVersion::V2, status: parts.status.as_u16(), fields: fields.collect() }
    }
}
