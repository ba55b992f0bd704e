//! Servers that do exactly what a test asks.

use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// What was asked of a server, in order.
pub type Log = Arc<Mutex<Vec<String>>>;

/// A TCP server on loopback that gives each connection, with its number from 0, to `serve`.
pub async fn serving<F, S>(serve: S) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
    S: Fn(usize, TcpStream) -> F + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        for number in 0.. {
            let Ok((stream, _)) = listener.accept().await else { return };
            tokio::spawn(serve(number, stream));
        }
    });
    address
}

/// A server that sends `answer` to each request and closes; with what it was asked.
pub async fn answering(answer: impl Into<Vec<u8>>) -> (SocketAddr, Log) {
    answering_in_turn(vec![answer.into()]).await
}

/// A server whose connections get one of `answers` each; the last one is repeated.
pub async fn answering_in_turn(answers: Vec<Vec<u8>>) -> (SocketAddr, Log) {
    let log = Log::default();
    let kept = Arc::clone(&log);
    let answers = Arc::new(answers);
    let address = serving(move |number, mut stream| {
        let (log, answers) = (Arc::clone(&kept), Arc::clone(&answers));
        async move {
            let request = request(&mut stream).await;
            log.lock().expect("the log").push(request);
            let answer = answers.get(number).or(answers.last()).expect("an answer");
            // A client that has seen enough may be gone by now.
            drop(stream.write_all(answer).await);
        }
    });
    (address.await, log)
}

/// A server that redirects each request to `location`.
pub async fn redirecting(location: &str) -> (SocketAddr, Log) {
    answering(redirect(302, location)).await
}

pub fn redirect(status: u16, location: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n").into_bytes()
}

/// An answer with the given lines of headers and body.
pub fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// Reads one request: its head, and as much body as its content-length says.
pub async fn request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().expect("a length")) {
                return text.into_owned();
            }
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return String::from_utf8_lossy(&bytes).into_owned(),
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}

/// What a name server says to the nth question for a name.
pub type Zone = fn(name: &str, nth: usize) -> Result<Vec<IpAddr>, ResponseCode>;

/// What a name server says to one question.
pub enum Said {
    Addresses(Vec<IpAddr>),
    /// The same, but only after half a second.
    Late(Vec<IpAddr>),
    Code(ResponseCode),
    /// Nothing at all.
    Nothing,
}

/// A name server on loopback.
pub async fn name_server(
    zone: impl Fn(&str, usize) -> Result<Vec<IpAddr>, ResponseCode> + Send + 'static,
) -> SocketAddr {
    naming(move |name, _, nth| match zone(name, nth) {
        Ok(addresses) => Said::Addresses(addresses),
        Err(code) => Said::Code(code),
    })
    .await
}

/// A name server on loopback that may treat the two families differently.
pub async fn naming(zone: impl Fn(&str, RecordType, usize) -> Said + Send + 'static) -> SocketAddr {
    let socket = Arc::new(UdpSocket::bind("127.0.0.1:0").await.expect("a free port"));
    let address = socket.local_addr().expect("bound");
    tokio::spawn(async move {
        let mut asked: HashMap<(String, RecordType), usize> = HashMap::new();
        let mut packet = [0; 1500];
        while let Ok((read, client)) = socket.recv_from(&mut packet).await {
            let Ok(question) = Message::from_vec(&packet[..read]) else { continue };
            let Some((reply, delay)) = reply(&question, &zone, &mut asked) else { continue };
            let socket = Arc::clone(&socket);
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                drop(socket.send_to(&reply.to_vec().expect("a message"), client).await);
            });
        }
    });
    address
}

fn reply(
    question: &Message,
    zone: &impl Fn(&str, RecordType, usize) -> Said,
    asked: &mut HashMap<(String, RecordType), usize>,
) -> Option<(Message, Duration)> {
    let query = question.queries.first().expect("a question").clone();
    let name = query.name().to_ascii().to_lowercase();
    let nth = asked.entry((name.clone(), query.query_type())).or_default();
    let mut reply = Message::response(question.id, question.op_code);
    reply.metadata.message_type = MessageType::Response;
    let mut delay = Duration::ZERO;
    let says = zone(name.trim_end_matches('.'), query.query_type(), *nth);
    if let Said::Late(_) = says {
        delay = Duration::from_millis(500);
    }
    match says {
        Said::Nothing => return None,
        Said::Code(code) => reply.metadata.response_code = code,
        Said::Addresses(addresses) | Said::Late(addresses) => {
            let data = addresses.into_iter().map(RData::from);
            let fitting = data.filter(|data| data.record_type() == query.query_type());
            reply.answers = fitting.map(|data| Record::from_rdata(query.name().clone(), 60, data)).collect();
        }
    }
    *nth += 1;
    reply.queries.push(query);
    Some((reply, delay))
}
