//! A heartbeat as it is written, and what is wrong with it.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::cron::{CronError, CronSchedule, DEFAULT_ZONE};
use super::rule::{BeatRule, Cadence};
use crate::value::{format_duration, parse_duration};
use crate::written::{Code, DurationText, Path, Violation, canonical_duration, rewritten};

const EVERY: (Duration, Duration) = (Duration::from_mins(1), Duration::from_hours(24 * 400));
const GRACE: (Duration, Duration) = (Duration::from_mins(1), Duration::from_hours(24 * 30));

/// A schedule that says nothing against its zone.
const ANY_SCHEDULE: &str = "* * * * *";

/// Characters of a schedule.
const MOST_CHARS: usize = 200;

/// The field of a monitor.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct HeartbeatField {
    /// Beats of a program, in place of `url`: monitorctl probes nothing, and the monitor is DOWN when no beat came in
    /// time. The program says `monitorctl beat ID`.
    #[schemars(required, example = json!({"every": "24h", "grace": "2h"}))]
    pub heartbeat: Option<RawHeartbeat>,
}

/// When beats are expected.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("allOf" = [{
    "if": {"required": ["schedule"]},
    "then": {"properties": {"every": {"not": {}, "errorMessage": "a heartbeat has `every` or `schedule`, not both"}}},
    "else": {
        "required": ["every"],
        "properties": {"timezone": {"not": {}, "errorMessage": "`timezone` belongs to a `schedule`"}}
    },
    "errorMessage": "write `every: 24h`, or `schedule: \"0 3 * * *\"`"
}]))]
pub struct RawHeartbeat {
    /// Longest time from one beat to the next: 1m to 400d.
    #[serde(default)]
    #[schemars(with = "DurationText", extend("examples" = ["1h", "24h"]))]
    pub every: Option<DurationText>,

    /// When the program begins, as cron has it: minute, hour, day of month, month and day of week.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1, max = MOST_CHARS), example = &"0 3 * * *")]
    pub schedule: Option<String>,

    /// Time zone of the schedule: an IANA name.
    #[serde(default)]
    #[schemars(with = "String", extend("default" = DEFAULT_ZONE), example = &"Europe/Berlin")]
    pub timezone: Option<String>,

    /// How late a beat may be, and how long the program may run after a beat `start`: 1m to 30d.
    #[schemars(with = "DurationText", extend("examples" = ["10m", "2h"]))]
    pub grace: Option<DurationText>,
}

impl HeartbeatField {
    pub fn build(&self, violations: &mut Vec<Violation>) -> BeatRule {
        let top = Path::from("heartbeat");
        // That there is none is reported by those who read the whole document.
        let raw = self.heartbeat.clone().unwrap_or_default();
        let grace = duration(top.key("grace"), raw.grace.as_ref(), GRACE, violations).unwrap_or(GRACE.0);
        if self.heartbeat.is_some() && raw.grace.is_none() {
            violations.push(missing("grace"));
        }
        BeatRule { cadence: raw.cadence(self.heartbeat.is_some(), violations), grace }
    }
}

impl RawHeartbeat {
    fn cadence(&self, is_written: bool, violations: &mut Vec<Violation>) -> Cadence {
        let top = Path::from("heartbeat");
        let Some(text) = &self.schedule else {
            if is_written && self.every.is_none() {
                violations.push(missing("every"));
            }
            if self.timezone.is_some() {
                let message = "`timezone` belongs to a `schedule`";
                violations.push(Violation::new(Code::Contradiction, top.key("timezone"), message));
            }
            let every = duration(top.key("every"), self.every.as_ref(), EVERY, violations);
            return Cadence::Every(every.unwrap_or(EVERY.1));
        };
        if self.every.is_some() {
            let message = "a heartbeat has `every` or `schedule`, not both";
            violations.push(Violation::new(Code::Contradiction, top.key("every"), message));
        }
        let zone = self.timezone.as_deref().unwrap_or(DEFAULT_ZONE);
        match CronSchedule::parse(text, zone) {
            Ok(schedule) => Cadence::Schedule(schedule),
            Err(error) => {
                violations.push(violation(&top, &error));
                // The zone alone, so that the schedule does not hide it.
                let of_zone = CronSchedule::parse(ANY_SCHEDULE, zone).err().filter(|zone| *zone != error);
                violations.extend(of_zone.map(|error| violation(&top, &error)));
                Cadence::Every(EVERY.1)
            }
        }
    }
}

fn missing(key: &str) -> Violation {
    Violation::new(Code::MissingKey, "heartbeat", format!("missing key `{key}` in heartbeat"))
}

fn duration(
    path: Path,
    text: Option<&DurationText>,
    (least, most): (Duration, Duration),
    violations: &mut Vec<Violation>,
) -> Option<Duration> {
    let DurationText(text) = text?;
    match parse_duration(text) {
        Ok(duration) if (least..=most).contains(&duration) => Some(duration),
        Ok(_) => {
            let (least, most) = (format_duration(least), format_duration(most));
            let message = format!("`{path}` must be between {least} and {most}");
            violations.push(Violation::new(Code::OutOfBounds, path, message).label(format!("found {text}")));
            None
        }
        Err(error) => {
            violations.push(Violation::new(Code::BadFormat, path.clone(), format!("`{path}`: {error}")));
            None
        }
    }
}

fn violation(top: &Path, error: &CronError) -> Violation {
    let (key, label, help) = match error {
        CronError::NotFiveFields | CronError::OddField(_) | CronError::Unreadable(_) => (
            "schedule",
            "not a schedule",
            "write it like `0 3 * * *` (each day at 3:00) or `*/10 8-17 * * 1-5`",
        ),
        CronError::UnknownZone(_) => {
            ("timezone", "unknown", "write an IANA time zone, such as Europe/Berlin")
        }
    };
    let path = top.key(key);
    Violation::new(Code::BadFormat, path.clone(), format!("`{path}`: {error}")).label(label).help(help)
}

/// A schedule that has no day, such as the 30th of February. It looks at years of days, so it is for files only.
pub fn never_comes(rule: &BeatRule) -> Option<Violation> {
    let Cadence::Schedule(schedule) = &rule.cadence else { return None };
    if schedule.comes() {
        return None;
    }
    let path = Path::from("heartbeat").key("schedule");
    let message = format!("`{path}`: no day within four years matches this schedule");
    Some(Violation::new(Code::Contradiction, path, message).label("never comes"))
}

/// The one spelling of a valid value.
pub fn canonical(value: Value) -> Value {
    let Value::Object(fields) = value else { return value };
    Value::Object(rewritten(fields, |key, value| match (key, value) {
        ("every" | "grace", value) => canonical_duration(value),
        ("schedule", Value::String(text)) => text.split_whitespace().collect::<Vec<_>>().join(" ").into(),
        (_, value) => value,
    }))
}
