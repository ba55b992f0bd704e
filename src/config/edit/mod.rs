//! Writes monitors back into YAML: a live edit into the file it belongs to, a monitor without a file into a new one.
//! Pure: texts in, texts out.
//!
//! ```text
//! file × live spec ─▶ changes ─▶ splices in the text ─▶ loaded again ─▶ the live spec, or a refusal
//! ```
//!
//! A file is never printed from a tree: a change touches the bytes of its own value, so comments, layout, quoting,
//! anchors and the order of keys stay. There is one YAML parser in this program, and places come from it; what an
//! edit made of a file is proven by loading it, not by trusting the edit.

mod amend;
mod change;
mod document;
mod editor;
mod emit;
mod list;
mod outline;
mod redact;
mod splice;
mod text;

#[cfg(test)]
mod drawn;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod layouts;
#[cfg(test)]
mod round_trip;

pub use amend::{Amended, amend, prove_new};
pub use change::{Merged, meant};
pub use document::{document, inherited};
pub use redact::{Placeholder, Redacted, Redactor, secret_paths};
