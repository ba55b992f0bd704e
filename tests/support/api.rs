//! A small HTTP API.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Answers every request in the way it was last set to, until the test ends.
pub struct Api {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    status: u16,
    /// Of these paths, in place of that of all.
    statuses: BTreeMap<String, u16>,
    delay: Duration,
    demand: Option<String>,
    requests: Vec<String>,
}

impl Api {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Mutex::new(Shared { status: 200, ..Shared::default() }));
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&serving);
                thread::spawn(move || answer(stream, &shared));
            }
        });
        Self { address, shared }
    }

    /// The YAML of a monitor of this API that is down after two fails.
    pub fn monitor(&self, id: &str, path: &str) -> String {
        format!("id: {id}\nurl: {}{path}\nexpect: {{ status: 200 }}\n", self.url())
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn answer(&self, status: u16) {
        self.lock().status = status;
    }

    /// From now on this path has a status of its own.
    pub fn answer_on(&self, path: &str, status: u16) {
        self.lock().statuses.insert(path.to_owned(), status);
    }

    /// From now on a request whose head lacks this (in lower case) is answered with 401.
    pub fn demand(&self, text: &str) {
        self.lock().demand = Some(text.to_owned());
    }

    pub fn delay(&self, delay: Duration) {
        self.lock().delay = delay;
    }

    /// The heads of all requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.lock().requests.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer(mut stream: TcpStream, shared: &Mutex<Shared>) {
    let mut head = String::new();
    let mut reader = BufReader::new(&stream);
    while reader.read_line(&mut head).is_ok_and(|read| read > 2) {}
    let (status, delay) = {
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.requests.push(head.clone());
        let refused = shared.demand.as_ref().is_some_and(|text| !head.to_lowercase().contains(text));
        let path = head.split(' ').nth(1).unwrap_or_default();
        let status = shared.statuses.get(path).copied().unwrap_or(shared.status);
        (if refused { 401 } else { status }, shared.delay)
    };
    thread::sleep(delay);
    // The head is echoed, so that a test can see that no secret in it comes out anywhere.
    let answer =
        format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{head}", head.len());
    let _ = stream.write_all(answer.as_bytes());
}
