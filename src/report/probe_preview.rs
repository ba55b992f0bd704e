//! What the monitors of a plan would say now: each probed once, nothing stored.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::evidence::{evidence, reasons};
use super::paint::{BAD, FAINT, GOOD, STRONG, WARN, column, latency, paint, verdict_style};
use crate::monitor::{MonitorId, SecretRef, count};
use crate::observation::{Fault, FaultKind, Transport};
use crate::verdict::{Judgement, Verdict};

/// One monitor, probed.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbePreview {
    pub id: MonitorId,
    pub judgement: Judgement,
    /// The secrets because of which it was not probed: they are filled in only if that is asked for.
    pub needs: Vec<SecretRef>,
    /// Of a program that beats, which is not probed: when its beats are expected.
    pub beats: Option<String>,
}

impl ProbePreview {
    /// One that was not probed, because that needs secrets.
    pub fn without_secrets(id: MonitorId, at: Timestamp, needs: Vec<SecretRef>) -> Self {
        Self { id, judgement: Judgement::without_evidence(Verdict::Skipped, at), needs, beats: None }
    }

    /// One that was not probed, because it beats.
    pub fn of_beats(id: MonitorId, at: Timestamp, beats: String) -> Self {
        Self { beats: Some(beats), ..Self::without_secrets(id, at, Vec::new()) }
    }

    /// Whether the machine that runs check would see it DOWN. What only this machine lacks says nothing about that.
    fn is_down(&self) -> bool {
        self.judgement.verdict == Verdict::Fail && !self.is_redacted()
    }

    /// Whether a secret, or a way to a private address, is missing here.
    fn is_redacted(&self) -> bool {
        if !self.needs.is_empty() {
            return true;
        }
        let is_local = |fault: &Fault| match fault.kind {
            FaultKind::Prober => true,
            FaultKind::Transport(transport) => matches!(transport, Transport::Secret | Transport::Blocked),
            FaultKind::Unmet(_) => false,
        };
        self.judgement.faults.iter().any(is_local)
    }
}

/// `2 of 5 added and changed monitors would be DOWN now`
pub fn probe_preview_summary(probe_previews: &[ProbePreview]) -> String {
    let down = probe_previews.iter().filter(|probe_preview| probe_preview.is_down()).count();
    let redacted = probe_previews.iter().filter(|probe_preview| probe_preview.is_redacted()).count();
    let number = probe_previews.iter().filter(|probe_preview| probe_preview.beats.is_none()).count();
    let monitors = count(number, "added and changed monitor");
    let mut text = match down {
        0 => format!("none of {monitors} would be DOWN now"),
        down => format!("{down} of {monitors} would be DOWN now"),
    };
    if redacted > 0 {
        let _ = write!(text, ", {redacted} could not be probed from here");
    }
    text
}

/// For people: a line a monitor, why it is not well, then the sum.
pub fn probe_preview_text(probe_previews: &[ProbePreview]) -> String {
    let width =
        probe_previews.iter().map(|probe_preview| probe_preview.id.as_str().len()).max().unwrap_or(0).min(48);
    let mut text = format!("{}\n", paint(STRONG, "Probed now, from here:"));
    for ProbePreview { id, judgement, needs, beats } in probe_previews {
        let why = beats.as_ref().map(|beats| format!("nothing is probed: {beats}"));
        if let Some(why) = why.or_else(|| (!needs.is_empty()).then(|| not_probed(needs))) {
            let verdict = column(FAINT, "-", 8);
            let _ = writeln!(text, "  {verdict} {:<width$}  {why}", id.as_str());
            continue;
        }
        let verdict = column(verdict_style(judgement.verdict), judgement.verdict.as_str(), 8);
        let time = judgement.latency.map(latency).unwrap_or_default();
        let _ = writeln!(text, "  {verdict} {:<width$}  {time:>8}", id.as_str());
        text.push_str(&reasons(judgement, 11 + width + 2));
    }
    let probed = probe_previews.iter().filter(|probe_preview| probe_preview.beats.is_none());
    let style = match probed.map(|probe_preview| probe_preview.judgement.verdict).max() {
        Some(Verdict::Fail) => BAD,
        Some(Verdict::Pass) | None => GOOD,
        Some(Verdict::Degraded | Verdict::Unknown | Verdict::Skipped) => WARN,
    };
    let _ = writeln!(text, "  {}", paint(style, &probe_preview_summary(probe_previews)));
    text
}

/// `not probed: needs ${env:TOKEN}, which only --secrets fills in`
fn not_probed(needs: &[SecretRef]) -> String {
    let names: Vec<_> = needs.iter().map(ToString::to_string).collect();
    format!("not probed: needs {}; pass --secrets to resolve it", names.join(", "))
}

/// For programs.
pub fn probe_preview_json(probe_previews: &[ProbePreview]) -> Value {
    let one = |ProbePreview { id, judgement, needs, beats }: &ProbePreview| {
        let mut fields = Map::from_iter([("id".to_owned(), id.as_str().into())]);
        fields.extend(evidence(judgement));
        let needs: Vec<_> = needs.iter().map(ToString::to_string).collect();
        // Those because of which it was not probed.
        fields.insert("needs_secrets".to_owned(), needs.into());
        // Of what beats, and is not probed.
        fields.insert("beats".to_owned(), beats.clone().into());
        Value::Object(fields)
    };
    probe_previews.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::http;

    fn probe_preview(id: &str, verdict: Verdict, faults: Vec<Fault>) -> ProbePreview {
        let judgement = Judgement { faults, ..Judgement::without_evidence(verdict, Timestamp::UNIX_EPOCH) };
        ProbePreview { id: MonitorId::parse(id).expect("an id"), judgement, needs: Vec::new(), beats: None }
    }

    #[test]
    fn what_only_this_machine_lacks_is_no_outage() {
        let fault = |kind: FaultKind, actual| vec![Fault::new(kind, actual, "")];
        let down = probe_preview("b", Verdict::Fail, fault(http::STATUS.into(), "HTTP 500"));
        let blocked = probe_preview("c", Verdict::Fail, fault(Transport::Blocked.into(), "10.0.0.1"));
        let secret =
            probe_preview("d", Verdict::Fail, fault(Transport::Secret.into(), "${env:X} is not set"));
        let proxy = probe_preview("e", Verdict::Unknown, fault(FaultKind::Prober, "no proxy"));
        let up = probe_preview("a", Verdict::Pass, Vec::new());
        assert_eq!(
            probe_preview_summary(std::slice::from_ref(&up)),
            "none of 1 added and changed monitor would be DOWN now"
        );
        assert_eq!(
            probe_preview_summary(&[up, down, blocked, secret, proxy]),
            "1 of 5 added and changed monitors would be DOWN now, 3 could not be probed from here"
        );
    }

    #[test]
    fn a_program_that_beats_is_said_to_be_not_probed_and_does_not_count() {
        let id = MonitorId::parse("backup").expect("an id");
        let beats = "beat every 1d, grace 2h".to_owned();
        let beating = ProbePreview::of_beats(id, Timestamp::UNIX_EPOCH, beats);
        let probe_previews = [beating, probe_preview("up", Verdict::Pass, Vec::new())];
        let text = anstream::adapter::strip_str(&probe_preview_text(&probe_previews)).to_string();
        assert!(text.contains("backup  nothing is probed: beat every 1d, grace 2h"), "{text}");
        assert!(text.contains("none of 1 added and changed monitor would be DOWN now\n"), "{text}");
    }

    #[test]
    fn a_monitor_that_needs_a_secret_is_said_to_be_not_probed() {
        let id = MonitorId::parse("a").expect("an id");
        let needs = vec![SecretRef::Env("TOKEN".to_owned())];
        let probe_previews = [ProbePreview::without_secrets(id, Timestamp::UNIX_EPOCH, needs)];
        let text = anstream::adapter::strip_str(&probe_preview_text(&probe_previews)).to_string();
        assert!(text.contains("a  not probed: needs ${env:TOKEN}; pass --secrets to resolve it"), "{text}");
        assert!(text.contains("1 could not be probed from here"), "{text}");
        let json = probe_preview_json(&probe_previews);
        assert_eq!(
            (&json[0]["verdict"], &json[0]["needs_secrets"][0]),
            (&"skipped".into(), &"${env:TOKEN}".into())
        );
    }
}
