//! The name servers of the machine, asked as the C library asks them: in their order, and another one where one fails.
//!
//! The C library waits five seconds for each. Here the next one is asked after a moment, so that a name server that is
//! gone delays a probe and does not end it.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::system_conf::{parse_resolv_conf, read_system_conf};
use tokio::time::{Instant, sleep_until};

use super::unresolved::Unresolved;

/// One name server's time to answer: that of the C library.
const PATIENCE: Duration = Duration::from_secs(5);

/// The head start of a name server before the next one is asked beside it. A name server in the same network answers
/// well within it, also where it has to ask others first.
const STAGGER: Duration = Duration::from_millis(200);

/// How long the answer "no such name" waits for earlier name servers that have not answered: an internal one may know
/// the name.
const GRACE: Duration = Duration::from_secs(1);

/// Where name servers listen.
const PORT: u16 = 53;

/// Where the C library reads which name servers there are.
const CONFIGURATION: &str = "/etc/resolv.conf";

/// Name servers in the order in which they are asked.
#[derive(Debug)]
pub struct NameServers(Vec<NameServer>);

#[derive(Debug)]
struct NameServer {
    address: SocketAddr,
    /// It asks this one alone.
    resolver: TokioResolver,
    /// Whether another one had to answer in its place the last time.
    is_late: AtomicBool,
}

/// The answer that a name has no address, and until when an earlier name server may contradict it.
struct Denial {
    server: usize,
    reason: Unresolved,
    until: Instant,
}

impl NameServers {
    /// Those of `/etc/resolv.conf`; `None` if it names none.
    pub fn of_the_machine() -> Option<Self> {
        let (config, options) = read_system_conf().or_else(|_| readable_part()).ok()?;
        Self::new(&config, &options)
    }

    /// The one at `address`.
    pub fn at(address: SocketAddr) -> Option<Self> {
        Self::over(&[address], || vec![ConnectionConfig::udp(), ConnectionConfig::tcp()])
    }

    fn over(addresses: &[SocketAddr], connections: fn() -> Vec<ConnectionConfig>) -> Option<Self> {
        let server = |address: &SocketAddr| {
            let mut connections = connections();
            for connection in &mut connections {
                connection.port = address.port();
            }
            NameServerConfig::new(address.ip(), true, connections)
        };
        let config = ResolverConfig::from_name_servers(addresses.iter().map(server).collect());
        Self::new(&config, &ResolverOpts::default())
    }

    fn new(config: &ResolverConfig, options: &ResolverOpts) -> Option<Self> {
        let server = |server: &NameServerConfig| {
            let (domain, search) = (config.domain().cloned(), config.search().to_vec());
            let alone = ResolverConfig::from_parts(domain, search, vec![server.clone()]);
            let mut builder = TokioResolver::builder_with_config(alone, TokioRuntimeProvider::default());
            *builder.options_mut() = configured(options.clone());
            let port = server.connections.first().map_or(PORT, |connection| connection.port);
            let address = SocketAddr::new(server.ip, port);
            Some(NameServer { address, resolver: builder.build().ok()?, is_late: AtomicBool::new(false) })
        };
        let servers: Vec<_> = config.name_servers().iter().filter_map(server).collect();
        (!servers.is_empty()).then_some(Self(servers))
    }

    /// Where they are, in their order.
    pub fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.0.iter().map(|server| server.address)
    }

    /// The addresses of a name, at least one.
    ///
    /// The first answer with an address counts, from any server. The answer that there is none counts once no earlier
    /// name server may contradict it. If a server fails, the next one is asked at once.
    pub async fn lookup(&self, name: &Name, kind: RecordType) -> Result<Vec<IpAddr>, Unresolved> {
        let Self(servers) = self;
        let mut queries = FuturesUnordered::new();
        let mut is_silent = vec![true; servers.len()];
        let (mut next, mut hold) = (0, Instant::now());
        let (mut denial, mut failure): (Option<Denial>, Option<Unresolved>) = (None, None);
        loop {
            let now = Instant::now();
            if denial.is_none()
                && now >= hold
                && let Some(server) = servers.get(next)
            {
                queries.push(server.ask(next, name, kind));
                hold = if server.is_late.load(Ordering::Relaxed) { now } else { now + STAGGER };
                next += 1;
                continue;
            }
            if let Some(Denial { server, reason, until }) = &denial
                && (now >= *until || !is_silent[..*server].contains(&true))
            {
                self.overtaken(&is_silent[..*server]);
                return Err(reason.clone());
            }
            if queries.is_empty() && next == servers.len() {
                return Err(failure.unwrap_or(Unresolved::NoServers));
            }
            let wake = match &denial {
                Some(denial) => Some(denial.until),
                None => (next < servers.len()).then_some(hold),
            };
            tokio::select! {
                Some((server, result)) = queries.next(), if !queries.is_empty() => {
                    is_silent[server] = false;
                    servers[server].is_late.store(false, Ordering::Relaxed);
                    match result {
                        Ok(addresses) => {
                            self.overtaken(&is_silent[..server]);
                            return Ok(addresses);
                        }
                        Err(reason) if reason.is_an_answer() => {
                            let is_first = denial.as_ref().is_none_or(|known| server < known.server);
                            let until = denial.as_ref().map_or(now + GRACE, |known| known.until);
                            if is_first {
                                denial = Some(Denial { server, reason, until });
                            }
                        }
                        Err(reason) => {
                            failure = failure.max(Some(reason));
                            hold = Instant::now();
                        }
                    }
                }
                () = sleep_until(wake.unwrap_or(now)), if wake.is_some() => {}
            }
        }
    }

    /// Marks the servers that had not answered when another one did.
    fn overtaken(&self, is_silent: &[bool]) {
        for (server, _) in self.0.iter().zip(is_silent).filter(|(_, is_silent)| **is_silent) {
            server.is_late.store(true, Ordering::Relaxed);
        }
    }
}

impl NameServer {
    async fn ask(
        &self,
        number: usize,
        name: &Name,
        kind: RecordType,
    ) -> (usize, Result<Vec<IpAddr>, Unresolved>) {
        let found = self.resolver.lookup(name.clone(), kind).await;
        let addresses = found.map_err(|error| unresolved(&error)).and_then(|found| {
            let records = found.answers().iter();
            let addresses: Vec<_> = records.filter_map(|record| record.data.ip_addr()).collect();
            if addresses.is_empty() { Err(Unresolved::NoAddress) } else { Ok(addresses) }
        });
        (number, addresses)
    }
}

/// The usable part of a configuration with a mistake in it. Like the C library, it ignores a search list that holds
/// no names.
fn readable_part() -> Result<(ResolverConfig, ResolverOpts), NetError> {
    let text = std::fs::read(CONFIGURATION)?;
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().filter(|line| line.trim_start().starts_with("nameserver"));
    parse_resolv_conf(lines.collect::<Vec<_>>().join("\n"))
}

fn configured(mut options: ResolverOpts) -> ResolverOpts {
    options.timeout = options.timeout.min(PATIENCE);
    options.negative_max_ttl = Some(Duration::ZERO);
    options.try_tcp_on_error = true;
    // It reads fewer names from the file than the C library.
    options.use_hosts_file = ResolveHosts::Never;
    options
}

fn unresolved(error: &NetError) -> Unresolved {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) if none.response_code == ResponseCode::NXDomain => {
            Unresolved::NoSuchName
        }
        NetError::Dns(DnsError::NoRecordsFound(_)) => Unresolved::NoAddress,
        NetError::Dns(DnsError::ResponseCode(code)) => Unresolved::Refused(code.to_string()),
        NetError::Timeout => Unresolved::Silent,
        NetError::Io(_) | NetError::NoConnections => Unresolved::Unreached,
        _ => Unresolved::Unusable,
    }
}

#[cfg(test)]
impl NameServers {
    /// Those at `addresses`, by UDP alone.
    pub fn by_udp(addresses: &[SocketAddr]) -> Option<Self> {
        Self::over(addresses, || vec![ConnectionConfig::udp()])
    }
}
