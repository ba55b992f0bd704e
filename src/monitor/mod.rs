//! What is watched: one valid [`Monitor`] and the values it is made of. Pure.
//!
//! A value of these types has no invalid state; `config` is the only place that makes one from text.

mod calendar;
mod canary;
mod channel;
mod channel_policy;
mod credential;
mod definition;
mod expect;
mod id;
mod ip;
mod maintenance;
mod offer;
mod permits;
mod place;
mod policy;
mod recurrence;
mod rule;
#[cfg(test)]
mod sample;
mod selector;
mod size;
mod spec;
mod tls;
mod topic;

pub use canary::{CANARY_PATTERN, Canary, MOST_CANARIES};
pub use channel::{CHANNEL_NAME_PATTERN, ChannelId, ChannelName, DEFAULT_CHANNEL};
pub use channel_policy::ChannelPolicy;
pub use credential::{HIDDEN, is_credential_header, shown_credential};
pub use definition::{DEFAULT_INTERVAL, Monitor, PARENT_PATIENCE, probes_apart};
pub use expect::{CertificateBounds, Expectations, LatencyBounds};
pub use id::{ID_PATTERN, IdSubject, MOST_FORMER_IDS, MonitorId};
pub use ip::{IpChoice, IpVersion};
pub use maintenance::{
    LOCAL_TIME_PATTERN, MOST_WINDOWS, Span, WINDOW_LASTS, Window, WindowError, leave_no_gap,
};
pub use offer::{NotOffered, OFFER_VARIABLE, Offer, is_reserved};
pub use permits::{FILES_VARIABLE, PROXIES_VARIABLE, Permits, ROLES_VARIABLE};
pub use place::{Origin, Place, ValueSource};
pub use policy::{AlertPolicy, Backoff, Retry, RetryClass, Severity};
pub use recurrence::Recurrence;
pub use rule::{RECURRENCE_PATTERN, RULE_CHARS, RecurrenceError};
pub use selector::{Idle, Selector, Traits};
pub use size::{MOST_BYTES, MOST_NESTED, levels, stored_bytes};
pub use spec::{FORMAT, Fingerprint, Spec, digest};
pub use tls::{ClientIdentity, Pem, TlsPolicy, Trust};
pub use topic::{TOPIC_ARN_PATTERN, TopicArn};

// A definition is made of these, and most who speak of the one speak of the others.
pub use crate::kinds::TlsVersion;
pub use crate::value::{
    Budget, DURATION_PATTERN, Decimal, ESCAPE, Pattern, SecretRef, Template, TemplatePiece, Unjudged, age,
    ago, clip, count, excerpt, fits, format_duration, is_hidden, is_or_are, limit_seconds, marked, minute,
    minute_near, minutes_near, moment, moment_near, moments, moments_near, parse_duration, respell,
    rough_duration, rough_limit, safe,
};
