//! A secret and the host that gets it. Pure.

use std::fmt;

use url::Url;

use crate::monitor::{Monitor, SecretRef, Template, Trust};

/// Characters of a host that are shown.
const SHOWN: usize = 120;

/// A secret that goes to a host that it did not go to before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretHost {
    pub secret: SecretRef,
    pub host: Host,
}

/// Who gets a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Host {
    name: String,
    /// Over http everybody on the way gets it as well.
    is_clear: bool,
}

impl Host {
    /// The host of its URL; where the request names another one, that one behind it. Without TLS a proxy reads all of it.
    pub fn of(monitor: &Monitor) -> Self {
        let mut host = authority(&monitor.url);
        if let Some(named) = monitor.ask.named_host().filter(|named| *named != host.name) {
            host.name = format!("{} as host {named}", host.name);
        }
        if let Some(name) =
            monitor.tls.server_name.as_ref().filter(|name| **name != host.name && !host.is_clear)
        {
            host.name = format!("{} certified as {name}", host.name);
        }
        let proxy = monitor.ask.sent().into_iter().find_map(|sent| sent.to.relay());
        if let Some(proxy) = proxy.filter(|_| host.is_clear || monitor.tls.trust == Trust::Anyone) {
            host.name = format!("{} through {}", host.name, authority(proxy).name);
        }
        // Who answers for a name decides where that leads, unless a certificate proves it.
        if let Some(resolver) =
            monitor.resolver.filter(|_| host.is_clear || monitor.tls.trust == Trust::Anyone)
        {
            host.name = format!("{} as {resolver} resolves it", host.name);
        }
        host
    }

    /// The host of another URL of a monitor.
    pub fn of_url(url: &Template) -> Self {
        authority(url)
    }

    /// Whether what went here may go to `other`: the same host, and no less private on the way.
    pub fn covers(&self, other: &Self) -> bool {
        self.name == other.name && (self.is_clear || !other.is_clear)
    }
}

/// As DNS and the socket see it, however it is written. One that a secret is a part of stays as it is written: no one
/// knows here where that leads.
fn authority(url: &Template) -> Host {
    /// Fits into any part of a URL, also a port.
    const PLACEHOLDER: &str = "7777";
    let written = url.to_string();
    let filled = url.fill(|_| Ok::<_, std::convert::Infallible>(PLACEHOLDER.to_owned()));
    let Ok(filled) = filled;
    let (scheme, rest) = written.split_once("://").unwrap_or(("", &written));
    let raw = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let parsed = Url::parse(&filled).ok().filter(|_| !scheme.contains("${") && !raw.contains("${"));
    let is_clear = !scheme.eq_ignore_ascii_case("https");
    let Some(parsed) = parsed else { return Host { name: raw.to_owned(), is_clear } };
    let name = parsed.host_str().unwrap_or_default().trim_end_matches('.').to_owned();
    Host { name, is_clear }
}

/// `evil.example`, `evil.example over http`
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.name.chars().take(SHOWN).collect();
        f.write_str(&shown)?;
        if shown.len() < self.name.len() {
            f.write_str("…")?;
        }
        if self.is_clear { f.write_str(" over http") } else { Ok(()) }
    }
}

impl fmt::Display for SecretHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} goes to {}", self.secret, self.host)
    }
}
