//! Channels and metrics against programs that others wrote: Alertmanager, Prometheus, and a mail server from PyPI.
//!
//! `cargo test` leaves this target out, as it needs Alertmanager, Prometheus and Python; `.ci/run` names it.

#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expects")]

#[path = "../support/alertmanager/mod.rs"]
mod alertmanager;
#[path = "../support/prometheus/mod.rs"]
mod prometheus;
#[expect(dead_code, unused_imports, reason = "the tests of the stubs use all of it")]
#[path = "../support/receivers/mod.rs"]
mod receivers;
#[path = "../support/smtp/mod.rs"]
mod smtp;
#[expect(dead_code, reason = "each test program uses its part of it")]
#[path = "../support/mod.rs"]
mod support;

mod alerts;
mod levels;
mod mail;
mod mailed;
mod metrics;
mod walk;
