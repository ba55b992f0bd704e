//! Whether a monitor changes its health so often that each change says nothing.

use jiff::{SignedDuration, Timestamp};

/// So many changes make a monitor flap, if they come within [`WINDOW`].
pub const CHANGES: usize = 6;

const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// A monitor that flaps is stable once it did not change for so long.
pub const STABLE_AFTER: SignedDuration = SignedDuration::from_mins(30);

/// How restless a monitor is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecentChanges {
    /// When its health changed the last times, the oldest first; at most [`CHANGES`] of them.
    pub changes: Vec<Timestamp>,
    /// Set when it began to flap, and until it changes again after it was stable.
    pub flapping: Option<Flapping>,
}

/// A time in which a monitor flaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flapping {
    /// Its first change.
    pub from: Timestamp,
    /// The number (`seq`) of the change with which it was found.
    pub seq: u64,
}

/// The changes of a time in which a monitor flapped, as alerts show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlapChanges {
    pub count: u64,
    pub from: Timestamp,
    pub to: Timestamp,
}

impl RecentChanges {
    /// After the change number `seq`, which was confirmed at `at`.
    pub fn changed(&self, seq: u64, at: Timestamp) -> Self {
        // What was stable in between begins anew.
        let stable = self.flapping.is_some() && self.flapping(at).is_none();
        let before = if stable { &[][..] } else { &self.changes };
        let recent = before.iter().copied().chain([at]);
        let changes: Vec<_> = recent.skip((before.len() + 1).saturating_sub(CHANGES)).collect();
        let found = changes
            .first()
            .filter(|first| changes.len() == CHANGES && at.duration_since(**first) <= WINDOW)
            .map(|first| Flapping { from: *first, seq });
        Self { changes, flapping: self.flapping.filter(|_| !stable).or(found) }
    }

    /// The flapping that goes on; none once it is stable.
    pub fn flapping(&self, now: Timestamp) -> Option<Flapping> {
        let last = self.changes.last()?;
        self.flapping.filter(|_| now.duration_since(*last) < STABLE_AFTER)
    }

    /// When what flaps now is stable, unless it changes again.
    pub fn stable_at(&self) -> Option<Timestamp> {
        self.changes.last()?.checked_add(STABLE_AFTER).ok()
    }

    /// What happened up to the change number `seq`, the last one, if it flaps or did so until it was stable.
    pub fn delivered(&self, seq: u64) -> Option<FlapChanges> {
        let Flapping { from, seq: found } = self.flapping?;
        let before = found.saturating_sub(CHANGES as u64);
        Some(FlapChanges { count: seq.saturating_sub(before), from, to: *self.changes.last()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).expect("in range")
    }

    fn after(minutes: &[i64]) -> RecentChanges {
        let numbered = (1..).zip(minutes);
        numbered.fold(RecentChanges::default(), |recent_changes, (seq, minute)| {
            recent_changes.changed(seq, at(*minute))
        })
    }

    #[test]
    fn more_than_five_changes_in_an_hour_are_flapping_until_it_is_stable_for_half_an_hour() {
        assert_eq!(after(&[0, 10, 20, 30, 40]).flapping, None);
        assert_eq!(after(&[0, 10, 20, 30, 40, 61]).flapping, None);
        let flapping = after(&[0, 10, 20, 30, 40, 60]);
        assert_eq!(flapping.flapping(at(60)), Some(Flapping { from: at(0), seq: 6 }));
        assert_eq!(flapping.flapping(at(89)).map(|flapping| flapping.seq), Some(6));
        assert_eq!(flapping.flapping(at(90)), None);
        // It may slow down: as long as it is not stable, it is the same flapping.
        let slower = after(&[0, 10, 20, 30, 40, 60, 85, 110]);
        assert_eq!(slower.flapping(at(120)), Some(Flapping { from: at(0), seq: 6 }));
        assert_eq!(slower.delivered(8), Some(FlapChanges { count: 8, from: at(0), to: at(110) }));
        let stable = after(&[0, 10, 20, 30, 40, 60, 91]);
        assert_eq!(stable, RecentChanges { changes: vec![at(91)], flapping: None });
    }

    proptest! {
        #[test]
        fn it_never_remembers_more_than_it_needs_and_flaps_only_after_enough_changes(
            gaps in proptest::collection::vec(0i64..120, 0..40),
        ) {
            let mut minutes = Vec::new();
            for gap in gaps {
                minutes.push(minutes.last().copied().unwrap_or(0) + gap);
                let recent_changes = after(&minutes);
                prop_assert!(recent_changes.changes.len() <= CHANGES);
                let n = minutes.len();
                let busy = n >= CHANGES && minutes[n - 1] - minutes[n - CHANGES] <= 60;
                let now = at(minutes[n - 1]);
                // Gaps of half an hour make it stable, so a busy hour with one may be two half ones.
                let gap = (n - n.min(CHANGES) + 1..n).any(|i| minutes[i] - minutes[i - 1] >= 30);
                prop_assert!(!busy || gap || recent_changes.flapping(now).is_some(), "{:?}", minutes);
                prop_assert!(n >= CHANGES || recent_changes.flapping.is_none());
            }
        }
    }
}
