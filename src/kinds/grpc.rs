//! `grpc://host:port/service`: what a server says of itself, or of one service, in the health protocol of gRPC. Pure.
//!
//! Sources: `doc/health-checking.md`, `doc/statuscodes.md` and `doc/http-grpc-status-mapping.md` of github.com/grpc/grpc.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::headers::{self, SentHeaders};
use super::urls::{named_place, scheme};
use super::{Field, Kind, NoFields, Own, Proof, Recipient, Sent, UrlForm, WithoutTls, excerpt};
use crate::assert::{Assertion, Redact, Subject, Unmet, quote};
use crate::value::Template;
use crate::written::{Code, Violation};

/// What is always expected: that the answer is SERVING.
const SERVING: Subject = Subject::one("serving", "serving").numbered(24);

/// That the server can be asked.
const HEALTH_SERVICE: Subject = Subject::one("health_service", "health_service").numbered(25);

#[derive(Debug)]
pub struct GrpcCheck;

/// What is asked beside the URL.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HealthCall {
    /// Lower-case name and value, in the order of the names.
    pub metadata: Vec<(String, Template)>,
}

/// A complete answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HealthReply {
    Health(ServingStatus),
    /// The call failed, with a code that is not 0.
    Failed {
        code: u16,
        /// What the server says to it; may be empty.
        message: String,
    },
    /// Something on the way answered in HTTP alone.
    Http {
        status: u16,
        /// The beginning of the body.
        glimpse: Vec<u8>,
    },
}

/// What `grpc.health.v1` says of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServingStatus {
    Unknown,
    Serving,
    NotServing,
    ServiceUnknown,
    /// A number that the protocol does not have.
    Other(u64),
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct MetadataField {
    pub headers: Option<SentHeaders>,
}

impl Kind for GrpcCheck {
    const NAME: &'static str = "grpc";
    const SCHEMES: &'static [&'static str] = &["grpc", "grpcs"];
    const URL: UrlForm = UrlForm {
        example: "host:port/service",
        pattern: r"[^\s/?#@]+:[^\s/?#@:]+(/[^\s?#%]*)?",
        check: |path, text| {
            place_and_service(text).is_none().then(|| {
                let scheme = scheme(text);
                let message = format!(
                    "`{path}` must be {scheme}://host:port/service, or {scheme}://host:port for the whole server"
                );
                Violation::new(Code::InvalidUrl, path.clone(), message)
                    .label("in this URL")
                    .help("write the port, and the full name of the service, such as shop.v1.Orders")
            })
        },
        canonical: |text| {
            let (place, service) = place_and_service(text)?;
            let slash = if service.is_empty() { "" } else { "/" };
            Some(format!("{}://{place}{slash}{service}", scheme(text)))
        },
    };
    const PROVES: Proof = Proof::Answer;
    const CODES: Option<&'static str> = Some("gRPC");
    const FIELDS: &'static [Field] = &[headers::FIELD];
    const SUBJECTS: &'static [Subject] = &[SERVING, HEALTH_SERVICE];

    type Fields = MetadataField;
    type Expect = NoFields;
    type Ask = HealthCall;
    type Evidence = HealthReply;
    type Reader<'a> = ();

    fn build(own: &Own<Self>, violations: &mut Vec<Violation>) -> HealthCall {
        let metadata = own.fields.headers.iter().flat_map(|headers| headers.build(violations));
        HealthCall { metadata: metadata.collect() }
    }

    fn check_written(own: &Own<Self>, _: &HealthCall, _: &[Assertion], violations: &mut Vec<Violation>) {
        let Some(headers) = &own.fields.headers else { return };
        headers.check(violations);
        violations.extend(headers.names().filter_map(|name| refused(name)));
    }

    fn describe(_ask: &HealthCall, url: &str) -> String {
        format!("gRPC health {url}")
    }

    fn sent(ask: &HealthCall) -> Vec<Sent<'_>> {
        headers::sent(&ask.metadata).collect()
    }

    fn sent_in_clear<'a>(ask: &'a HealthCall, url: &'a Template) -> Vec<Sent<'a>> {
        if scheme(&url.to_string()) != "grpc" {
            return Vec::new();
        }
        headers::sent(&ask.metadata)
            .chain([Sent { field: "url", key: "", text: url, to: Recipient::Endpoint }])
            .collect()
    }

    fn without_tls(_ask: &HealthCall, url: &str) -> Option<WithoutTls> {
        (scheme(url) == "grpc").then_some(WithoutTls {
            message: "a grpc URL has no certificate",
            help: "write grpcs:// in the url",
        })
    }

    fn expected(_ask: &HealthCall) -> Vec<(Subject, String)> {
        vec![(SERVING, ServingStatus::Serving.to_string())]
    }

    fn reader(_evidence: &HealthReply) {}

    fn unmet(_ask: &HealthCall, evidence: &HealthReply, redact: Redact<'_>) -> Option<(Subject, Unmet)> {
        evidence.unmet(redact)
    }

    fn code(evidence: &HealthReply) -> u16 {
        evidence.code()
    }

    fn excerpt(evidence: &HealthReply) -> Option<String> {
        match evidence {
            HealthReply::Http { glimpse, .. } => excerpt::excerpt(glimpse),
            HealthReply::Health(_) | HealthReply::Failed { .. } => None,
        }
    }

    fn example(code: u16) -> HealthReply {
        match code {
            0 | 200..=299 => HealthReply::Health(ServingStatus::Serving),
            1..=16 => HealthReply::Failed { code, message: String::new() },
            status => HealthReply::Http { status, glimpse: Vec::new() },
        }
    }
}

/// The host with its port, and the name of the service; an empty one is the whole server.
pub fn place_and_service(url: &str) -> Option<(String, &str)> {
    let (_, rest) = url.split_once("://")?;
    let (place, service) = rest.split_once('/').unwrap_or((rest, ""));
    let is_name = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'%');
    service.bytes().all(is_name).then_some((named_place(place)?, service))
}

/// Metadata that a monitor cannot set.
fn refused(name: &str) -> Option<Violation> {
    let lower = name.to_ascii_lowercase();
    if lower.ends_with("-bin") {
        let message = format!("the metadata `{name}` is binary, which a file cannot hold");
        return Some(headers::refused(
            name,
            message,
            "send it as text, under a name that does not end in -bin",
        ));
    }
    let is_owned = lower == "content-type" || lower.starts_with("grpc-");
    is_owned.then(|| {
        let message = format!("gRPC itself sets the header `{name}`");
        headers::refused(name, message, "remove it")
    })
}

/// The names of the codes from 0.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

const NOT_FOUND: u16 = 5;
const UNIMPLEMENTED: u16 = 12;

/// What an answer without a code stands for, by its status of HTTP.
fn code_of_http(status: u16) -> u16 {
    match status {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => UNIMPLEMENTED,
        429 | 502..=504 => 14,
        _ => 2,
    }
}

/// `14 UNAVAILABLE`
fn named(code: u16) -> String {
    CODES.get(usize::from(code)).map_or_else(|| code.to_string(), |name| format!("{code} {name}"))
}

impl HealthReply {
    fn code(&self) -> u16 {
        match self {
            Self::Health(_) => 0,
            Self::Failed { code, message: _ } => *code,
            Self::Http { status, glimpse: _ } => code_of_http(*status),
        }
    }

    fn unmet(&self, redact: Redact<'_>) -> Option<(Subject, Unmet)> {
        let actual = match self {
            Self::Health(ServingStatus::Serving) => return None,
            Self::Health(status) => status.to_string(),
            Self::Failed { code, message } => {
                let meaning = match *code {
                    UNIMPLEMENTED => ", the server has no health service",
                    NOT_FOUND => ", the server does not know the service",
                    _ => "",
                };
                let said =
                    if message.is_empty() { String::new() } else { format!(": {}", quote(message, redact)) };
                format!("gRPC {}{meaning}{said}", named(*code))
            }
            Self::Http { status, glimpse: _ } => {
                format!("HTTP {status} without a gRPC status, which means {}", named(code_of_http(*status)))
            }
        };
        Some(match self.code() {
            UNIMPLEMENTED => {
                (HEALTH_SERVICE, Unmet { actual, expected: "the service grpc.health.v1.Health".to_owned() })
            }
            _ => (SERVING, Unmet { actual, expected: ServingStatus::Serving.to_string() }),
        })
    }
}

impl From<u64> for ServingStatus {
    fn from(number: u64) -> Self {
        match number {
            0 => Self::Unknown,
            1 => Self::Serving,
            2 => Self::NotServing,
            3 => Self::ServiceUnknown,
            other => Self::Other(other),
        }
    }
}

impl fmt::Display for ServingStatus {
    /// In the words of the protocol.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("UNKNOWN"),
            Self::Serving => f.write_str("SERVING"),
            Self::NotServing => f.write_str("NOT_SERVING"),
            Self::ServiceUnknown => f.write_str("SERVICE_UNKNOWN"),
            Self::Other(number) => write!(f, "the undefined health status {number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_named_behind_the_port_or_not_at_all() {
        for (url, expected) in [
            ("grpc://a.example:50051", Some(("a.example:50051", ""))),
            ("grpcs://A.example:443/", Some(("a.example:443", ""))),
            ("grpc://[::1]:80/shop.v1.Orders", Some(("[::1]:80", "shop.v1.Orders"))),
            ("grpc://a.example:1/a/b", Some(("a.example:1", "a/b"))),
            ("grpc://a.example/shop.v1.Orders", None),
            ("grpc://a.example:0/x", None),
            ("grpc://me@a.example:1/x", None),
            ("grpc://a.example:1/x?y", None),
            ("grpc://a.example:1/x%20y", None),
            ("grpc://a.example:1/\u{fc}", None),
        ] {
            let found = place_and_service(url);
            assert_eq!(found.as_ref().map(|(place, service)| (place.as_str(), *service)), expected, "{url}");
        }
    }

    #[test]
    fn metadata_of_grpc_itself_and_binary_metadata_are_refused() {
        for (name, is_refused) in [
            ("authorization", false),
            ("x-tenant", false),
            ("trace-bin", true),
            ("Trace-BIN", true),
            ("content-type", true),
            ("grpc-timeout", true),
            ("grpcweb", false),
        ] {
            assert_eq!(refused(name).is_some(), is_refused, "{name}");
        }
    }

    #[test]
    fn every_answer_but_serving_fails_in_words() {
        let failed = |code, message: &str| HealthReply::Failed { code, message: message.to_owned() };
        let http = |status| HealthReply::Http { status, glimpse: Vec::new() };
        for (reply, code, word, actual) in [
            (HealthReply::Health(ServingStatus::NotServing), 0, "serving", "NOT_SERVING"),
            (HealthReply::Health(ServingStatus::Unknown), 0, "serving", "UNKNOWN"),
            (HealthReply::Health(ServingStatus::ServiceUnknown), 0, "serving", "SERVICE_UNKNOWN"),
            (HealthReply::Health(ServingStatus::Other(9)), 0, "serving", "the undefined health status 9"),
            (failed(14, "no upstream"), 14, "serving", "gRPC 14 UNAVAILABLE: \"no upstream\""),
            (failed(5, ""), 5, "serving", "gRPC 5 NOT_FOUND, the server does not know the service"),
            (failed(12, ""), 12, "health_service", "gRPC 12 UNIMPLEMENTED, the server has no health service"),
            (failed(99, ""), 99, "serving", "gRPC 99"),
            (http(503), 14, "serving", "HTTP 503 without a gRPC status, which means 14 UNAVAILABLE"),
            (http(404), 12, "health_service", "HTTP 404 without a gRPC status, which means 12 UNIMPLEMENTED"),
            (http(418), 2, "serving", "HTTP 418 without a gRPC status, which means 2 UNKNOWN"),
        ] {
            let (subject, unmet) = reply.unmet(&str::to_owned).expect("it fails");
            assert_eq!((reply.code(), subject.word(), unmet.actual.as_str()), (code, word, actual));
        }
        assert_eq!(HealthReply::Health(ServingStatus::Serving).unmet(&str::to_owned), None);
    }
}
