//! Which plans a person has to see before they are applied, and what the approval of a plan allows. Pure.

use std::fmt;

use super::guard::order_refusal;
use super::{Action, Change, Claim, Overrides, Plan, Refusal, Rollback, Succession};
use crate::monitor::count;

/// A reason not to apply a plan that was not reviewed, although the guard allows it. The numbers count monitors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewNeed {
    Loss(usize),
    Weaker(usize),
    SecretHost(usize),
    TakeOver(usize),
    /// Edits in the table, of which it is not known what they replaced.
    UnknownEdit(usize),
    /// The commit lacks the applied one, or may lack it.
    Rollback,
}

/// Every reason to review `plan`, the gravest first; none if it carries no risk.
pub fn review_needs(plan: &Plan, succession: &Succession) -> Vec<ReviewNeed> {
    let counted = [
        (ReviewNeed::Loss as fn(usize) -> ReviewNeed, plan.count_lost()),
        (ReviewNeed::Weaker, plan.count_weaker()),
        (ReviewNeed::SecretHost, plan.secret_senders().count()),
        (ReviewNeed::TakeOver, plan.changes.iter().filter(|change| is_taken_over(change)).count()),
        (ReviewNeed::UnknownEdit, plan.count_unknown_edits()),
    ];
    let mut found: Vec<_> =
        counted.into_iter().filter(|(_, number)| *number > 0).map(|(need, number)| need(number)).collect();
    found.extend(order_refusal(plan, succession).map(|_| ReviewNeed::Rollback));
    found
}

/// Whether it takes a monitor from another owner.
fn is_taken_over(change: &Change) -> bool {
    match &change.action {
        Action::Adopt { stored, .. } => stored.owner.is_some(),
        Action::Create { .. } | Action::Remove { .. } | Action::Update { .. } | Action::Move { .. } => false,
    }
}

impl Overrides {
    /// With exactly the numbers that these refusals name, where they name one.
    #[must_use]
    pub fn raised(&self, refusals: &[Refusal]) -> Self {
        let mut raised = self.clone();
        for refusal in refusals {
            match refusal {
                Refusal::Losses { lost, .. } | Refusal::Unnotified { lost, .. } => {
                    raised.allow_loss = Some(*lost);
                }
                Refusal::Weakenings { weaker, .. } => raised.allow_weaker = Some(*weaker),
                Refusal::SecretHosts { monitors, .. } => raised.allow_secret_host = Some(*monitors),
                Refusal::Rollback { .. }
                | Refusal::Diverged { .. }
                | Refusal::OrderUnknown { .. }
                | Refusal::FirstSync { .. } => {
                    raised.rollback = Rollback::Allowed;
                }
                Refusal::TableClaim { environment, .. } => raised.claim_table = Some(environment.clone()),
                Refusal::Claimed(_)
                | Refusal::OwnerRenamed { .. }
                | Refusal::NothingDesired { .. }
                | Refusal::Protected { .. }
                | Refusal::OtherEnvironment { .. }
                | Refusal::Blocked(_) => {}
            }
        }
        raised
    }
}

impl Refusal {
    /// The name that the owner most likely had before.
    pub fn former_owner(&self) -> Option<&str> {
        if let Self::OwnerRenamed { former, .. } = self { Some(former) } else { None }
    }

    /// The monitors that another owner has, or that were added by hand.
    pub fn claims(&self) -> &[Claim] {
        match self {
            Self::Claimed(claim) => std::slice::from_ref(claim),
            Self::OwnerRenamed { claims, .. } => claims,
            Self::NothingDesired { .. }
            | Self::Losses { .. }
            | Self::Unnotified { .. }
            | Self::Protected { .. }
            | Self::Weakenings { .. }
            | Self::SecretHosts { .. }
            | Self::Rollback { .. }
            | Self::Diverged { .. }
            | Self::OrderUnknown { .. }
            | Self::FirstSync { .. }
            | Self::OtherEnvironment { .. }
            | Self::TableClaim { .. }
            | Self::Blocked(_) => &[],
        }
    }
}

impl fmt::Display for ReviewNeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let monitors = |number: usize| count(number, "monitor");
        match *self {
            Self::Loss(number) => write!(f, "removes or disables {}", monitors(number)),
            Self::Weaker(number) => write!(f, "weakens {}", monitors(number)),
            Self::SecretHost(number) => write!(f, "sends secrets of {} to new hosts", monitors(number)),
            Self::TakeOver(number) => write!(f, "takes {} from another owner", monitors(number)),
            Self::UnknownEdit(number) => {
                write!(
                    f,
                    "has edits in the table of {}, whose earlier values are not known",
                    monitors(number)
                )
            }
            Self::Rollback => f.write_str("may undo a newer commit"),
        }
    }
}
