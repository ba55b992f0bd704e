//! Judges an observation against what a monitor expects. Pure.

mod judge;
mod judgement;

#[cfg(test)]
mod tests;

pub use judge::judge;
pub use judgement::{Judgement, Verdict};
