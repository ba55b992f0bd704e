//! A file a verb: the only place where the pieces meet.

mod check;
mod target;
mod terminal;
