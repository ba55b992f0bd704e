//! When a plan must not be applied.

use super::{Claim, Plan, Unread};

/// A reason not to apply a plan. All of them are listed, not just the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The repository wants no monitor at all: a half-mounted folder, or a wrong path (trap 12).
    NothingDesired { owned: usize },
    /// The id is stored under another owner, or was put in by hand.
    Claimed(Claim),
    /// An item that does not read stands where this sync would write.
    Blocked(Unread),
}

/// Every reason not to apply `plan`.
pub fn refusals(plan: &Plan) -> Vec<Refusal> {
    let nothing = (plan.desired == 0).then_some(Refusal::NothingDesired { owned: plan.owned });
    let claimed = plan.claims.iter().cloned().map(Refusal::Claimed);
    let blocked = plan.blocked.iter().cloned().map(Refusal::Blocked);
    nothing.into_iter().chain(claimed).chain(blocked).collect()
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NothingDesired { owned: 0 } => f.write_str("there is no monitor in the files"),
            Self::NothingDesired { owned } => {
                write!(f, "there is no monitor in the files, and all {owned} stored ones would be removed")
            }
            Self::Claimed(Claim { id, place, holder: Some(owner) }) => {
                write!(f, "{id} ({place}) belongs to the owner {owner}")
            }
            Self::Claimed(Claim { id, place, holder: None }) => {
                write!(f, "{id} ({place}) was put into the table by hand and has no owner")
            }
            Self::Blocked(Unread { why, .. }) => write!(f, "{why}; this sync would write it"),
        }
    }
}

impl Refusal {
    /// The way out.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NothingDesired { .. } => "check the path and that the folder is complete",
            Self::Claimed(Claim { holder: Some(_), .. }) => {
                "choose another id, or remove it in the repository that owns it first"
            }
            Self::Claimed(Claim { holder: None, .. }) => {
                "choose another id, or delete the item by hand first"
            }
            Self::Blocked(Unread { help, .. }) => help,
        }
    }
}
