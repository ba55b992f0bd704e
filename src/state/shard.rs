//! A shard: the monitors of one lease, one run and one partition of each table.

use std::fmt;

/// The id of a shard. It is part of every key, so what is read and written is always that of one shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard(String);

impl Shard {
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
impl Shard {
    pub fn sample() -> Self {
        Self::new("0")
    }
}
