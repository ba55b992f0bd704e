//! A repository of monitors in a folder that goes away, and an API on loopback that breaks on demand.

mod api;
pub mod aws;
pub mod hand;
pub mod repository;

pub use api::Api;
pub use repository::Repository;
