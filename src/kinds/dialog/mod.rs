//! What is said over a connection, step by step, and how that went.

mod preset;
mod raw;
mod steps;

pub use raw::RawDialog;
pub use steps::{DIALOG, Dialog, DialogStep, Talk, UnmetStep, hex};

use super::{Field, Manner};

/// The field of a kind that has a dialog.
pub const FIELD: Field = Field::new("dialog")
    .manner(Manner::Steps)
    .references(&["[].send"])
    .canonical(raw::canonical)
    .subject(DIALOG);
