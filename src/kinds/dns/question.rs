//! Where a lookup goes and what it asks for, as a URL says it: `dns://192.0.2.53/example.com?type=MX`.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use super::record::{RecordKind, domain};
use crate::kinds::UrlForm;
use crate::written::{Code, Violation};

/// Where name servers listen.
const PORT: u16 = 53;

/// `dns://server/name?type=MX`.
pub const LOOKUP: UrlForm = UrlForm {
    example: "server/name?type=MX",
    pattern: r"[^\s/?#@]*/[^\s/?#]+(\?type=[A-Za-z]+)?",
    check: |path, text| {
        let WrongDnsQuestion { message, help } = DnsQuestion::parse(text).err()?;
        let message = format!("`{path}`: {message}");
        Some(Violation::new(Code::InvalidUrl, path.clone(), message).label("in this URL").help(help))
    },
    canonical: |text| DnsQuestion::parse(text).ok().map(|question| question.to_string()),
};

/// A question, and the server that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsQuestion {
    /// `None` stands for the name servers of the machine.
    pub server: Option<ServerName>,
    /// As it is written: in lower case, an address of a PTR as an address.
    written: String,
    pub kind: RecordKind,
}

/// A name server by its host and its port, in the spelling that equal ones share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerName {
    /// As in a URL, an IPv6 address in brackets.
    host: String,
    port: u16,
}

/// What is wrong with a URL, and what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongDnsQuestion {
    message: String,
    help: String,
}

impl DnsQuestion {
    pub fn parse(url: &str) -> Result<Self, WrongDnsQuestion> {
        let form =
            "write dns://server/name?type=MX, or dns:///name?type=MX to ask the name servers of the machine";
        let wrong = |message: &str, help: &str| {
            Err(WrongDnsQuestion { message: message.to_owned(), help: help.to_owned() })
        };
        let Some((server, question)) = url.split_once("://").and_then(|(_, rest)| rest.split_once('/'))
        else {
            return wrong("a dns URL names what is looked up", form);
        };
        let (name, query) = question.split_once('?').unwrap_or((question, "type=A"));
        let Some(kind) = query.strip_prefix("type=") else {
            return wrong("a dns URL has no other parameter than `type`", form);
        };
        let Some(kind) = RecordKind::parse(kind) else {
            let known: Vec<_> = RecordKind::ALL.map(RecordKind::as_str).to_vec();
            let message = format!("records of the type `{kind}` cannot be asked for");
            return wrong(&message, &format!("known types are {}", known.join(", ")));
        };
        let server = match server {
            "" => None,
            server => match ServerName::parse(server) {
                Some(server) => Some(server),
                None => {
                    return wrong("the name server is no host with an optional port", form);
                }
            },
        };
        let written = match (name.parse::<IpAddr>(), kind) {
            (Ok(address), RecordKind::Ptr) => address.to_string(),
            (Ok(_), _) => {
                return wrong("an address has no such record", "write type=PTR, or a name instead");
            }
            (Err(_), _) => {
                let Some(name) = looked_up(name) else {
                    let help = "a name has labels of at most 63 letters, digits, `-`, `_` or `*`, and dots";
                    return wrong("this is no name that DNS can look up", help);
                };
                name
            }
        };
        Ok(Self { server, written, kind })
    }

    /// The name as a message has it: without the dot at its end, and `.` for the root.
    pub fn name(&self) -> String {
        match self.written.parse() {
            Ok(IpAddr::V4(address)) => {
                let [a, b, c, d] = address.octets();
                format!("{d}.{c}.{b}.{a}.in-addr.arpa")
            }
            Ok(IpAddr::V6(address)) => {
                let digits = address.octets().into_iter().rev().flat_map(|byte| [byte & 15, byte >> 4]);
                let digits: Vec<_> = digits.map(|digit| format!("{digit:x}")).collect();
                format!("{}.ip6.arpa", digits.join("."))
            }
            Err(_) => self.written.clone(),
        }
    }

    /// In a line: `MX example.com`.
    pub fn asked(&self) -> String {
        format!("{} {}", self.kind.as_str(), self.written)
    }
}

impl fmt::Display for DnsQuestion {
    /// The URL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = self.server.as_ref().map(ServerName::to_string).unwrap_or_default();
        write!(f, "dns://{server}/{}?type={}", self.written, self.kind.as_str())
    }
}

impl ServerName {
    /// Takes `host` or `host:port`. A host is understood as in `http://`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.contains(['/', '?', '#', '@']) {
            return None;
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
                (host, port.parse().ok().filter(|port| *port > 0 && is_number)?)
            }
            Some(_) | None => (text, PORT),
        };
        let url = Url::parse(&format!("http://{host}/")).ok()?;
        let host = url.host_str().filter(|host| !host.is_empty() && url.port().is_none())?;
        Some(Self { host: host.to_owned(), port })
    }

    /// With its port, as in a URL of a connection.
    pub fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            PORT => f.write_str(&self.host),
            port => write!(f, "{}:{port}", self.host),
        }
    }
}

/// The spelling of a name; `None` for one that no message can carry.
fn looked_up(name: &str) -> Option<String> {
    if name.is_empty() {
        return None;
    }
    let name = if name.is_ascii() {
        domain(name)
    } else {
        match Host::parse(name).ok()? {
            Host::Domain(name) => domain(&name),
            Host::Ipv4(_) | Host::Ipv6(_) => return None,
        }
    };
    let is_label = |label: &str| {
        let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'*');
        (1..=63).contains(&label.len()) && label.bytes().all(is_taken)
    };
    (name == "." || (name.len() <= 253 && name.split('.').all(is_label))).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_written_in_one_spelling() {
        for (text, canonical, name) in [
            ("dns:///Example.com.?type=mx", "dns:///example.com?type=MX", "example.com"),
            ("DNS://NS1.example.com/a.example", "dns://ns1.example.com/a.example?type=A", "a.example"),
            ("dns://192.0.2.53:53/a.example?type=A", "dns://192.0.2.53/a.example?type=A", "a.example"),
            (
                "dns://[2001:DB8::1]:5353/_dmarc.a.example?type=TXT",
                "dns://[2001:db8::1]:5353/_dmarc.a.example?type=TXT",
                "_dmarc.a.example",
            ),
            (
                "dns:///b\u{fc}cher.example?type=NS",
                "dns:///xn--bcher-kva.example?type=NS",
                "xn--bcher-kva.example",
            ),
            ("dns:///.?type=NS", "dns:///.?type=NS", "."),
            ("dns:///*.a.example", "dns:///*.a.example?type=A", "*.a.example"),
            ("dns:///192.0.2.7?type=PTR", "dns:///192.0.2.7?type=PTR", "7.2.0.192.in-addr.arpa"),
            (
                "dns:///2001:db8::7?type=PTR",
                "dns:///2001:db8::7?type=PTR",
                "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
            ),
        ] {
            let question = DnsQuestion::parse(text).expect(text);
            assert_eq!((question.to_string().as_str(), question.name().as_str()), (canonical, name));
            assert_eq!(DnsQuestion::parse(canonical), Ok(question), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_asked_is_refused_with_what_helps() {
        for (text, part) in [
            ("dns://192.0.2.53", "names what is looked up"),
            ("dns:///a.example?type=ANY", "`ANY` cannot be asked for"),
            ("dns:///a.example?type=", "`` cannot be asked for"),
            ("dns:///a.example?class=CH", "no other parameter"),
            ("dns://me@a/b.example", "no host with an optional port"),
            ("dns://2001:db8::1/b.example", "no host with an optional port"),
            ("dns://a:0/b.example", "no host with an optional port"),
            ("dns://a:99999/b.example", "no host with an optional port"),
            ("dns:///192.0.2.1?type=A", "an address has no such record"),
            ("dns:///", "no name that DNS can look up"),
            ("dns:///a..example", "no name that DNS can look up"),
            ("dns:///a%20b.example", "no name that DNS can look up"),
            ("dns:///a.example/b", "no name that DNS can look up"),
        ] {
            let wrong = DnsQuestion::parse(text).expect_err(text);
            assert!(wrong.message.contains(part), "{text}: {}", wrong.message);
        }
        let long = format!("dns:///{}.example", "l".repeat(64));
        assert!(DnsQuestion::parse(&long).is_err());
    }
}
