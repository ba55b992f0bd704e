//! A webhook of one's own: the JSON record, signed as Standard Webhooks says. Pure.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::Sha256;

use super::sheet::{Sheet, fitting};
use super::{Channel, ChannelLimits, ChannelRequest, HttpRequest, SecretText};
use crate::message::{Grouping, Message, record};
use crate::written::{Path, Violation};

/// How a secret begins that is written in Base64.
const PREFIX: &str = "whsec_";

/// Alerts that have a request each; more share one.
const EACH: usize = 20;

#[derive(Debug)]
pub struct WebhookChannel;

/// What it has of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// URL that gets a POST for each alert. If a part of it is a credential, that part is a reference.
    #[schemars(example = &"https://hooks.example.com/monitorctl")]
    pub url: SecretText,
    /// Secret of the signature (Standard Webhooks), as a reference such as ${env:NAME}.
    #[schemars(example = &"${ssm:/prod/whsec}")]
    pub secret: Option<SecretText>,
    /// During a rotation the other secret, which signs too.
    #[schemars(example = &"${ssm:/prod/whsec-old}")]
    pub old_secret: Option<SecretText>,
}

impl Channel for WebhookChannel {
    const KIND: &'static str = "webhook";
    /// The specification wants payloads below 20 KB where possible; one alert is, and a storm is bounded by this.
    const LIMITS: ChannelLimits = ChannelLimits {
        grouping: Grouping::Each { up_to: EACH },
        bytes: 256 * 1024,
        pace: Duration::ZERO,
        texts: &[],
        counts: &[],
    };
    const CREDENTIALS: &'static [&'static str] = &["secret", "old_secret"];

    type Settings = WebhookSettings;

    fn secrets(settings: &mut WebhookSettings) -> Vec<(&'static str, &mut SecretText)> {
        let WebhookSettings { url, secret, old_secret } = settings;
        let secrets = [("secret", secret), ("old_secret", old_secret)].into_iter();
        let secrets = secrets.filter_map(|(field, secret)| Some((field, secret.as_mut()?)));
        std::iter::once(("url", url)).chain(secrets).collect()
    }

    fn check(settings: &WebhookSettings, at: &Path, violations: &mut Vec<Violation>) {
        super::rules::check_url(&settings.url, &at.key("url"), violations);
    }

    fn render(settings: &WebhookSettings, message: &Message) -> Vec<ChannelRequest> {
        let layout = |sheet: &Sheet<'_>| {
            let body = record(message, sheet.size.record).to_string();
            vec![ChannelRequest::Http(HttpRequest {
                url: settings.url.clone(),
                headers: headers(settings, message, &body),
                body: SecretText::new(body),
            })]
        };
        fitting(message, layout, |requests| Self::LIMITS.allow(requests))
    }
}

fn headers(settings: &WebhookSettings, message: &Message, body: &str) -> Vec<(&'static str, SecretText)> {
    let timestamp = message.at.as_second();
    let secrets = settings.secret.iter().chain(&settings.old_secret);
    // The specification forbids full stops in an id: they divide the parts of what is signed.
    let id = message.id.replace('.', "_");
    let signatures: Vec<_> = secrets.map(|secret| signature(secret, &id, timestamp, body)).collect();
    let mut headers = vec![
        ("webhook-id", SecretText::new(id)),
        ("webhook-timestamp", SecretText::new(timestamp.to_string())),
    ];
    if !signatures.is_empty() {
        headers.push(("webhook-signature", SecretText::new(signatures.join(" "))));
    }
    headers
}

/// `v1,` and the HMAC-SHA256 of id, time and body in Base64. A secret that is not in Base64 is its own bytes.
pub fn signature(secret: &SecretText, id: &str, timestamp: i64, body: &str) -> String {
    let text = secret.reveal().trim();
    let key = STANDARD.decode(text.strip_prefix(PREFIX).unwrap_or(text));
    let key = key.unwrap_or_else(|_| text.as_bytes().to_vec());
    // A key of any length is one: `new_from_slice` has no error for this hash.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return String::new() };
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}
