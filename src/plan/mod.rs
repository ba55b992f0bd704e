//! What sync would change: desired monitors against stored items. Pure.

mod desired;
mod fields;
mod guard;
mod planning;
#[cfg(test)]
mod tests;

pub use desired::{Before, Desired, Generation, ItemWrite, Place, Stamp, Stored, StoredHead};
pub use fields::{FieldChange, differences};
pub use guard::{Refusal, refusals};
pub use planning::{Change, Claim, Counts, Plan, WRITES_PER_BATCH, plan};
