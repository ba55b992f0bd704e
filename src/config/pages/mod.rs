//! Status pages: `status.yaml` and notices to values, and every complaint about them. Pure.

pub mod build;
pub mod load;
pub mod members;
#[cfg(test)]
mod notice_tests;
pub mod notices;
pub mod public;
pub mod raw;
#[cfg(test)]
mod tests;
