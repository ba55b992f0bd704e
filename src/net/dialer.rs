//! Makes connections: a name, one of its addresses, and TLS over it.

use std::net::IpAddr;

use futures_util::future::join_all;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use url::Host;

use super::address::AddressPolicy;
use super::connect;
use super::endpoint::Endpoint;
use super::refused::Refused;
use super::resolve::{HostLookup, Resolver};
use super::tls::{ClientHello, SystemTls, TlsClient, TlsVersions};
use super::trace::Trace;
use crate::observation::{Fault, Peer};

/// What connections are made with. It has read nothing yet: name servers and trust are looked up when they are first
/// needed.
#[derive(Default)]
pub struct Net {
    pub policy: AddressPolicy,
    pub resolver: Resolver,
    pub tls: SystemTls,
}

/// Makes the connections of one monitor, each a new one.
pub struct Dialer<'a> {
    pub net: &'a Net,
    /// How the monitor wants its sessions; `None` leaves them to the machine.
    pub client: Option<&'a TlsClient>,
}

impl Net {
    /// The addresses of a name that the policy permits, those of version 6 first.
    pub async fn lookup(&self, name: &str) -> Result<Vec<IpAddr>, Fault> {
        self.policy.permit(self.find(name).await?)
    }

    /// All addresses of a name, those of version 6 first. The policy has not seen them.
    pub(super) async fn find(&self, name: &str) -> Result<Vec<IpAddr>, Fault> {
        match self.resolver.find(name).await {
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
}

impl Dialer<'_> {
    /// Connects to the first address of `endpoint` that answers and that the policy permits.
    pub async fn connect(&self, endpoint: &Endpoint, trace: &mut Trace) -> Result<TcpStream, Fault> {
        trace.toward(Peer { reach: None, uses_tls: false });
        self.reach(endpoint, trace).await
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
        let Net { policy, resolver, tls: _ } = self.net;
        let found = match endpoint.host() {
            Host::Ipv4(address) => HostLookup::Known(vec![address.into()]),
            Host::Ipv6(address) => HostLookup::Known(vec![address.into()]),
            Host::Domain(name) => {
                trace.enter("dns");
                resolver.find(name).await
            }
        };
        connect::connect(found, (endpoint.host_name(), endpoint.port()), policy, trace).await
    }
}
