//! A file a verb: the only place where the pieces meet.

mod atomic_file;
mod aws_place;
mod catalog;
mod check;
mod context;
mod crontab;
mod diff;
mod dispatch;
mod doctor;
mod environment;
mod explain;
mod failure;
mod history;
mod init;
mod job;
mod man_sections;
mod manual;
mod origin;
mod output;
mod place;
mod plan_request;
mod progress;
mod pull;
mod results;
mod resume;
mod schema;
mod signals;
mod silence;
mod simulate;
mod status;
mod suggested_command;
#[cfg(test)]
mod survival;
mod sync;
mod target;
mod terminal;
mod unsynced;
mod validate;

pub use dispatch::main;
