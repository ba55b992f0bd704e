//! The shop's HTTP API: three endpoints on loopback that can be broken and repaired.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// How long a broken database keeps the search waiting.
const SLOW: Duration = Duration::from_millis(450);

/// The running API.
pub struct Api {
    pub address: SocketAddr,
    broken: Arc<AtomicBool>,
}

impl Api {
    /// Serves on a free port until the process ends.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let broken = Arc::new(AtomicBool::new(false));
        let state = Arc::clone(&broken);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let broken = state.load(Ordering::SeqCst);
                thread::spawn(move || serve(&stream, broken));
            }
        });
        Ok(Self { address, broken })
    }

    /// The database of payments and search is gone from now on.
    pub fn break_down(&self) {
        self.broken.store(true, Ordering::SeqCst);
    }

    /// It is back.
    pub fn repair(&self) {
        self.broken.store(false, Ordering::SeqCst);
    }
}

/// Answers one request. A client that goes away is its own affair.
fn serve(mut stream: &TcpStream, broken: bool) -> io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // The headers end with an empty line.
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, body) = answer(path, broken);
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn answer(path: &str, broken: bool) -> (&'static str, &'static str) {
    match (path, broken) {
        ("/shop", _) => ("200 OK", r#"{"status": "up", "version": "4.2.0"}"#),
        ("/payments", false) => ("200 OK", r#"{"status": "up", "database": "connected"}"#),
        ("/payments", true) => ("503 Service Unavailable", r#"{"status": "down", "database": "gone"}"#),
        ("/search", false) => ("200 OK", r#"{"status": "up", "hits": 3}"#),
        ("/search", true) => {
            thread::sleep(SLOW);
            ("200 OK", r#"{"status": "up", "hits": 0}"#)
        }
        _ => ("404 Not Found", r#"{"error": "no such endpoint"}"#),
    }
}
