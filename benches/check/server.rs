//! A fast HTTP server on many addresses, in a process of its own.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Lines, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

pub const ROLE: &str = "server";

/// Addresses and ports on each: enough that no run waits for a connection that is in `TIME_WAIT`, and that the limit
/// of probes for one host is that of a catalog of many hosts.
const ADDRESSES: u8 = 4;
const PORTS: usize = 4;
/// Threads that accept on one port.
const THREADS: usize = 2;

const BODY: &str = r#"{"status":"up","version":"4.2.0","database":{"status":"up","connections":12}}"#;

/// The running server. It ends with the value.
pub struct Server {
    process: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    pub addresses: Vec<SocketAddr>,
}

impl Server {
    pub fn start() -> Result<Self, Box<dyn Error>> {
        let mut process = Command::new(std::env::current_exe()?)
            .env(super::ROLE, ROLE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let orders = process.stdin.take().ok_or("the server takes no orders")?;
        let mut answers = BufReader::new(process.stdout.take().ok_or("the server is silent")?).lines();
        let first = answers.next().ok_or("the server did not start")??;
        let addresses = first.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { process, orders, answers, addresses })
    }

    /// Every endpoint answers 503 from now on, or 200.
    pub fn set_healthy(&mut self, healthy: bool) -> Result<(), Box<dyn Error>> {
        writeln!(self.orders, "{}", if healthy { "heal" } else { "fail" })?;
        self.answers.next().ok_or("the server is gone")??;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}

/// The server's process: prints its addresses, then takes orders until its input ends.
pub fn serve() -> Result<(), Box<dyn Error>> {
    let healthy = Arc::new(AtomicBool::new(true));
    let mut addresses = Vec::new();
    for last in 1..=ADDRESSES {
        for _ in 0..PORTS {
            let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, last], 0)))?;
            addresses.push(listener.local_addr()?.to_string());
            for _ in 0..THREADS {
                let (listener, healthy) = (listener.try_clone()?, Arc::clone(&healthy));
                thread::spawn(move || {
                    for stream in listener.incoming().flatten() {
                        // A client that goes away is its own affair.
                        let _ = answer(stream, healthy.load(Ordering::Relaxed));
                    }
                });
            }
        }
    }
    println!("{}", addresses.join(" "));
    for order in io::stdin().lines() {
        healthy.store(order? == "heal", Ordering::Relaxed);
        println!("done");
    }
    Ok(())
}

fn answer(mut stream: TcpStream, healthy: bool) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut request = [0; 4_096];
    let mut length = 0;
    while !request[..length].ends_with(b"\r\n\r\n") {
        match stream.read(&mut request[length..])? {
            0 => return Ok(()),
            more => length += more,
        }
    }
    let status = if healthy { "200 OK" } else { "503 Service Unavailable" };
    let length = BODY.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{BODY}"
    );
    stream.write_all(answer.as_bytes())
}
