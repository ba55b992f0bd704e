//! monitorctl: declarative API monitors in git, reconciled into DynamoDB, probed by cron, alerted by SNS.
mod monitor;
mod observation;
mod plan;
mod verdict;
mod transition;
mod alert;
mod state;
mod clock;
mod probe;
