//! The page on loopback, to look at it: made when it is asked for, and kept for a moment.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST, X_CONTENT_TYPE_OPTIONS};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::page::PageFile;

/// From one making of the page to the next.
const KEPT: Duration = Duration::from_secs(10);

/// An address of this machine that no other machine reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoopbackAddress(SocketAddr);

/// Why an address is not served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("{0:?} is no address with a port, such as 127.0.0.1:8080")]
    NoAddress(String),
    #[error(
        "{0} can be reached from other machines; the page is served on loopback only, such as 127.0.0.1:8080"
    )]
    NotLoopback(SocketAddr),
}

impl LoopbackAddress {
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.replacen("localhost:", "127.0.0.1:", 1);
        let address: SocketAddr = text.parse().map_err(|_| AddressError::NoAddress(text))?;
        if address.ip().is_loopback() { Ok(Self(address)) } else { Err(AddressError::NotLoopback(address)) }
    }

    /// Waits for connections there. Port 0 is any that is free.
    pub async fn bind(self) -> std::io::Result<TcpListener> {
        TcpListener::bind(self.0).await
    }
}

/// Makes the files of the page. An error is shown in the browser.
pub type PageSource = Box<dyn Fn() -> BoxFuture<'static, Result<Vec<PageFile>, String>> + Send + Sync>;

/// The files by their paths, or why there are none.
type Made = Result<HashMap<String, PageFile>, String>;

/// What was made last, and when.
struct Kept {
    source: PageSource,
    last: Mutex<Option<(Instant, Arc<Made>)>>,
}

/// Serves for ever.
pub async fn serve(listener: TcpListener, source: PageSource) -> Infallible {
    let kept = Arc::new(Kept { source, last: Mutex::new(None) });
    loop {
        // A connection that was lost before it was taken is no reason to end.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let kept = Arc::clone(&kept);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, Arc::clone(&kept)));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(KEPT)
                .serve_connection(TokioIo::new(stream), service);
            // What breaks a connection is a matter of the browser.
            drop(connection.await);
        });
    }
}

impl Kept {
    /// Requests that come together wait for one making.
    async fn made(&self) -> Arc<Made> {
        let mut last = self.last.lock().await;
        if let Some((at, made)) = last.as_ref()
            && at.elapsed() < KEPT
        {
            return Arc::clone(made);
        }
        let files = (self.source)().await;
        let by_path =
            |files: Vec<PageFile>| files.into_iter().map(|file| (file.path.clone(), file)).collect();
        let made = Arc::new(files.map(by_path));
        *last = Some((Instant::now(), Arc::clone(&made)));
        made
    }
}

async fn answer<B>(request: Request<B>, kept: Arc<Kept>) -> Result<Response<Full<Bytes>>, Infallible> {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !is_of_loopback(host) {
        let text = "This page is served to 127.0.0.1 and localhost only.\n";
        return Ok(response(StatusCode::MISDIRECTED_REQUEST, "text/plain; charset=utf-8", text.to_owned()));
    }
    let is_head = request.method() == Method::HEAD;
    if !is_head && request.method() != Method::GET {
        let mut refused =
            response(StatusCode::METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", String::new());
        refused.headers_mut().insert(ALLOW, http::HeaderValue::from_static("GET, HEAD"));
        return Ok(refused);
    }
    let made = kept.made().await;
    let path = match request.uri().path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    let answer = match made.as_ref() {
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", format!("{why}\n")),
        Ok(files) => match files.get(path) {
            Some(file) => (StatusCode::OK, file.media_type, file.content.clone()),
            None => {
                (StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "There is no such file.\n".to_owned())
            }
        },
    };
    let (status, media_type, content) = answer;
    Ok(response(status, media_type, if is_head { String::new() } else { content }))
}

/// A page elsewhere could give its name the address of this machine, and read what is served here.
fn is_of_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name);
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

fn response(status: StatusCode, media_type: &'static str, content: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(content)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in
        [(CONTENT_TYPE, media_type), (CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff")]
    {
        headers.insert(name, http::HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt as _;
    use http_body_util::BodyExt as _;

    use super::*;

    #[test]
    fn an_address_that_other_machines_reach_is_refused() {
        for (text, is_served) in [
            ("127.0.0.1:8080", true),
            ("127.8.8.8:0", true),
            ("[::1]:8080", true),
            ("localhost:8080", true),
            ("0.0.0.0:8080", false),
            ("[::]:8080", false),
            ("10.0.0.5:8080", false),
            ("8080", false),
            ("status.acme.com:80", false),
        ] {
            assert_eq!(LoopbackAddress::parse(text).is_ok(), is_served, "{text}");
        }
        let refused = LoopbackAddress::parse("0.0.0.0:8080").expect_err("it can be reached");
        assert!(
            refused.to_string().starts_with("0.0.0.0:8080 can be reached from other machines"),
            "{refused}"
        );
    }

    fn kept(made: Arc<AtomicUsize>) -> Arc<Kept> {
        let source = move || {
            let number = made.fetch_add(1, Ordering::Relaxed);
            let file = |path: &str, media_type| PageFile {
                path: path.to_owned(),
                media_type,
                content: format!("{path} {number}"),
            };
            let files =
                vec![file("index.html", "text/html; charset=utf-8"), file("badge/pay.svg", "image/svg+xml")];
            async { Ok(files) }.boxed()
        };
        Arc::new(Kept { source: Box::new(source), last: Mutex::new(None) })
    }

    async fn asked(kept: &Arc<Kept>, method: &str, path: &str, host: &str) -> (u16, String, String) {
        let request =
            Request::builder().method(method).uri(path).header(HOST, host).body(()).expect("a request");
        let Ok(response) = answer(request, Arc::clone(kept)).await;
        let media_type =
            response.headers().get(CONTENT_TYPE).expect("a type").to_str().expect("text").to_owned();
        let status = response.status().as_u16();
        let Ok(body) = response.into_body().collect().await;
        (status, media_type, String::from_utf8(body.to_bytes().to_vec()).expect("text"))
    }

    #[tokio::test(start_paused = true)]
    async fn the_page_is_made_again_after_ten_seconds_and_no_sooner() {
        let made = Arc::new(AtomicUsize::new(0));
        let kept = kept(Arc::clone(&made));
        for (seconds, expected) in [(0, "index.html 0"), (9, "index.html 0"), (1, "index.html 1")] {
            tokio::time::advance(Duration::from_secs(seconds)).await;
            assert_eq!(asked(&kept, "GET", "/", "localhost:8080").await.2, expected, "{seconds}");
        }
        assert_eq!(made.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn each_file_has_its_media_type_and_nothing_else_is_served() {
        let kept = kept(Arc::default());
        for (method, path, host, status, media_type, body) in [
            ("GET", "/index.html?x=1", "127.0.0.1", 200, "text/html; charset=utf-8", "index.html 0"),
            ("GET", "/badge/pay.svg", "[::1]:8080", 200, "image/svg+xml", "badge/pay.svg 0"),
            ("HEAD", "/badge/pay.svg", "localhost", 200, "image/svg+xml", ""),
            (
                "GET",
                "/../etc/passwd",
                "localhost",
                404,
                "text/plain; charset=utf-8",
                "There is no such file.\n",
            ),
            ("POST", "/", "localhost", 405, "text/plain; charset=utf-8", ""),
        ] {
            let expected = (status, media_type.to_owned(), body.to_owned());
            assert_eq!(asked(&kept, method, path, host).await, expected, "{method} {path}");
        }
        assert_eq!(asked(&kept, "GET", "/", "evil.example:8080").await.0, 421);
    }
}
