//! Tables of what is expected, what was seen, and what follows.

mod judge;
mod semantics;
