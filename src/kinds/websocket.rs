//! `ws://host/path`: a WebSocket, and what is said over it. Pure.

use schemars::JsonSchema;
use serde::Deserialize;

use super::dialog::{self, DIALOG, Dialog, DialogStep, RawDialog, Talk};
use super::headers::{self, SentHeaders};
use super::status::{self, STATUS, status_in};
use super::urls::{page, page_violation, scheme};
use super::{Field, Kind, NoFields, Own, Proof, Recipient, Sent, UrlForm, WithoutTls, excerpt};
use crate::assert::{Assertion, CodeClass, CodeSet, Consequence, Measured, Redact, Subject, Unmet};
use crate::value::Template;
use crate::written::{Code, Path, Violation};

/// The status of a server that takes the connection.
pub const SWITCHING: u16 = 101;

#[derive(Debug)]
pub struct WebSocketCheck;

/// What is asked beside the URL.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SocketCall {
    /// Lower-case name and value, in the order of the names.
    pub headers: Vec<(String, Template)>,
    pub dialog: Dialog,
}

/// A complete answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SocketReply {
    pub status: u16,
    /// The beginning of the body, if the server did not take the connection.
    pub glimpse: Vec<u8>,
    /// How the dialog went, if it did.
    pub talk: Talk,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct SocketFields {
    pub headers: Option<SentHeaders>,
    pub dialog: Option<RawDialog>,
}

impl Kind for WebSocketCheck {
    const NAME: &'static str = "websocket";
    const SCHEMES: &'static [&'static str] = &["ws", "wss"];
    const URL: UrlForm = page(|path, text| page_violation(path, text, ["ws", "wss"]));
    const PROVES: Proof = Proof::Answer;
    const CODES: Option<&'static str> = Some("HTTP");
    const FIELDS: &'static [Field] = &[headers::FIELD, dialog::FIELD];
    const SUBJECTS: &'static [Subject] = &[STATUS];

    type Fields = SocketFields;
    type Expect = NoFields;
    type Ask = SocketCall;
    type Evidence = SocketReply;
    type Reader<'a> = &'a SocketReply;

    fn build(own: &Own<Self>, violations: &mut Vec<Violation>) -> SocketCall {
        let SocketFields { headers, dialog } = &own.fields;
        let headers = headers.iter().flat_map(|headers| headers.build(violations)).collect();
        let dialog = dialog.as_ref().map(|dialog| dialog.build(violations)).unwrap_or_default();
        violations.extend(of_tcp_alone(&dialog));
        SocketCall { headers, dialog }
    }

    fn assertions(_: &NoFields, _: Consequence, _: &mut Vec<Violation>) -> Vec<Assertion> {
        vec![status_in(CodeSet(vec![CodeClass::Code(SWITCHING)]))]
    }

    fn check_written(own: &Own<Self>, _: &SocketCall, _: &[Assertion], violations: &mut Vec<Violation>) {
        violations.extend(own.fields.dialog.iter().flat_map(RawDialog::check_patterns));
        let Some(headers) = &own.fields.headers else { return };
        headers.check(violations);
        violations.extend(headers.names().filter_map(|name| refused(name)));
    }

    fn describe(_ask: &SocketCall, url: &str) -> String {
        format!("WebSocket {url}")
    }

    fn sent(ask: &SocketCall) -> Vec<Sent<'_>> {
        headers::sent(&ask.headers).chain(ask.dialog.steps.iter().filter_map(DialogStep::sent)).collect()
    }

    fn sent_in_clear<'a>(ask: &'a SocketCall, url: &'a Template) -> Vec<Sent<'a>> {
        if scheme(&url.to_string()) != "ws" {
            return Vec::new();
        }
        Self::sent(ask)
            .into_iter()
            .chain([Sent { field: "url", key: "", text: url, to: Recipient::Endpoint }])
            .collect()
    }

    fn without_tls(_ask: &SocketCall, url: &str) -> Option<WithoutTls> {
        (scheme(url) == "ws")
            .then_some(WithoutTls { message: "a ws URL has no certificate", help: "write wss:// in the url" })
    }

    fn weaker(before: &SocketCall, after: &SocketCall) -> Option<&'static str> {
        after.dialog.is_weaker_than(&before.dialog).then_some("dialog")
    }

    fn expected(ask: &SocketCall) -> Vec<(Subject, String)> {
        ask.dialog.expected()
    }

    fn reader(evidence: &SocketReply) -> &SocketReply {
        evidence
    }

    fn measure<'r>(reader: &'r &SocketReply, assertion: &Assertion, _: Redact<'_>) -> Measured<'r> {
        if assertion.subject == STATUS { status::measured(reader.status) } else { Measured::Missing }
    }

    fn unmet(_ask: &SocketCall, evidence: &SocketReply, redact: Redact<'_>) -> Option<(Subject, Unmet)> {
        Some((DIALOG, evidence.talk.unmet(redact)?))
    }

    fn code(evidence: &SocketReply) -> u16 {
        evidence.status
    }

    fn excerpt(evidence: &SocketReply) -> Option<String> {
        excerpt::excerpt(&evidence.glimpse)
    }

    fn example(code: u16) -> SocketReply {
        let status = if (200..=299).contains(&code) { SWITCHING } else { code };
        SocketReply { status, ..SocketReply::default() }
    }
}

/// What a dialog over TCP can have, and a WebSocket cannot.
fn of_tcp_alone(dialog: &Dialog) -> Option<Violation> {
    let path = Path::from("dialog");
    let violation =
        |path: Path, message: String| Violation::new(Code::BadFormat, path, message).label("here");
    if let Some(name) = dialog.preset {
        let message = format!("`dialog`: `{name}` is not spoken over a WebSocket");
        return Some(
            violation(path, message).help("write the steps, such as `- {send: ping}` and `- {expect: pong}`"),
        );
    }
    let step = dialog.steps.iter().position(|step| *step == DialogStep::StartTls)?;
    let path = path.index(step).key("starttls");
    let message = format!("`{path}`: TLS cannot begin within a WebSocket");
    Some(violation(path, message).help("remove the step, and write wss:// in the url"))
}

/// Headers of the handshake, which a monitor cannot set.
fn refused(name: &str) -> Option<Violation> {
    let lower = name.to_ascii_lowercase();
    (lower.starts_with("sec-websocket-") && lower != "sec-websocket-protocol").then(|| {
        let message = format!("the handshake sets the header `{name}`");
        headers::refused(name, message, "remove it; only sec-websocket-protocol can be set")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_dialog_over_a_web_socket_has_neither_a_name_nor_tls_of_its_own() {
        for (raw, expected) in [
            (json!([{"send": "ping"}, {"expect": "pong"}]), None),
            (json!("smtp"), Some("dialog")),
            (json!([{"send": "ping"}, {"starttls": true}]), Some("dialog[1].starttls")),
        ] {
            let found = of_tcp_alone(&Dialog::written(raw)).map(|violation| violation.path.to_string());
            assert_eq!(found.as_deref(), expected);
        }
    }

    #[test]
    fn the_handshake_keeps_its_headers_to_itself() {
        assert!(refused("Sec-WebSocket-Key").is_some() && refused("sec-websocket-extensions").is_some());
        assert!(refused("sec-websocket-protocol").is_none() && refused("origin").is_none());
    }
}
