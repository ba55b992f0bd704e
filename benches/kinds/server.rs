//! Servers of each kind, in a process of its own.

use std::convert::Infallible;
use std::error::Error;
use std::io::{BufRead, BufReader, Read};
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
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::peers::KINDS;

pub const ROLE: &str = "server";

/// The certificate, in the folder in which the server runs. It is its own authority.
pub const CERTIFICATE: &str = "certificate.pem";

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
        let listener = runtime.block_on(TcpListener::bind("0.0.0.0:0"))?;
        ports.push(listener.local_addr()?.port().to_string());
        let acceptor = if peer.scheme == "grpcs" { http_2.clone() } else { plain.clone() };
        runtime.spawn(accept(listener, peer.scheme, acceptor));
    }
    println!("{}", ports.join(" "));
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
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
    let names = (1..=4).map(|last| format!("127.0.0.{last}")).collect::<Vec<_>>();
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
