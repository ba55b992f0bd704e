//! What the box lets its probes talk to. Pure.
//!
//! Whoever can edit a monitor's URL, or the DNS zone or the redirects of what it names, chooses where this box
//! sends requests, and sees in the alert what came back. So the box decides what is in reach, not the repository.

mod policy;
mod range;

pub use policy::{AddressPolicy, Cidr, CidrError};
