//! The addresses of a host's name, from the hosts file or the name servers of the machine.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::OnceLock;

use futures_util::FutureExt;
use futures_util::future::join_all;
use hickory_resolver::proto::rr::{Name, RecordType};
use tokio::sync::OnceCell;

use super::hosts::Hosts;
use super::name_servers::NameServers;
use super::unresolved::Unresolved;
use crate::observation::Fault;

/// Where the C library looks first.
const HOSTS: &str = "/etc/hosts";

/// Resolves names as the other programs of the machine do: first by the hosts file, then by `/etc/resolv.conf` with its
/// search list. It reads both when the first name is looked up.
///
/// It keeps an answer for as long as its TTL says, so a thousand monitors of one host ask the name server once. It keeps
/// no failure, so each attempt asks again.
#[derive(Debug, Default)]
pub struct Resolver {
    hosts: OnceCell<Hosts>,
    servers: OnceLock<Option<NameServers>>,
}

/// The two kinds of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Ipv6,
    Ipv4,
}

/// The addresses of one family, at least one.
pub type Lookup<'a> = Pin<Box<dyn Future<Output = (Family, Result<Vec<IpAddr>, Unresolved>)> + Send + 'a>>;

/// What is known of a name before any name server is asked.
pub enum HostLookup<'a> {
    Known(Vec<IpAddr>),
    /// Each family by itself: the one that answers need not wait for the other.
    Queries([Lookup<'a>; 2]),
}

impl Resolver {
    /// Asks the name server at `address` alone, and no hosts file.
    pub fn at(address: SocketAddr) -> Self {
        let hosts = OnceCell::new_with(Some(Hosts::default()));
        Self { hosts, servers: OnceLock::from(NameServers::at(address)) }
    }

    /// Looks for `name` in the hosts file, and else prepares to ask the name servers.
    pub async fn find<'a>(&'a self, name: &'a str) -> HostLookup<'a> {
        let hosts = self.hosts.get_or_init(system_hosts).await;
        match hosts.addresses_of(name) {
            Some(addresses) => HostLookup::Known(addresses),
            None => HostLookup::Queries([
                self.ask(name, Family::Ipv6).boxed(),
                self.ask(name, Family::Ipv4).boxed(),
            ]),
        }
    }

    /// All addresses of a name, those of version 6 first. The policy has not seen them.
    pub async fn addresses_of(&self, name: &str) -> Result<Vec<IpAddr>, Fault> {
        match self.find(name).await {
            HostLookup::Known(addresses) => Ok(addresses),
            HostLookup::Queries(queries) => {
                let answers = join_all(queries).await;
                let mut addresses = Vec::new();
                let mut missing = None;
                for (_, answer) in answers {
                    match answer {
                        Ok(found) => addresses.extend(found),
                        Err(why) => missing = missing.max(Some(why)),
                    }
                }
                match missing {
                    Some(why) if addresses.is_empty() => Err(why.fault(name)),
                    Some(_) | None => Ok(addresses),
                }
            }
        }
    }

    /// Where its name servers are, in their order.
    pub fn own_servers(&self) -> Vec<SocketAddr> {
        let servers = self.servers.get_or_init(NameServers::of_the_machine);
        servers.iter().flat_map(NameServers::addresses).collect()
    }

    async fn ask(&self, name: &str, family: Family) -> (Family, Result<Vec<IpAddr>, Unresolved>) {
        (family, self.addresses(name, family).await)
    }

    async fn addresses(&self, name: &str, family: Family) -> Result<Vec<IpAddr>, Unresolved> {
        let servers = self.servers.get_or_init(NameServers::of_the_machine);
        let servers = servers.as_ref().ok_or(Unresolved::NoServers)?;
        let name = dns_name(name).ok_or(Unresolved::NoName)?;
        servers.lookup(&name, family.record_type()).await
    }
}

impl Family {
    pub fn of(address: IpAddr) -> Self {
        if address.is_ipv6() { Self::Ipv6 } else { Self::Ipv4 }
    }

    pub fn other(self) -> Self {
        match self {
            Self::Ipv6 => Self::Ipv4,
            Self::Ipv4 => Self::Ipv6,
        }
    }

    fn record_type(self) -> RecordType {
        match self {
            Self::Ipv6 => RecordType::AAAA,
            Self::Ipv4 => RecordType::A,
        }
    }
}

/// The name of a URL as DNS takes it. DNS accepts an underscore anywhere and a hyphen at the start of a label, and
/// limits only its length. Without a dot at its end the search list applies.
fn dns_name(name: &str) -> Option<Name> {
    let labels = name.strip_suffix('.').unwrap_or(name).split('.').map(str::as_bytes);
    let mut query = Name::from_labels(labels).ok()?;
    query.set_fqdn(name.ends_with('.'));
    Some(query)
}

/// A file that cannot be read names nothing, as for the C library.
async fn system_hosts() -> Hosts {
    let read = tokio::task::spawn_blocking(|| std::fs::read(HOSTS)).await;
    let text = read.ok().and_then(Result::ok).unwrap_or_default();
    Hosts::parse(&String::from_utf8_lossy(&text))
}

#[cfg(test)]
impl Resolver {
    /// Asks only the name server at `address`.
    pub fn asking(address: SocketAddr) -> Self {
        Self::asking_all(&[address])
    }

    /// Asks these name servers in their order.
    pub fn asking_all(addresses: &[SocketAddr]) -> Self {
        let hosts = OnceCell::new_with(Some(Hosts::default()));
        Self { hosts, servers: OnceLock::from(NameServers::by_udp(addresses)) }
    }

    /// The same on a machine with this hosts file.
    pub fn with_hosts(self, text: &str) -> Self {
        Self { hosts: OnceCell::new_with(Some(Hosts::parse(text))), ..self }
    }
}
