//! Why a monitor is as it is, what its next run would do, and when it would alert. Pure.
//!
//! Nothing here knows a rule: what is stored is taken apart by the decisions of `check`, and what would be is played
//! with them by `simulation`, from the rows as they are.
//!
//! | file | |
//! |---|---|
//! | `explain` | everything there is to say of one monitor |
//! | `prospect` | its next run, for each verdict that it may give |
//! | `page` | if it stopped answering now, when would it alert |

mod explain;
mod facts;
mod page;
mod prospect;
#[cfg(test)]
mod tests;

pub use explain::{ChannelExplanation, Explanation, Pending, explain};
pub use facts::{ExplanationFacts, Membership};
pub use page::NextAlert;
pub use prospect::{NextRun, Prospect};
