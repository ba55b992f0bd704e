//! The results around an incident, played through a policy, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::paint::{BAD, FAINT, STRONG, WARN, paint};
use super::timeline::{alerts_json, policy_lines, run_lines, runs_json, summary};
use super::workflow::inert;
use crate::monitor::{MonitorId, marked, minute, moments, rough_duration};
use crate::simulation::{Difference, Play, RecordedTimeline, Timeline, Unreplayed};
use crate::transition::Incident;

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

/// An incident, and what a policy makes of its results.
pub struct IncidentReplay<'a> {
    /// The monitor under the name that it had.
    pub id: &'a MonitorId,
    pub incident: &'a Incident,
    pub replay: &'a RecordedTimeline,
    /// The same results under the stored policy, if it is known.
    pub stored: Option<&'a Timeline>,
}

impl IncidentReplay<'_> {
    /// The time line of `simulate`; the last line sums the alerts up, as `--expect` takes them.
    pub fn text(&self, play: &Play<'_>) -> String {
        let Self { id, incident, replay: RecordedTimeline { timeline, unreplayed }, stored } = self;
        let cause = marked(incident.cause.clone());
        let mut text = format!(
            "{}: incident {}, {}: {}\n",
            paint(STRONG, id.as_str()),
            incident.n,
            lasted(incident),
            paint(BAD, &cause)
        );
        let monitor = play.lead.monitor.id.as_str();
        let of = if **id == play.lead.monitor.id { String::new() } else { format!(" of {monitor}") };
        let played =
            format!("its results from {} on, with the policy{of} in the files", minute(timeline.from));
        let _ = writeln!(text, "{}", paint(FAINT, &played));
        text.push_str(&policy_lines(play));
        text.push('\n');
        text.push_str(&run_lines(timeline));
        text.push('\n');
        if !unreplayed.is_empty() {
            let parts: Vec<_> = unreplayed.iter().map(Unreplayed::to_string).collect();
            let _ = writeln!(text, "{} {}", paint(WARN, "not replayed:"), parts.join(", "));
        }
        if let Some(stored) = stored {
            let _ = writeln!(text, "{} {}", paint(FAINT, "with the stored policy:"), summary(stored));
        }
        let _ = writeln!(text, "{}", paint(STRONG, &summary(timeline)));
        inert(text)
    }

    /// Every run that the text is made of. `difference` is there if something was expected.
    pub fn json(&self, play: &Play<'_>, difference: Option<&Option<Difference>>) -> Value {
        let Self { id, incident, replay: RecordedTimeline { timeline, unreplayed }, stored } = self;
        json!({
            "format_version": FORMAT_VERSION,
            "monitor": play.lead.monitor.id.as_str(),
            "incident": {
                "monitor": id.as_str(),
                "n": incident.n,
                "opened": incident.opened_at.to_string(),
                "closed": incident.closed_at.map(|at| at.to_string()),
                "cause": incident.cause,
            },
            "from": timeline.from.to_string(),
            "probe_every_s": timeline.apart.as_secs(),
            "runs": runs_json(timeline),
            "alerts": alerts_json(timeline),
            "alerts_stored": stored.map(alerts_json),
            "not_replayed": unreplayed.iter().map(Unreplayed::to_string).collect::<Vec<_>>(),
            "as_expected": difference.map(Option::is_none),
            "difference": difference.and_then(|difference| difference.as_ref()).map(ToString::to_string),
        })
    }
}

/// `2026-11-14 10:02:11 to 13:22:10 UTC (3h19m)`
fn lasted(incident: &Incident) -> String {
    match incident.closed_at {
        Some(closed) => {
            let lasted = incident.duration().map(rough_duration).unwrap_or_default();
            format!("{} ({lasted})", moments(incident.opened_at, closed))
        }
        None => format!("since {}", minute(incident.opened_at)),
    }
}
