//! A plan, for people and for programs: one file a format.
//!
//! ```text
//! review ─▶ words ─▶ groups, rows ─▶ view ─▶ text · markdown · github
//!        └▶ json, with its schema
//! ```

mod cause_words;
mod change;
mod entry;
mod example;
mod field_row;
mod forecast;
mod github;
mod group;
mod headline;
mod headline_share;
mod html;
mod json;
mod json_cause;
mod json_change;
mod lines;
mod markdown;
mod problems;
mod refusal;
mod rerouting;
mod review;
mod rows;
mod secret_swap;
mod shown;
#[cfg(test)]
mod tests;
mod text;
mod view;
mod words;
mod wrap;

pub use github::github;
pub use html::fence;
pub use json::{json, schema};
pub use markdown::markdown;
pub use problems::problems_markdown;
pub use review::{Heading, PlacedNote, PlanDetail, Review, View};
pub use shown::shown;
pub use text::text;
pub use words::{digest, is_approvable};
