//! Hands messages to channels: the edge between a pending alert and a topic.

mod append;
mod audience;
mod error;
mod local;
mod notifier;
mod sns;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

pub use append::check as check_file;
pub use audience::audience;
pub use error::{FailureScope, NotifyError};
pub use local::LocalTopic;
pub use notifier::Notifier;
#[cfg(test)]
pub use notifier::recording;
pub use sns::SnsTopics;
