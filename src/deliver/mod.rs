//! Hands messages to channels: the edge between a pending alert and a service.

mod append;
mod audience;
mod error;
mod http;
mod local;
mod notifier;
mod smtp;
mod sns;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
mod tries;
mod trust;

pub use append::check as check_file;
pub use audience::audience;
pub use error::{FailureScope, NotifyError};
pub use local::FileSender;
#[cfg(test)]
pub use notifier::recording;
pub use notifier::{Notifier, Senders};
pub use sns::TopicSender;
