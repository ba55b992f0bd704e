//! Which monitors a plan is about.

use std::fmt;

use super::{Claim, Desired, Stored};
use crate::monitor::{MonitorId, Selector, Spec, Traits};

/// The whole catalog, unless it is narrowed; and what others may lose to it.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Only these; nothing else is touched or removed.
    pub only: Option<Selector>,
    /// Items without an owner that become ours if the files have them.
    pub adopt: Option<Selector>,
    /// Items of other owners that become ours if the files have them.
    pub take_over: Vec<TakeOver>,
    /// The owner whose whole catalog becomes ours: what is in no file is removed.
    pub rename_owner: Option<String>,
    /// Items that become ours because exactly this was approved.
    pub approved: Vec<Claim>,
}

/// Items that change hands.
#[derive(Debug, Clone)]
pub struct TakeOver {
    /// Whose they are now.
    pub owner: String,
    pub monitors: Selector,
}

impl fmt::Display for TakeOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.owner, self.monitors)
    }
}

impl TakeOver {
    /// Whether an item is one of these.
    pub fn takes(&self, item: &Stored) -> bool {
        item.owner.as_ref() == Some(&self.owner) && self.monitors.takes(&Traits::of(&item.id, &item.spec))
    }
}

impl Scope {
    /// Whether this monitor is meant.
    pub fn takes(&self, desired: &Desired) -> bool {
        self.only.as_ref().is_none_or(|only| only.takes(&Traits::of(&desired.id, &desired.spec)))
    }

    /// Whether the monitor of an item is meant of which nothing reads but its id.
    pub fn takes_unread(&self, id: &MonitorId) -> bool {
        self.only.as_ref().is_none_or(|only| only.takes(&Traits::of(id, &Spec::default())))
    }

    /// Whether an item that is not ours was given to us.
    pub fn gives(&self, item: &Stored) -> bool {
        let is_approved = |claim: &Claim| claim.id == item.id && claim.holder == item.owner;
        if self.approved.iter().any(is_approved) {
            return true;
        }
        match &item.owner {
            None => self.adopt.as_ref().is_some_and(|adopt| adopt.takes(&Traits::of(&item.id, &item.spec))),
            Some(owner) => self.renames(owner) || self.take_over.iter().any(|taken| taken.takes(item)),
        }
    }

    /// Whether everything of this owner becomes ours.
    pub fn renames(&self, owner: &str) -> bool {
        self.rename_owner.as_deref() == Some(owner)
    }
}
