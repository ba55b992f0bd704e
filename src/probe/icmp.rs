//! A check of `icmp://`: some pings to a host, from a socket that needs no privileges.
//!
//! The kernel gives such a socket an id of its own, and passes it only the replies to that. What it does not look at is
//! looked at here: the sequence number and the payload, which no other host can know.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};
use ulid::Ulid;

use super::prepared::{Attempt, AttemptRecord, PreparedProbe};
use super::secrets::Secrets;
use crate::kinds::Evidence;
use crate::kinds::icmp::{PingRule, Pings, pinged_host};
use crate::monitor::Monitor;
use crate::net::{Dialer, Endpoint, PermittedAddress, failure, foreign};
use crate::observation::{Fault, FaultKind, Peer, Transport};

/// From one ping to the next. A short timeout makes it shorter.
const PAUSE: Duration = Duration::from_millis(200);

/// How much longer than the slowest reply a missing one is waited for, beside twice the time of that.
const GRACE: Duration = Duration::from_secs(1);

/// How long before the end of the attempt the wait ends, so that what came is judged.
const MARGIN: Duration = Duration::from_millis(5);

/// Bytes of a reply that are read: a header of IP, which some systems leave there, one of ICMP, and the payload.
const REPLY: usize = 128;

/// The types of ICMP (RFC 792, RFC 4443) by the version of IP.
const REQUEST: (u8, u8) = (8, 128);
const REPLIED: (u8, u8) = (0, 129);

/// A host with how it is pinged.
pub struct Pinging {
    endpoint: Endpoint,
    count: u8,
    patience: Duration,
}

impl Pinging {
    pub fn new(monitor: &Monitor, rule: &PingRule, secrets: &Secrets) -> Result<Self, Fault> {
        let host = pinged_host(&secrets.fill(&monitor.url)?);
        // No port is used.
        let endpoint = host.and_then(|host| Endpoint::parse(&format!("icmp://{host}:1")));
        let endpoint = endpoint.ok_or_else(|| {
            let actual = format!("no host in {}", monitor.url);
            Fault::new(Transport::Protocol, actual, "a URL such as icmp://host")
        })?;
        Ok(Self { endpoint, count: rule.count, patience: monitor.timeout })
    }

    async fn ping(&self, dialer: &Dialer<'_>, record: &mut AttemptRecord) -> Result<Evidence, Fault> {
        let trace = &mut record.trace;
        trace.toward(Peer { reach: None, uses_tls: false });
        if self.endpoint.is_named() {
            trace.enter("dns");
        }
        let addresses = dialer.addresses(&self.endpoint).await?;
        trace.leads_to(PermittedAddress::reach(&addresses));
        trace.enter("ping");
        let end = trace.started() + self.patience;
        let pings = self.first(&addresses, end).await?;
        trace.measured(pings.latency());
        Ok(Evidence::Icmp(pings))
    }

    /// Pings one address of each family at the same time. The first that replies to all pings counts, else the one with
    /// the most replies: a family without a way there must not hide the other.
    async fn first(&self, addresses: &[PermittedAddress], end: Instant) -> Result<Pings, Fault> {
        let of = |is_v6: bool| addresses.iter().find(|one| one.address().is_ipv6() == is_v6);
        let pinged = [of(true), of(false)].into_iter().flatten();
        let mut pinging: FuturesUnordered<_> = pinged.map(|address| self.pings(*address, end)).collect();
        let mut best: Option<Pings> = None;
        let mut fault: Option<Fault> = None;
        while let Some(result) = pinging.next().await {
            match result {
                Ok(pings) if pings.replies.len() == usize::from(pings.sent) => return Ok(pings),
                Ok(pings) => {
                    if best.as_ref().is_none_or(|best| best.replies.len() < pings.replies.len()) {
                        best = Some(pings);
                    }
                }
                Err(new) => fault = Some(graver(fault, new)),
            }
        }
        match (best, fault) {
            (Some(pings), _) if !pings.replies.is_empty() => Ok(pings),
            (None, Some(fault)) => Err(fault),
            // Nothing came back, so the time is up at any moment, which is the fault then.
            (Some(_) | None, _) => std::future::pending().await,
        }
    }

    /// All pings to one address. It ends when all have their replies, or a while after the last, or shortly before `end`.
    async fn pings(&self, address: PermittedAddress, end: Instant) -> Result<Pings, Fault> {
        let mut run = PingRun::new(address)?;
        // All of them are sent in the first half of the time.
        let pause = PAUSE.min(self.patience / (2 * u32::from(self.count)));
        let end = end.checked_sub(MARGIN).unwrap_or(end);
        for sequence in 0..u16::from(self.count) {
            run.send(sequence).await;
            run.listen(Instant::now() + pause, self.count).await;
        }
        if run.replies.is_empty() {
            // A host that does not answer has all the time that there is.
            run.listen(end, 1).await;
        }
        let slowest = run.replies.values().max().copied().unwrap_or_default();
        run.listen(end.min(Instant::now() + GRACE + 2 * slowest), self.count).await;
        match run.trouble.filter(|_| run.replies.is_empty()) {
            Some(trouble) => Err(trouble),
            None => Ok(Pings { sent: self.count, replies: run.replies.into_values().collect() }),
        }
    }
}

impl PreparedProbe for Pinging {
    fn host(&self) -> &str {
        self.endpoint.host_name()
    }

    fn uses_tls(&self) -> bool {
        false
    }

    fn attempt<'a>(&'a self, dialer: &'a Dialer<'a>, record: &'a mut AttemptRecord) -> Attempt<'a> {
        self.ping(dialer, record).boxed()
    }
}

/// Pings to one address, and what came back.
struct PingRun {
    socket: UdpSocket,
    address: PermittedAddress,
    /// What only this run knows.
    payload: [u8; 16],
    sent: BTreeMap<u16, Instant>,
    replies: BTreeMap<u16, Duration>,
    /// What the system said instead, the last of it.
    trouble: Option<Fault>,
}

impl PingRun {
    fn new(address: PermittedAddress) -> Result<Self, Fault> {
        let socket = address.pings().map_err(|error| unmade(&error, address))?;
        let payload = Ulid::generate().to_bytes();
        let (sent, replies) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { socket, address, payload, sent, replies, trouble: None })
    }

    async fn send(&mut self, sequence: u16) {
        let address = self.address.address();
        let packet = request(address.is_ipv6(), sequence, &self.payload);
        self.sent.insert(sequence, Instant::now());
        if let Err(error) = self.socket.send_to(&packet, address).await {
            self.trouble = Some(unreached(&error, self.address));
        }
    }

    /// Takes replies until then, or until there are so many, or nothing that was sent can have one.
    async fn listen(&mut self, until: Instant, number: u8) {
        while self.replies.len() < usize::from(number) {
            match timeout_at(until, self.take()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    self.trouble = Some(unreached(&error, self.address));
                    break;
                }
                Err(_) => break,
            }
        }
    }

    /// Takes one packet. What is no reply to a ping of this run, or comes from another host, is passed over.
    async fn take(&mut self) -> io::Result<()> {
        let mut packet = [0; REPLY];
        let (length, from) = self.socket.recv_from(&mut packet).await?;
        let now = Instant::now();
        let bytes = packet.get(..length).unwrap_or_default();
        if let Some(sequence) = replied((self.address.address().ip(), from.ip()), bytes, &self.payload)
            && let Some(sent) = self.sent.get(&sequence)
        {
            // A second reply to the same ping is none.
            self.replies.entry(sequence).or_insert(now - *sent);
        }
        Ok(())
    }
}

/// An echo request. The kernel fills in its id, and the checksum.
fn request(is_v6: bool, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let kind = if is_v6 { REQUEST.1 } else { REQUEST.0 };
    let [high, low] = sequence.to_be_bytes();
    let mut packet = vec![kind, 0, 0, 0, 0, 0, high, low];
    packet.extend(payload);
    if !is_v6 {
        let [high, low] = checksum(&packet).to_be_bytes();
        if let Some(place) = packet.get_mut(2..4) {
            place.copy_from_slice(&[high, low]);
        }
    }
    packet
}

/// The sequence number of an echo reply with this payload from the host that was pinged; `None` for anything else.
fn replied((pinged, from): (IpAddr, IpAddr), packet: &[u8], payload: &[u8]) -> Option<u16> {
    if from != pinged {
        return None;
    }
    let is_v6 = pinged.is_ipv6();
    let kind = if is_v6 { REPLIED.1 } else { REPLIED.0 };
    // Some systems leave the header of IPv4 before it; its first byte is no type of a reply.
    let packet = match packet {
        [first, ..] if !is_v6 && first >> 4 == 4 => packet.get(usize::from(first & 15) * 4..)?,
        packet => packet,
    };
    match packet {
        [found, 0, _, _, _, _, high, low, rest @ ..] if *found == kind && rest == payload => {
            Some(u16::from_be_bytes([*high, *low]))
        }
        _ => None,
    }
}

/// The checksum of the internet (RFC 1071).
fn checksum(packet: &[u8]) -> u16 {
    let (pairs, rest) = packet.as_chunks::<2>();
    let words = pairs.iter().map(|pair| u32::from(u16::from_be_bytes(*pair)));
    let last = rest.first().map_or(0, |byte| u32::from(*byte) << 8);
    let mut sum: u32 = words.sum::<u32>() + last;
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or_default()
}

/// Why there is no socket for pings. A machine that does not permit them says nothing about the host.
fn unmade(error: &io::Error, address: PermittedAddress) -> Fault {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Fault::new(
            FaultKind::Prober,
            "this machine does not permit pings",
            "the group of monitorctl within net.ipv4.ping_group_range",
        ),
        _ => unreached(error, address),
    }
}

fn unreached(error: &io::Error, address: PermittedAddress) -> Fault {
    let actual = format!("{} for pings to {}", failure::words(error), foreign(address.address().ip()));
    Fault::new(Transport::Connect, actual, "a reply")
}

/// Of two families, what says more of the host: that the machine has no way there says less.
fn graver(known: Option<Fault>, new: Fault) -> Fault {
    match known {
        Some(known) if known.kind == FaultKind::Prober => known,
        Some(_) | None => new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYLOAD: [u8; 16] = [7; 16];

    /// The reply to a request, as a host makes it.
    fn reply(is_v6: bool, sequence: u16) -> Vec<u8> {
        let mut packet = request(is_v6, sequence, &PAYLOAD);
        packet[0] = if is_v6 { 129 } else { 0 };
        packet
    }

    #[test]
    fn only_the_reply_to_a_ping_of_ours_counts() {
        for (host, other) in [("192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8::2")] {
            let [host, other]: [IpAddr; 2] = [host, other].map(|text| text.parse().expect(text));
            let is_v6 = host.is_ipv6();
            assert_eq!(replied((host, host), &reply(is_v6, 513), &PAYLOAD), Some(513));
            assert_eq!(replied((host, other), &reply(is_v6, 513), &PAYLOAD), None, "from another host");
            let changed = |place: usize| {
                let mut packet = reply(is_v6, 1);
                packet[place] ^= 1;
                packet
            };
            for (why, packet) in [
                ("another type", changed(0)),
                ("another code", changed(1)),
                ("another payload", changed(9)),
                ("a request", request(is_v6, 1, &PAYLOAD)),
                ("a piece", reply(is_v6, 1)[..12].to_vec()),
                ("more", [reply(is_v6, 1), vec![0]].concat()),
                ("nothing", Vec::new()),
            ] {
                assert_eq!(replied((host, host), &packet, &PAYLOAD), None, "{why}");
            }
        }
        let host = IpAddr::from([192, 0, 2, 1]);
        let with_header = [vec![0x45; 20], reply(false, 3)].concat();
        assert_eq!(replied((host, host), &with_header, &PAYLOAD), Some(3), "as macOS has it");
    }

    #[test]
    fn the_checksum_of_a_packet_with_its_checksum_is_nothing() {
        for sequence in [0, 1, 0xffff] {
            assert_eq!(checksum(&request(false, sequence, &PAYLOAD)), 0);
        }
        assert_eq!(checksum(&[0, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7]), !0xddf2);
        assert_eq!(checksum(&[1]), !0x0100);
    }
}
