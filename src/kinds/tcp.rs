//! `tcp://host:port`: a connection, and what is said over it. Pure.

use schemars::JsonSchema;
use serde::Deserialize;

use super::dialog::{self, Dialog, DialogStep, RawDialog, Talk};
use super::{Field, HOST_AND_PORT, Kind, NoFields, Own, Proof, Sent, UrlForm, WithoutTls};
use crate::assert::{Assertion, Redact, Subject, Unmet};
use crate::value::Template;
use crate::written::Violation;

#[derive(Debug)]
pub struct TcpCheck;

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct DialogField {
    pub dialog: Option<RawDialog>,
}

impl Kind for TcpCheck {
    const NAME: &'static str = "tcp";
    const SCHEMES: &'static [&'static str] = &["tcp"];
    const URL: UrlForm = HOST_AND_PORT;
    const PROVES: Proof = Proof::Connection;
    const FIELDS: &'static [Field] = &[dialog::FIELD];

    type Fields = DialogField;
    type Expect = NoFields;
    type Ask = Dialog;
    type Evidence = Talk;
    type Reader<'a> = ();

    fn build(own: &Own<Self>, violations: &mut Vec<Violation>) -> Dialog {
        let built = own.fields.dialog.as_ref().map(|dialog| dialog.build(violations));
        built.unwrap_or_default()
    }

    fn check_written(own: &Own<Self>, _: &Dialog, _: &[Assertion], violations: &mut Vec<Violation>) {
        violations.extend(own.fields.dialog.iter().flat_map(RawDialog::check_patterns));
    }

    fn describe(ask: &Dialog, url: &str) -> String {
        let place = url.split_once("://").map_or(url, |(_, place)| place);
        match ask.preset {
            Some(preset) => format!("TCP {place} {preset}"),
            None => format!("TCP {place}"),
        }
    }

    fn sent(ask: &Dialog) -> Vec<Sent<'_>> {
        ask.steps.iter().filter_map(DialogStep::sent).collect()
    }

    fn sent_in_clear<'a>(ask: &'a Dialog, _url: &'a Template) -> Vec<Sent<'a>> {
        ask.steps
            .iter()
            .take_while(|step| **step != DialogStep::StartTls)
            .filter_map(DialogStep::sent)
            .collect()
    }

    fn without_tls(ask: &Dialog, _url: &str) -> Option<WithoutTls> {
        (!ask.starts_tls()).then_some(WithoutTls {
            message: "a connection without TLS has no certificate",
            help: "write tls:// in the url, or a step `starttls: true` in the dialog",
        })
    }

    fn weaker(before: &Dialog, after: &Dialog) -> Option<&'static str> {
        after.is_weaker_than(before).then_some("dialog")
    }

    fn expected(ask: &Dialog) -> Vec<(Subject, String)> {
        ask.expected()
    }

    fn reader(_evidence: &Talk) {}

    fn unmet(_ask: &Dialog, evidence: &Talk, redact: Redact<'_>) -> Option<(Subject, Unmet)> {
        Some((dialog::DIALOG, evidence.unmet(redact)?))
    }

    fn example(_code: u16) -> Talk {
        Talk::default()
    }
}
