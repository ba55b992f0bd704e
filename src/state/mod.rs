//! The stored memory of a monitor and of a run, and what a run decides to change in it. Pure.

mod assumed;
mod channel_health;
mod channel_record;
mod channel_trial;
mod decide;
mod delivered;
mod due;
mod evidence;
mod fresh;
mod incident_key;
mod level;
mod prober_health;
mod row;
mod run;
mod shard;

pub use channel_health::{ChannelVerdict, takes_none};
pub use channel_record::{ChannelRecord, MOST_REFUSED};
pub use channel_trial::{ChannelFailure, ChannelTrial, message_key};
pub use decide::{Decider, OwnedMonitor, decide, let_go};
pub use delivered::{Acknowledgement, Delivered, Deliveries, FirstPending, Heard};
pub use due::{Backlog, SkippedRange, is_due, next_due, order, own_slot};
pub use evidence::{FailureRatio, RunEvidence};
pub use fresh::{monitor_is_stale, run_is_stale};
pub use incident_key::IncidentKey;
pub use level::Level;
pub use prober_health::{CanaryOutcome, CanaryResult, ProberHealth, SelfCheck, is_blind, needs_canaries};
pub use row::{DeliveryEdit, Move, ROW_FORMAT, Row, Rows, Write};
pub use run::{DeadHolder, Held, HolderProcess, LastOk, Lease, OtherPeriod, RunRecord};
pub use shard::Shard;
