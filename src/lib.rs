//! monitorctl: monitors in git, reconciled into DynamoDB, probed by cron, alerted by SNS.
//!
//! ```text
//! monitors/*.yaml ─▶ source ─▶ config ─▶ monitor ─▶ plan ─▶ store                    validate · diff · sync
//! store ─▶ probe ─▶ observation ─▶ verdict ─▶ transition ─▶ state ─▶ store ─▶ alert ─▶ notify        check
//! ```

// Words, then decisions (pure), then edges (thin), then the shell where the pieces meet.
mod monitor;
mod observation;

mod alert;
mod plan;
mod state;
mod transition;
mod verdict;

mod clock;
mod notify;
mod probe;
mod report;
mod store;

mod cli;
mod exit;

mod commands;
