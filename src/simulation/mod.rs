//! What the policy of a monitor makes of probes that never were made, or that were made under another policy. Pure.
//!
//! Runs are played with the very decisions of `check`: the judgement, the state machine, what is pending, and what is
//! suppressed. Only what the network would say is made up, or comes from the history; the topic takes every message.
//!
//! | file | |
//! |---|---|
//! | `word` | the words of a script, and where they stand |
//! | `script` | `up*3, fail, (fail, up)*2` |
//! | `outcome` | what a probe is made to have seen |
//! | `stage` | monitors with their rows, and one run after the other |
//! | `test_alerts` | the alerts that try a channel |
//! | `timeline` | the runs that a script takes, and what came of each |
//! | `rejudging` | a stored result, judged by another definition |
//! | `replay` | stored results through a policy |
//! | `unreplayed` | what of a change stored results cannot show |
//! | `backtest` | the policies before and after a change, on the same results |
//! | `recorded` | stored results as a time line |
//! | `expectation` | `down at 12m, up at 14m` against what happened |

mod backtest;
mod expectation;
mod outcome;
mod recorded;
mod rejudging;
mod replay;
mod script;
mod stage;
mod test_alerts;
#[cfg(test)]
mod tests;
mod timeline;
mod unreplayed;
mod word;

#[cfg(test)]
pub use backtest::ResultSpan;
pub use backtest::{Backtest, Backtested, ComparedOutage, OutageEffect};
pub use expectation::{Difference, Expectation};
pub use outcome::Outcome;
pub use recorded::{RecordedTimeline, replay_results};
pub use replay::{AlertCounts, total};
pub use script::Script;
pub use stage::{Actor, Notice, Stage};
pub use test_alerts::test_alerts;
pub use timeline::{Moment, Play, SimulatedMonitor, Timeline, TooLong, simulate};
pub use unreplayed::{Unreplayed, alters_alerts};
pub use word::{ScriptError, Spot};
