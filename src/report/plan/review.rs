//! What a reviewer is shown.

use crate::plan::{Forecast, Plan, Prices, Refusal};
use crate::report::Trial;

/// A plan with what a reviewer is told beside it.
#[derive(Debug, Clone, Copy)]
pub struct Review<'a> {
    pub plan: &'a Plan,
    pub refusals: &'a [Refusal],
    pub heading: &'a Heading,
    /// What could not be found out, a sentence each.
    pub notes: &'a [String],
    /// Cost and times, where something changes.
    pub forecast: Option<(&'a Forecast, &'a Prices)>,
    /// What was probed, if that was asked for.
    pub trials: Option<&'a [Trial]>,
}

/// What the plan is of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heading {
    pub environment: Option<String>,
    /// The commit that the files are compared with, such as `main@1f3c9aa01f2e`.
    pub base: Option<String>,
    /// The commit of the files.
    pub head: Option<String>,
}
