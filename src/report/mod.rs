//! Plain values to text for people and JSON for programs. An edge: it draws, it decides nothing.

mod diagnostic;
mod diagnostic_json;

pub use diagnostic::{Style, diagnostics_short, diagnostics_text};
pub use diagnostic_json::{Summary, diagnostics_json};
