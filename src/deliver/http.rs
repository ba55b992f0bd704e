//! Requests over HTTP.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::channels::{ChannelAnswer, HttpAnswer, HttpRequest};
use crate::monitor::ChannelId;
use crate::net::{AddressPolicy, WebAnswer, WebClient, WebPost};

/// Posts to channels.
pub struct HttpSender {
    client: WebClient,
    /// When the next request of each channel may be sent.
    next: Mutex<HashMap<ChannelId, Instant>>,
}

impl HttpSender {
    pub fn new(policy: AddressPolicy) -> Self {
        Self { client: WebClient::new(policy), next: Mutex::default() }
    }

    /// Sends once, in the pace that the channel takes. The server must be trusted by `authorities`, in PEM form, or by
    /// this machine. An error says in a few words why there is no answer.
    pub async fn send(
        &self,
        channel: &ChannelId,
        pace: Duration,
        authorities: Option<&str>,
        HttpRequest { url, headers, body }: &HttpRequest,
    ) -> Result<ChannelAnswer, String> {
        self.wait_for_permit(channel, pace).await;
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.reveal())).collect();
        let post =
            WebPost { url: url.reveal(), headers: &headers, body: body.reveal().to_owned(), authorities };
        let WebAnswer { status, retry_after, body } = self.client.post(post).await?;
        Ok(ChannelAnswer::Http(HttpAnswer { status, retry_after, body }))
    }

    async fn wait_for_permit(&self, channel: &ChannelId, pace: Duration) {
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let turn = next.get(channel).map_or(now, |next| now.max(*next));
            next.insert(channel.clone(), turn + pace);
            turn
        };
        sleep_until(turn).await;
    }
}
