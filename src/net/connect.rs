//! A TCP connection to one of the addresses, the first that answers (RFC 8305).

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

use super::address::AddressPolicy;
use super::failure;
use super::foreign::foreign;
use super::resolve::HostLookup;
use super::trace::Trace;
use super::unresolved::Unresolved;
use crate::monitor::IpVersion;
use crate::observation::{Fault, FaultKind, Transport};

/// The head start of an address before the next one is tried beside it: the Connection Attempt Delay of RFC 8305.
const STAGGER: Duration = Duration::from_millis(250);

/// How long IPv4 addresses wait for IPv6 ones, which are preferred: the Resolution Delay of RFC 8305.
const RESOLUTION_DELAY: Duration = Duration::from_millis(50);

/// How long a family that has not answered may still save an attempt whose other addresses all failed.
const LATE: Duration = Duration::from_secs(1);

/// An address and why it could not be connected to.
type Failed = (SocketAddr, io::Error);

/// What is connected to.
#[derive(Debug, Clone, Copy)]
pub struct ConnectTarget<'a> {
    /// As the URL has it.
    pub name: &'a str,
    pub port: u16,
    /// The one version of IP that `found` has addresses of; `None` for both.
    pub only: Option<IpVersion>,
}

/// Connects to an address of `found`, the two families by turns. The next address is tried when the one before failed
/// or had its head start. Only addresses that `policy` permits are connected to.
///
/// A family that never answers delays the other by no more than [`RESOLUTION_DELAY`], and a machine without IPv6
/// loses no time on it.
pub async fn connect(
    found: HostLookup<'_>,
    target: ConnectTarget<'_>,
    policy: &AddressPolicy,
    trace: &mut Trace,
) -> Result<TcpStream, Fault> {
    let (mut candidates, mut lookups) = (AddressQueue::default(), FuturesUnordered::new());
    match found {
        HostLookup::Known(addresses) => {
            let permitted = policy.permit(addresses)?;
            trace.leads_to(AddressPolicy::reach(&permitted));
            candidates.add(permitted);
        }
        HostLookup::Queries(queries) => lookups.extend(queries),
    }
    let mut failures = Failures::default();
    let mut trying = FuturesUnordered::new();
    // Before then no address may be tried, and after that no family is waited for.
    let (mut hold, mut late): (Option<Instant>, Option<Instant>) = (None, None);
    let asks_for_ipv6 = target.only.is_none_or(|only| only == IpVersion::V6);
    let (mut ipv6_is_asked, mut begun) = (asks_for_ipv6 && !lookups.is_empty(), false);
    loop {
        let now = Instant::now();
        if hold.is_none_or(|hold| now >= hold)
            && let Some(address) = candidates.take()
        {
            if !begun {
                trace.enter("connect");
                begun = true;
            }
            trying.push(open(SocketAddr::new(address, target.port)));
            hold = Some(now + STAGGER);
            continue;
        }
        let is_idle = trying.is_empty() && candidates.is_empty();
        if is_idle && failures.rule_out_a_name() {
            late.get_or_insert(now + LATE);
        }
        if is_idle && (lookups.is_empty() || late.is_some_and(|late| now >= late)) {
            return Err(failures.fault(target));
        }
        let wake = if candidates.is_empty() { late.filter(|_| is_idle) } else { hold };
        tokio::select! {
            Some((family, result)) = lookups.next(), if !lookups.is_empty() => {
                match result.map(|addresses| policy.permit(addresses)) {
                    Ok(Ok(addresses)) => {
                        trace.leads_to(AddressPolicy::reach(&addresses));
                        candidates.add(addresses);
                    }
                    Ok(Err(blocked)) => failures.blocked = failures.blocked.or(Some(blocked)),
                    Err(why) => failures.unresolved = failures.unresolved.max(Some(why)),
                }
                ipv6_is_asked &= family != IpVersion::V6;
                if !begun {
                    hold = ipv6_is_asked.then(|| Instant::now() + RESOLUTION_DELAY);
                }
            }
            Some(result) = trying.next(), if !trying.is_empty() => match result {
                Ok(stream) => return Ok(stream),
                Err(failed) => {
                    failures.connect = Some(more_specific(failures.connect, failed));
                    hold = None;
                }
            },
            () = sleep_until(wake.unwrap_or(now)), if wake.is_some() => {}
        }
    }
}

/// Addresses that may be tried, each family in the order given.
#[derive(Debug, Default)]
struct AddressQueue {
    ipv6: VecDeque<IpAddr>,
    ipv4: VecDeque<IpAddr>,
    /// Whose turn it is; of the first addresses the family of the very first.
    next: Option<IpVersion>,
}

impl AddressQueue {
    fn add(&mut self, addresses: Vec<IpAddr>) {
        for address in addresses {
            self.next.get_or_insert(IpVersion::of(address));
            match IpVersion::of(address) {
                IpVersion::V6 => self.ipv6.push_back(address),
                IpVersion::V4 => self.ipv4.push_back(address),
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.ipv6.is_empty() && self.ipv4.is_empty()
    }

    /// The families by turns, as long as both have addresses.
    fn take(&mut self) -> Option<IpAddr> {
        let taken = match self.next {
            Some(IpVersion::V4) => self.ipv4.pop_front().or_else(|| self.ipv6.pop_front()),
            Some(IpVersion::V6) | None => self.ipv6.pop_front().or_else(|| self.ipv4.pop_front()),
        }?;
        self.next = Some(IpVersion::of(taken).other());
        Some(taken)
    }
}

/// What went wrong so far.
#[derive(Debug, Default)]
struct Failures {
    connect: Option<Failed>,
    blocked: Option<Fault>,
    unresolved: Option<Unresolved>,
}

impl Failures {
    /// Whether the name has an address, although none that helps.
    fn rule_out_a_name(&self) -> bool {
        self.connect.is_some() || self.blocked.is_some()
    }

    fn fault(self, ConnectTarget { name, port: _, only }: ConnectTarget<'_>) -> Fault {
        let Self { connect, blocked, unresolved } = self;
        if let Some((address, error)) = connect {
            // With a choice, the other version may answer. Without one, this machine cannot make the probe.
            if let Some(version) = only.filter(|_| is_without_route(&error)) {
                let version = version.as_str();
                let actual = format!("this machine has no route over {version} to {}", foreign(address));
                return Fault::new(FaultKind::Prober, actual, format!("a network with {version}"));
            }
            let actual = format!("{} by {}", failure::words(&error), foreign(address));
            return Fault::new(Transport::Connect, actual, "a TCP connection");
        }
        blocked.unwrap_or_else(|| unresolved.unwrap_or(Unresolved::NoAddress).fault(name, only))
    }
}

async fn open(address: SocketAddr) -> Result<TcpStream, Failed> {
    let stream = TcpStream::connect(address).await.map_err(|error| (address, error))?;
    // A request is small and written at once, so waiting for more bytes only delays it. Without the option the probe
    // works all the same.
    drop(stream.set_nodelay(true));
    Ok(stream)
}

/// Whether this machine knows no way there.
fn is_without_route(error: &io::Error) -> bool {
    use io::ErrorKind::{AddrNotAvailable, NetworkUnreachable};
    matches!(error.kind(), AddrNotAvailable | NetworkUnreachable)
}

/// Prefers a failure that came from the network to "no route from this machine".
fn more_specific(known: Option<Failed>, failed: Failed) -> Failed {
    match known {
        Some(known) if is_without_route(&failed.1) => known,
        Some(_) | None => failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_families_are_tried_by_turns() {
        for (given, tried) in [
            (vec!["::1", "::2", "::3", "1.1.1.1"], vec!["::1", "1.1.1.1", "::2", "::3"]),
            (vec!["1.1.1.1", "::1", "2.2.2.2"], vec!["1.1.1.1", "::1", "2.2.2.2"]),
            (vec!["1.1.1.1"], vec!["1.1.1.1"]),
            (vec![], vec![]),
        ] {
            let parsed =
                |texts: Vec<&str>| texts.iter().map(|text| text.parse().expect(text)).collect::<Vec<_>>();
            let mut candidates = AddressQueue::default();
            candidates.add(parsed(given));
            let taken: Vec<_> = std::iter::from_fn(|| candidates.take()).collect();
            assert_eq!(taken, parsed(tried));
        }
    }

    #[test]
    fn a_family_that_comes_late_is_next() {
        let parsed = |text: &str| text.parse::<IpAddr>().expect(text);
        let mut candidates = AddressQueue::default();
        candidates.add(vec![parsed("1.1.1.1"), parsed("2.2.2.2")]);
        assert_eq!(candidates.take(), Some(parsed("1.1.1.1")));
        candidates.add(vec![parsed("::1")]);
        assert_eq!(candidates.take(), Some(parsed("::1")));
        assert_eq!(candidates.take(), Some(parsed("2.2.2.2")));
    }

    #[test]
    fn a_machine_without_a_way_there_says_less_than_a_peer_that_refused() {
        use io::ErrorKind::{ConnectionRefused, NetworkUnreachable};
        let failed = |kind| (SocketAddr::from(([127, 0, 0, 1], 1)), io::Error::from(kind));
        let kind = |known: Option<Failed>, new| more_specific(known, failed(new)).1.kind();
        assert_eq!(kind(None, NetworkUnreachable), NetworkUnreachable);
        assert_eq!(kind(Some(failed(ConnectionRefused)), NetworkUnreachable), ConnectionRefused);
        assert_eq!(kind(Some(failed(NetworkUnreachable)), ConnectionRefused), ConnectionRefused);
    }

    #[test]
    fn a_version_of_ip_without_a_route_says_nothing_of_the_endpoint_where_it_is_the_only_one() {
        use io::ErrorKind::{ConnectionRefused, NetworkUnreachable};
        let fault = |kind, only| {
            let connect = Some((SocketAddr::from(([192, 0, 2, 7], 443)), io::Error::from(kind)));
            let failures = Failures { connect, ..Failures::default() };
            failures.fault(ConnectTarget { name: "a.example", port: 443, only })
        };
        let unmade = fault(NetworkUnreachable, Some(IpVersion::V4));
        assert_eq!(unmade.kind, FaultKind::Prober);
        assert!(unmade.actual.starts_with("this machine has no route over IPv4 to "), "{unmade}");
        assert_eq!(fault(NetworkUnreachable, None).kind, Transport::Connect.into());
        assert_eq!(fault(ConnectionRefused, Some(IpVersion::V4)).kind, Transport::Connect.into());
    }

    #[test]
    fn the_fault_of_a_name_is_the_one_that_says_most() {
        let refused = || Unresolved::Refused("Server Failure".to_owned());
        for (one, other, most) in [
            (Unresolved::NoAddress, Unresolved::NoSuchName, Unresolved::NoSuchName),
            (refused(), Unresolved::NoAddress, refused()),
            (Unresolved::NoSuchName, Unresolved::Silent, Unresolved::Silent),
        ] {
            assert_eq!(Some(one).max(Some(other)), Some(most));
        }
    }
}
