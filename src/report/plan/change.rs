//! One monitor that would change, as people read it.

use super::words::{ChangeSign, Remarks, place, risks};
use crate::plan::{Action, Change, Risk};

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

impl<'a> ChangeView<'a> {
    pub fn of(change: &'a Change, remarks: &Remarks<'_>) -> Self {
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
