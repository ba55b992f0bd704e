//! What is known of the machine that probes: whether it can reach the network.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::paint::{BAD, FAINT, WARN, paint};
use crate::monitor::{age, moment_near, moments_near, rough_duration};
use crate::state::{CanaryOutcome, CanaryResult, FailureRatio, ProberHealth, Row, SelfCheck, is_blind};
use crate::transition::Incident;

/// How long after its end a time without a network is worth a line: what is missing in the results is of then.
const RECENT: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// For people: nothing, where there was no doubt.
pub fn self_check_text(check: &SelfCheck) -> String {
    let (style, word, meaning) = match check.prober_health {
        ProberHealth::Clear | ProberHealth::Unproven => return String::new(),
        ProberHealth::Blind => {
            (BAD, "blind:", "probes without an answer count as unknown, and no monitor goes DOWN")
        }
        ProberHealth::Vouched if check.evidence.cut_off.all().cut_off == 0 => {
            (WARN, "canaries:", "the network of this machine is back")
        }
        ProberHealth::Vouched => (WARN, "canaries:", "the network of this machine works"),
        ProberHealth::Unvouched => {
            (WARN, "unsure:", "the cause may be the network of this machine; add `canaries:` to find out")
        }
    };
    let mut text = format!("{} {check}: {meaning}\n", paint(style, word));
    for CanaryResult { canary, outcome } in &check.canaries {
        let why = match outcome {
            CanaryOutcome::Silence(why) | CanaryOutcome::Broken(why) => why,
            CanaryOutcome::Answer | CanaryOutcome::Barred(_) => continue,
        };
        let _ = writeln!(text, "  {}", paint(FAINT, &format!("{canary}: {why}")));
    }
    text
}

/// For programs.
pub fn self_check_json(check: &SelfCheck) -> Value {
    let SelfCheck { prober_health, evidence, canaries } = check;
    let FailureRatio { cut_off, of } = evidence.cut_off.all();
    let canaries = canaries.iter().map(|CanaryResult { canary, outcome }| {
        let (outcome, why) = match outcome {
            CanaryOutcome::Answer => ("answer", None),
            CanaryOutcome::Silence(why) => ("silence", Some(why)),
            CanaryOutcome::Broken(why) => ("broken", Some(why)),
            CanaryOutcome::Barred(why) => ("barred", Some(why)),
        };
        json!({"url": canary.as_str(), "outcome": outcome, "why": why})
    });
    json!({
        "prober_health": prober_health.as_str(),
        "cut_off": cut_off,
        "of": of,
        "canaries": canaries.collect::<Vec<_>>(),
    })
}

/// For people who look how everything is; nothing, where there is no trouble and was none lately.
pub fn prober_text(prober: Option<&Row>, now: Timestamp) -> String {
    let Some(row) = prober else { return String::new() };
    let mut text = String::new();
    if is_blind(prober) {
        let since = row.confirmed.since;
        let lasting = rough_duration(age(since, now));
        let _ = writeln!(
            text,
            "{} for {lasting} (since {}): {}",
            paint(BAD, "blind"),
            moment_near(since, now),
            row.why
        );
    } else if let Some((from, to)) = lately(row, now) {
        let _ = writeln!(
            text,
            "{} {} ({}): probes without an answer counted as unknown",
            paint(WARN, "was blind"),
            moments_near(from, to, now),
            rough_duration(age(from, to)),
        );
    }
    if row.is_ahead() {
        let _ = writeln!(text, "  {}", paint(WARN, "an alert about this is pending; the next run sends it"));
    }
    text
}

/// For programs.
pub fn prober_json(prober: Option<&Row>) -> Value {
    let row = prober.filter(|_| is_blind(prober));
    json!({
        "blind": row.is_some(),
        "since": row.map(|row| row.confirmed.since.to_string()),
        "why": row.map(|row| row.why.as_str()),
        "pending": prober.is_some_and(Row::is_ahead),
        "last": prober.and_then(|row| row.confirmed.incident.as_ref()).map(|Incident { opened_at, closed_at, .. }| json!({
            "opened_at": opened_at.to_string(),
            "closed_at": closed_at.map(|at| at.to_string()),
        })),
    })
}

/// The last time without a network, if it ended a short while ago.
fn lately(row: &Row, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let Incident { opened_at, closed_at, .. } = row.confirmed.incident.as_ref()?;
    let closed = (*closed_at)?;
    (now.duration_since(closed) <= RECENT).then_some((*opened_at, closed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_says_whether_it_could_see_and_how_it_knows() {
        let sights = [
            ProberHealth::Clear,
            ProberHealth::Unproven,
            ProberHealth::Vouched,
            ProberHealth::Unvouched,
            ProberHealth::Blind,
        ];
        let said = sights.map(|prober_health| {
            let check = SelfCheck::sample(prober_health);
            let text = anstream::adapter::strip_str(&self_check_text(&check)).to_string();
            format!("{}\n{text}{}\n", prober_health.as_str(), self_check_json(&check))
        });
        insta::assert_snapshot!(said.join("\n"));
    }
}
