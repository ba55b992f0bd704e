//! The rule: public addresses, and what the machine allows beyond them.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use super::range;
use crate::net::foreign;
use crate::observation::{Fault, Reach, Transport};

/// The addresses in reach of a probe: the public ones, and what the machine allows beyond them.
#[derive(Debug, Clone, Default)]
pub struct AddressPolicy {
    allow: Vec<Cidr>,
}

/// A network such as `10.0.0.0/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr(IpNet);

/// A text that is not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a network: write it like 10.0.0.0/8, fd00::/8 or 192.0.2.7")]
pub struct CidrError(String);

/// Why an address is out of reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AddressRefusal {
    /// Whatever the machine allows.
    Always(&'static str),
    /// Until the machine allows it.
    Unallowed(&'static str),
}

impl AddressPolicy {
    /// The public internet, and the networks in `allow`.
    pub fn new(allow: Vec<Cidr>) -> Self {
        Self { allow }
    }

    /// The same, and also loopback and private networks.
    pub fn laptop(mut allow: Vec<Cidr>) -> Self {
        allow.extend(range::LAPTOP.map(Cidr));
        Self { allow }
    }

    /// The addresses of `answers` that are in reach; a fault that names the first one if none is.
    pub fn permit(&self, answers: Vec<IpAddr>) -> Result<Vec<IpAddr>, Fault> {
        let mut permitted = Vec::with_capacity(answers.len());
        let mut refused = None;
        for address in answers {
            match self.judge(address) {
                Ok(()) => permitted.push(address),
                Err(refusal) => {
                    refused.get_or_insert_with(|| refusal.fault(address));
                }
            }
        }
        match refused {
            Some(fault) if permitted.is_empty() => Err(fault),
            Some(_) | None => Ok(permitted),
        }
    }

    /// The same for name servers at `port`. Those of the machine, which are `own`, and those of AWS are in reach at the port
    /// of DNS, because the machine asks them anyway.
    pub fn permit_name_servers(
        &self,
        answers: Vec<IpAddr>,
        port: u16,
        own: &[IpAddr],
    ) -> Result<Vec<IpAddr>, Fault> {
        let is_exempt = |address: &IpAddr| {
            port == 53 && (own.contains(address) || range::NAME_SERVERS.contains(&range::unmapped(*address)))
        };
        let (mut exempt, others): (Vec<_>, Vec<_>) = answers.into_iter().partition(is_exempt);
        match self.permit(others) {
            Err(fault) if exempt.is_empty() => Err(fault),
            permitted => {
                exempt.extend(permitted.into_iter().flatten());
                Ok(exempt)
            }
        }
    }

    /// The kind of some addresses of one name: private if all of them are.
    pub fn reach(addresses: &[IpAddr]) -> Reach {
        let is_private = |address: &IpAddr| range::not_public(range::unmapped(*address)).is_some();
        if addresses.iter().all(is_private) { Reach::Private } else { Reach::Public }
    }

    fn judge(&self, address: IpAddr) -> Result<(), AddressRefusal> {
        let address = range::unmapped(address);
        if let Some(name) = range::never(address) {
            return Err(AddressRefusal::Always(name));
        }
        match range::not_public(address) {
            Some(name) if !self.allow.iter().any(|cidr| cidr.0.contains(&address)) => {
                Err(AddressRefusal::Unallowed(name))
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Cidr {
    /// Reads a network, or one address as the network of itself.
    pub fn parse(text: &str) -> Result<Self, CidrError> {
        let text = text.trim();
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network.map(Self).map_err(|_| CidrError(text.to_owned()))
    }
}

impl AddressRefusal {
    fn fault(self, address: IpAddr) -> Fault {
        let (range, expected) = match self {
            Self::Always(range) => (range, "an address that probes may reach"),
            Self::Unallowed(range) => (range, "a public address, or one within --allow"),
        };
        Fault::new(Transport::Blocked, format!("{} ({range})", foreign(address)), expected)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::{Host, Url};

    /// The word for what `policy` says about the host of `url`.
    fn judged(policy: &AddressPolicy, url: &str) -> &'static str {
        let address: IpAddr = match Url::parse(url).expect(url).host().expect(url) {
            Host::Ipv4(address) => address.into(),
            Host::Ipv6(address) => address.into(),
            Host::Domain(name) => panic!("{name} is no address"),
        };
        match policy.judge(address) {
            Ok(()) => "open",
            Err(AddressRefusal::Always(_)) => "never",
            Err(AddressRefusal::Unallowed(_)) => "unallowed",
        }
    }

    fn everything() -> AddressPolicy {
        AddressPolicy::new(["0.0.0.0/0", "::/0"].map(|text| Cidr::parse(text).expect(text)).to_vec())
    }

    // Trap 18
    #[test]
    fn metadata_is_out_of_reach_in_every_spelling_and_whatever_is_allowed() {
        for url in [
            "http://169.254.169.254/",
            "http://2852039166/",
            "http://0xA9FEA9FE/",
            "http://0xa9.0xfe.0xa9.0xfe/",
            "http://0251.0376.0251.0376/",
            "http://169.254.43518/",
            "http://169.254.169.254./",
            "http://\u{ff11}\u{ff16}\u{ff19}.\u{ff12}\u{ff15}\u{ff14}.\u{ff11}\u{ff16}\u{ff19}.\u{ff12}\u{ff15}\u{ff14}/",
            "http://169\u{3002}254\u{3002}169\u{3002}254/",
            "http://%31%36%39.254.169.254/",
            "http://[::ffff:169.254.169.254]/",
            "http://[::ffff:a9fe:a9fe]/",
            "http://[::169.254.169.254]/",
            "http://[::ffff:0:169.254.169.254]/",
            "http://[64:ff9b::169.254.169.254]/",
            "http://[64:ff9b:1::169.254.169.254]/",
            "http://[64:ff9b:1:a9fe:a9:fe00::]/",
            "http://[2002:a9fe:a9fe::1]/",
            "http://[2001:0:a9fe:a9fe::]/",
            "http://[2001::5601:5601]/",
            "http://169.254.170.2/",
            "http://169.254.170.23/",
            "http://100.100.100.200/",
            "http://192.0.0.192/",
            "http://168.63.129.16/",
            "http://[fd00:ec2::254]/",
            "http://[fd20:ce::254]/",
            "http://[fe80::1]/",
            "http://[febf::1]/",
            "http://0/",
            "http://0.1.2.3/",
            "http://[::]/",
            "http://[::0.0.0.2]/",
            "http://224.0.0.1/",
            "http://239.255.255.255/",
            "http://255.255.255.255/",
            "http://[ff02::1]/",
        ] {
            assert_eq!(judged(&everything(), url), "never", "{url}");
            assert_eq!(judged(&AddressPolicy::default(), url), "never", "{url}");
        }
    }

    #[test]
    fn what_is_not_public_is_in_reach_only_when_allowed() {
        for host in [
            "127.0.0.1",
            "127.1",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "100.127.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "198.51.100.1",
            "203.0.113.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.255",
            "240.0.0.1",
            "255.255.255.254",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::127.0.0.1]",
            "[::ffff:10.1.2.3]",
            "[fc00::1]",
            "[fdff::1]",
            "[64:ff9b::8.8.8.8]",
            "[64:ff9b:1::8.8.8.8]",
            "[2001:0:808:808::f7f7:f7f7]",
            "[2001:2::1]",
            "[2001:20::1]",
            "[2001:db8::1]",
            "[3fff::1]",
            "[2002:808:808::1]",
            "[fec0::1]",
            "[100::1]",
            "[5f00::1]",
            "[1::1]",
            "[4000::1]",
            "[8000::1]",
            "[c000::1]",
        ] {
            let url = format!("http://{host}/");
            assert_eq!(judged(&AddressPolicy::default(), &url), "unallowed", "{url}");
            assert_eq!(judged(&everything(), &url), "open", "{url}");
        }
    }

    #[test]
    fn the_public_internet_is_open() {
        for host in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "[::ffff:8.8.8.8]",
            "[2606:4700::1111]",
            "[2a00:1450::1]",
            "[2001:4860:4860::8888]",
            "[2003::1]",
            "[3ffe::1]",
        ] {
            let url = format!("http://{host}/");
            assert_eq!(judged(&AddressPolicy::default(), &url), "open", "{url}");
        }
    }

    #[test]
    fn a_laptop_reaches_itself_and_its_own_networks_only() {
        let policy = AddressPolicy::laptop(vec![Cidr::parse("198.18.0.7").expect("an address")]);
        for (host, said) in [
            ("127.0.0.1", "open"),
            ("[::1]", "open"),
            ("10.0.0.1", "open"),
            ("172.20.0.1", "open"),
            ("192.168.0.1", "open"),
            ("[fd12::1]", "open"),
            ("198.18.0.7", "open"),
            ("198.18.0.8", "unallowed"),
            ("100.64.0.1", "unallowed"),
            ("169.254.169.254", "never"),
            ("[fd00:ec2::254]", "never"),
        ] {
            assert_eq!(judged(&policy, &format!("http://{host}/")), said, "{host}");
        }
    }

    #[test]
    fn of_mixed_answers_only_those_in_reach_are_used() {
        let answers = |texts: &[&str]| texts.iter().map(|text| text.parse().expect(text)).collect::<Vec<_>>();
        let policy = AddressPolicy::default();
        let mixed = policy.permit(answers(&["10.0.0.1", "1.1.1.1", "169.254.169.254"]));
        assert_eq!(mixed, Ok(answers(&["1.1.1.1"])));
        let denied = policy.permit(answers(&["10.0.0.1", "169.254.169.254"])).expect_err("all are denied");
        assert_eq!(denied.kind, Transport::Blocked.into());
        assert_eq!(
            denied.to_string().replace(['\u{fdd0}', '\u{fdd1}'], ""),
            "10.0.0.1 (private), expected a public address, or one within --allow"
        );
    }

    #[test]
    fn name_servers_of_the_machine_and_of_aws_are_in_reach_at_the_port_of_dns_alone() {
        let policy = AddressPolicy::default();
        let own: [IpAddr; 2] = ["127.0.0.53".parse().expect("one"), "10.0.0.2".parse().expect("one")];
        for (address, port, is_permitted) in [
            ("127.0.0.53", 53, true),
            ("127.0.0.53", 5353, false),
            ("10.0.0.2", 53, true),
            ("10.0.0.3", 53, false),
            ("169.254.169.253", 53, true),
            ("fd00:ec2::253", 53, true),
            ("169.254.169.253", 80, false),
            ("169.254.169.254", 53, false),
            ("fd00:ec2::254", 53, false),
            ("1.1.1.1", 5353, true),
        ] {
            let answers = vec![address.parse().expect(address)];
            let permitted = policy.permit_name_servers(answers, port, &own);
            assert_eq!(permitted.is_ok(), is_permitted, "{address} {port}");
        }
    }

    #[test]
    fn a_network_is_read_as_it_is_written() {
        for (text, read) in [
            ("10.0.0.0/8", Some("10.0.0.0/8")),
            (" fd00::/8 ", Some("fd00::/8")),
            ("192.0.2.7", Some("192.0.2.7/32")),
            ("::1", Some("::1/128")),
            ("10.0.0.0/33", None),
            ("10.0/8", None),
            ("example.com", None),
            ("", None),
        ] {
            assert_eq!(Cidr::parse(text).ok().map(|cidr| cidr.to_string()).as_deref(), read, "{text:?}");
        }
    }
}
