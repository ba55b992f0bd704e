//! Addresses that the policy has let through, for kinds of check that speak over datagrams.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpStream, UdpSocket};
use url::Host;

use super::address::AddressPolicy;
use super::dialer::Dialer;
use super::endpoint::Endpoint;
use super::unresolved::Unresolved;
use crate::observation::{Fault, Reach};

/// An address with its port that a probe may send to. It is made only here, behind the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermittedAddress(SocketAddr);

impl PermittedAddress {
    pub fn address(self) -> SocketAddr {
        self.0
    }

    /// A socket of its own port that takes datagrams from this address alone.
    pub async fn datagrams(self) -> io::Result<UdpSocket> {
        let any: IpAddr = match self.0 {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let socket = UdpSocket::bind((any, 0)).await?;
        socket.connect(self.0).await?;
        Ok(socket)
    }

    /// A socket for pings of ICMP to this address, in the form that needs no privileges. A machine may forbid it. It takes
    /// packets from any address.
    pub fn pings(self) -> io::Result<UdpSocket> {
        let (domain, protocol) = match self.0 {
            SocketAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4),
            SocketAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6),
        };
        let socket = Socket::new(domain, Type::DGRAM, Some(protocol))?;
        socket.set_nonblocking(true)?;
        // It sends and takes datagrams like a socket of UDP.
        UdpSocket::from_std(socket.into())
    }

    pub async fn stream(self) -> io::Result<TcpStream> {
        TcpStream::connect(self.0).await
    }

    /// The kind of some addresses of one name: private if all of them are.
    pub fn reach(addresses: &[Self]) -> Reach {
        AddressPolicy::reach(&addresses.iter().map(|Self(address)| address.ip()).collect::<Vec<_>>())
    }
}

impl Dialer<'_> {
    /// The name servers to ask, at least one: all addresses of `server` that the policy permits, or the resolver's.
    /// The machine has chosen its own itself, and what a monitor names was permitted before.
    pub async fn name_servers(&self, server: Option<&Endpoint>) -> Result<Vec<PermittedAddress>, Fault> {
        let Some(server) = server else {
            let own: Vec<_> = self.resolver.own_servers().into_iter().map(PermittedAddress).collect();
            return if own.is_empty() { Err(Unresolved::NoServers.fault("", None)) } else { Ok(own) };
        };
        let found = self.addresses_of(server).await?;
        let own: Vec<_> = self.net.resolver.own_servers().iter().map(SocketAddr::ip).collect();
        let permitted = self.net.policy.permit_name_servers(found, server.port(), &own)?;
        Ok(permitted.into_iter().map(|ip| PermittedAddress(SocketAddr::new(ip, server.port()))).collect())
    }

    /// The addresses of `endpoint` that the policy permits, at least one.
    pub async fn addresses(&self, endpoint: &Endpoint) -> Result<Vec<PermittedAddress>, Fault> {
        let permitted = self.net.policy.permit(self.addresses_of(endpoint).await?)?;
        let at = |ip| PermittedAddress(SocketAddr::new(ip, endpoint.port()));
        Ok(permitted.into_iter().map(at).collect())
    }

    async fn addresses_of(&self, endpoint: &Endpoint) -> Result<Vec<IpAddr>, Fault> {
        Ok(match endpoint.host() {
            Host::Ipv4(address) => vec![address.into()],
            Host::Ipv6(address) => vec![address.into()],
            Host::Domain(name) => self.resolver.addresses_of(name, self.only).await?,
        })
    }
}
