//! Status pages: `status.yaml` to values, and every complaint about it. Pure.

pub mod build;
pub mod load;
pub mod members;
pub mod raw;
#[cfg(test)]
mod tests;
