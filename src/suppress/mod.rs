//! When alerts are suppressed, and what becomes of them meanwhile. Pure.
//!
//! A suppression never stops a probe, and never changes what is true or pending: an alert waits for as long as it
//! lasts, and is pending like any other when it ends. So there is no end of a window to be handled, and none to be
//! missed. What happened wholly inside a suppression and is over is discarded: recorded as delivered, and not sent.
//!
//! Only messages that open something are suppressed. The message that closes a delivered alert is sent at once, also
//! during a suppression: it wakes no one, and those who received DOWN wait for it.
//!
//! | file | |
//! |---|---|
//! | `silence` | what people say on the command line |
//! | `times` | windows and silences of one monitor, and what lies inside them |
//! | `dependency` | a monitor that is down because of another one |
//! | `ruling` | what is done about a pending alert |
//! | `sorting` | everything that a run owes, by its ruling |

mod dependency;
mod known;
mod reason;
mod ruling;
mod silence;
mod sorting;
#[cfg(test)]
mod tests;
mod times;

pub use known::SuppressionFacts;
pub use reason::SuppressionReason;
pub use ruling::{DiscardReason, Ruling, reasons, rule};
pub use silence::{LONGEST, SILENCE_FORMAT, StoredSilence};
pub use sorting::{Discarded, Scene, Sorted, sort};
pub use times::{next_window, reason_at, suppressions};
