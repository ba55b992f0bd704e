//! The kinds of checks, a file each: how it is written, what is asked, what came back, and what can be asserted of that.
//! Pure.
//!
//! The lists here are closed, and the only place that knows all kinds. Everything outside speaks of [`Ask`] and
//! [`Evidence`], and never of what one kind brings.

pub mod http;
pub mod tcp;
pub mod tls;

use crate::assert::{Assertion, Measured, Redact, Subject, Unmet};
use crate::value::Template;

/// Which kind of check a monitor is, by the scheme of its URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindName {
    Http,
    Tcp,
    Tls,
}

/// What is asked of an endpoint, beyond being reached.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    Http(http::Request),
    Tcp(tcp::Dialog),
    Tls(tls::SessionRule),
}

/// A text that is sent and may refer to secrets, with its place in a file.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    pub field: &'static str,
    /// The key of an entry of the field; empty where the place is the field.
    pub key: &'a str,
    pub text: &'a Template,
}

/// What came back: a complete answer of the endpoint, good or bad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    Http(http::Answer),
    Tcp(tcp::Talk),
    Tls(tls::SessionFacts),
}

/// Evidence as assertions look at it: what takes time to read is read once.
pub enum Reader<'a> {
    Http(http::AnswerReader<'a>),
    /// Nothing of it can be asserted with comparisons.
    Plain,
}

/// What is wrong with what is written, below the field of the kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Keys, and numbers of elements.
    pub at: Vec<String>,
    pub message: String,
    pub help: String,
}

/// Every field that some kinds have and others have not, with the kinds that have it. A field within `expect` has a dot.
const OWN_FIELDS: [(&str, &[KindName]); 12] = [
    ("method", &[KindName::Http]),
    ("headers", &[KindName::Http]),
    ("body", &[KindName::Http]),
    ("json", &[KindName::Http]),
    ("redirects", &[KindName::Http]),
    ("warn", &[KindName::Http]),
    ("expect.status", &[KindName::Http]),
    ("expect.headers", &[KindName::Http]),
    ("expect.body", &[KindName::Http]),
    ("expect.json", &[KindName::Http]),
    ("dialog", &[KindName::Tcp]),
    ("expect.tls", &[KindName::Tls]),
];

impl KindName {
    pub const ALL: [Self; 3] = [Self::Http, Self::Tcp, Self::Tls];

    /// The word for it in messages, which is the scheme without the s of https.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
        }
    }

    /// The kind of a URL. One that a reference hides is of HTTP.
    pub fn of_url(url: &str) -> Self {
        let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
        match scheme.to_ascii_lowercase().as_str() {
            "tcp" => Self::Tcp,
            "tls" => Self::Tls,
            _ => Self::Http,
        }
    }

    /// Fields of other kinds that mean nothing here.
    pub fn foreign_fields(self) -> impl Iterator<Item = &'static str> {
        let foreign = OWN_FIELDS.iter().filter(move |(_, kinds)| !kinds.contains(&self));
        foreign.map(|(field, _)| *field)
    }
}

impl Ask {
    /// Of an http or https URL, whatever it answers.
    pub fn any_answer() -> Self {
        Self::Http(http::Request { redirects: 0, ..http::Request::get() })
    }

    /// The texts that are sent beside the URL, in the order in which they are written.
    pub fn sent(&self) -> Vec<Sent<'_>> {
        match self {
            Self::Http(request) => request.sent().collect(),
            Self::Tcp(dialog) => dialog.sent().collect(),
            Self::Tls(_) => Vec::new(),
        }
    }

    /// What is asked, in a line: `GET https://a.example/health`, `TCP mail.example:25 smtp`.
    pub fn describe(&self, url: &str) -> String {
        let place = url.split_once("://").map_or(url, |(_, place)| place);
        match self {
            Self::Http(request) => format!("{} {url}", request.method),
            Self::Tcp(dialog) => match dialog.preset {
                Some(preset) => format!("TCP {place} {preset}"),
                None => format!("TCP {place}"),
            },
            Self::Tls(_) => format!("TLS {place}"),
        }
    }

    /// What the protocol does to the URL, such as POST; `None` where there is one thing to do.
    pub fn method(&self) -> Option<&str> {
        match self {
            Self::Http(request) => {
                Some(&request.method).map(String::as_str).filter(|method| !method.is_empty())
            }
            Self::Tcp(_) | Self::Tls(_) => None,
        }
    }

    /// The host that gets what is sent, where it is another one than the URL's.
    pub fn named_host(&self) -> Option<String> {
        match self {
            Self::Http(request) => request.named_host(),
            Self::Tcp(_) | Self::Tls(_) => None,
        }
    }

    /// What people call the code of an answer; `None` where the protocol has no codes.
    pub fn code_name(&self) -> Option<&'static str> {
        match self {
            Self::Http(_) => Some("HTTP"),
            Self::Tcp(_) | Self::Tls(_) => None,
        }
    }

    /// The fields of a file in which less is asked than `before`.
    pub fn weaker_than(&self, before: &Self) -> Option<&'static str> {
        match (before, self) {
            (Self::Http(before), Self::Http(after)) => after.weaker_than(before),
            (Self::Tcp(before), Self::Tcp(after)) => after.is_weaker_than(before).then_some("dialog"),
            (Self::Tls(before), Self::Tls(after)) => after.is_weaker_than(before).then_some("expect.tls.min"),
            // An answer says more than a session, and a session more than a connection.
            (Self::Http(_), Self::Tcp(_) | Self::Tls(_)) | (Self::Tls(_), Self::Tcp(_)) => Some("url"),
            (_, Self::Http(_)) | (Self::Tcp(_), Self::Tls(_)) => None,
        }
    }

    /// What the evidence is not, of what this asks for. What is written as assertions is judged apart.
    pub fn unmet(&self, evidence: &Evidence, redact: Redact<'_>) -> Option<(Subject, Unmet)> {
        match (self, evidence) {
            (_, Evidence::Tcp(talk)) => Some((tcp::DIALOG, talk.unmet(redact)?)),
            (Self::Tls(rule), Evidence::Tls(facts)) => Some((tls::TLS, rule.unmet(*facts)?)),
            (_, Evidence::Http(_) | Evidence::Tls(_)) => None,
        }
    }
}

impl Default for Ask {
    /// Nothing.
    fn default() -> Self {
        Self::Http(http::Request::default())
    }
}

impl Evidence {
    /// What the ledger keeps of it; 0 where the protocol has no codes.
    pub fn code(&self) -> u16 {
        match self {
            Self::Http(answer) => answer.status,
            Self::Tcp(_) | Self::Tls(_) => 0,
        }
    }

    pub fn reader(&self) -> Reader<'_> {
        match self {
            Self::Http(answer) => Reader::Http(http::AnswerReader::new(answer)),
            Self::Tcp(_) | Self::Tls(_) => Reader::Plain,
        }
    }
}

impl Reader<'_> {
    /// What there is where `assertion` looks.
    pub fn measure(&self, assertion: &Assertion, redact: Redact<'_>) -> Measured<'_> {
        match self {
            Self::Http(reader) => reader.measure(assertion, redact),
            Self::Plain => Measured::Missing,
        }
    }
}

impl Flaw {
    pub fn new(at: &[&str], message: impl Into<String>, help: impl Into<String>) -> Self {
        let at = at.iter().map(|key| (*key).to_owned()).collect();
        Self { at, message: message.into(), help: help.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_decides_the_kind() {
        for (url, kind) in [
            ("https://a.example", KindName::Http),
            ("TCP://mail.example:25", KindName::Tcp),
            ("tls://a.example:443", KindName::Tls),
            ("${env:URL}", KindName::Http),
        ] {
            assert_eq!(KindName::of_url(url), kind, "{url}");
        }
        assert!(KindName::Tcp.foreign_fields().any(|field| field == "expect.status"));
        assert!(KindName::Http.foreign_fields().eq(["dialog", "expect.tls"]));
    }
}
