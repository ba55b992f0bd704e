//! A file a verb: the only place where the pieces meet.

mod console;
mod init;
mod schema;
mod validate;

pub use console::say;
pub use init::init;
pub use schema::schema;
pub use validate::validate;
