//! What sync would change: desired monitors against stored items. Pure.
//!
//! ```text
//! desired × stored ─▶ plan ─▶ causes (with what git knows) ─▶ guard ─▶ parts, each with a page of the run record
//! run record × stored ─▶ plan (undo), or the table as it was before the run (resume)
//! ```

mod asked;
mod cause;
mod change;
mod desired;
mod fields;
mod forecast;
mod guard;
mod likeness;
mod parts;
mod planning;
mod record;
mod reviewed;
mod risk;
mod route;
mod scope;
mod secret_hosts;
mod since;
mod stored;
#[cfg(test)]
mod tests;
mod undo;
mod value;
mod write;

pub use cause::{Catalog, Cause, Past, attribute};
pub use change::{Action, Change, Drift};
pub use desired::{CatalogSettings, Desired};
pub use fields::{FieldChange, differences, hide};
pub use forecast::{Forecast, Load, Prices, TimeToAlert, best_time_to_alert, forecast, worst_time_to_alert};
pub use guard::{Doubt, Overrides, Refusal, Rollback, Succession, loss_limit, refusals};
pub use likeness::{Likeness, likenesses};
pub use parts::Part;
#[cfg(test)]
pub use parts::WRITES_PER_PART;
pub use planning::plan;
pub use record::{
    Extent, Journal, Left, Run, RunId, RunPage, SettingsWritten, Written, before as before_run,
};
pub use reviewed::Promise;
pub use risk::{Risk, Weakness, weak_from_the_start, weaknesses};
pub use route::rerouted;
pub use scope::{Scope, TakeOver};
pub use secret_hosts::SecretHost;
pub use since::{Event, Since, since};
pub use stored::{Generation, Holder, Live, Reading, Stored, StoredHead, Unread};
pub use undo::undo;
pub use value::{Claim, Counts, Coverage, Hindrance, LeftOut, Plan, SettingsChange};
pub use write::{Before, ItemWrite, Stamp};
