//! The tries of one request, and what its answers mean.

use std::time::Duration;

use tokio::time::sleep;

use super::NotifyError;
use super::error::Tries;
use crate::channels::{ChannelAnswer, ReadyChannel, Receipt};
use crate::monitor::ChannelId;

/// Tries of one request. An answer may be lost, so each carries the same id.
const TRIES: u32 = 3;

/// Wait before the second try; twice that before the third.
const WAIT: Duration = Duration::from_millis(500);

/// A service that asks for more time gets it from the next run.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Returns once the channel has accepted what `once` sends. An error of `once` says why there was no answer.
pub async fn persist(
    channel: &ChannelId,
    ready: &ReadyChannel,
    once: impl AsyncFn() -> Result<ChannelAnswer, String>,
) -> Result<(), NotifyError> {
    let mut tried = 0;
    loop {
        tried += 1;
        let (error, wait) = match once().await {
            Err(why) => (NotifyError::NoAnswer { channel: channel.clone(), tries: Tries(tried), why }, None),
            Ok(answer) => match ready.receipt(&answer) {
                Receipt::Accepted => return Ok(()),
                Receipt::Refused(reason) => {
                    let channel = channel.clone();
                    return Err(if answer.is_about_the_message() {
                        NotifyError::MessageRefused { channel, reason }
                    } else {
                        NotifyError::ChannelRefuses { channel, reason }
                    });
                }
                Receipt::Later(wait) => {
                    let (channel, reason) = (channel.clone(), ready.words(&answer));
                    (NotifyError::NotNow { channel, tries: Tries(tried), reason }, wait)
                }
            },
        };
        let wait = wait.unwrap_or(WAIT * tried);
        if tried == TRIES || wait > LONGEST_WAIT {
            return Err(error);
        }
        sleep(wait).await;
    }
}
