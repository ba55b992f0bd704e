//! A question to name servers: over UDP, and over TCP where the answer does not fit.

use std::io;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use hickory_resolver::proto::op::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep_until, timeout};

use super::message::{Extension, QueryMessage, Received, rcode};
use crate::kinds::dns::{DnsQuestion, Rcode, RecordSet};
use crate::net::{PermittedAddress, failure, foreign};
use crate::observation::{Fault, Transport};

/// How long an answer is waited for before the question is sent again: packets get lost.
const RESEND: Duration = Duration::from_secs(2);

/// The head start of a server before the next one is asked beside it.
const HEAD_START: Duration = Duration::from_secs(1);

/// Datagrams that are no answer to the question before the wait ends.
const MOST_FOREIGN: usize = 100;

/// Bytes of a datagram that are read; a server was offered room for fewer.
const DATAGRAM: usize = 4096;

/// What came over UDP.
pub enum Datagram {
    Answer(RecordSet),
    /// The answer waits on TCP, at the same server.
    Truncated(PermittedAddress),
}

/// A question in both of its forms.
pub struct QueryForms {
    extended: QueryMessage,
    plain: QueryMessage,
}

impl QueryForms {
    /// `None` for a name that no message can carry.
    pub fn new(question: &DnsQuestion) -> Option<Self> {
        let of = |extension| QueryMessage::new(question, extension);
        Some(Self { extended: of(Extension::Edns)?, plain: of(Extension::Plain)? })
    }

    /// Asks servers in their order, the next one if one fails or takes its time. The first answer counts, but that of a
    /// server that could not find out counts only if no other one could.
    pub async fn over_udp(&self, servers: &[PermittedAddress]) -> Result<Datagram, Fault> {
        let mut next = servers.iter();
        let mut asked = FuturesUnordered::new();
        let mut poor: Option<Result<Datagram, Fault>> = None;
        let mut hold = Instant::now();
        loop {
            let now = Instant::now();
            if now >= hold
                && let Some(server) = next.next()
            {
                asked.push(self.ask(*server));
                hold = now + HEAD_START;
                continue;
            }
            let has_more = next.len() > 0;
            tokio::select! {
                Some(result) = asked.next(), if !asked.is_empty() => {
                    match result {
                        Ok(Datagram::Answer(set)) if is_poor(set.rcode) => {
                            if !matches!(poor, Some(Ok(_))) {
                                poor = Some(Ok(Datagram::Answer(set)));
                            }
                        }
                        Ok(datagram) => return Ok(datagram),
                        Err(fault) => drop(poor.get_or_insert(Err(fault))),
                    }
                    hold = Instant::now();
                }
                () = sleep_until(hold), if has_more => {}
                else => return poor.unwrap_or_else(|| {
                    Err(Fault::new(Transport::Dns, "no name server to ask", "a name server"))
                }),
            }
        }
    }

    async fn ask(&self, server: PermittedAddress) -> Result<Datagram, Fault> {
        let unreached = |error: io::Error| unreached(&error, server, "an answer");
        let socket = server.datagrams().await.map_err(unreached)?;
        let answer = exchange(&socket, &self.extended, server).await?;
        let asks_in_vain = |message: &Message| matches!(rcode(message), Rcode(1 | 4 | 16));
        match answer {
            None => Ok(Datagram::Truncated(server)),
            // A server from before the extension says so.
            Some(message) if asks_in_vain(&message) => {
                let socket = server.datagrams().await.map_err(unreached)?;
                match exchange(&socket, &self.plain, server).await? {
                    None => Ok(Datagram::Truncated(server)),
                    Some(message) => self.plain.records(&message).map(Datagram::Answer),
                }
            }
            Some(message) => self.extended.records(&message).map(Datagram::Answer),
        }
    }

    /// Asks a server over TCP, which has room for every answer.
    pub async fn over_tcp(&self, server: PermittedAddress) -> Result<RecordSet, Fault> {
        let query = &self.extended;
        let mut stream =
            server.stream().await.map_err(|error| unreached(&error, server, "a TCP connection"))?;
        let broken =
            |error: io::Error| protocol(&format!("{} during the answer over TCP", failure::words(&error)));
        let length = u16::try_from(query.bytes.len()).unwrap_or(u16::MAX);
        let framed = [&length.to_be_bytes()[..], &query.bytes].concat();
        stream.write_all(&framed).await.map_err(broken)?;
        let length = stream.read_u16().await.map_err(broken)?;
        let mut answer = vec![0; length.into()];
        stream.read_exact(&mut answer).await.map_err(broken)?;
        match query.sort(&answer) {
            Received::Answer(message) => query.records(&message),
            Received::Foreign => Err(protocol("an answer over TCP to another question")),
            Received::Truncated => Err(protocol("an answer over TCP that is cut off")),
            Received::Broken => Err(protocol("an answer that cannot be read")),
        }
    }

    /// Over UDP, and over TCP where that does not fit.
    pub async fn over_either(&self, servers: &[PermittedAddress]) -> Result<RecordSet, Fault> {
        match self.over_udp(servers).await? {
            Datagram::Answer(set) => Ok(set),
            Datagram::Truncated(server) => self.over_tcp(server).await,
        }
    }
}

/// Whether another server may know more.
fn is_poor(rcode: Rcode) -> bool {
    !matches!(rcode, Rcode(0 | 3))
}

/// The answer; `None` for one that is truncated. It waits for as long as it is let.
async fn exchange(
    socket: &UdpSocket,
    query: &QueryMessage,
    server: PermittedAddress,
) -> Result<Option<Box<Message>>, Fault> {
    let unreached = |error: io::Error| unreached(&error, server, "an answer");
    let mut foreign = 0;
    let mut datagram = vec![0; DATAGRAM];
    loop {
        socket.send(&query.bytes).await.map_err(unreached)?;
        let resend = Instant::now() + RESEND;
        while let Ok(received) =
            timeout(resend.saturating_duration_since(Instant::now()), socket.recv(&mut datagram)).await
        {
            let length = received.map_err(unreached)?;
            match query.sort(datagram.get(..length).unwrap_or_default()) {
                Received::Answer(message) => return Ok(Some(message)),
                Received::Truncated => return Ok(None),
                Received::Broken => return Err(protocol("an answer that cannot be read")),
                Received::Foreign => foreign += 1,
            }
            if foreign > MOST_FOREIGN {
                let actual = format!("more than {MOST_FOREIGN} answers to other questions");
                return Err(protocol(&actual));
            }
        }
    }
}

fn unreached(error: &io::Error, server: PermittedAddress, expected: &str) -> Fault {
    let actual = format!("{} by {}", failure::words(error), foreign(server.address()));
    Fault::new(Transport::Connect, actual, expected)
}

fn protocol(actual: &str) -> Fault {
    Fault::new(Transport::Protocol, actual, "an answer to the question")
}
