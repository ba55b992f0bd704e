//! HTTP/2 on a connection of ours, driven by the task of the probe: it lives and ends with it.
//!
//! Only HTTP/2 wants helpers; they end with the probe too.

use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{Either, select};
use http::HeaderMap;
use hyper::body::Body;
use hyper::client::conn::http2::{self, Connection, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::net::{failure, foreign, tls_fault_of};
use crate::observation::{Fault, Transport};

/// Its name in ALPN.
pub const HTTP_2: &[u8] = b"h2";

/// Room for the head of an answer, counted as RFC 9113 counts it.
const HEAD: usize = 64 << 10;

/// The most that hyper reads of a head. It is more than [`HEAD`], because hyper does not say that it stopped here.
const READ: u32 = 1 << 20;

/// The tasks that HTTP/2 wants to run beside a connection; dropping it ends them.
#[derive(Default)]
pub struct Tasks(Arc<Mutex<JoinSet>>);

type JoinSet = tokio::task::JoinSet<()>;

#[derive(Clone)]
pub struct Spawner(Arc<Mutex<JoinSet>>);

impl Tasks {
    pub fn spawner(&self) -> Spawner {
        Spawner(Arc::clone(&self.0))
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }
}

impl<F> hyper::rt::Executor<F> for Spawner
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, task: F) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).spawn(task);
    }
}

/// Begins to speak HTTP/2 over `stream`.
pub async fn connect<S, B>(
    stream: S,
    tasks: &Tasks,
) -> hyper::Result<(SendRequest<B>, Connection<TokioIo<S>, B, Spawner>)>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    B: Body + Unpin + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let mut builder = http2::Builder::new(tasks.spawner());
    builder.max_header_list_size(READ);
    builder.handshake(TokioIo::new(stream)).await
}

/// Whether a head is longer than there is room for. RFC 9113 counts 32 bytes for each line beyond its name and value.
pub fn is_too_long(headers: &HeaderMap) -> bool {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 32).sum::<usize>() > HEAD
}

/// Drives `connection` for as long as `exchange` needs it. What ends a connection early reaches the exchange
/// through hyper, as the error of whatever it waits for.
pub async fn beside<T>(connection: impl Future, exchange: impl Future<Output = T>) -> T {
    match select(pin!(exchange), pin!(connection)).await {
        Either::Left((done, _)) => done,
        Either::Right((_, exchange)) => exchange.await,
    }
}

/// Why a server refused a stream, see RFC 9113, section 7. With `REFUSED_STREAM` it has not looked at the request.
pub fn refusal_code(error: &hyper::Error) -> Option<h2::Reason> {
    causes(error).filter_map(|error| error.downcast_ref::<h2::Error>()).find_map(|error| {
        let code = error.reason()?;
        // A server that is about to stop says goodbye without an error.
        let is_goodbye = error.is_go_away() && error.is_remote() && code == h2::Reason::NO_ERROR;
        Some(if is_goodbye { h2::Reason::REFUSED_STREAM } else { code })
    })
}

/// The fault behind an error of a connection that came `when`, where `expected` was to come.
pub fn broken(error: &io::Error, when: &str, expected: &str) -> Fault {
    tls_fault_of(error).unwrap_or_else(|| {
        Fault::new(Transport::Protocol, format!("{} {when}", failure::words(error)), expected)
    })
}

/// The same of an error of hyper; its own words where its type says no more.
pub fn broken_by(error: &hyper::Error, when: &str, expected: &str) -> Fault {
    if let Some(cause) = causes(error).find_map(|error| error.downcast_ref()) {
        return broken(cause, when, expected);
    }
    let actual = match error.source() {
        _ if error.is_incomplete_message() => format!("connection closed {when}"),
        Some(source) => format!("{error} {when}: {}", foreign(source)),
        None => format!("{error} {when}"),
    };
    Fault::new(Transport::Protocol, actual, expected)
}

/// What is behind an error, the nearest first.
fn causes(error: &hyper::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&error| error.source())
}
