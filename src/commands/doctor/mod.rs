//! `doctor`: looks at everything that the other commands rest on, and changes nothing.

mod checkout;
mod command;
mod places;

pub use command::doctor;
