//! What sync would change: desired monitors against stored items. Pure.
//!
//! ```text
//! desired × stored ─▶ plan ─▶ causes (with what git knows) ─▶ guard ─▶ parts, each with a page of the run record
//! run record × stored ─▶ plan (undo), or the table as it was before the run (resume)
//! ```

mod approval;
mod cause;
mod causes;
mod change;
mod compared;
mod desired;
mod edits;
mod environment;
mod fields;
mod forecast;
mod guard;
mod overrides;
mod parts;
mod planning;
mod record;
mod rename_candidate;
mod reviewed;
mod risk;
mod route;
mod run_id;
mod scope;
mod secret_host;
mod secret_hosts;
mod since;
mod stored;
mod succession;
#[cfg(test)]
mod tests;
mod undo;
mod unnotified;
mod value;
mod write;

pub use approval::review_needs;
pub use cause::{Catalog, Past, attribute};
pub use causes::{ChangeGroup, GroupOrigin, causes};
pub use change::{Action, Cause, Change, Drift, EditFate, TableEdit, Unedited};
use compared::compared;
pub use desired::{CatalogSettings, Desired, PageTexts};
pub use edits::weigh_edits;
pub use environment::{
    change_environment, environment_after, foreign_environment, other_environment, table_claim,
};
pub use fields::{ChangedVariable, FieldChange, FieldEffect, FormerPlaces, differences, hide};
pub use forecast::{
    Forecast, MonthlyLoad, Prices, TimeToAlert, best_time_to_alert, forecast, worst_time_to_alert,
};
pub use guard::{Refusal, loss_limit, refusals};
pub use overrides::{Overrides, Rollback};
pub use parts::PlanPart;
#[cfg(test)]
pub use parts::WRITES_PER_PART;
pub use planning::plan;
pub use record::{ItemLeft, RunExtent, RunPage, SettingsWritten, SyncRun, WrittenItem, before as before_run};
pub use rename_candidate::{RenameCandidate, rename_candidates};
pub use reviewed::Promise;
pub use risk::{Risk, WeakenedField, weak_from_the_start, weaknesses};
pub use route::rerouted;
pub use run_id::RunId;
pub use scope::{Scope, TakeOver};
pub use secret_host::SecretHost;
pub use since::{ItemEvent, Since, since};
pub use stored::{Generation, Holder, Journal, Live, SpecReading, Stored, StoredHead, Unread};
pub use succession::{Succession, UnknownOrder};
pub use undo::undo;
pub use value::{ActiveMonitors, Blocker, Claim, Counts, LeftOut, Plan, SettingsChange};
pub use write::{Before, ItemWrite, Stamp};
