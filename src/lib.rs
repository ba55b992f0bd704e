//! monitorctl: declarative API monitors in git, reconciled into DynamoDB, probed by cron, alerted by SNS.
mod alert;
mod clock;
mod monitor;
mod observation;
mod plan;
mod probe;
mod state;
mod transition;
mod verdict;
