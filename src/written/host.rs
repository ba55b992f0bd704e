//! Names of hosts in a spelling that equal ones share.

use std::net::IpAddr;

use serde_json::Value;

/// A name or an address without a port, in lower case; `None` for what is neither.
pub fn host_name(text: &str) -> Option<String> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Some(address.to_string());
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let is_name = text.len() <= 253 && text.strip_suffix('.').unwrap_or(text).split('.').all(is_label);
    is_name.then(|| text.to_ascii_lowercase())
}

/// The same of what a header `host` holds: an address of IPv6 is in brackets, and a port may follow.
pub fn host_header(text: &str) -> Option<String> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        Some(_) | None => (text, None),
    };
    // Colons of an address would read as a port.
    if host.contains(':') && !(host.starts_with('[') && host.ends_with(']')) {
        return None;
    }
    let name = host_name(host)?;
    let name = if name.contains(':') { format!("[{name}]") } else { name };
    match port {
        None => Some(name),
        Some(port) if !port.starts_with('+') => {
            let port = port.parse::<u16>().ok().filter(|port| *port > 0)?;
            Some(format!("{name}:{port}"))
        }
        Some(_) => None,
    }
}

pub fn canonical_host_header(value: Value) -> Value {
    value.as_str().and_then(host_header).map_or(value, Value::String)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_and_only_a_header_has_a_port() {
        for (text, name, header) in [
            ("Shop.example", Some("shop.example"), Some("shop.example")),
            ("shop_1.internal.", Some("shop_1.internal."), Some("shop_1.internal.")),
            ("shop.example:8080", None, Some("shop.example:8080")),
            ("192.0.2.7", Some("192.0.2.7"), Some("192.0.2.7")),
            ("[2001:DB8::1]", Some("2001:db8::1"), Some("[2001:db8::1]")),
            ("[::1]:80", None, Some("[::1]:80")),
            ("2001:db8::1", Some("2001:db8::1"), None),
            ("shop.example:0", None, None),
            ("shop.example:+1", None, None),
            ("shop..example", None, None),
            ("me@shop.example", None, None),
            ("a b", None, None),
            ("a\r\nx: y", None, None),
            ("", None, None),
        ] {
            assert_eq!(host_name(text).as_deref(), name, "{text}");
            assert_eq!(host_header(text).as_deref(), header, "{text}");
        }
    }
}
