//! Makes connections: a name, one of its addresses, and TLS over it.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use url::Host;

use super::address::AddressPolicy;
use super::connect::{self, ConnectTarget};
use super::endpoint::Endpoint;
use super::refused::Refused;
use super::resolve::{HostLookup, Resolver};
use super::tls::{ClientHello, SystemTls, TlsClient, TlsVersions};
use super::trace::Trace;
use crate::monitor::IpVersion;
use crate::observation::{Fault, Peer};

/// What connections are made with. It has read nothing yet: name servers and trust are looked up when they are first
/// needed.
#[derive(Default)]
pub struct Net {
    pub policy: AddressPolicy,
    pub resolver: Resolver,
    /// Those that monitors name, by their addresses.
    pub resolvers: Mutex<HashMap<SocketAddr, Arc<Resolver>>>,
    pub tls: SystemTls,
}

/// Makes the connections of one monitor, each a new one.
pub struct Dialer<'a> {
    pub net: &'a Net,
    /// Where the names of the monitor are looked up.
    pub resolver: &'a Resolver,
    /// The one version of IP that it uses; `None` for the one that answers first.
    pub only: Option<IpVersion>,
    /// How the monitor wants its sessions; `None` leaves them to the machine.
    pub client: Option<&'a TlsClient>,
}

impl Net {
    /// The addresses of a name that the policy permits, those of version 6 first.
    pub async fn lookup(&self, name: &str) -> Result<Vec<IpAddr>, Fault> {
        self.policy.permit(self.resolver.addresses_of(name, None).await?)
    }

    /// A resolver that asks the name server at `address` alone, if the policy permits that. Monitors that name the same
    /// one share what it keeps.
    pub fn resolver_at(&self, address: SocketAddr) -> Result<Arc<Resolver>, Fault> {
        let own: Vec<_> = self.resolver.own_servers().iter().map(SocketAddr::ip).collect();
        self.policy.permit_name_servers(vec![address.ip()], address.port(), &own)?;
        let mut known = self.resolvers.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(known.entry(address).or_insert_with(|| Arc::new(Resolver::at(address)))))
    }
}

impl Dialer<'_> {
    /// Connects to the first address of `endpoint` that answers and that the policy permits.
    pub async fn connect(&self, endpoint: &Endpoint, trace: &mut Trace) -> Result<TcpStream, Fault> {
        trace.toward(Peer { reach: None, uses_tls: false });
        self.reach(endpoint, trace).await
    }

    /// The same for a proxy, which the machine has chosen itself: it may be anywhere that monitorctl may go at all. Its name
    /// is looked up at the name servers of the machine alone: one that a monitor names could lead the password of the
    /// proxy to another server.
    pub async fn connect_chosen(&self, endpoint: &Endpoint, trace: &mut Trace) -> Result<TcpStream, Fault> {
        trace.toward(Peer { reach: None, uses_tls: false });
        let own = Dialer { resolver: &self.net.resolver, ..*self };
        own.reach_within(&AddressPolicy::laptop(Vec::new()), endpoint, trace).await
    }

    /// Whether `endpoint` may be reached, as far as its URL says by itself.
    pub fn permit_literal(&self, endpoint: &Endpoint) -> Result<(), Fault> {
        let literal = match endpoint.host() {
            Host::Ipv4(address) => IpAddr::from(address),
            Host::Ipv6(address) => IpAddr::from(address),
            Host::Domain(name) => {
                let name = name.trim_end_matches('.');
                if name != "localhost" && !name.ends_with(".localhost") {
                    return Ok(());
                }
                IpAddr::from(Ipv4Addr::LOCALHOST)
            }
        };
        self.net.policy.permit(vec![literal]).map(drop)
    }

    /// Connects, and agrees on a session at once. A server that cannot sign in TLS 1.3 is asked once more, in TLS 1.2.
    pub async fn connect_tls(
        &self,
        endpoint: &Endpoint,
        hello: ClientHello,
        trace: &mut Trace,
    ) -> Result<TlsStream<TcpStream>, Fault> {
        match self.over_tls(endpoint, hello, trace).await {
            Ok(stream) => Ok(stream),
            Err(refused) => {
                let hello = ClientHello { versions: refused.next()?, ..hello };
                Ok(self.over_tls(endpoint, hello, trace).await?)
            }
        }
    }

    /// Agrees on a session over `tcp`, which leads to `endpoint`.
    pub async fn start_tls(
        &self,
        tcp: TcpStream,
        endpoint: &Endpoint,
        hello: ClientHello,
        trace: &mut Trace,
    ) -> Result<TlsStream<TcpStream>, Refused<TlsVersions>> {
        trace.enter("tls");
        let client = match self.client {
            Some(own) => own,
            None => self.net.tls.prepare()?,
        };
        let (stream, certificate) = client.handshake(tcp, &endpoint.host(), hello).await?;
        trace.secured(certificate);
        Ok(stream)
    }

    async fn over_tls(
        &self,
        endpoint: &Endpoint,
        hello: ClientHello,
        trace: &mut Trace,
    ) -> Result<TlsStream<TcpStream>, Refused<TlsVersions>> {
        trace.toward(Peer { reach: None, uses_tls: true });
        let tcp = self.reach(endpoint, trace).await?;
        self.start_tls(tcp, endpoint, hello, trace).await
    }

    async fn reach(&self, endpoint: &Endpoint, trace: &mut Trace) -> Result<TcpStream, Fault> {
        self.reach_within(&self.net.policy, endpoint, trace).await
    }

    async fn reach_within(
        &self,
        policy: &AddressPolicy,
        endpoint: &Endpoint,
        trace: &mut Trace,
    ) -> Result<TcpStream, Fault> {
        let found = match endpoint.host() {
            Host::Ipv4(address) => HostLookup::known(vec![address.into()], self.only),
            Host::Ipv6(address) => HostLookup::known(vec![address.into()], self.only),
            Host::Domain(name) => {
                trace.enter("dns");
                self.resolver.find(name, self.only).await
            }
        };
        let target = ConnectTarget { name: endpoint.host_name(), port: endpoint.port(), only: self.only };
        connect::connect(found, target, policy, trace).await
    }
}
