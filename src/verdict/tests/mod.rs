//! Tables of what is expected, what was seen, and what follows.

mod documented;
mod judge;
mod semantics;
mod warn;
