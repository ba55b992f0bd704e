//! A window of maintenance as it is written, without rules.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::raw::text_forms::{LocalTime, RecurrenceText};
use crate::written::DurationText;

/// A time in which the alerts of a monitor are suppressed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Window")]
pub struct RawWindow {
    /// Start in local time of the time zone. With repeats, the earliest start.
    #[schemars(required)]
    pub starts: Option<LocalTime>,

    /// Duration, 1m to 30d, in elapsed time even across a clock change.
    #[schemars(required, extend("examples" = ["2h", "30m"]))]
    pub r#for: Option<DurationText>,

    /// Time zone: an IANA name.
    #[schemars(extend("default" = "UTC"), example = &"Europe/Berlin")]
    pub timezone: Option<String>,

    /// Recurrence: a rule of RFC 5545 with FREQ=DAILY, WEEKLY or MONTHLY and INTERVAL, BYDAY, BYMONTHDAY, COUNT or
    /// UNTIL. Weeks begin on Monday.
    pub repeats: Option<RecurrenceText>,

    /// Reason, shown in status and explain.
    #[schemars(length(min = 1, max = 200), regex(pattern = r"^[^\x00-\x1f\x7f]*$"),
        extend("patternErrorMessage" = "a reason is one line of text"), example = &"patching")]
    pub reason: Option<String>,
}
