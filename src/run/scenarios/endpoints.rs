//! Endpoints on loopback that answer, or do not, as a test says.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::world::slot_of;
use crate::clock::Clock;

/// How an endpoint behaves.
#[derive(Debug, Clone)]
pub enum Manner {
    Up,
    Down,
    /// Is up, and says so at length.
    Saying(Arc<str>),
    /// Takes the request, and never answers.
    Silent,
    /// The machine of the prober is asked to stop while this endpoint is probed.
    Stopping(watch::Sender<bool>),
    /// Is down, and opens a gate when it is asked.
    Opening(watch::Sender<bool>),
}

#[derive(Debug, Clone, Copy)]
enum Reached {
    ByAddress,
    ByName,
}

/// One request that an endpoint got.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Probe {
    pub slot: u64,
    pub monitor: String,
}

/// All endpoints of a scenario, at one address.
#[derive(Clone)]
pub struct Endpoints {
    address: SocketAddr,
    reached: Reached,
    clock: Clock,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    manners: BTreeMap<String, Manner>,
    probes: Vec<Probe>,
}

impl Endpoints {
    pub async fn open(clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let endpoints = Self { address, reached: Reached::ByAddress, clock, inner: Arc::default() };
        let serving = endpoints.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream));
            }
        });
        endpoints
    }

    /// Each has a name, `<monitor>.shop.test`.
    pub fn by_name(self) -> Self {
        Self { reached: Reached::ByName, ..self }
    }

    pub fn url(&self, monitor: &str) -> String {
        match self.reached {
            Reached::ByAddress => format!("http://{}/{monitor}", self.address),
            Reached::ByName => self.named(&format!("{monitor}.shop.test"), monitor),
        }
    }

    /// The URL of an endpoint under another name.
    pub fn named(&self, name: &str, monitor: &str) -> String {
        format!("http://{name}:{}/{monitor}", self.address.port())
    }

    pub fn set(&self, monitor: &str, manner: Manner) {
        self.lock().manners.insert(monitor.to_owned(), manner);
    }

    /// Every endpoint is up until it is set otherwise.
    pub fn manner(&self, monitor: &str) -> Manner {
        self.lock().manners.get(monitor).cloned().unwrap_or(Manner::Up)
    }

    /// Every request so far, in its order.
    pub fn probes(&self) -> Vec<Probe> {
        self.lock().probes.clone()
    }

    async fn serve(self, mut stream: TcpStream) {
        let Some(monitor) = asked(&mut stream).await else { return };
        let slot = slot_of(self.clock.wall());
        self.lock().probes.push(Probe { slot, monitor: monitor.clone() });
        let status = match self.manner(&monitor) {
            Manner::Up | Manner::Saying(_) => "200 OK",
            Manner::Down => "503 Service Unavailable",
            Manner::Opening(gate) => {
                gate.send_replace(true);
                "503 Service Unavailable"
            }
            Manner::Silent => std::future::pending().await,
            Manner::Stopping(stop) => {
                stop.send_replace(true);
                std::future::pending().await
            }
        };
        let body = match self.manner(&monitor) {
            Manner::Saying(body) => body,
            _ => Arc::from(""),
        };
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
        // A prober that died is not there to hear it.
        drop(stream.write_all(answer.as_bytes()).await);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The path of a request without its slash, once the whole head is there.
async fn asked(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let head = String::from_utf8(head).ok()?;
    head.split(' ').nth(1)?.strip_prefix('/').map(str::to_owned)
}
