//! The HTTP client for services of the operator, such as S3: their addresses may be private, so no policy judges them.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Method};

use super::foreign::unmarked;
use super::tls::SystemTls;
use super::web::without_connection;

/// Time for one request, from the name to the end of the answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes of an answer that are read.
const ANSWER: usize = 16 << 20;

/// Sends requests, each once. It follows no redirect, and uses no proxy.
#[derive(Debug)]
pub struct ServiceClient {
    client: Client,
}

/// A request to a service.
#[derive(Debug)]
pub struct ServiceRequest<'a> {
    pub method: &'static str,
    pub url: &'a str,
    pub headers: &'a [(&'static str, String)],
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub struct ServiceAnswer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl ServiceClient {
    pub fn new() -> Result<Self, String> {
        let tls = SystemTls::default().config().map_err(|fault| unmarked(&fault.to_string()))?;
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .tls_backend_preconfigured(tls);
        Ok(Self { client: client.build().map_err(words)? })
    }

    /// An error says in a few words why there is no answer.
    pub async fn send(&self, request: ServiceRequest<'_>) -> Result<ServiceAnswer, String> {
        let ServiceRequest { method, url, headers, body } = request;
        let method = Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?;
        let mut request = self.client.request(method, url).body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let mut response = request.send().await.map_err(words)?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(words)? {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER {
                return Err(format!("the answer has more than {} MiB", ANSWER >> 20));
            }
        }
        Ok(ServiceAnswer { status, body })
    }
}

fn words(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", PATIENCE.as_secs());
    }
    without_connection(&error.without_url())
}
