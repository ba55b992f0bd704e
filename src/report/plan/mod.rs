//! A plan, for people and for programs: one file a format.

mod forecast;
mod json;
mod review;
#[cfg(test)]
mod tests;
mod text;

pub use forecast::{forecast_json, forecast_lines};
pub use json::json;
pub use review::{Heading, Review};
pub use text::{shown, text};
