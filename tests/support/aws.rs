//! The services of AWS that `check` talks to beside its tables, as far as it uses them. It has no table, as in the
//! wrong region.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use serde_json::{Value, json};

/// The topic of monitors that name none.
pub const DEFAULT_TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:fallback";

pub struct Aws {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    /// What the parameter is, each time it is read; the last one stays.
    parameter: VecDeque<String>,
    missing: BTreeSet<String>,
    published: Vec<HashMap<String, String>>,
    requests: Vec<String>,
}

impl Aws {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Mutex::new(Shared::default()));
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&serving);
                thread::spawn(move || serve(&stream, &shared));
            }
        });
        Self { address, shared }
    }

    /// Lets a command find its way here, and nowhere else.
    pub fn reach<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("AWS_ENDPOINT_URL", format!("http://{}", self.address))
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("SNS_TOPIC_ARN", DEFAULT_TOPIC)
    }

    /// The value of every parameter, one read after the other.
    pub fn parameter(&self, values: &[&str]) {
        self.lock().parameter = values.iter().map(|value| (*value).to_owned()).collect();
    }

    /// From now on the topic does not exist.
    pub fn remove_topic(&self, arn: &str) {
        self.lock().missing.insert(arn.to_owned());
    }

    pub fn create_topic(&self, arn: &str) {
        self.lock().missing.remove(arn);
    }

    /// Topic and subject of every message so far.
    pub fn published(&self) -> Vec<(String, String)> {
        let field = |fields: &HashMap<String, String>, name| fields.get(name).cloned().unwrap_or_default();
        self.lock()
            .published
            .iter()
            .map(|fields| (field(fields, "TopicArn"), field(fields, "Subject")))
            .collect()
    }

    /// The operations that were asked for.
    pub fn requests(&self) -> Vec<String> {
        self.lock().requests.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request after the other, until the client has had enough.
fn serve(stream: &TcpStream, shared: &Mutex<Shared>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).ok()? == 0 {
                return None;
            }
        }
        let head = head.to_lowercase();
        let header = |name: &str| {
            head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned))
        };
        let mut body = vec![0; header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
        reader.read_exact(&mut body).ok()?;
        let (status, answer) = {
            let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
            answer(header("x-amz-target").as_deref(), &body, &mut shared)
        };
        let mut stream = stream;
        write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{answer}", answer.len()).ok()?;
    }
}

fn answer(target: Option<&str>, body: &[u8], shared: &mut Shared) -> (u16, String) {
    match target {
        Some("amazonssm.getparameters") => {
            shared.requests.push("GetParameters".to_owned());
            let body: Value = serde_json::from_slice(body).expect("JSON");
            let value = shared.parameter.front().cloned().unwrap_or_default();
            if shared.parameter.len() > 1 {
                shared.parameter.pop_front();
            }
            let names = body["Names"].as_array().cloned().unwrap_or_default();
            let parameters: Vec<_> = names.iter().map(|name| json!({"Name": name, "Value": value})).collect();
            (200, json!({"Parameters": parameters}).to_string())
        }
        Some(table) if table.starts_with("dynamodb_") => {
            let error = "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException";
            let message = "Requested resource not found";
            (400, json!({"__type": error, "message": message}).to_string())
        }
        Some(other) => (400, json!({"__type": "ValidationException", "message": other}).to_string()),
        None => {
            let fields: HashMap<_, _> = url::form_urlencoded::parse(body).into_owned().collect();
            shared.requests.push(fields["Action"].clone());
            if fields["Action"] == "GetCallerIdentity" {
                let answer = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ann</Arn>\
                              </GetCallerIdentityResult></GetCallerIdentityResponse>";
                return (200, answer.to_owned());
            }
            if shared.missing.contains(&fields["TopicArn"]) {
                let error = "<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>Topic does not exist</Message></Error></ErrorResponse>";
                return (404, error.to_owned());
            }
            shared.published.push(fields);
            (
                200,
                "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>"
                    .to_owned(),
            )
        }
    }
}
