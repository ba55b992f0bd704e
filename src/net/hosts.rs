//! The hosts file of the machine, as the C library reads it. Pure.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Names with their addresses, in the order of the file.
#[derive(Debug, Default)]
pub struct Hosts {
    addresses: HashMap<String, Vec<IpAddr>>,
}

impl Hosts {
    /// Reads the text of a hosts file. A line that makes no sense costs only itself.
    pub fn parse(text: &str) -> Self {
        let mut hosts = Self::default();
        for line in text.trim_start_matches('\u{feff}').lines() {
            let mut words = line.split('#').next().unwrap_or_default().split_ascii_whitespace();
            let Some(address) = words.next().and_then(|word| word.parse().ok()) else { continue };
            for name in words {
                let known = hosts.addresses.entry(key(name)).or_default();
                if !known.contains(&address) {
                    known.push(address);
                }
            }
        }
        hosts
    }

    /// The addresses of `name`, in any case and with or without the dot at its end. `localhost` and what ends in it
    /// is this machine, also where no file says so (RFC 6761).
    pub fn addresses_of(&self, name: &str) -> Option<Vec<IpAddr>> {
        let name = key(name);
        let is_here = name == "localhost" || name.ends_with(".localhost");
        let here = || [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)].to_vec();
        self.addresses.get(&name).cloned().or_else(|| is_here.then(here))
    }
}

fn key(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Trap 29: an underscore in a name.
    #[test]
    fn a_hosts_file_means_what_it_means_to_the_c_library() {
        let long = "l".repeat(70);
        let text = format!(
            "\u{feff}127.0.0.1\tlocalhost my_service  My-Alias # db\n\n# 10.0.0.1 gone\n::1 localhost ip6\n\
             10.0.0.2 my_service {long} xn--bcher-kva.example\nnonsense db\n10.0.0.3\nfe80::1%eth0 zoned\n\
             127.0.0.1 my_service\n"
        );
        let hosts = Hosts::parse(&text);
        for (name, addresses) in [
            ("my_service", &["127.0.0.1", "10.0.0.2"][..]),
            ("MY_SERVICE.", &["127.0.0.1", "10.0.0.2"]),
            ("my-alias", &["127.0.0.1"]),
            ("localhost", &["127.0.0.1", "::1"]),
            (&long, &["10.0.0.2"]),
            ("xn--bcher-kva.example", &["10.0.0.2"]),
            ("a.localhost.", &["127.0.0.1", "::1"]),
            ("db", &[]),
            ("gone", &[]),
            ("zoned", &[]),
            ("mylocalhost", &[]),
        ] {
            let expected: Vec<IpAddr> = addresses.iter().map(|text| text.parse().expect(text)).collect();
            assert_eq!(hosts.addresses_of(name).unwrap_or_default(), expected, "{name}");
        }
    }
}
