//! A proxy in front of AWS that loses, refuses and breaks, by a plan and not by chance.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde_json::Value;

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Forward,
    /// DynamoDB says that it is too much.
    Throttle,
    /// The service is in trouble.
    Internal,
    /// The request is done, and the answer says that the service is in trouble.
    InternalAfter,
    /// Another transaction is at work on the same item.
    Conflict,
    /// The credentials are no longer good.
    Expired,
    /// No policy allows it.
    Denied,
    /// The connection ends before anybody has seen the request.
    Drop,
    /// The request is done, and its answer is lost.
    LoseAnswer,
}

/// What came by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// `dynamodb`, `sns`, `sts`
    pub service: String,
    /// `Query` of DynamoDB; empty for services that say it elsewhere.
    pub operation: String,
    /// From 1, by service.
    pub number: usize,
    /// What it is about, as JSON of DynamoDB; null for services that speak otherwise.
    pub about: Value,
}

type Plan = Arc<dyn Fn(&Asked) -> Fate + Send + Sync>;

/// The way to AWS.
pub struct Proxy {
    address: String,
    state: Arc<Mutex<State>>,
}

struct State {
    plan: Plan,
    asked: Vec<Asked>,
}

impl Proxy {
    /// Forwards everything to `endpoint` until it is switched.
    pub fn before(endpoint: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound").to_string();
        let behind = endpoint.trim_start_matches("http://").to_owned();
        let state = Arc::new(Mutex::new(State { plan: Arc::new(|_| Fate::Forward), asked: Vec::new() }));
        let serving = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (behind, state) = (behind.clone(), Arc::clone(&serving));
                // A connection that breaks is what this is for.
                thread::spawn(move || drop(serve(stream, &behind, &state)));
            }
        });
        Self { address, state }
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Another plan from now on, with numbers from 1.
    pub fn plan(&self, plan: impl Fn(&Asked) -> Fate + Send + Sync + 'static) {
        let mut state = lock(&self.state);
        state.plan = Arc::new(plan);
        state.asked.clear();
    }

    /// What came by since the last plan.
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.state).asked.clone()
    }
}

/// One request; the connection is not used again.
fn serve(mut client: TcpStream, behind: &str, state: &Mutex<State>) -> std::io::Result<()> {
    let (head, body) = read(&mut client)?;
    let service = service(&head);
    let fate = {
        let mut state = lock(state);
        let number = 1 + state.asked.iter().filter(|asked| asked.service == service).count();
        let about = serde_json::from_slice(&body).unwrap_or_default();
        let asked = Asked { operation: operation(&head), service: service.clone(), number, about };
        state.asked.push(asked.clone());
        (state.plan)(&asked)
    };
    match fate {
        Fate::Forward => client.write_all(&forward(&head, &body, behind)?),
        Fate::LoseAnswer => forward(&head, &body, behind).map(drop),
        Fate::Drop => Ok(()),
        Fate::Expired => client.write_all(&error("403 Forbidden", &service, "ExpiredToken")),
        Fate::Denied => client.write_all(&error("400 Bad Request", &service, "AccessDenied")),
        Fate::Throttle => {
            client.write_all(&error("400 Bad Request", &service, "ProvisionedThroughputExceeded"))
        }
        Fate::InternalAfter => {
            forward(&head, &body, behind)?;
            client.write_all(&error("500 Internal Server Error", &service, "InternalFailure"))
        }
        Fate::Conflict => client.write_all(&conflict(&operation(&head))),
        Fate::Internal => client.write_all(&error("500 Internal Server Error", &service, "InternalFailure")),
    }
}

fn read(stream: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 16_384];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = header(&head, "content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                return Ok((head, bytes.split_off(end + 4)));
            }
        }
        let read = stream.read(&mut chunk)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&chunk[..read]);
    }
}

fn forward(head: &str, body: &[u8], behind: &str) -> std::io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(behind)?;
    let kept = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let head: String = kept.flat_map(|line| [line, "\r\n"]).collect();
    server.write_all(format!("{head}connection: close\r\n\r\n").as_bytes())?;
    server.write_all(body)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    Ok(answer)
}

/// A write that meets a transaction, and a transaction that meets another one.
fn conflict(operation: &str) -> Vec<u8> {
    let (code, reasons) = match operation {
        "TransactWriteItems" => {
            ("TransactionCanceledException", r#"[{"Code":"TransactionConflict"},{"Code":"None"}]"#)
        }
        _ => ("TransactionConflictException", "[]"),
    };
    let body = format!(
        r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","CancellationReasons":{reasons},"message":"Transaction is ongoing for the item"}}"#
    );
    answer("400 Bad Request", "application/x-amz-json-1.0", &body)
}

/// As DynamoDB says it, in JSON, and as the older services do, in XML.
fn error(status: &str, service: &str, code: &str) -> Vec<u8> {
    let (kind, body) = if service == "dynamodb" {
        let body = format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}Exception"}}"#);
        ("application/x-amz-json-1.0", body)
    } else {
        let error = format!("<Error><Type>Sender</Type><Code>{code}</Code></Error>");
        ("text/xml", format!("<ErrorResponse>{error}<RequestId>none</RequestId></ErrorResponse>"))
    };
    answer(status, kind, &body)
}

fn answer(status: &str, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The service that a request is signed for: `Credential=test/20261120/eu-west-1/dynamodb/aws4_request`.
fn service(head: &str) -> String {
    let signed = header(head, "authorization").unwrap_or_default();
    signed.split('/').nth(3).unwrap_or_default().to_owned()
}

fn operation(head: &str) -> String {
    let target = header(head, "x-amz-target").unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default().to_owned()
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
