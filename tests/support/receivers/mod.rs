//! The services that channels send to, as stubs on loopback. Each judges a request as the real service does.
//!
//! The rules come from public documentation; the source stands beside each. Where a source says that a service refuses
//! something, but not with which words, the words are ours. Where it counts "characters", a stub counts UTF-16 code
//! units, which is the strictest reading.
//!
//! `Receiver::start(Slack::default())` is a server of its own port; [`Server::url`] is what a channel is given.

mod alerts_api;
mod answer;
mod card;
mod discord;
mod failure;
mod group;
mod hmac;
mod html;
mod pagerduty;
mod record;
mod request;
mod server;
mod slack;
mod slack_blocks;
mod teams;
mod telegram;
mod tls;
mod webhook;

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use alerts_api::AlertsApi;
pub use answer::Answer;
pub use discord::Discord;
pub use failure::Failure;
pub use group::AlertGroups;
pub use hmac::hmac;
pub use pagerduty::PagerDuty;
pub use record::{Accepted, Refusal};
pub use request::Request;
pub use server::Server;
pub use slack::{Slack, SlackHook};
pub use teams::{Teams, TeamsFlow};
pub use telegram::{Telegram, TelegramChat};
pub use tls::Authority;
pub use webhook::Webhook;

/// A service that receives.
pub trait Service: Send + 'static {
    /// Path and query of the URL that its users copy from it.
    fn path(&self) -> String;

    fn judge(&mut self, request: &Request) -> Verdict;

    /// How it says that it gets too many requests, and when to come again, in seconds.
    fn busy(&self, after: u32) -> Answer;
}

/// What becomes of a request.
pub enum Verdict {
    /// What people get to see, or what the service acts on.
    Accepted(Answer, Vec<Accepted>),
    Refused(Answer),
    /// The answer says yes, but no person ever sees the message. Why.
    Lost(Answer, String),
}

/// A running service.
pub struct Receiver<S> {
    server: Server,
    service: Arc<Mutex<S>>,
}

impl<S: Service> Receiver<S> {
    pub fn start(service: S) -> Self {
        let path = service.path();
        let service = Arc::new(Mutex::new(service));
        Self { server: Server::start(path, service.clone(), None), service }
    }

    /// Behind TLS, with a certificate of this authority for `localhost` and 127.0.0.1.
    pub fn start_tls(service: S, authority: &Authority) -> Self {
        let path = service.path();
        let service = Arc::new(Mutex::new(service));
        Self { server: Server::start(path, service.clone(), Some(authority.server())), service }
    }

    /// The service itself: what it knows, and what a test changes.
    pub fn service(&self) -> MutexGuard<'_, S> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Deref for Receiver<S> {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// The length that limits are compared with.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}
