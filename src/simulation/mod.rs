//! What the policy of a monitor makes of probes that never were made. Pure.
//!
//! Runs are played with the very decisions of `check`: the judgement, the state machine, what is pending, and what is
//! suppressed. Only what the network would say is made up, and the topic takes every message.
//!
//! | file | |
//! |---|---|
//! | `word` | the words of a script, and where they stand |
//! | `script` | `up*3, fail, (fail, up)*2` |
//! | `outcome` | what a probe is made to have seen |
//! | `stage` | monitors with their rows, and one run after the other |
//! | `test_alerts` | the alerts that try a channel |
//! | `timeline` | the runs that a script takes, and what came of each |
//! | `expectation` | `down at 12m, up at 14m` against what happened |

mod expectation;
mod outcome;
mod script;
mod stage;
mod test_alerts;
#[cfg(test)]
mod tests;
mod timeline;
mod word;

pub use expectation::{Difference, Expectation};
pub use outcome::Outcome;
pub use script::Script;
pub use stage::{Actor, Notice, Stage};
pub use test_alerts::test_alerts;
pub use timeline::{Moment, Play, SimulatedMonitor, Timeline, TooLong, simulate};
pub use word::{ScriptError, Spot};
