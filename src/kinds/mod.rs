//! The kinds of checks, a file or a folder each: how it is written, what is asked, what came back, and what can be
//! asserted of that. Pure.
//!
//! The list below is the only place that knows all kinds. Everything outside speaks of [`Ask`] and [`Evidence`], and
//! never of what one kind brings.

#[macro_use]
mod dispatch;
mod dialog;
mod excerpt;
mod field;
mod headers;
mod kind;
mod names;
mod shared;
mod status;
mod urls;

pub mod dns;
pub mod grpc;
pub mod heartbeat;
pub mod http;
pub mod icmp;
pub mod tcp;
pub mod tls;
pub mod websocket;

use jiff::Timestamp;
use schemars::SchemaGenerator;
use serde_json::{Map, Value};

pub use dialog::{Dialog, DialogStep, Talk, UnmetStep, hex};
pub use field::{Bearing, Field, FieldTexts, ListOrder, Manner, WARN};
pub use heartbeat::{
    AHEAD, BeatEnd, BeatEvidence, BeatFinding, BeatResult, BeatRule, Beats, beat_message, find as find_beat,
};
pub use kind::{Kind, NoFields, Own, Proof, Recipient, Scrutiny, Sent, WithoutTls};
pub use names::{field, is_set, manner, reference_fields, subjects};
#[cfg(test)]
pub use shared::SHARED;
pub use status::HttpVersion;
pub use tls::TlsVersion;
pub use urls::{HOST_AND_PORT, UrlForm};

use crate::assert::{Assertion, Measured, Redact, Subject, Unmet};
use crate::value::Template;
use crate::written::Violation;

// The first that is probed is the kind of a URL whose scheme a reference hides; a new kind goes to the end.
kinds! {
    // These send word themselves, so that no probe asks them.
    unprobed Heartbeat(heartbeat::HeartbeatCheck),
    Http(http::HttpCheck),
    Tcp(tcp::TcpCheck),
    Tls(tls::TlsCheck),
    Dns(dns::DnsCheck),
    Icmp(icmp::IcmpCheck),
    Grpc(grpc::GrpcCheck),
    WebSocket(websocket::WebSocketCheck),
}

/// What a document asks for, and what must hold of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Built {
    pub ask: Ask,
    /// In the order in which a message shows what is not met.
    pub assertions: Vec<Assertion>,
}

impl Ask {
    /// When beats are expected, of what beats and is not asked.
    pub fn beat_rule(&self) -> Option<&BeatRule> {
        let Self::Heartbeat(rule) = self else { return None };
        Some(rule)
    }

    /// Of an http or https URL, whatever it answers.
    pub fn any_answer() -> Self {
        Self::Http(http::Request { redirects: 0, ..http::Request::get() })
    }
}

impl Evidence {
    /// What is known of the beats of a program.
    pub fn of_beats(beats: Beats, asked: Timestamp) -> Self {
        Self::Heartbeat(BeatEvidence { beats: Box::new(beats), asked })
    }
}

impl Default for Ask {
    /// Nothing.
    fn default() -> Self {
        Self::Http(http::Request::default())
    }
}
