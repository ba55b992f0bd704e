//! A plan as people read it: the sentences, marks and order that the text, the comment and the annotations share.
//!
//! It is made once. A format decides how much of it there is room for, and how that is coloured or escaped.

use super::change::ChangeView;
use super::forecast::forecast_lines;
use super::group::GroupView;
use super::headline::{Headline, headlines};
use super::refusal::RefusalView;
use super::words::{
    GuardVerdict, Remarks, digest, elsewhere, heading, judgement, left_alone, pending, summary, title,
};
use super::{PlacedNote, Review};
use crate::monitor::safe;
use crate::plan::{Plan, Unread, causes};
use crate::report::{BacktestReport, ProbePreview};

/// Everything that people are shown of a plan, but for the rows of its fields.
pub struct PlanView<'a> {
    pub plan: &'a Plan,
    pub environment: &'a str,
    /// Names and values; a value without a name speaks for itself.
    pub heading: Vec<(&'static str, String)>,
    pub summary: String,
    /// The summary as a title; of this change alone.
    pub title: String,
    /// What else sync would do: `2 to change`.
    pub pending: Option<String>,
    /// How many monitors are active, and what the guard says; `None` of what is no plan.
    pub judgement: Option<GuardVerdict>,
    /// `None` of what no sync can be held to.
    pub digest: Option<String>,
    /// What to know before anything else.
    pub warning: Option<String>,
    /// What is lost, sent elsewhere and weakened.
    pub headlines: Vec<Headline>,
    /// The changes by their causes, in the order of the plan.
    pub groups: Vec<GroupView<'a>>,
    pub left_alone: Vec<String>,
    /// What does not read, and what to do about it.
    pub warnings: Vec<(String, &'static str)>,
    pub notes: Vec<String>,
    /// What is most likely a mistake in a line of a file.
    pub placed_notes: &'a [PlacedNote],
    pub probe_previews: Option<&'a [ProbePreview]>,
    pub backtest: Option<&'a BacktestReport>,
    pub forecast: Vec<String>,
    pub refusals: Vec<RefusalView<'a>>,
    pub suggested_command: Option<String>,
    /// What to do where no command can allow the plan.
    pub elsewhere: Option<&'static str>,
}

impl<'a> PlanView<'a> {
    pub fn of(review: &Review<'a>) -> Self {
        let Review {
            plan,
            refusals,
            heading: asked,
            notes,
            placed_notes,
            forecast,
            probe_previews,
            backtest,
        } = *review;
        let remarks = Remarks::new(plan);
        let warning = |Unread { why, help, .. }: &Unread| (safe(why), *help);
        let groups: Vec<_> =
            causes(&plan.changes).into_iter().filter_map(|group| GroupView::of(group, &remarks)).collect();
        let lines = forecast.map(|(forecast, prices)| forecast_lines(forecast, prices)).unwrap_or_default();
        Self {
            plan,
            environment: asked.environment.as_deref().unwrap_or_default(),
            heading: heading(review),
            summary: summary(review),
            title: title(review),
            pending: pending(plan),
            judgement: judgement(review),
            digest: digest(review).filter(|_| !plan.is_empty()),
            warning: asked.warning.as_deref().map(safe),
            headlines: headlines(plan, &groups),
            groups,
            left_alone: left_alone(review),
            warnings: plan.unread.iter().map(warning).collect(),
            notes: notes.iter().map(|note| safe(note)).collect(),
            placed_notes,
            probe_previews,
            backtest,
            forecast: lines.iter().map(|line| safe(line)).collect(),
            refusals: refusals.iter().map(|refusal| RefusalView::of(refusal, asked.view)).collect(),
            suggested_command: asked.suggested_command.as_deref().map(safe),
            elsewhere: elsewhere(review),
        }
    }
}

impl<'a> PlanView<'a> {
    /// Every change, in the order of the entries.
    pub fn changes(&self) -> impl Iterator<Item = &ChangeView<'a>> {
        self.groups.iter().flat_map(|group| &group.members)
    }
}
