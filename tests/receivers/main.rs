//! The stubs of the services that channels send to, tried with good and bad requests written from the documentation:
//! each rule refuses what it must.

#![expect(clippy::expect_used, reason = "a test says what it expects")]

#[expect(dead_code, reason = "the tests of other programs use the rest")]
#[path = "../support/receivers/mod.rs"]
mod receivers;

mod alerts_api;
mod client;
mod discord;
mod failures;
mod group;
mod pagerduty;
mod record;
mod slack;
mod teams;
mod telegram;
mod tls;
mod webhook;
