//! Servers of each kind, in a process of its own.

use std::convert::Infallible;
use std::error::Error;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use http_body_util::StreamBody;
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};
use tokio_rustls::TlsAcceptor;

use super::peers::KINDS;

pub const ROLE: &str = "server";

/// The certificate, in the folder in which the server runs. It is its own authority.
pub const CERTIFICATE: &str = "certificate.pem";

/// The hosts of the monitors.
pub const HOSTS: [&str; 4] = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"];

/// The running server. It ends with the value.
pub struct Server {
    process: Child,
    /// One for each kind.
    pub ports: Vec<u16>,
}

impl Server {
    pub fn start(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut process = Command::new(std::env::current_exe()?)
            .env(super::ROLE, ROLE)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().ok_or("the server is silent")?).read_line(&mut line)?;
        let ports = line.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { process, ports })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}

/// The server's process: prints its ports, then serves until its input ends.
pub fn serve() -> Result<(), Box<dyn Error>> {
    let (plain, http_2) = acceptors()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut ports = Vec::new();
    for peer in &KINDS {
        let port = match peer.scheme {
            // The machine answers pings itself.
            "icmp" => 0,
            "dns" => {
                let (sockets, port) = runtime.block_on(datagrams())?;
                for socket in sockets {
                    runtime.spawn(answer_lookups(socket));
                }
                port
            }
            scheme => {
                let listener = runtime.block_on(TcpListener::bind("0.0.0.0:0"))?;
                let port = listener.local_addr()?.port();
                let acceptor = if scheme == "grpcs" { http_2.clone() } else { plain.clone() };
                runtime.spawn(accept(listener, scheme, acceptor));
                port
            }
        };
        ports.push(port.to_string());
    }
    println!("{}", ports.join(" "));
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// A socket for each host, at one port: a socket for all of them would answer from another address than it was asked at.
async fn datagrams() -> io::Result<(Vec<UdpSocket>, u16)> {
    let [first, others @ ..] = HOSTS;
    let first = UdpSocket::bind((first, 0)).await?;
    let port = first.local_addr()?.port();
    let mut sockets = vec![first];
    for host in others {
        sockets.push(UdpSocket::bind((host, port)).await?);
    }
    Ok((sockets, port))
}

/// Says of every name that its address is 192.0.2.1.
async fn answer_lookups(socket: UdpSocket) {
    let mut asked = [0; 512];
    while let Ok((length, from)) = socket.recv_from(&mut asked).await {
        // Behind twelve bytes of head stands the name, which ends with a zero, then its type and class.
        let name = asked[..length].iter().skip(12).position(|byte| *byte == 0);
        let Some(question) = name.and_then(|end| asked[..length].get(12..12 + end + 5)) else { continue };
        // An answer that has one question and one record: the name of the question, A, IN, 60 s, four bytes.
        let head: [u8; 10] = [0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
        let record: [u8; 16] = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1];
        let answer = [&asked[..2], &head[..], question, &record[..]].concat();
        drop(socket.send_to(&answer, from).await);
    }
}

async fn accept(listener: TcpListener, scheme: &'static str, acceptor: TlsAcceptor) {
    while let Ok((stream, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            if matches!(scheme, "https" | "tls" | "grpcs" | "wss") {
                if let Ok(stream) = acceptor.accept(stream).await {
                    Box::pin(answer(stream, scheme)).await;
                }
            } else {
                Box::pin(answer(stream, scheme)).await;
            }
        });
    }
}

async fn answer<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(mut stream: S, scheme: &str) {
    match scheme {
        "grpc" | "grpcs" => {
            let service = service_fn(|_: http::Request<Incoming>| async { Ok::<_, Infallible>(serving()) });
            let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            drop(server.serve_connection(TokioIo::new(stream), service).await);
        }
        "ws" | "wss" => {
            let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
            while let Some(Ok(message)) = socket.next().await {
                if message.is_text() {
                    drop(socket.send(message).await);
                }
            }
        }
        "http" | "https" => {
            let mut asked = [0; 4096];
            drop(stream.read(&mut asked).await);
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await);
            drop(stream.shutdown().await);
        }
        _ => {
            drop(stream.write_all(b"220 ready\r\n").await);
            drop(stream.read(&mut [0; 64]).await);
        }
    }
}

type Frames = futures_util::stream::Iter<std::array::IntoIter<Result<Frame<Bytes>, Infallible>, 2>>;

/// The answer SERVING.
fn serving() -> http::Response<StreamBody<Frames>> {
    let mut trailers = http::HeaderMap::new();
    trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
    let message = Frame::data(Bytes::from_static(&[0, 0, 0, 0, 2, 8, 1]));
    let frames = futures_util::stream::iter([Ok(message), Ok(Frame::trailers(trailers))]);
    let mut answer = http::Response::new(StreamBody::new(frames));
    let kind = http::HeaderValue::from_static("application/grpc");
    answer.headers_mut().insert(http::header::CONTENT_TYPE, kind);
    answer
}

/// With a certificate for the addresses, written to its file: without ALPN, and of HTTP/2 alone.
fn acceptors() -> Result<(TlsAcceptor, TlsAcceptor), Box<dyn Error>> {
    let names = HOSTS.map(str::to_owned).to_vec();
    let rcgen::CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(names)?;
    std::fs::write(PathBuf::from(CERTIFICATE), cert.pem())?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)?;
    let plain = TlsAcceptor::from(Arc::new(config.clone()));
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok((plain, TlsAcceptor::from(Arc::new(config))))
}
