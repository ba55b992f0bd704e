//! What attempts need beyond the endpoint, once a run: tokens of authorization servers, and credentials of roles.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use tokio::sync::OnceCell;
use tokio::time::timeout;
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::aws::{Aws, RoleCredentials};
use crate::monitor::format_duration;
use crate::net::{AddressPolicy, WebAnswer, WebClient, WebPost, foreign};
use crate::observation::{Fault, FaultKind, Transport};

/// Fetches each token once, however many probes want it.
pub struct Accounts {
    web: WebClient,
    tokens: Mutex<HashMap<TokenRequest, Slot<String>>>,
    aws: Aws,
    /// By their ARNs.
    roles: Mutex<HashMap<String, Slot<RoleCredentials>>>,
}

type Slot<T> = Arc<OnceCell<Result<T, Fault>>>;

/// Equal settings share a token. It has no `Debug`: it holds a secret.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenRequest {
    pub url: String,
    pub client_id: String,
    pub client_secret: String,
    pub scope: Option<String>,
}

/// What an authorization server answers (RFC 6749, sections 5.1 and 5.2).
#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenAnswer {
    access_token: Option<String>,
    error: Option<String>,
}

impl Accounts {
    pub fn new(policy: AddressPolicy) -> Self {
        Self {
            web: WebClient::new(policy),
            tokens: Mutex::default(),
            aws: Aws::default(),
            roles: Mutex::default(),
        }
    }

    /// The same in this AWS.
    #[must_use]
    pub fn within(self, aws: Aws) -> Self {
        Self { aws, ..self }
    }

    /// A server that hangs is a fault after `patience`, so that the monitor is not skipped in every run.
    pub async fn token(&self, request: &TokenRequest, patience: Duration) -> Result<String, Fault> {
        let slot = slot(&self.tokens, request.clone());
        match timeout(patience, slot.get_or_init(|| self.fetch(request))).await {
            Ok(token) => token.clone(),
            Err(_) => Err(without(&request.url, &unanswered(patience))),
        }
    }

    /// What is missing says nothing about the endpoint: this machine and its AWS give the credentials.
    pub async fn role(&self, role: &str, patience: Duration) -> Result<RoleCredentials, Fault> {
        let without = |why: &str| {
            let actual = format!("no credentials of {role}: {why}");
            Fault::new(FaultKind::Prober, actual, "a role that this machine may assume")
        };
        let assume = async || self.aws.assume(role).await.map_err(|why| without(&why));
        let slot = slot(&self.roles, role.to_owned());
        match timeout(patience, slot.get_or_init(assume)).await {
            Ok(credentials) => credentials.clone(),
            Err(_) => Err(without(&unanswered(patience))),
        }
    }

    /// As if the role was assumed.
    #[cfg(test)]
    pub async fn knowing(self, role: &str, credentials: RoleCredentials) -> Self {
        let known = async || Ok(credentials);
        let _kept = slot(&self.roles, role.to_owned()).get_or_init(known).await.is_ok();
        self
    }

    /// The credentials go into a header, as every server must take them. One that refuses this gets them in the form.
    async fn fetch(&self, request: &TokenRequest) -> Result<String, Fault> {
        let TokenRequest { url, client_id, client_secret, scope: _ } = request;
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let pair = STANDARD.encode(format!("{}:{}", encoded(client_id), encoded(client_secret)));
        let header = format!("Basic {pair}");
        let headers = [("authorization", header.as_str()), ACCEPT];
        let answer = self.post(url, &headers, form(request, &[])).await?;
        let answer = match answer.status {
            400 | 401 => {
                let own = [("client_id", client_id.as_str()), ("client_secret", client_secret.as_str())];
                self.post(url, &[ACCEPT], form(request, &own)).await?
            }
            _ => answer,
        };
        read(url, &answer)
    }

    async fn post(
        &self,
        url: &str,
        headers: &[(&'static str, &str)],
        body: String,
    ) -> Result<WebAnswer, Fault> {
        let post = WebPost { url, headers, body, authorities: None };
        self.web.post_form(post).await.map_err(|why| without(url, &why))
    }
}

/// The place of what is fetched once.
fn slot<K: Eq + Hash, T>(slots: &Mutex<HashMap<K, Slot<T>>>, key: K) -> Slot<T> {
    let mut slots = slots.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(slots.entry(key).or_default())
}

fn unanswered(patience: Duration) -> String {
    format!("no answer after {}", format_duration(patience))
}

const ACCEPT: (&str, &str) = ("accept", "application/json");

fn form(request: &TokenRequest, more: &[(&str, &str)]) -> String {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials");
    form.extend_pairs(request.scope.iter().map(|scope| ("scope", scope)));
    form.extend_pairs(more);
    form.finish()
}

/// Bytes of a token. Servers refuse headers that are longer.
const LONGEST_TOKEN: usize = 8 << 10;

/// Why there is no token, in the words of RFC 6749, section 5.2. Any other text may repeat what the server got.
const CODES: [&str; 6] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];

/// The token, fit for a header. Of any other answer only a known code is said.
fn read(url: &str, answer: &WebAnswer) -> Result<String, Fault> {
    let TokenAnswer { access_token, error } = serde_json::from_str(&answer.body).unwrap_or_default();
    let is_token = |token: &String| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    match access_token.filter(|_| answer.status == 200) {
        Some(token) if token.len() > LONGEST_TOKEN => {
            Err(without(url, "the answer has a token of more than 8 KiB"))
        }
        Some(token) if is_token(&token) => Ok(token),
        Some(_) => Err(without(url, "the answer has a token that no header can hold")),
        None => {
            let code = CODES.into_iter().find(|code| error.as_deref() == Some(code));
            let code = code.map(|code| format!(" {code}")).unwrap_or_default();
            let status = answer.status;
            let lacks = if status == 200 { " without `access_token`" } else { "" };
            Err(without(url, &format!("HTTP {status}{code}{lacks}")))
        }
    }
}

/// The URL may hold a secret.
fn without(url: &str, why: &str) -> Fault {
    Fault::new(Transport::Auth, format!("no token from {}: {why}", foreign(url)), "an access token")
}
