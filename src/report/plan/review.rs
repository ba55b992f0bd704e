//! What a reviewer is shown.

use std::fmt;

use crate::monitor::Place;
use crate::plan::{Forecast, Plan, Prices, Refusal};
use crate::report::{BacktestReport, ProbePreview};

/// A plan with what a reviewer reads beside it.
#[derive(Debug, Clone, Copy)]
pub struct Review<'a> {
    pub plan: &'a Plan,
    pub refusals: &'a [Refusal],
    pub heading: &'a Heading,
    /// What could not be found out, a sentence each.
    pub notes: &'a [String],
    /// What is most likely a mistake in a line of a file.
    pub placed_notes: &'a [PlacedNote],
    /// Cost and times, where something changes.
    pub forecast: Option<(&'a Forecast, &'a Prices)>,
    /// What was probed, if that was asked for.
    pub probe_previews: Option<&'a [ProbePreview]>,
    /// What the changes would have made of stored results, if that was asked for.
    pub backtest: Option<&'a BacktestReport>,
}

/// A sentence about a line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedNote {
    pub place: Place,
    pub note: String,
}

impl fmt::Display for PlacedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, note } = self;
        write!(f, "{place}: {note}")
    }
}

/// What the files are compared with, and what for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum View {
    /// The table: what sync would do.
    #[default]
    Plan,
    /// An earlier commit, in place of the table.
    Offline,
    /// The table: only what was changed there by hand. That is a look, which no guard judges.
    Drift,
}

/// What the plan is of, and how it was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heading {
    pub view: View,
    pub environment: Option<String>,
    /// The commit that the files are compared with, such as `main@1f3c9aa01f2e`.
    pub base: Option<String>,
    /// The commit of the files.
    pub head: Option<String>,
    /// What a reader has to know before anything else, in a sentence; if the plan would mislead without it.
    pub warning: Option<String>,
    /// The run that is taken back, if there are no files.
    pub undoes: Option<String>,
    /// The way from the top of the git repository to the folder that places are seen from; empty at the top.
    pub way: String,
    /// The selector that narrows the plan.
    pub only: Option<String>,
    /// What was allowed beyond the guard's limits, as it was typed.
    pub allowed: Option<String>,
    /// The command that applies the plan in spite of what can be allowed; `None` if nothing is to allow.
    pub suggested_command: Option<String>,
}

/// How much of each monitor people are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanDetail {
    /// What changes.
    Changes,
    /// The fields that stay as well.
    Everything,
}
