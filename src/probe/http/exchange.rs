//! A request goes out, the head of an answer comes in, and then its body.
//!
//! The connection is driven by the task of the probe: it lives and ends with it, and there is no handing over
//! between tasks in the time that is measured. (Only HTTP/2 wants helpers; they end with the probe too.)

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{Either, select};
use hyper::client::conn::http2;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::task::JoinSet;

use super::body::{self, Chunks};
use super::fault::{causes, of_hyper};
use super::head::Head;
use super::http1;
use super::offer::HttpVersions;
use super::redirect;
use super::request::{BodyUse, HopRequest};
use crate::kinds::http::Answer;
use crate::net::Refused;
use crate::observation::Fault;
use crate::probe::prepared::AttemptRecord;

/// Room for the head of an answer in HTTP/2, counted as RFC 9113 counts it.
const HEAD: usize = 64 << 10;

/// The most that hyper reads of a head. It is more than [`HEAD`], because hyper does not say that it stopped here.
const READ: u32 = 1 << 20;

/// How much is kept of the body of an error that no rule reads.
const GLIMPSE: usize = 1 << 10;

/// The answer to one request, and where it leads.
pub enum Reply {
    Answer(Answer),
    Redirect(Box<HopRequest>),
}

/// Speaks HTTP/1.1 over `stream`.
///
/// It is listened to while the request still goes out: a server may answer early, as one that refuses a long body
/// does. What fails in sending shows in what is read.
pub async fn over_http1<S>(
    stream: S,
    request: &HopRequest,
    record: &mut AttemptRecord,
) -> Result<Reply, Fault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let (reader, mut writer) = tokio::io::split(stream);
    let sent = request.to_http1();
    let sending = async {
        if writer.write_all(&sent).await.is_ok() {
            drop(writer.flush().await);
        }
    };
    let exchange = async {
        let (head, body) = http1::answer(reader, &request.method).await?;
        receive(head, body, request, record).await
    };
    beside(sending, exchange).await
}

/// Speaks HTTP/2 over `stream`.
pub async fn over_http2<S>(
    stream: S,
    request: &HopRequest,
    record: &mut AttemptRecord,
) -> Result<Reply, Refused<HttpVersions>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let tasks = Tasks::default();
    let mut builder = http2::Builder::new(tasks.spawner());
    builder.max_header_list_size(READ);
    let (mut sender, connection) =
        builder.handshake(TokioIo::new(stream)).await.map_err(|e| unanswered(&e))?;
    let exchange = async {
        let response = sender.send_request(request.to_http2()).await.map_err(|e| refused(&e))?;
        let (head, body) = response.into_parts();
        let head = Head::from(head);
        if head.size() > HEAD {
            return Err(http1::too_long().into());
        }
        Ok(receive(head, body, request, record).await?)
    };
    beside(connection, exchange).await
}

/// The body of an answer that leads elsewhere is not read.
async fn receive(
    head: Head,
    body: impl Chunks,
    request: &HopRequest,
    record: &mut AttemptRecord,
) -> Result<Reply, Fault> {
    if let Some(next) = redirect::next_hop(request, &head)? {
        return Ok(Reply::Redirect(next));
    }
    record.trace.enter("read");
    let (body, glimpse) = match request.answer_body {
        BodyUse::Judged => (Some(body::read(body, &head).await?), Vec::new()),
        BodyUse::Ignored => (None, body::skim(body, glimpse(head.status)).await),
    };
    let Head { status, fields: headers } = head;
    Ok(Reply::Answer(Answer { status, headers, body, glimpse }))
}

/// What is good needs no explanation.
fn glimpse(status: u16) -> usize {
    if status < 400 { 0 } else { GLIMPSE }
}

/// Drives `connection` for as long as `exchange` needs it. What ends a connection early reaches the exchange
/// through hyper, as the error of whatever it waits for.
async fn beside<T>(connection: impl Future, exchange: impl Future<Output = T>) -> T {
    match select(pin!(exchange), pin!(connection)).await {
        Either::Left((done, _)) => done,
        Either::Right((_, exchange)) => exchange.await,
    }
}

/// The tasks that HTTP/2 wants to run beside a connection; dropping it ends them.
#[derive(Default)]
struct Tasks(Arc<Mutex<JoinSet<()>>>);

#[derive(Clone)]
struct Spawner(Arc<Mutex<JoinSet<()>>>);

impl Tasks {
    fn spawner(&self) -> Spawner {
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

/// What is worth another try says so by its code, see RFC 9113, section 7: the server has not looked at the request.
fn refused(error: &hyper::Error) -> Refused<HttpVersions> {
    let code = causes(error).filter_map(|error| error.downcast_ref::<h2::Error>()).find_map(|error| {
        let code = error.reason()?;
        // A server that is about to stop says goodbye without an error.
        let is_goodbye = error.is_go_away() && error.is_remote() && code == h2::Reason::NO_ERROR;
        Some(if is_goodbye { h2::Reason::REFUSED_STREAM } else { code })
    });
    let instead = match code {
        Some(h2::Reason::HTTP_1_1_REQUIRED) => Some(HttpVersions::Http1),
        Some(h2::Reason::REFUSED_STREAM) => Some(HttpVersions::All),
        Some(_) | None => None,
    };
    Refused { fault: unanswered(error), instead }
}

fn unanswered(error: &hyper::Error) -> Fault {
    of_hyper(error, "before an answer")
}
