//! What sync would change: desired monitors against stored items. Pure.
//!
//! ```text
//! desired × stored ─▶ plan ─▶ causes (with what git knows) ─▶ guard ─▶ writes
//! ```

mod cause;
mod change;
mod desired;
mod fields;
mod forecast;
mod guard;
mod likeness;
mod planning;
mod risk;
mod scope;
mod stored;
#[cfg(test)]
mod tests;
mod value;
mod write;

pub use cause::{Catalog, Cause, Past, attribute};
pub use change::{Action, Change, Drift};
pub use desired::{CatalogSettings, Desired};
pub use fields::{FieldChange, differences};
pub use forecast::{Forecast, Load, Prices, Telling, forecast};
pub use guard::{Overrides, Refusal, Rollback, Succession, loss_limit, refusals};
pub use likeness::{Likeness, likenesses};
pub use planning::plan;
pub use risk::{Risk, Weakness, weaknesses};
pub use scope::{Scope, TakeOver};
pub use stored::{Generation, Live, Reading, Stored, StoredHead, Unread};
#[cfg(test)]
pub use value::WRITES_PER_BATCH;
pub use value::{Claim, Counts, Coverage, Plan, SettingsChange};
pub use write::{Before, ItemWrite, Stamp};
