//! When nobody is told, and what becomes of what was not told meanwhile. Pure.
//!
//! A mute never stops a probe, and never changes what is true or owed: an alert is held back for as long as the mute
//! lasts, and is owed like any other when it ends. So there is no end of a window to be handled, and none to be
//! missed. What happened wholly inside a mute and is over is settled: written down as told, and nobody is told.
//!
//! What is held back are messages that open something. The closing message of what people were told is told at once,
//! also inside a mute: it calls nobody out of bed, and whoever was told DOWN waits for it.
//!
//! | file | |
//! |---|---|
//! | `silence` | what people say on the command line |
//! | `times` | windows and silences of one monitor, and what lies inside them |
//! | `dependency` | a monitor that is down because of another one |
//! | `ruling` | what is done about something owed |
//! | `sorting` | everything that a run owes, by its ruling |

mod dependency;
mod reason;
mod ruling;
mod silence;
mod sorting;
#[cfg(test)]
mod tests;
mod times;

pub use reason::Reason;
pub use ruling::{DiscardReason, Known, Ruling, reasons, rule};
pub use silence::{LONGEST, SILENCE_FORMAT, Silence};
pub use sorting::{Discarded, Scene, Sorted, sort};
pub use times::{next_window, reason_at, suppressions};
