//! What the machine lets its probes talk to. Pure.
//!
//! The author of a monitor's URL, or of the DNS zone or the redirects of what it names, chooses where this machine
//! sends requests, and sees in the alert what came back. So the machine decides what is in reach, not the repository.

mod policy;
mod range;

pub use policy::{AddressPolicy, Cidr, CidrError};
