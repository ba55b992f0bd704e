//! The authorities that a channel names, read from where they are.

use crate::channels::ChannelTrust;
use crate::net::read_certificates;

/// Authorities in PEM form that a channel trusts in place of those of the machine; `None` for the latter.
pub async fn authorities(trust: &ChannelTrust) -> Result<Option<String>, String> {
    match trust {
        ChannelTrust::Machine => Ok(None),
        ChannelTrust::Text(text) => Ok(Some(text.reveal().to_owned())),
        ChannelTrust::File(path) => read_certificates(path).await.map(Some),
    }
}
