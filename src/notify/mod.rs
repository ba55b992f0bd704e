//! Hands messages to people: the edge between an owed alert and a topic.

mod audience;
mod error;
mod local;
mod notifier;

pub use audience::audience;
pub use error::NotifyError;
pub use local::LocalTopic;
pub use notifier::Notifier;
#[cfg(test)]
pub use notifier::recording;
