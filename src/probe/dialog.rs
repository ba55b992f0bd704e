//! The steps of a dialog, their secrets filled in, and what a step came to, whatever carries them.

use std::time::Duration;

use super::secrets::Secrets;
use crate::kinds::{Dialog, DialogStep, Talk, UnmetStep};
use crate::monitor::format_duration;
use crate::observation::{Fault, Transport};

/// Room for all that a dialog reads.
pub const ROOM: usize = 64 << 10;

/// What a server said that needs more.
pub const TOO_MUCH: &str = "64 KiB of other things";

/// A step. It has no `Debug`, as it may hold a secret.
pub enum FilledStep {
    Waits(DialogStep),
    Says(String),
    SaysBytes(Vec<u8>),
    StartsTls,
}

/// Why a step was not met.
pub enum Missed {
    /// The end of the wait, in words that follow the last line.
    Ended(String),
    Fault(Fault),
}

/// The steps with their secrets.
pub fn fill(dialog: &Dialog, secrets: &Secrets) -> Result<Vec<FilledStep>, Fault> {
    let filled = |step: &DialogStep| {
        Ok(match step {
            DialogStep::Expect(_) | DialogStep::ExpectBytes(_) => FilledStep::Waits(step.clone()),
            DialogStep::Send(template) => {
                let text = secrets.fill(template)?;
                // One line stays one line, whatever a secret holds.
                if text.contains(['\r', '\n']) {
                    let actual = format!("a line break in {template}");
                    return Err(Fault::new(Transport::Secret, actual, "one line of text"));
                }
                FilledStep::Says(text)
            }
            DialogStep::SendBytes(bytes) => FilledStep::SaysBytes(bytes.clone()),
            DialogStep::StartTls => FilledStep::StartsTls,
        })
    };
    dialog.steps.iter().map(filled).collect()
}

/// A dialog that ended at a step, with what was heard last.
pub fn unmet(number: usize, step: &DialogStep, heard: Option<String>, end: String) -> Talk {
    let expected = step.expected().unwrap_or_default();
    Talk { unmet: Some(UnmetStep { number, heard, expected, end }) }
}

/// What ends the wait of a step if nothing more comes in time.
pub fn silence(patience: Duration) -> String {
    format!("nothing more within {}", format_duration(patience))
}
