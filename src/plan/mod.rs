//! What sync would change: desired monitors against stored items. Pure.

mod desired;
mod fields;
mod guard;
mod planning;
#[cfg(test)]
mod tests;

pub use desired::{
    Before, CatalogSettings, Desired, Generation, ItemWrite, Live, Stamp, Stored, StoredHead, Unread,
};
pub use fields::{FieldChange, differences};
pub use guard::{Refusal, refusals};
#[cfg(test)]
pub use planning::WRITES_PER_BATCH;
pub use planning::{Change, Claim, Counts, Plan, plan};
