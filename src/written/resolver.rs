//! The name server that a monitor asks for its names.

use std::net::{IpAddr, SocketAddr};

use serde_json::Value;

use super::{Code, Violation};

/// Where name servers listen.
const PORT: u16 = 53;

/// Its address; `None` where none is written, or with a violation where none can be read.
pub fn read_resolver(written: Option<&String>, violations: &mut Vec<Violation>) -> Option<SocketAddr> {
    let text = written?;
    let address = parse(text);
    if address.is_none() {
        let message = format!("`resolver` is the address of a name server, found `{text}`");
        let help = "write it like 10.0.0.2, 10.0.0.2:5353 or [2001:db8::53]:53";
        violations.push(Violation::new(Code::BadFormat, "resolver", message).label("no address").help(help));
    }
    address
}

/// The spelling that equal ones share; one that is none stays as it is.
pub fn canonical_resolver(value: Value) -> Value {
    match value.as_str().and_then(parse) {
        Some(address) if address.port() == PORT => address.ip().to_string().into(),
        Some(address) => address.to_string().into(),
        None => value,
    }
}

fn parse(text: &str) -> Option<SocketAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().ok().filter(|address| address.port() > 0);
    bare.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, PORT)).or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolver_is_an_address_with_a_port_in_one_spelling() {
        for (text, spelled) in [
            ("10.0.0.2", Some("10.0.0.2")),
            ("10.0.0.2:53", Some("10.0.0.2")),
            ("10.0.0.2:5353", Some("10.0.0.2:5353")),
            ("2001:DB8::53", Some("2001:db8::53")),
            ("[2001:db8::53]", Some("2001:db8::53")),
            ("[2001:db8::53]:5353", Some("[2001:db8::53]:5353")),
            ("10.0.0.2:0", None),
            ("10.0.0.2:99999", None),
            ("ns.example.com", None),
            ("", None),
        ] {
            let text = text.to_owned();
            let mut violations = Vec::new();
            assert_eq!(read_resolver(Some(&text), &mut violations).is_some(), spelled.is_some(), "{text}");
            assert_eq!(violations.is_empty(), spelled.is_some(), "{text}");
            assert_eq!(canonical_resolver(text.clone().into()), spelled.unwrap_or(&text));
        }
    }
}
