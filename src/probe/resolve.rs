//! Phase one: the addresses of a host's name, asked from the name servers of the box.

use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::Name;

use crate::observation::{Fault, FaultKind};

/// One name server's time to answer; the next one is asked then.
const PATIENCE: Duration = Duration::from_secs(3);

/// The resolver, made when the first name has to be looked up. A name means to it what it means to the other
/// programs of the box: `/etc/resolv.conf` with its search list, and the hosts file.
///
/// It keeps an answer for as long as its TTL says: a thousand monitors of one host are one question to the name
/// server, not a thousand at once. It keeps no failure, so each attempt and each monitor asks again.
#[derive(Debug, Default)]
pub struct Resolver {
    made: OnceLock<Result<TokioResolver, NetError>>,
}

impl Resolver {
    /// The addresses of `name`, at least one.
    pub async fn resolve(&self, name: &str) -> Result<Vec<IpAddr>, Fault> {
        let resolver = self.made.get_or_init(system).as_ref().map_err(|_| {
            let expected = "a readable configuration of the resolver on this box";
            Fault::new(FaultKind::Dns, "no name servers to ask", expected)
        })?;
        let asked = Name::from_utf8(name).map_err(|_| {
            Fault::new(FaultKind::Dns, format!("a name that DNS cannot carry: {name}"), "an address")
        })?;
        let found = resolver.lookup_ip(asked).await.map_err(|error| fault(name, &error))?;
        let addresses: Vec<_> = found.iter().collect();
        if addresses.is_empty() { Err(no_address(name)) } else { Ok(addresses) }
    }
}

fn system() -> Result<TokioResolver, NetError> {
    let mut builder = TokioResolver::builder_tokio()?;
    configure(builder.options_mut());
    builder.build()
}

fn configure(options: &mut hickory_resolver::config::ResolverOpts) {
    options.timeout = options.timeout.min(PATIENCE);
    options.negative_max_ttl = Some(Duration::ZERO);
    options.try_tcp_on_error = true;
}

fn fault(name: &str, error: &NetError) -> Fault {
    let actual = match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) if none.response_code == ResponseCode::NXDomain => {
            format!("no such name: {name}")
        }
        NetError::Dns(DnsError::NoRecordsFound(_)) => return no_address(name),
        NetError::Dns(DnsError::ResponseCode(code)) => format!("the name server says \"{code}\" for {name}"),
        NetError::Timeout => format!("no answer from the name server for {name}"),
        NetError::Io(_) | NetError::NoConnections => format!("no name server reached for {name}"),
        _ => format!("no usable answer from the name server for {name}"),
    };
    Fault::new(FaultKind::Dns, actual, "an address")
}

fn no_address(name: &str) -> Fault {
    Fault::new(FaultKind::Dns, format!("a name without an address: {name}"), "an address")
}

#[cfg(test)]
impl Resolver {
    /// Asks only the name server at `address`.
    pub fn asking(address: std::net::SocketAddr) -> Self {
        use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
        use hickory_resolver::net::runtime::TokioRuntimeProvider;

        let mut connection = ConnectionConfig::udp();
        connection.port = address.port();
        let server = NameServerConfig::new(address.ip(), true, vec![connection]);
        let config = ResolverConfig::from_name_servers(vec![server]);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        configure(builder.options_mut());
        Self { made: OnceLock::from(builder.build()) }
    }
}
