//! What one run of `check` found, for people and for programs.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::evidence::{evidence, reasons};
use super::message_texts::by_text;
use super::paint::{FAINT, STRONG, WARN, column, health_style, health_word, latency, paint, verdict_style};
use super::prober::{self_check_json, self_check_text};
use super::silence::suppression_json;
use crate::alert::Notification;
use crate::message::{RecordSize, record};
use crate::monitor::{MonitorId, count};
use crate::state::{Held, SelfCheck};
use crate::suppress::SuppressionReason;
use crate::transition::Health;
use crate::verdict::{Judgement, Verdict};

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

/// Everything that a run has to say.
#[derive(Debug, Clone)]
pub struct RunReport {
    /// Holder id of the run.
    pub run: String,
    pub epoch: u64,
    pub slot: u64,
    pub started_at: Timestamp,
    pub took: Duration,
    /// From the last probe to the first message that was accepted after it.
    pub notified_after: Option<Duration>,
    /// The monitors that were due.
    pub lines: Vec<RunLine>,
    /// What the run can say of its own network.
    pub self_check: SelfCheck,
    /// Enabled monitors that were not due in this run.
    pub not_due: usize,
    /// What was sent in this run.
    pub messages: Vec<Notification>,
    /// Alerts that are still pending at its end.
    pub pending: usize,
    /// When the oldest of them began.
    pub pending_since: Option<Timestamp>,
    /// Alerts that are suppressed, and why.
    pub suppressed: Vec<(MonitorId, SuppressionReason)>,
    /// What was discarded because it happened during a suppression.
    pub discarded: usize,
    /// What the run asked of the store.
    pub store: StoreUse,
    /// What went wrong without stopping the run, a sentence each.
    pub problems: Vec<String>,
}

/// What the store was asked for, as DynamoDB bills it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct StoreUse {
    pub requests: u64,
    pub read_units: f64,
    pub write_units: f64,
}

/// One monitor in a run.
#[derive(Debug, Clone)]
pub struct RunLine {
    pub id: MonitorId,
    pub judgement: Judgement,
    /// Confirmed health after the run.
    pub health: Health,
    /// How many verdicts of how many needed speak for another health.
    pub pending: Option<(u32, u32)>,
}

/// Verdicts of a run, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub pass: usize,
    pub degraded: usize,
    pub fail: usize,
    pub unknown: usize,
    pub skipped: usize,
}

/// The JSON form of a run that was not made, because another one has the lease or the slot is done.
pub fn refused(refusal: &Held) -> Value {
    let why = match refusal {
        Held::By { holder, host, expires, .. } => {
            json!({ "by": holder, "host": host, "until": expires.to_string() })
        }
        Held::Contended => json!({ "by": null, "until": null }),
        Held::Done { slot, at: _ } => json!({ "done": slot }),
        Held::OtherPeriod { period, host, at } => {
            json!({ "period_s": period.as_secs(), "host": host, "at": at.to_string() })
        }
    };
    json!({ "format_version": FORMAT_VERSION, "run": null, "refused": why })
}

impl Tally {
    pub fn of(verdicts: impl Iterator<Item = Verdict>) -> Self {
        let mut tally = Self::default();
        for verdict in verdicts {
            match verdict {
                Verdict::Pass => tally.pass += 1,
                Verdict::Degraded => tally.degraded += 1,
                Verdict::Fail => tally.fail += 1,
                Verdict::Unknown => tally.unknown += 1,
                Verdict::Skipped => tally.skipped += 1,
            }
        }
        tally
    }
}

impl RunReport {
    /// How long the oldest alert is pending that no channel has accepted; nothing if there is none.
    pub fn pending_age(&self, now: Timestamp) -> Duration {
        self.pending_since
            .and_then(|since| Duration::try_from(now.duration_since(since)).ok())
            .unwrap_or_default()
    }

    pub fn tally(&self) -> Tally {
        Tally::of(self.lines.iter().map(|line| line.judgement.verdict))
    }

    /// Worst first, then by id.
    pub fn sort(&mut self) {
        self.lines.sort_by(|a, b| {
            (severity(a.judgement.verdict), &a.id).cmp(&(severity(b.judgement.verdict), &b.id))
        });
    }

    /// For people: a line a monitor, the messages, a summary.
    pub fn text(&self) -> String {
        let width = self.lines.iter().map(|line| line.id.as_str().len()).max().unwrap_or(0).min(48);
        let mut text = String::new();
        for line in &self.lines {
            text.push_str(&line.text(width));
        }
        for (message, channels) in by_text(&self.messages) {
            let _ = writeln!(text, "\n{} to {}:", paint(STRONG, "alert"), channels.join(", "));
            for line in message.lines() {
                let gap = if line.is_empty() { "" } else { " " };
                let _ = writeln!(text, "  {}{gap}{line}", paint(FAINT, "│"));
            }
        }
        for (monitor, reason) in &self.suppressed {
            let _ =
                writeln!(text, "{} {monitor}, {}", paint(WARN, "no alert for"), reason.text(self.started_at));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&self_check_text(&self.self_check));
        let _ = writeln!(text, "{}", self.summary());
        for problem in &self.problems {
            let _ = writeln!(text, "{} {problem}", paint(WARN, "warning:"));
        }
        text
    }

    /// One line: what was probed, how it went, what was sent.
    pub fn summary(&self) -> String {
        let Tally { pass, degraded, fail, unknown, skipped } = self.tally();
        let probed = count(pass + degraded + fail + unknown, "monitor");
        let mut parts = vec![format!("{pass} pass")];
        for (number, word) in [
            (degraded, "degraded"),
            (fail, "fail"),
            (unknown, "unknown"),
            (skipped, "skipped"),
            (self.not_due, "not due"),
        ] {
            if number > 0 {
                parts.push(format!("{number} {word}"));
            }
        }
        let delivered = match self.messages.len() {
            0 => "no notification".to_owned(),
            number => format!("{} sent", count(number, "notification")),
        };
        let pending = if self.pending > 0 {
            format!("; {} pending", count(self.pending, "alert"))
        } else {
            String::new()
        };
        let suppressed = match self.suppressed.len() {
            0 => String::new(),
            number => format!("; {number} suppressed"),
        };
        let took = latency(self.took);
        format!("{} probed in {took}: {}; {delivered}{pending}{suppressed}", probed, parts.join(", "))
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let Tally { pass, degraded, fail, unknown, skipped } = self.tally();
        json!({
            "format_version": FORMAT_VERSION,
            "run": {
                "id": self.run,
                "epoch": self.epoch,
                "slot": self.slot,
                "started_at": self.started_at.to_string(),
                "took_ms": millis(self.took),
                "notified_after_ms": self.notified_after.map(millis),
            },
            "summary": {
                "probed": pass + degraded + fail + unknown,
                "pass": pass,
                "degraded": degraded,
                "fail": fail,
                "unknown": unknown,
                "skipped": skipped,
                "not_due": self.not_due,
                "messages": self.messages.len(),
                "pending": self.pending,
                "suppressed": self.suppressed.len(),
                "discarded": self.discarded,
            },
            "prober": self_check_json(&self.self_check),
            "store": {
                "requests": self.store.requests,
                "read_units": self.store.read_units,
                "write_units": self.store.write_units,
            },
            "monitors": self.lines.iter().map(RunLine::json).collect::<Vec<_>>(),
            "alerts": self.messages.iter().map(|message| record(&message.message, RecordSize::LARGEST)).collect::<Vec<_>>(),
            "suppressed": self.suppressed.iter().map(|(monitor, reason)| suppressed(monitor, reason, self.started_at)).collect::<Vec<_>>(),
            "problems": self.problems,
        })
    }
}

fn suppressed(monitor: &MonitorId, reason: &SuppressionReason, now: Timestamp) -> Value {
    let mut fields = Map::from_iter([("id".to_owned(), monitor.as_str().into())]);
    fields.extend(suppression_json(reason, now));
    Value::Object(fields)
}

impl RunLine {
    fn text(&self, width: usize) -> String {
        let judgement = &self.judgement;
        let time = judgement.latency.map(latency).unwrap_or_default();
        let mut text = format!(
            "{} {:<width$}  {} {time:>8}",
            column(verdict_style(judgement.verdict), judgement.verdict.as_str(), 8),
            self.id.as_str(),
            self.health_column(),
        );
        if let Some((counted, of)) = self.pending {
            let next = match judgement.verdict {
                Verdict::Pass => "to UP",
                Verdict::Degraded => "to DEGRADED",
                Verdict::Fail => "to DOWN",
                Verdict::Unknown | Verdict::Skipped => "to change",
            };
            let _ = write!(text, "  {}", paint(FAINT, &format!("({counted} of {of} {next})")));
        }
        text.push('\n');
        text.push_str(&reasons(judgement, 9 + width + 2));
        text
    }

    fn json(&self) -> Value {
        let mut line = Map::from_iter([("id".to_owned(), self.id.as_str().into())]);
        line.extend(evidence(&self.judgement));
        let health = if self.is_unknown() { "unknown" } else { self.health.as_str() };
        line.insert("health".to_owned(), health.into());
        Value::Object(line)
    }

    /// Whether its health may have changed unseen (trap 20).
    fn is_unknown(&self) -> bool {
        self.judgement.verdict == Verdict::Unknown && matches!(self.health, Health::Up | Health::New)
    }

    fn health_column(&self) -> String {
        if self.is_unknown() {
            return column(WARN, "UNKNOWN", 8);
        }
        column(health_style(self.health), &health_word(self.health), 8)
    }
}

fn severity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Fail => 0,
        Verdict::Degraded => 1,
        Verdict::Unknown => 2,
        Verdict::Skipped => 3,
        Verdict::Pass => 4,
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assert::Subject;
    use crate::kinds::http;
    use crate::observation::{Fault, Phases};
    use crate::state::ProberHealth;

    fn line(id: &str, verdict: Verdict, health: Health) -> RunLine {
        let faults = match verdict {
            Verdict::Fail => vec![Fault::new(http::STATUS, "HTTP 503", "200")],
            Verdict::Degraded => vec![Fault::new(Subject::LATENCY, "latency 1s200ms", "at most 800ms")],
            Verdict::Pass | Verdict::Unknown | Verdict::Skipped => vec![],
        };
        let ms = Duration::from_millis;
        let judgement = Judgement {
            faults,
            latency: Some(ms(142)),
            code: Some(200),
            phases: Phases::from_iter([
                ("dns", ms(2)),
                ("connect", ms(11)),
                ("wait", ms(128)),
                ("read", ms(0)),
            ]),
            attempts: 1,
            ..Judgement::without_evidence(verdict, Timestamp::UNIX_EPOCH)
        };
        let pending = (verdict == Verdict::Degraded).then_some((1, 2));
        RunLine { id: MonitorId::parse(id).expect("valid"), judgement, health, pending }
    }

    fn report() -> RunReport {
        let mut report = RunReport {
            run: "01J00000000000000000000000".into(),
            epoch: 7,
            slot: 42,
            started_at: Timestamp::UNIX_EPOCH,
            took: Duration::from_millis(350),
            notified_after: Some(Duration::from_millis(56)),
            lines: vec![
                line("cart", Verdict::Pass, Health::Up),
                line("payments-api", Verdict::Fail, Health::Down),
                line("search", Verdict::Degraded, Health::Up),
            ],
            self_check: SelfCheck::sample(ProberHealth::Clear),
            not_due: 2,
            messages: vec![],
            pending: 1,
            pending_since: Some(crate::alert::testing::now() - Duration::from_mins(7)),
            suppressed: vec![(
                MonitorId::parse("shop").expect("valid"),
                SuppressionReason::ParentDown(MonitorId::parse("payments-api").expect("valid")),
            )],
            discarded: 0,
            store: StoreUse { requests: 8, read_units: 2.5, write_units: 12.0 },
            problems: vec!["the item bad-one cannot be read: url is missing".into()],
        };
        report.sort();
        report
    }

    // Trap 20
    #[test]
    fn what_no_one_could_see_is_not_called_up() {
        for (health, text, json) in [
            (Health::Up, "UNKNOWN", "unknown"),
            (Health::New, "UNKNOWN", "unknown"),
            (Health::Down, "DOWN", "down"),
        ] {
            let line = line("cart", Verdict::Unknown, health);
            let shown = anstream::adapter::strip_str(&line.text(4)).to_string();
            let words: Vec<_> = shown.split_whitespace().take(3).collect();
            assert_eq!((words, &line.json()["health"]), (vec!["unknown", "cart", text], &json.into()));
        }
    }

    #[test]
    fn people_read_the_worst_first() {
        insta::assert_snapshot!(anstream::adapter::strip_str(&report().text()).to_string());
    }

    #[test]
    fn programs_read_every_field() {
        insta::assert_snapshot!(serde_json::to_string_pretty(&report().json()).expect("JSON"));
    }
}
