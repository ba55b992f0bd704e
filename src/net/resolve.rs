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
use crate::monitor::IpVersion;
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

/// The addresses of one version of IP, at least one.
pub type Lookup<'a> = Pin<Box<dyn Future<Output = (IpVersion, Result<Vec<IpAddr>, Unresolved>)> + Send + 'a>>;

/// What is known of a name before any name server is asked.
pub enum HostLookup<'a> {
    Known(Vec<IpAddr>),
    /// Each version of IP by itself: the one that answers need not wait for the other.
    Queries(Vec<Lookup<'a>>),
}

impl Resolver {
    /// Asks the name server at `address` alone, and no hosts file.
    pub fn at(address: SocketAddr) -> Self {
        let hosts = OnceCell::new_with(Some(Hosts::default()));
        Self { hosts, servers: OnceLock::from(NameServers::at(address)) }
    }

    /// Looks for `name` in the hosts file, and else prepares to ask the name servers: for addresses of all versions of IP,
    /// or of one alone.
    pub async fn find<'a>(&'a self, name: &'a str, only: Option<IpVersion>) -> HostLookup<'a> {
        let hosts = self.hosts.get_or_init(system_hosts).await;
        if let Some(addresses) = hosts.addresses_of(name) {
            return HostLookup::known(addresses, only);
        }
        let versions = [IpVersion::V6, IpVersion::V4].into_iter();
        let wanted = versions.filter(|version| only.is_none_or(|only| only == *version));
        HostLookup::Queries(wanted.map(|version| self.ask(name, version).boxed()).collect())
    }

    /// All addresses of a name, those of version 6 first. The policy has not seen them.
    pub async fn addresses_of(&self, name: &str, only: Option<IpVersion>) -> Result<Vec<IpAddr>, Fault> {
        match self.find(name, only).await {
            HostLookup::Known(addresses) if addresses.is_empty() => {
                Err(Unresolved::NoAddress.fault(name, only))
            }
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
                    Some(why) if addresses.is_empty() => Err(why.fault(name, only)),
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

    async fn ask(&self, name: &str, version: IpVersion) -> (IpVersion, Result<Vec<IpAddr>, Unresolved>) {
        (version, self.addresses(name, version).await)
    }

    async fn addresses(&self, name: &str, version: IpVersion) -> Result<Vec<IpAddr>, Unresolved> {
        let servers = self.servers.get_or_init(NameServers::of_the_machine);
        let servers = servers.as_ref().ok_or(Unresolved::NoServers)?;
        let name = dns_name(name).ok_or(Unresolved::NoName)?;
        servers.lookup(&name, record_type(version)).await
    }
}

impl HostLookup<'_> {
    /// Those of `addresses` that have the version `only`.
    pub fn known(mut addresses: Vec<IpAddr>, only: Option<IpVersion>) -> Self {
        addresses.retain(|address| only.is_none_or(|only| only == IpVersion::of(*address)));
        Self::Known(addresses)
    }
}

fn record_type(version: IpVersion) -> RecordType {
    match version {
        IpVersion::V6 => RecordType::AAAA,
        IpVersion::V4 => RecordType::A,
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
