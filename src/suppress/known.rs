//! What the rulings know of a monitor.

use crate::monitor::Monitor;
use crate::state::Row;
use crate::verdict::Judgement;

/// What is known of a monitor.
#[derive(Debug, Clone, Copy)]
pub struct SuppressionFacts<'a> {
    pub monitor: &'a Monitor,
    /// None before it was first seen.
    pub row: Option<&'a Row>,
    /// What this run saw, if it was probed in it.
    pub judgement: Option<&'a Judgement>,
}
