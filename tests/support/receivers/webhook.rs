//! A consumer of Standard Webhooks, as its reference libraries verify.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>, version 1.0.0.

use aws_smithy_types::base64;
use jiff::Timestamp;
use serde_json::Value;

use super::hmac::hmac;
use super::{Accepted, Answer, Request, Service, Verdict};

/// Seconds that a timestamp may be off: the reference libraries, `WEBHOOK_TOLERANCE_IN_SECONDS`.
const TOLERANCE: u64 = 5 * 60;

pub struct Webhook {
    secrets: Vec<Vec<u8>>,
    /// Its clock, in seconds from 1970, if that stands still.
    now: Option<i64>,
    /// "it's no longer interested in receiving webhooks from this source": 410
    pub gone: bool,
}

impl Webhook {
    /// With secrets as users copy them: `whsec_` and base64. It takes what any of them signed.
    pub fn new(secrets: &[&str]) -> Self {
        Self { secrets: secrets.iter().map(|secret| key(secret)).collect(), now: None, gone: false }
    }

    /// With a clock that stands still.
    pub fn at(self, now: i64) -> Self {
        Self { now: Some(now), ..self }
    }

    /// From now on it knows these.
    pub fn rotate(&mut self, secrets: &[&str]) {
        self.secrets = secrets.iter().map(|secret| key(secret)).collect();
    }

    fn verify(&self, request: &Request) -> Result<Accepted, Answer> {
        let header = |name: &str| {
            let value = request.header(name).filter(|value| !value.is_empty());
            value.ok_or_else(|| Answer::text(400, &format!("Missing required header: {name}")))
        };
        let (id, timestamp, signatures) =
            (header("webhook-id")?, header("webhook-timestamp")?, header("webhook-signature")?);
        // "not be allowed to include any `.` to prevent certain attacks"
        if id.contains('.') {
            return Err(Answer::text(400, "a full stop in webhook-id"));
        }
        let sent: i64 =
            timestamp.parse().map_err(|_| Answer::text(400, "webhook-timestamp is no integer"))?;
        let now = self.now.unwrap_or_else(|| Timestamp::now().as_second());
        if now.abs_diff(sent) > TOLERANCE {
            let when = if sent < now { "too old" } else { "too new" };
            return Err(Answer::text(400, &format!("Message timestamp {when}")));
        }
        let signed = [format!("{id}.{timestamp}.").as_bytes(), &request.body].concat();
        // "a space delimited list"; other versions than `v1` are for other keys.
        let mut versions = signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,"));
        let ours = |signature: &str| {
            let signature = base64::decode(signature).ok();
            self.secrets.iter().any(|secret| signature.as_ref() == Some(&hmac(secret, &signed)))
        };
        if !versions.any(ours) {
            return Err(Answer::text(401, "No matching signature found"));
        }
        // "The payload should be JSON formatted".
        let body = request.json().ok_or_else(|| Answer::text(400, "no JSON"))?;
        Ok(Accepted::new(Some(id), text(&body), &body))
    }
}

impl Service for Webhook {
    fn path(&self) -> String {
        "/hooks/monitoring".to_owned()
    }

    fn judge(&mut self, request: &Request) -> Verdict {
        if self.gone {
            return Verdict::Refused(Answer::text(410, "Gone"));
        }
        match self.verify(request) {
            Ok(message) => Verdict::Accepted(Answer::text(204, ""), vec![message]),
            Err(refusal) => Verdict::Refused(refusal),
        }
    }

    /// "some responses may also include a `Retry-After` header"
    fn busy(&self, after: u32) -> Answer {
        Answer::text(429, "Too Many Requests").with("retry-after", &after)
    }
}

/// "Random. At least 24 bytes (192 bits, 512 maximum)"; "base64 encoded, prefixed with `whsec_`".
fn key(secret: &str) -> Vec<u8> {
    let encoded = secret.strip_prefix("whsec_").expect("a secret begins with whsec_");
    let key = base64::decode(encoded).expect("base64");
    assert!((24..=64).contains(&key.len()), "a secret of {} bytes", key.len());
    key
}

/// Every string of a record, in order.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join("\n"),
        Value::Object(fields) => fields.values().map(text).collect::<Vec<_>>().join("\n"),
        Value::Null | Value::Bool(_) | Value::Number(_) => String::new(),
    }
}
