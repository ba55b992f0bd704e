//! The shard that the commands work on.

use crate::state::Shard;

/// All monitors are in one.
pub fn shard() -> Shard {
    Shard::new("0")
}
