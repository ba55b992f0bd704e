//! Judges an observation against what a monitor expects. Pure.

mod compare;
mod judge;
mod judgement;

pub use judge::judge;
pub use judgement::{Judgement, Verdict};
