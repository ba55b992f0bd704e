//! What `run` prints: a line for what happens in a run when it happens, and one for its end. Pure.

use jiff::Timestamp;

use super::RunReport;
use super::log::LogEvent;
use super::paint::{BAD, FAINT, STRONG, WARN, health_style, health_word, paint};
use crate::message::HEADLINE;
use crate::monitor::moment;
use crate::report::log::RunEnd;

/// A line about an event of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiveLine {
    /// It happened now.
    Once(String),
    /// Each run meets it for as long as it lasts, so it is worth a line when it begins.
    Lasting(String),
}

/// The line about an event, without the time; `None` for what a reader does not wait for.
pub fn live_line(now: Timestamp, event: &LogEvent<'_>) -> Option<LiveLine> {
    use LiveLine::{Lasting, Once};
    match event {
        LogEvent::Changed { monitor, confirmed, why } => {
            let health = paint(health_style(confirmed.health), &health_word(confirmed.health));
            let why = if why.is_empty() { String::new() } else { format!(": {why}") };
            Some(Once(format!("{monitor} is {health}{why}")))
        }
        LogEvent::Moved { from, to } => Some(Once(format!("{from} was renamed to {to}"))),
        LogEvent::Delivered(message) => Some(Once(format!(
            "{} to {}: {}",
            paint(STRONG, "alert"),
            message.channel,
            message.message.headline(HEADLINE)
        ))),
        LogEvent::Refused { message, why } => Some(Lasting(format!(
            "{} to {}: {}: failed to {why}; it stays pending",
            paint(BAD, "not delivered"),
            message.channel,
            message.message.headline(HEADLINE)
        ))),
        LogEvent::Unacknowledged { message, why } => Some(Once(format!(
            "{} {}: {why}; the next run may send it again",
            paint(WARN, "delivered, but not acknowledged:"),
            message.message.headline(HEADLINE)
        ))),
        LogEvent::Suppressed { monitor, reason } => {
            Some(Lasting(format!("{} {monitor}, {}", paint(WARN, "no alert for"), reason.text(now))))
        }
        LogEvent::Discarded(monitor, why) => {
            Some(Once(format!("{} {monitor} {why}", paint(FAINT, "discarded:"))))
        }
        LogEvent::Looked(check) if check.is_blind() => Some(Lasting(format!(
            "{} {check}: probes without an answer count as unknown, and no monitor goes DOWN",
            paint(BAD, "blind:")
        ))),
        // Problems are said at the end of the run, where they are known as a whole.
        LogEvent::Acquired
        | LogEvent::Pending(_)
        | LogEvent::Acknowledged(_)
        | LogEvent::Looked(_)
        | LogEvent::Reread(_)
        | LogEvent::Problem(_)
        | LogEvent::Ended(RunEnd::CompletedRun(_) | RunEnd::NotOurs(_) | RunEnd::Failed(_)) => None,
    }
}

/// A line with the time in front.
pub fn live_at(now: Timestamp, line: &str) -> String {
    format!("{}  {line}", paint(FAINT, &moment(now)))
}

/// The line at the end of a run; `None` if nothing was due and nothing was sent.
pub fn end_line(report: &RunReport) -> Option<String> {
    let is_quiet = report.lines.is_empty() && report.messages.is_empty();
    (!is_quiet).then(|| report.summary())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::testing::{arn, confirmed, down, messages, now};
    use crate::monitor::MonitorId;
    use crate::state::{ProberHealth, SelfCheck};
    use crate::suppress::SuppressionReason;
    use crate::transition::Health;

    #[test]
    fn people_read_what_happens_and_what_begins() {
        let id = MonitorId::parse("payments-api").expect("an id");
        let message = messages(vec![down("payments-api")], &arn("x")).remove(0);
        let (is_down, is_up) = (confirmed(Health::Down, 3), confirmed(Health::Up, 4));
        let reason = SuppressionReason::Maintenance { reason: Some("patching".to_owned()), until: now() };
        let (blind, clear) = (SelfCheck::sample(ProberHealth::Blind), SelfCheck::sample(ProberHealth::Clear));
        let events = [
            LogEvent::Acquired,
            LogEvent::Changed { monitor: &id, confirmed: &is_down, why: "HTTP 503, expected 200" },
            LogEvent::Changed { monitor: &id, confirmed: &is_up, why: "" },
            LogEvent::Moved { from: &id, to: &id },
            LogEvent::Delivered(&message),
            LogEvent::Acknowledged(&message),
            LogEvent::Refused { message: &message, why: "get an answer in the time of this run" },
            LogEvent::Unacknowledged { message: &message, why: "the table states is throttled" },
            LogEvent::Suppressed { monitor: &id, reason: &reason },
            LogEvent::Looked(&blind),
            LogEvent::Looked(&clear),
            LogEvent::Problem("said at the end"),
        ];
        let shown = events.iter().map(|event| match live_line(now(), event) {
            None => "-".to_owned(),
            Some(LiveLine::Once(line)) => live_at(now(), &line),
            Some(LiveLine::Lasting(line)) => format!("{} (once)", live_at(now(), &line)),
        });
        let shown: Vec<_> = shown.map(|line| anstream::adapter::strip_str(&line).to_string()).collect();
        insta::assert_snapshot!(shown.join("\n"));
    }
}
