//! The tables below a test: DynamoDB in this process, or moto's on loopback.
//!
//! Every test of the store is written once. `cargo test --test long` runs them all a second time, in a process
//! of its own, in which a variable names a running moto. The plugs, the clock and the counting of
//! requests are the same, so a difference is one between two implementations.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use dynoxide::Database;
use http::StatusCode;
use serde_json::Value;

use super::connection::TableNames;
use super::embedded::{Embedded, PRECISE_DATE, creation, make_missing_tables, operation};
use crate::clock::Clock;
use crate::installation::Table;

/// The variable that names the endpoint of moto.
const BACKING: &str = "MONITORCTL_TEST_BACKING";

/// One set of tables.
#[derive(Clone)]
pub enum Backing {
    Memory(Database, Embedded),
    Moto(Region, Clock),
}

/// A region of moto for this test alone, so that its tables may have their usual names.
#[derive(Clone)]
pub struct Region {
    address: String,
    name: String,
}

impl Backing {
    /// New tables, where this process has its tables.
    pub fn new(clock: Clock) -> Self {
        let names = TableNames::default();
        if let Ok(endpoint) = std::env::var(BACKING) {
            let region = Region::new(&endpoint);
            for table in Table::ALL {
                region.ask("CreateTable", &creation(table, names.of(table)).to_string());
            }
            return Self::Moto(region, clock);
        }
        let database = Database::memory().expect("memory is there");
        make_missing_tables(&database, &names).expect("the tables are new");
        Self::Memory(database.clone(), Embedded::serving(database, clock))
    }

    /// Does what a request asks for, on this thread.
    pub fn answer(&self, request: &HttpRequest) -> HttpResponse {
        match self {
            Self::Memory(_, embedded) => embedded.answer(request),
            Self::Moto(region, clock) => {
                let body = request.body().bytes().expect("the body is in memory");
                let (status, body) = region.ask(operation(request), &String::from_utf8_lossy(body));
                let mut response = HttpResponse::new(status.into(), SdkBody::from(body));
                let headers = response.headers_mut();
                headers.insert("content-type", "application/x-amz-json-1.0");
                // The clock is the test's.
                headers.insert(PRECISE_DATE, clock.wall().as_millisecond().to_string());
                response
            }
        }
    }

    /// Does something behind the store's back.
    pub fn act(&self, operation: &str, request: Value) -> Value {
        let read = "the test gives a request";
        match self {
            Self::Memory(database, _) => match operation {
                "PutItem" => {
                    database.put_item(serde_json::from_value(request).expect(read)).expect("it is put");
                    Value::Null
                }
                "DeleteItem" => {
                    database
                        .delete_item(serde_json::from_value(request).expect(read))
                        .expect("it is deleted");
                    Value::Null
                }
                _ => {
                    let answer = database.get_item(serde_json::from_value(request).expect(read));
                    serde_json::to_value(answer.expect("it is read")).expect("it is JSON")
                }
            },
            Self::Moto(region, _) => {
                let (status, body) = region.ask(operation, &request.to_string());
                assert!(status.is_success(), "{operation}: {body}");
                serde_json::from_str(&body).expect("it is JSON")
            }
        }
    }
}

impl Region {
    fn new(endpoint: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let address = endpoint.trim_start_matches("http://").to_owned();
        Self { address, name: format!("test-{}", COUNT.fetch_add(1, Ordering::Relaxed)) }
    }

    fn ask(&self, operation: &str, body: &str) -> (StatusCode, String) {
        let mut stream = TcpStream::connect(&self.address).expect("moto listens");
        let (region, length) = (&self.name, body.len());
        write!(
            stream,
            "POST / HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {length}\r\n\
             content-type: application/x-amz-json-1.0\r\nx-amz-target: DynamoDB_20120810.{operation}\r\n\
             authorization: AWS4-HMAC-SHA256 Credential=test/20261120/{region}/dynamodb/aws4_request, \
             SignedHeaders=host, Signature=none\r\n\r\n{body}",
            self.address
        )
        .expect("moto reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("moto answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer over HTTP");
        let status = head.split(' ').nth(1).and_then(|code| code.parse::<StatusCode>().ok());
        (status.expect("a status"), body.to_owned())
    }
}
