//! Rules across the monitors of all files. Pure.

pub mod circles;
pub mod dependencies;
pub mod lint;
pub mod parents;
pub mod reach;
pub mod renames;
