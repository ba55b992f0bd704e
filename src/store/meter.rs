//! What the store asked for, and what it cost.

use std::sync::{Mutex, PoisonError};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// Totals since the store was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Consumed {
    /// Attempts sent, retries included.
    pub requests: u64,
    pub read_units: f64,
    pub write_units: f64,
}

impl Consumed {
    /// What was consumed after `before`.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            requests: self.requests.saturating_sub(before.requests),
            read_units: self.read_units - before.read_units,
            write_units: self.write_units - before.write_units,
        }
    }
}

#[derive(Debug, Default)]
pub struct Meter(Mutex<Consumed>);

impl Meter {
    pub fn total(&self) -> Consumed {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn request(&self) {
        self.add(|total| total.requests += 1);
    }

    pub fn read(&self, consumed: Option<&ConsumedCapacity>) {
        let units = consumed.and_then(ConsumedCapacity::capacity_units).unwrap_or_default();
        self.add(|total| total.read_units += units);
    }

    pub fn write<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        let units: f64 = consumed.into_iter().filter_map(ConsumedCapacity::capacity_units).sum();
        self.add(|total| total.write_units += units);
    }

    fn add(&self, change: impl FnOnce(&mut Consumed)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
