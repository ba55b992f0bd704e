//! `pull`: writes what is in the config table into monitor files. It holds only a reader of the table.

mod command;
mod drift;
mod folder;
mod repository;
mod unmanaged;

pub use command::pull;
