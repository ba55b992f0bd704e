//! A window of maintenance as it is written, without rules.

use schemars::JsonSchema;
use serde::Deserialize;

use super::text_forms::{DurationText, LocalTime, RecurrenceText};

/// A time in which nobody is told that a monitor is not good.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Window")]
pub struct RawWindow {
    /// When it begins, on the clock of the time zone. With repeats, when the first one may begin.
    #[schemars(required)]
    pub starts: Option<LocalTime>,

    /// How long it lasts, 1m to 30d, in real time also where the clock is changed.
    #[schemars(required, extend("examples" = ["2h", "30m"]))]
    pub r#for: Option<DurationText>,

    /// Whose clock: a name of the IANA database.
    #[schemars(extend("default" = "UTC"), example = &"Europe/Berlin")]
    pub timezone: Option<String>,

    /// When it comes again, a rule of RFC 5545 with FREQ=DAILY, WEEKLY or MONTHLY and INTERVAL, BYDAY, BYMONTHDAY,
    /// COUNT or UNTIL. Weeks begin on Monday.
    pub repeats: Option<RecurrenceText>,

    /// Why; shown where somebody asks why nobody was told.
    #[schemars(length(min = 1, max = 200), regex(pattern = r"^[^\x00-\x1f\x7f]*$"),
        extend("patternErrorMessage" = "a reason is one line of text"), example = &"patching")]
    pub reason: Option<String>,
}
