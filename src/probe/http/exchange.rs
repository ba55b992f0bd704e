//! A request goes out, the head of an answer comes in, and then its body.
//!
//! The connection is driven by the task of the probe: it lives and ends with it, and there is no handing over
//! between tasks in the time that is measured.

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::body;
use super::offer::HttpVersions;
use super::redirect;
use super::request::{BodyUse, HopRequest};
use crate::kinds::http::Answer;
use crate::net::Refused;
use crate::observation::Fault;
use crate::probe::prepared::AttemptRecord;
use crate::probe::wire::chunks::{self, Chunks, GLIMPSE};
use crate::probe::wire::fault::of_hyper;
use crate::probe::wire::head::Head;
use crate::probe::wire::http1;
use crate::probe::wire::http2::{Tasks, beside, connect, is_too_long, refusal_code};

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
    let (mut sender, connection) = connect(stream, &tasks).await.map_err(|e| unanswered(&e))?;
    let exchange = async {
        let response = sender.send_request(request.to_http2()).await.map_err(|e| refused(&e))?;
        let (head, body) = response.into_parts();
        if is_too_long(&head.headers) {
            return Err(http1::too_long().into());
        }
        Ok(receive(Head::from(head), body, request, record).await?)
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
    // Over TLS, what comes is from the endpoint.
    if let Some(proxy) = request.proxy.as_ref().filter(|_| !request.target.is_https()) {
        proxy.check_answer(head.status)?;
    }
    if let Some(next) = redirect::next_hop(request, &head)? {
        return Ok(Reply::Redirect(next));
    }
    record.trace.enter("read");
    let (body, glimpse) = match request.answer_body {
        BodyUse::Judged => (Some(body::read(body, &head).await?), Vec::new()),
        BodyUse::Ignored => (None, chunks::skim(body, glimpse(head.status)).await),
    };
    let Head { version, status, fields: headers } = head;
    Ok(Reply::Answer(Answer { version, status, headers, body, glimpse }))
}

/// What is good needs no explanation.
fn glimpse(status: u16) -> usize {
    if status < 400 { 0 } else { GLIMPSE }
}

/// What is worth another try says so by its code.
fn refused(error: &hyper::Error) -> Refused<HttpVersions> {
    let instead = match refusal_code(error) {
        Some(h2::Reason::HTTP_1_1_REQUIRED) => Some(HttpVersions::Http1),
        Some(h2::Reason::REFUSED_STREAM) => Some(HttpVersions::All),
        Some(_) | None => None,
    };
    Refused { fault: unanswered(error), instead }
}

fn unanswered(error: &hyper::Error) -> Fault {
    of_hyper(error, "before an answer")
}
