//! What is sent, before an edge sends it.

use super::SecretText;
use super::mail::Mail;
use super::publication::Publication;

/// One request to a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelRequest {
    Http(HttpRequest),
    Sns(Publication),
    Mail(Mail),
    /// A JSON object on a line of its own.
    Line(String),
}

/// A POST of JSON. The URL, a header or the body may hold a credential, so none of them is ever printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    pub url: SecretText,
    /// Beside `Content-Type: application/json`.
    pub headers: Vec<(&'static str, SecretText)>,
    pub body: SecretText,
}

impl ChannelRequest {
    /// A POST of JSON without headers of its own.
    pub fn json(url: &SecretText, body: &serde_json::Value) -> Self {
        let body = SecretText::new(body.to_string());
        Self::Http(HttpRequest { url: url.clone(), headers: Vec::new(), body })
    }
}
