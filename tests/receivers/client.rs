//! A client that writes its requests by hand.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use url::Url;

/// How long it waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

const JSON: (&str, &str) = ("content-type", "application/json");

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// A POST of JSON.
pub fn post(url: &str, body: &Value) -> Reply {
    send("POST", url, &[JSON, ("user-agent", "monitorctl")], body.to_string().as_bytes()).expect("an answer")
}

/// A POST of JSON to something that may not answer.
pub fn try_post(url: &str, body: &Value, patience: Duration) -> Result<Reply> {
    let (host, head) = head("POST", url, &[JSON], body.to_string().len());
    let stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(patience))?;
    converse(stream, &head, body.to_string().as_bytes())
}

pub fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply> {
    let (host, head) = head(method, url, headers, body.len());
    let stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    converse(stream, &head, body)
}

/// Where a URL leads, and the head of a request to it.
pub fn head(method: &str, url: &str, headers: &[(&str, &str)], length: usize) -> (String, String) {
    let url = Url::parse(url).expect("a URL");
    let host =
        format!("{}:{}", url.host_str().expect("a host"), url.port_or_known_default().expect("a port"));
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut head = format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n");
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    (host, head + "\r\n")
}

/// One request, and the answer to it.
pub fn converse(mut stream: impl Read + Write, head: &str, body: &[u8]) -> Result<Reply> {
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    stream.flush()?;
    let mut stream = BufReader::new(stream);
    let first = line(&mut stream)?;
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| Error::new(ErrorKind::UnexpectedEof, "no answer"))?;
    let mut headers = Vec::new();
    loop {
        let header = line(&mut stream)?;
        let Some((name, value)) = header.split_once(": ") else { break };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let mut reply = Reply { status, headers, body: String::new() };
    let length: usize = reply.header("content-length").map_or(0, |length| length.parse().expect("a length"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    reply.body = String::from_utf8(body).expect("UTF-8");
    Ok(reply)
}

fn line(stream: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}
