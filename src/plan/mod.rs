//! What sync would change: desired monitors against stored items. Pure.

mod desired;

pub use desired::{Before, Desired, Generation, ItemWrite, Stamp, Stored, StoredHead};
