//! `status`: how everything is, once or again and again. It holds only readers.

mod command;
mod look;
mod watch;

pub use command::status;
pub use watch::watch;
