//! SNS inside a test: what AWS refuses is refused here, and what it accepts is remembered.
//!
//! The SDK's own client talks to it, so every request is one that AWS would get. The rules are those of the API
//! reference of Publish; where it can be read in two ways, the stricter one holds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;

use crate::clock::Clock;

/// How long a deduplication id is remembered.
const REMEMBERED: Duration = Duration::from_mins(5);

/// What a message by protocol may have a text for.
const PROTOCOLS: [&str; 10] =
    ["default", "http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose"];

/// SNS; clones are the same one.
#[derive(Debug, Clone)]
pub struct StrictSns {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    clock: Clock,
    accepted: Vec<Accepted>,
    requests: usize,
    /// What happens to the next requests, the first first.
    script: Vec<Trick>,
    deduplication: HashMap<(String, String), Timestamp>,
}

/// What a subscriber of a topic gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    pub topic: String,
    /// The region whose endpoint took it.
    pub region: String,
    pub subject: Option<String>,
    /// The text of each protocol.
    pub texts: Value,
    /// Type and value by name.
    pub attributes: HashMap<String, (String, String)>,
    pub group: Option<String>,
    pub deduplication: Option<String>,
}

/// Something that AWS does now and then.
#[derive(Debug, Clone)]
pub enum Trick {
    /// An error of the service: status and code.
    Fail(u16, &'static str),
    /// What something between says in the place of AWS: a status, and a page for people.
    Page(u16),
    /// The request is done, and its answer is lost.
    LoseAnswer,
    /// No connection.
    Unreachable,
    /// An answer that never comes.
    Hang,
}

impl StrictSns {
    pub fn new(clock: Clock) -> Self {
        let inner = Inner {
            clock,
            accepted: Vec::new(),
            requests: 0,
            script: Vec::new(),
            deduplication: HashMap::new(),
        };
        Self { inner: Arc::new(Mutex::new(inner)) }
    }

    pub fn play(&self, tricks: impl IntoIterator<Item = Trick>) {
        self.lock().script.extend(tricks);
    }

    pub fn accepted(&self) -> Vec<Accepted> {
        self.lock().accepted.clone()
    }

    pub fn requests(&self) -> usize {
        self.lock().requests
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let host = request.uri().split('/').nth(2).unwrap_or_default();
        let region = host.split('.').nth(1).unwrap_or_default().to_owned();
        let fields: HashMap<String, String> =
            url::form_urlencoded::parse(request.body().bytes().unwrap_or_default()).into_owned().collect();
        let mut inner = self.lock();
        let now = inner.clock.wall();
        let (status, body) = match read(&fields, region) {
            Ok(publish) => {
                let known = publish.deduplication.clone().is_some_and(|id| {
                    let key = (publish.topic.clone(), id);
                    let known = inner.deduplication.get(&key).is_some_and(|at| now < *at + REMEMBERED);
                    if !known {
                        inner.deduplication.insert(key, now);
                    }
                    known
                });
                // A duplicate is accepted, and not delivered again.
                if !known {
                    inner.accepted.push(publish);
                }
                let id = inner.accepted.len();
                (
                    200,
                    format!(
                        "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>{id}</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>"
                    ),
                )
            }
            Err(why) => error(400, "InvalidParameter", &why),
        };
        response(status, body)
    }
}

fn error(status: u16, code: &str, why: &str) -> (u16, String) {
    let body = format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>{why}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    );
    (status, body)
}

fn response(status: u16, body: String) -> HttpResponse {
    let status = StatusCode::from_u16(status).expect("a status");
    let mut response = HttpResponse::new(status.into(), SdkBody::from(body));
    response.headers_mut().insert("content-type", "text/xml");
    response
}

/// A Publish request, if AWS would take it.
fn read(fields: &HashMap<String, String>, region: String) -> Result<Accepted, String> {
    let field = |name: &str| fields.get(name).cloned();
    let invalid = |name: &str, why: &str| Err(format!("Invalid parameter: {name} Reason: {why}"));
    if field("Action").as_deref() != Some("Publish") {
        return Err(format!("{:?} is not served", field("Action")));
    }
    let topic = field("TopicArn").ok_or("Invalid parameter: TopicArn or TargetArn Reason: no value")?;
    if topic.split(':').nth(3) != Some(region.as_str()) {
        return invalid("TopicArn", "it is of another region");
    }
    let subject = field("Subject");
    if let Some(subject) = &subject {
        let begins = subject.chars().next().is_some_and(|c| c.is_ascii_graphic());
        let plain = subject.chars().all(|c| c == ' ' || c.is_ascii_graphic());
        if !begins || !plain || subject.len() >= 100 {
            return invalid("Subject", subject);
        }
    }
    let message = field("Message").filter(|message| !message.is_empty());
    let Some(message) = message else { return invalid("Message", "Empty message") };
    if field("MessageStructure").as_deref() != Some("json") {
        return invalid("MessageStructure", "the record expects json");
    }
    let Ok(Value::Object(texts)) = serde_json::from_str(&message) else {
        return invalid("Message Structure", "JSON message body failed to parse");
    };
    if texts.get("default").and_then(Value::as_str).is_none_or(str::is_empty) {
        return invalid("Message Structure", "No default entry in JSON message body");
    }
    if texts.iter().any(|(name, text)| !PROTOCOLS.contains(&name.as_str()) || !text.is_string()) {
        return invalid("Message Structure", "an unknown protocol");
    }
    let attributes = attributes(fields)?;
    let size: usize =
        attributes.iter().map(|(name, (kind, value))| name.len() + kind.len() + value.len()).sum();
    if message.len() + size > 262_144 {
        return invalid("Message", "Message too long");
    }
    let (group, deduplication) = (field("MessageGroupId"), field("MessageDeduplicationId"));
    let fifo = topic.strip_suffix(".fifo").is_some();
    for (name, id) in [("MessageGroupId", &group), ("MessageDeduplicationId", &deduplication)] {
        match id {
            None if fifo => return invalid(name, "a FIFO topic needs it"),
            Some(_) if !fifo && name == "MessageDeduplicationId" => {
                return invalid(name, "only a FIFO topic takes it");
            }
            Some(id) if id.is_empty() || id.len() > 128 || !id.chars().all(|c| c.is_ascii_graphic()) => {
                return invalid(name, "1 to 128 letters, digits and punctuation marks");
            }
            Some(_) | None => {}
        }
    }
    Ok(Accepted { topic, region, subject, texts: Value::Object(texts), attributes, group, deduplication })
}

fn attributes(fields: &HashMap<String, String>) -> Result<HashMap<String, (String, String)>, String> {
    let mut found = HashMap::new();
    for number in 1.. {
        let field = |name: &str| fields.get(&format!("MessageAttributes.entry.{number}.{name}")).cloned();
        let Some(name) = field("Name") else { break };
        let (kind, value) =
            (field("Value.DataType").unwrap_or_default(), field("Value.StringValue").unwrap_or_default());
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let reserved = ["aws.", "amazon."].iter().any(|prefix| name.to_lowercase().starts_with(prefix));
        let dots = name.starts_with('.') || name.ends_with('.') || name.contains("..");
        if name.is_empty() || name.len() > 256 || !name.chars().all(allowed) || reserved || dots {
            return Err(format!("the attribute name {name:?} is not allowed"));
        }
        let good = match kind.as_str() {
            "String" => !value.is_empty(),
            "String.Array" => {
                serde_json::from_str::<Vec<String>>(&value).is_ok_and(|values| !values.is_empty())
            }
            _ => false,
        };
        if !good {
            return Err(format!("the attribute {name} has the type {kind:?} and the value {value:?}"));
        }
        if found.insert(name.clone(), (kind, value)).is_some() {
            return Err(format!("the attribute {name} is there twice"));
        }
    }
    Ok(found)
}

impl HttpConnector for StrictSns {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let trick = {
            let mut inner = self.lock();
            inner.requests += 1;
            (!inner.script.is_empty()).then(|| inner.script.remove(0))
        };
        let lost = || ConnectorError::io("the connection was closed".into());
        match trick {
            None => HttpConnectorFuture::ready(Ok(self.answer(&request))),
            Some(Trick::Fail(status, code)) => {
                let (status, body) = error(status, code, "as the test wants it");
                HttpConnectorFuture::ready(Ok(response(status, body)))
            }
            Some(Trick::Page(status)) => {
                let page = "<html><body><h1>Bad Gateway</h1></body></html>".to_owned();
                HttpConnectorFuture::ready(Ok(response(status, page)))
            }
            Some(Trick::LoseAnswer) => {
                self.answer(&request);
                HttpConnectorFuture::ready(Err(lost()))
            }
            Some(Trick::Unreachable) => HttpConnectorFuture::ready(Err(lost())),
            Some(Trick::Hang) => HttpConnectorFuture::new(std::future::pending()),
        }
    }
}

impl HttpClient for StrictSns {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
