//! A body that comes piece by piece, and the beginning of one that no rule reads.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::timeout;

use super::fault::of_hyper;
use crate::observation::Fault;

/// How much is kept of the body of an error that no rule reads.
pub const GLIMPSE: usize = 1 << 10;

/// How much of an unwanted body is taken, so that a small answer ends in good order.
const SKIMMED: usize = 64 << 10;

/// How long the next piece is waited for of what is kept.
const GLIMPSED: Duration = Duration::from_millis(100);

/// A body that comes piece by piece, in whichever version of HTTP.
pub trait Chunks: Send {
    /// Bytes that will come at least.
    fn announced(&self) -> u64;

    /// The next piece; `None` at the end. A call that is dropped loses nothing.
    fn next(&mut self) -> impl Future<Output = Option<Result<Bytes, Fault>>> + Send;
}

/// Takes the bytes that have come of a body that no rule reads, and gives the first `kept` of them. It waits for no
/// more, because a quiet stream of events never ends; what is kept may come a moment after the head. The head is the answer, even if the body breaks off.
pub async fn skim(mut body: impl Chunks, kept: usize) -> Vec<u8> {
    let (mut taken, mut start) = (0, Vec::new());
    while taken <= SKIMMED {
        let next = if kept > start.len() {
            timeout(GLIMPSED, body.next()).await.ok()
        } else {
            body.next().now_or_never()
        };
        let Some(Some(Ok(data))) = next else { break };
        taken += data.len();
        let wanted = data.len().min(kept - start.len());
        start.extend_from_slice(data.get(..wanted).unwrap_or_default());
    }
    start
}

/// Of HTTP/2.
impl Chunks for Incoming {
    fn announced(&self) -> u64 {
        self.size_hint().lower()
    }

    async fn next(&mut self) -> Option<Result<Bytes, Fault>> {
        loop {
            match self.frame().await? {
                Ok(frame) => {
                    if let Ok(data) = frame.into_data() {
                        return Some(Ok(data));
                    }
                }
                Err(error) => return Some(Err(of_hyper(&error, "before the body's end"))),
            }
        }
    }
}
