//! What name servers say about a question as a whole.

use std::fmt;

/// The code of an answer (IANA, DNS RCODEs).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rcode(pub u16);

/// Codes by their names, with what they mean.
const NAMES: [(u16, &str, &str); 11] = [
    (0, "NOERROR", "no error"),
    (1, "FORMERR", "the server could not read the question"),
    (2, "SERVFAIL", "the server could not find out"),
    (3, "NXDOMAIN", "no such name"),
    (4, "NOTIMP", "the server does not answer such questions"),
    (5, "REFUSED", "the server refuses to answer"),
    (6, "YXDOMAIN", "a name exists that should not"),
    (7, "YXRRSET", "records exist that should not"),
    (8, "NXRRSET", "records that should exist do not"),
    (9, "NOTAUTH", "the server is not responsible for the zone"),
    (10, "NOTZONE", "the name is not in the zone"),
];

impl Rcode {
    pub const NOERROR: Self = Self(0);

    /// The code of this name, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        let known = NAMES.iter().find(|(_, name, _)| name.eq_ignore_ascii_case(text));
        known.map(|(code, _, _)| Self(*code))
    }

    /// The names, as a regular expression for editors.
    pub fn pattern() -> String {
        let names: Vec<_> =
            NAMES.iter().flat_map(|(_, name, _)| [(*name).to_owned(), name.to_lowercase()]).collect();
        format!("^({})$", names.join("|"))
    }

    /// `NXDOMAIN (no such name)`
    pub fn words(self) -> String {
        let known = NAMES.iter().find(|(code, _, _)| *code == self.0);
        known.map_or_else(|| self.to_string(), |(_, name, meaning)| format!("{name} ({meaning})"))
    }
}

impl fmt::Display for Rcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(code, _, _)| *code == self.0) {
            Some((_, name, _)) => f.write_str(name),
            None => write!(f, "rcode {}", self.0),
        }
    }
}
