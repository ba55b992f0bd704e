//! Expectations that could never hold, or never fail. Pure.

pub mod absence;
pub mod clash;
pub mod proof;
pub mod tried;
