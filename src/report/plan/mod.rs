//! A plan, for people and for programs: one file a format.

mod json;
mod review;
#[cfg(test)]
mod tests;
mod text;

pub use json::json;
pub use review::{Heading, Review};
pub use text::text;
