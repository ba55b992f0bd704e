//! The HTTP client of all that is no probe. It follows no redirect and uses no proxy, it reaches only addresses that the
//! policy permits, and no error of it shows a URL: the URL of a channel is a credential.

use std::borrow::Cow;
use std::collections::HashMap;
use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use url::{Host, Url};

use super::address::AddressPolicy;
use super::dialer::Net;
use super::failure;
use super::foreign::unmarked;
use super::tls::{config_trusting, tls_fault_of};

/// Time for one request, from the name to the end of the answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes of an answer that are read: services say in a few words what they refuse.
const ANSWER: usize = 4 << 10;

/// Bytes of an answer with a token that are read.
const TOKEN: usize = 64 << 10;

/// Some services refuse a request without a name.
const USER_AGENT: &str = concat!("monitorctl/", env!("CARGO_PKG_VERSION"));

/// Posts JSON and forms. It has read nothing yet: trust and name servers are looked up with the first request.
pub struct WebClient {
    net: Arc<Net>,
    /// By the authorities that they trust in place of those of this machine.
    clients: Mutex<HashMap<Option<String>, Client>>,
}

/// A request; nothing of it is ever shown.
pub struct WebPost<'a> {
    pub url: &'a str,
    pub headers: &'a [(&'static str, &'a str)],
    pub body: String,
    /// Those that the server must be trusted by, in PEM form; `None` for those of this machine.
    pub authorities: Option<&'a str>,
}

/// What came back.
pub struct WebAnswer {
    pub status: u16,
    /// From the time of the answer.
    pub retry_after: Option<Duration>,
    /// The beginning of it.
    pub body: String,
}

impl WebClient {
    pub fn new(policy: AddressPolicy) -> Self {
        Self { net: Arc::new(Net { policy, ..Net::default() }), clients: Mutex::default() }
    }

    /// Posts JSON once. An error says in a few words why there is no answer.
    pub async fn post(&self, post: WebPost<'_>) -> Result<WebAnswer, String> {
        self.send(post, "application/json", ANSWER).await
    }

    /// Posts a form once. Of the answer more is read, because tokens are long.
    pub async fn post_form(&self, post: WebPost<'_>) -> Result<WebAnswer, String> {
        self.send(post, "application/x-www-form-urlencoded", TOKEN).await
    }

    async fn send(
        &self,
        post: WebPost<'_>,
        content_type: &'static str,
        room: usize,
    ) -> Result<WebAnswer, String> {
        let url = Url::parse(post.url).map_err(|error| format!("the URL is invalid: {error}"))?;
        self.permit(&url)?;
        let client = self.client(post.authorities)?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        for (name, value) in post.headers {
            let mut value =
                HeaderValue::from_str(value).map_err(|_| format!("the header {name} cannot be sent"))?;
            value.set_sensitive(true);
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| error.to_string())?;
            headers.insert(name, value);
        }
        let sent = client.post(url).headers(headers).body(post.body).send().await;
        answer(sent.map_err(words)?, room).await
    }

    /// An address in the URL itself is looked up nowhere, so it is judged here.
    fn permit(&self, url: &Url) -> Result<(), String> {
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::from(address),
            Some(Host::Ipv6(address)) => IpAddr::from(address),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err("the URL has no host".to_owned()),
        };
        self.net.policy.permit(vec![literal]).map(drop).map_err(|fault| unmarked(&fault.to_string()))
    }

    /// One that was made before, or a new one.
    fn client(&self, authorities: Option<&str>) -> Result<Client, String> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let key = authorities.map(str::to_owned);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = self.build(authorities)?;
        clients.insert(key, client.clone());
        Ok(client)
    }

    fn build(&self, authorities: Option<&str>) -> Result<Client, String> {
        let tls = match authorities {
            Some(pem) => config_trusting(pem),
            None => self.net.tls.config(),
        };
        let tls = tls.map_err(|fault| unmarked(&fault.to_string()))?;
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .user_agent(USER_AGENT)
            .dns_resolver(PolicyResolver(Arc::clone(&self.net)))
            .tls_backend_preconfigured(tls);
        client.build().map_err(words)
    }
}

async fn answer(mut response: Response, room: usize) -> Result<WebAnswer, String> {
    let status = response.status().as_u16();
    let wait = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds = wait.and_then(|text| text.trim().parse::<f64>().ok());
    let retry_after = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let mut body = Vec::new();
    // What was accepted was accepted, whatever becomes of the rest of the answer.
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() >= room {
            body.truncate(room);
            break;
        }
    }
    Ok(WebAnswer { status, retry_after, body: String::from_utf8_lossy(&body).into_owned() })
}

/// Why there is no answer; it names no URL.
fn words(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", PATIENCE.as_secs());
    }
    without_connection(&error.without_url())
}

/// Why there is no connection, by the innermost reason that a client of another crate gives.
pub fn without_connection(error: &(dyn Error + 'static)) -> String {
    let mut inner = error;
    loop {
        let fault = inner.downcast_ref::<io::Error>().and_then(tls_fault_of);
        if let Some(fault) = fault {
            return unmarked(&fault.actual);
        }
        let Some(source) = inner.source() else {
            let of_system = inner.downcast_ref::<io::Error>().map(failure::words);
            return of_system.map_or_else(|| inner.to_string(), Cow::into_owned);
        };
        inner = source;
    }
}

/// Resolves names as probes do, and gives only addresses that the policy permits.
struct PolicyResolver(Arc<Net>);

impl Resolve for PolicyResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let net = Arc::clone(&self.0);
        Box::pin(async move {
            let found = net.lookup(name.as_str()).await.map_err(|fault| unmarked(&fault.to_string()))?;
            // The port of the URL takes the place of this one.
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// A server that answers one request with `answer`, and gives what it was asked.
    async fn served(answer: &'static str) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("it listens");
        let address = listener.local_addr().expect("it has one");
        let asked = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("it accepts");
            let mut asked = vec![0; 4096];
            let length = stream.read(&mut asked).await.expect("it reads");
            stream.write_all(answer.as_bytes()).await.expect("it writes");
            String::from_utf8_lossy(&asked[..length]).into_owned()
        });
        (format!("http://{address}/secret"), asked)
    }

    fn post(url: &str) -> WebPost<'_> {
        WebPost { url, headers: &[("x-key", "k")], body: "{}".to_owned(), authorities: None }
    }

    #[tokio::test]
    async fn an_answer_comes_with_its_status_its_words_and_how_long_to_wait() {
        let (url, asked) =
            served("HTTP/1.1 429 Slow Down\r\nretry-after: 3\r\ncontent-length: 4\r\n\r\nbusy").await;
        let client = WebClient::new(AddressPolicy::laptop(Vec::new()));
        let answer = client.post(post(&url)).await.expect("it answers");
        assert_eq!((answer.status, answer.body.as_str()), (429, "busy"));
        assert_eq!(answer.retry_after, Some(Duration::from_secs(3)));
        let asked = asked.await.expect("it was asked").to_lowercase();
        for part in
            ["post /secret http/1.1", "content-type: application/json", "x-key: k", "user-agent: monitorctl/"]
        {
            assert!(asked.contains(part), "{asked}");
        }
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_is_not_followed() {
        let (url, _) =
            served("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n").await;
        let client = WebClient::new(AddressPolicy::laptop(Vec::new()));
        assert_eq!(client.post(post(&url)).await.map(|answer| answer.status).ok(), Some(302));
    }

    // P12 and P10
    #[tokio::test]
    async fn what_the_policy_forbids_is_not_reached_and_no_error_shows_the_url() {
        let client = WebClient::new(AddressPolicy::new(Vec::new()));
        for url in ["http://127.0.0.1:1/secret", "http://localhost:1/secret", "http://169.254.169.254/secret"]
        {
            let why = client.post(post(url)).await.err().expect("it is refused");
            assert!(!why.contains("secret") && !why.contains("http"), "{why}");
        }
        let client = WebClient::new(AddressPolicy::laptop(Vec::new()));
        let why = client.post(post("http://127.0.0.1:1/secret")).await.err().expect("no one listens");
        assert!(why.contains("refused") && !why.contains("secret"), "{why}");
    }
}
