//! Fetches the values of secrets from AWS: Systems Manager and Secrets Manager.
//!
//! Only what is asked for is fetched, in batches, in a bounded time. A value that cannot be had is an answer with
//! its reason, and holds up no other.

mod fetched;
mod parameters;
mod secrets_manager;
#[cfg(test)]
mod testing;
mod vault;

pub use vault::{Values, Vault, is_kept};
