//! `simulate`: what the policy of a monitor makes of a script of outcomes, or of stored results.

mod command;
mod incident;

pub use command::simulate;
pub use incident::from_incident;
