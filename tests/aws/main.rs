//! The whole program against an independent AWS: moto, worked on by boto3.
//!
//! Each test has tables of the shapes that Terraform makes, a topic, and a queue that listens to it. The program
//! runs as a process, as cron and CI run it.

#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expects")]

#[path = "../support/moto/mod.rs"]
mod moto;
#[expect(dead_code, reason = "the other test programs use all of it")]
#[path = "../support/mod.rs"]
mod support;

mod config;
mod dead_man;
mod doctor;
mod document;
mod documented;
mod page;
mod past;
mod proxy;
mod region;
mod story;
mod terraform;
mod trouble;
mod world;
