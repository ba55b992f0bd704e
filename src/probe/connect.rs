//! Phase two: a TCP connection to one of the addresses, the first that answers (RFC 8305).

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::failure;
use crate::observation::{Fault, FaultKind};

/// The head start of an address before the next one is tried beside it.
const STAGGER: Duration = Duration::from_millis(250);

/// An address and why it could not be connected to.
type Failed = (SocketAddr, io::Error);

/// Connects to `addresses` in the resolver's order, but the two families by turns.
///
/// A failure starts the next address at once: a box without IPv6 loses no time on it.
pub async fn connect(addresses: Vec<IpAddr>, port: u16) -> Result<TcpStream, Fault> {
    let mut trying = FuturesUnordered::new();
    let mut failure = None;
    for address in by_turns(addresses) {
        trying.push(open(SocketAddr::new(address, port)));
        match timeout(STAGGER, trying.next()).await {
            Ok(Some(Ok(stream))) => return Ok(stream),
            Ok(Some(Err(failed))) => failure = Some(more_telling(failure, failed)),
            Ok(None) | Err(_) => {}
        }
    }
    while let Some(result) = trying.next().await {
        match result {
            Ok(stream) => return Ok(stream),
            Err(failed) => failure = Some(more_telling(failure, failed)),
        }
    }
    let actual = match failure {
        Some((address, error)) => format!("{} by {address}", failure::words(&error)),
        None => "no address to connect to".to_owned(),
    };
    Err(Fault::new(FaultKind::Connect, actual, "a TCP connection"))
}

async fn open(address: SocketAddr) -> Result<TcpStream, Failed> {
    let stream = TcpStream::connect(address).await.map_err(|error| (address, error))?;
    // A request is small and written at once; holding it back for more could only make it late. Where the
    // option is refused the probe is none the worse.
    drop(stream.set_nodelay(true));
    Ok(stream)
}

/// Keeps the failure that came from the network over one that says only that this box has no way there.
fn more_telling(known: Option<Failed>, failed: Failed) -> Failed {
    use io::ErrorKind::{AddrNotAvailable, NetworkUnreachable};
    match known {
        Some(known) if matches!(failed.1.kind(), AddrNotAvailable | NetworkUnreachable) => known,
        Some(_) | None => failed,
    }
}

/// IPv6, IPv4, IPv6, …, each family in the order given; the family of the first address begins.
fn by_turns(addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    let Some(first) = addresses.first().map(IpAddr::is_ipv6) else { return addresses };
    let (leading, following): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|a| a.is_ipv6() == first);
    let (mut leading, mut following) = (leading.into_iter(), following.into_iter());
    std::iter::from_fn(|| Some([leading.next(), following.next()]))
        .take_while(|pair| pair.iter().any(Option::is_some))
        .flatten()
        .flatten()
        .collect()
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
            assert_eq!(by_turns(parsed(given)), parsed(tried));
        }
    }

    #[test]
    fn a_box_without_a_way_there_says_less_than_a_peer_that_refused() {
        use io::ErrorKind::{ConnectionRefused, NetworkUnreachable};
        let failed = |kind| (SocketAddr::from(([127, 0, 0, 1], 1)), io::Error::from(kind));
        let kind = |known: Option<Failed>, new| more_telling(known, failed(new)).1.kind();
        assert_eq!(kind(None, NetworkUnreachable), NetworkUnreachable);
        assert_eq!(kind(Some(failed(ConnectionRefused)), NetworkUnreachable), ConnectionRefused);
        assert_eq!(kind(Some(failed(NetworkUnreachable)), ConnectionRefused), ConnectionRefused);
    }
}
