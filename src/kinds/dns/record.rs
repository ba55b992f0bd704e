//! The types of records that can be asked for, and the one text that each record has.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A type of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    A,
    Aaaa,
    Caa,
    Cname,
    Ds,
    Mx,
    Ns,
    Ptr,
    Soa,
    Srv,
    Sshfp,
    Tlsa,
    Txt,
}

/// A part of a record, as it is written.
#[derive(Clone, Copy)]
enum RecordPart {
    Number,
    Domain,
    /// The rest, without blanks.
    Hex,
    /// The rest, without the quotes around it.
    Text,
}

impl RecordKind {
    pub const ALL: [Self; 13] = [
        Self::A,
        Self::Aaaa,
        Self::Caa,
        Self::Cname,
        Self::Ds,
        Self::Mx,
        Self::Ns,
        Self::Ptr,
        Self::Soa,
        Self::Srv,
        Self::Sshfp,
        Self::Tlsa,
        Self::Txt,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Caa => "CAA",
            Self::Cname => "CNAME",
            Self::Ds => "DS",
            Self::Mx => "MX",
            Self::Ns => "NS",
            Self::Ptr => "PTR",
            Self::Soa => "SOA",
            Self::Srv => "SRV",
            Self::Sshfp => "SSHFP",
            Self::Tlsa => "TLSA",
            Self::Txt => "TXT",
        }
    }

    /// The number that stands for it in messages (IANA).
    pub fn number(self) -> u16 {
        match self {
            Self::A => 1,
            Self::Ns => 2,
            Self::Cname => 5,
            Self::Soa => 6,
            Self::Ptr => 12,
            Self::Mx => 15,
            Self::Txt => 16,
            Self::Aaaa => 28,
            Self::Srv => 33,
            Self::Ds => 43,
            Self::Sshfp => 44,
            Self::Tlsa => 52,
            Self::Caa => 257,
        }
    }

    /// The type of this name, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(text))
    }

    /// The text that equal records share; `None` for a text that is no record of this type.
    pub fn canonical(self, text: &str) -> Option<String> {
        use RecordPart::{Domain, Hex, Number, Text};
        let text = text.trim();
        match self {
            Self::A => text.parse::<Ipv4Addr>().ok().map(|address| address.to_string()),
            Self::Aaaa => text.parse::<Ipv6Addr>().ok().map(|address| address.to_string()),
            Self::Cname | Self::Ns | Self::Ptr => parts(text, &[Domain]),
            Self::Mx => parts(text, &[Number, Domain]),
            Self::Srv => parts(text, &[Number, Number, Number, Domain]),
            Self::Soa => parts(text, &[Domain, Domain, Number, Number, Number, Number, Number]),
            Self::Caa => parts(text, &[Number, Domain, Text]),
            Self::Ds | Self::Tlsa => parts(text, &[Number, Number, Number, Hex]),
            Self::Sshfp => parts(text, &[Number, Number, Hex]),
            Self::Txt => Some(unquoted(text)),
        }
    }

    /// A record as an example of its text.
    pub fn example(self) -> &'static str {
        match self {
            Self::A => "192.0.2.1",
            Self::Aaaa => "2001:db8::1",
            Self::Caa => "0 issue letsencrypt.org",
            Self::Cname | Self::Ptr => "www.example.com",
            Self::Ds => "60485 8 2 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a",
            Self::Mx => "10 mail.example.com",
            Self::Ns => "ns1.example.com",
            Self::Soa => "ns1.example.com hostmaster.example.com 1 7200 3600 1209600 3600",
            Self::Srv => "10 60 5060 sip.example.com",
            Self::Sshfp => "4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789",
            Self::Tlsa => "3 1 1 0d6fce13243aa7cbf8d9f6f3d0d6b9c2f1e4a5b6c7d8e9fa0b1c2d3e4f506172",
            Self::Txt => "v=spf1 -all",
        }
    }
}

/// A domain in the spelling that equal ones share: lower case, without the dot at its end. The root is `.`.
pub fn domain(text: &str) -> String {
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    if name.is_empty() { ".".to_owned() } else { name }
}

fn parts(text: &str, form: &[RecordPart]) -> Option<String> {
    let mut rest = text;
    let mut written = Vec::new();
    for (index, part) in form.iter().enumerate() {
        let is_last = index + 1 == form.len();
        let (word, after) = match rest.split_once(char::is_whitespace) {
            Some((word, after)) if !is_last => (word, after.trim_start()),
            Some(_) | None => (rest, ""),
        };
        if word.is_empty() {
            return None;
        }
        rest = after;
        written.push(match part {
            RecordPart::Number => word.parse::<u32>().ok()?.to_string(),
            RecordPart::Domain if word.contains(char::is_whitespace) => return None,
            RecordPart::Domain => domain(word),
            RecordPart::Hex => {
                let digits: String = word.split_whitespace().collect();
                let is_hex = digits.len().is_multiple_of(2) && digits.bytes().all(|b| b.is_ascii_hexdigit());
                is_hex.then(|| digits.to_ascii_lowercase())?
            }
            RecordPart::Text => unquoted(word),
        });
    }
    Some(written.join(" "))
}

/// A text as dig writes it, in one piece: `"v=spf1 " "-all"` is `v=spf1 -all`. Any other stays as it is.
fn unquoted(text: &str) -> String {
    let pieces = || {
        let mut rest = text.strip_prefix('"')?;
        let mut whole = String::new();
        loop {
            let mut escaped = false;
            let end = rest.find(|c| {
                let is_end = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                is_end
            })?;
            let mut chars = rest.get(..end)?.chars();
            while let Some(c) = chars.next() {
                whole.push(if c == '\\' { chars.next()? } else { c });
            }
            rest = rest.get(end + 1..)?.trim_start();
            if rest.is_empty() {
                return Some(whole);
            }
            rest = rest.strip_prefix('"')?;
        }
    };
    pieces().unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_records_have_one_text_however_they_are_written() {
        use RecordKind::{A, Aaaa, Caa, Cname, Ds, Mx, Ns, Soa, Srv, Sshfp, Tlsa, Txt};
        for (kind, written, text) in [
            (A, "192.0.2.1", Some("192.0.2.1")),
            (A, "192.0.2.256", None),
            (A, "www.example.com", None),
            (Aaaa, "2001:DB8:0:0::1", Some("2001:db8::1")),
            (Aaaa, "192.0.2.1", None),
            (Cname, "WWW.Example.com.", Some("www.example.com")),
            (Cname, "a b", None),
            (Ns, ".", Some(".")),
            (Mx, "10  Mail.Example.com.", Some("10 mail.example.com")),
            (Mx, "0 .", Some("0 .")),
            (Mx, "mail.example.com", None),
            (Mx, "10", None),
            (Srv, "010 60 5060 Sip.example.com.", Some("10 60 5060 sip.example.com")),
            (Srv, "10 60 sip.example.com", None),
            (Caa, "0 issue \"letsencrypt.org; x=Y\"", Some("0 issue letsencrypt.org; x=Y")),
            (Caa, "0 issue \";\"", Some("0 issue ;")),
            (Ds, "1 8 2 D4B7 D520", Some("1 8 2 d4b7d520")),
            (Tlsa, "3 1 1 0D6", None),
            (Sshfp, "4 2 12AB", Some("4 2 12ab")),
            (Txt, "v=spf1 -all", Some("v=spf1 -all")),
            (Txt, r#""v=spf1 " "in\"clude\\" "#, Some(r#"v=spf1 in"clude\"#)),
            (Txt, r#""open"#, Some(r#""open"#)),
            (
                Soa,
                "NS1.example.com. Host.example.com. 1 2 3 4 5",
                Some("ns1.example.com host.example.com 1 2 3 4 5"),
            ),
        ] {
            assert_eq!(kind.canonical(written).as_deref(), text, "{} {written}", kind.as_str());
        }
        for kind in RecordKind::ALL {
            assert_eq!(kind.canonical(kind.example()).as_deref(), Some(kind.example()));
            assert_eq!(RecordKind::parse(&kind.as_str().to_lowercase()), Some(kind));
        }
    }
}
