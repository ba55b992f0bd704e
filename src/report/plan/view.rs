//! A plan as people read it: the sentences, marks and order that the text, the comment and the annotations share.
//!
//! It is made once. A format decides how much of it there is room for, and how that is coloured or escaped.

use super::forecast::forecast_lines;
use super::words::{ChangeSign, Remarks, digest, heading, judgement, left_alone, place, risks, summary};
use super::{Review, View};
use crate::monitor::safe;
use crate::plan::{Action, Change, Plan, Refusal, Risk, Unread};
use crate::report::ProbePreview;

/// Everything that people are shown of a plan, but for the rows of its fields.
pub struct PlanView<'a> {
    pub plan: &'a Plan,
    pub environment: &'a str,
    /// Names and values; a value without a name speaks for itself.
    pub heading: Vec<(&'static str, String)>,
    pub summary: String,
    /// How many monitors are active, and what the guard says; `None` of what is no plan.
    pub judgement: Option<(String, String)>,
    /// `None` of what no sync can be held to.
    pub digest: Option<String>,
    pub changes: Vec<ChangeView<'a>>,
    pub left_alone: Vec<String>,
    /// What does not read, and what to do about it.
    pub warnings: Vec<(String, &'static str)>,
    pub notes: Vec<String>,
    pub probe_previews: Option<&'a [ProbePreview]>,
    pub forecast: Vec<String>,
    pub refusals: Vec<RefusalView<'a>>,
    pub suggested_command: Option<String>,
}

/// One monitor that would change.
pub struct ChangeView<'a> {
    pub change: &'a Change,
    pub sign: ChangeSign,
    /// Where the monitor stands, or stood; empty if that is unknown.
    pub place: String,
    pub risks: Option<String>,
    pub gravity: Gravity,
    /// What there is to say beyond its fields.
    pub remarks: Vec<String>,
}

/// How much it matters that a change reaches its reader, however many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    Ordinary,
    SendsSecret,
    /// A monitor is removed or no longer watched.
    Loses,
}

/// A reason not to apply the plan.
pub struct RefusalView<'a> {
    pub refusal: &'a Refusal,
    pub message: String,
    pub help: &'static str,
    /// What allows exactly this.
    pub flag: Option<String>,
}

impl<'a> PlanView<'a> {
    pub fn of(review: &Review<'a>) -> Self {
        let Review { plan, refusals, heading: asked, notes, forecast, probe_previews } = *review;
        let remarks = Remarks::new(plan);
        let is_binding = asked.view != View::Drift && !plan.is_empty();
        let warning = |Unread { why, help, .. }: &Unread| (safe(why), *help);
        let lines = forecast.map(|(forecast, prices)| forecast_lines(forecast, prices)).unwrap_or_default();
        Self {
            plan,
            environment: asked.environment.as_deref().unwrap_or_default(),
            heading: heading(review),
            summary: summary(review),
            judgement: judgement(review),
            digest: is_binding.then(|| digest(plan)),
            changes: plan.changes.iter().map(|change| ChangeView::of(change, &remarks)).collect(),
            left_alone: left_alone(review),
            warnings: plan.unread.iter().map(warning).collect(),
            notes: notes.iter().map(|note| safe(note)).collect(),
            probe_previews,
            forecast: lines.iter().map(|line| safe(line)).collect(),
            refusals: refusals.iter().map(RefusalView::of).collect(),
            suggested_command: asked.suggested_command.as_deref().map(safe),
        }
    }
}

impl<'a> ChangeView<'a> {
    fn of(change: &'a Change, remarks: &Remarks<'_>) -> Self {
        Self {
            change,
            sign: ChangeSign::of(change),
            place: place(change),
            risks: risks(change),
            gravity: Gravity::of(change),
            remarks: remarks.of(change),
        }
    }

    pub fn id(&self) -> &'a str {
        self.change.id.as_str()
    }
}

impl Gravity {
    fn of(change: &Change) -> Self {
        match change.action {
            Action::Remove { .. } => Self::Loses,
            Action::Update { .. } | Action::Move { .. } | Action::Adopt { .. } | Action::Create { .. } => {
                match change.risk {
                    Risk::Loss => Self::Loses,
                    Risk::None | Risk::Weaker if change.secret_hosts.is_empty() => Self::Ordinary,
                    Risk::None | Risk::Weaker => Self::SendsSecret,
                }
            }
        }
    }
}

impl<'a> RefusalView<'a> {
    fn of(refusal: &'a Refusal) -> Self {
        Self {
            refusal,
            message: safe(&refusal.to_string()),
            help: refusal.help(),
            flag: refusal.flag().map(|flag| safe(&flag)),
        }
    }
}
