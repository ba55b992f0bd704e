//! Checks against servers that others wrote. The odd servers of our own are in `src/probe/tests`.
//!
//! `cargo test` leaves this target out, as it needs Python and servers of Debian; `.ci/run` names it and installs them.

#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expects")]

#[path = "../support/bind/mod.rs"]
mod bind;
#[path = "../support/daemon/mod.rs"]
mod daemon;
#[path = "../support/peers/mod.rs"]
mod peers;
#[expect(dead_code, unused_imports, reason = "the tests of the channels use all of it")]
#[path = "../support/receivers/mod.rs"]
mod receivers;
#[expect(dead_code, reason = "the tests of the channels use all of it")]
#[path = "../support/smtp/mod.rs"]
mod smtp;
#[expect(dead_code, reason = "each test program uses its part of it")]
#[path = "../support/mod.rs"]
mod support;

mod checked;
mod dns;
mod grpc;
mod icmp;
mod mail;
mod mailbox;
mod resolver;
mod services;
mod web;
mod websocket;
