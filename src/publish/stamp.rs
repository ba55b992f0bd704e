//! When a run wrote a page, and from what: whether the next run has to write it again. Pure.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::hash::FileHash;

/// A page is written at least this often, so that its times and bars are of today.
const MOST: Duration = Duration::from_mins(5);

/// Part of the manifest beside the page, and of nothing on the machine: any machine may make the next run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageStamp {
    /// In Unix time.
    pub written_at: i64,
    /// The hash of everything that changes a page at once: states, incidents, notices, and its configuration.
    pub state: FileHash,
}

/// How fresh a page has to be.
#[derive(Debug, Clone, Copy)]
pub struct PageFreshness {
    /// Time from one run to the next.
    pub period: Duration,
    /// From this age on the page warns that it is not up to date.
    pub stale_after: Duration,
}

impl PageStamp {
    /// Whether a page with the stamp `before` is to be written anew as `self`: something changed, or the next run would
    /// be too late.
    pub fn replaces(&self, before: Option<&Self>, freshness: PageFreshness) -> bool {
        let PageFreshness { period, stale_after } = freshness;
        let Some(before) = before.filter(|before| before.state == self.state) else { return true };
        // A stamp of the future comes from a clock that was wrong.
        let Ok(age) = u64::try_from(self.written_at.saturating_sub(before.written_at)) else { return true };
        Duration::from_secs(age).saturating_add(period) > MOST.min(stale_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(written_at: i64, state: &str) -> PageStamp {
        PageStamp { written_at, state: FileHash::of(state) }
    }

    #[test]
    fn a_page_is_written_after_a_change_and_before_it_is_five_minutes_old() {
        let minutes = Duration::from_mins;
        for (before, period, stale_after, expected) in [
            (None, 2, 10, true),
            (Some(stamp(1_000, "up")), 2, 10, false),
            (Some(stamp(1_000, "down")), 2, 10, true),
            (Some(stamp(1_000 - 179, "up")), 2, 10, false),
            (Some(stamp(1_000 - 180, "up")), 2, 10, false),
            (Some(stamp(1_000 - 181, "up")), 2, 10, true),
            (Some(stamp(1_000 - 240, "up")), 1, 10, false),
            (Some(stamp(1_000 - 241, "up")), 1, 10, true),
            // Each run of a longer period writes it.
            (Some(stamp(1_000 - 1, "up")), 5, 10, true),
            (Some(stamp(1_000, "up")), 10, 20, true),
            // A page that is not written would warn without a reason.
            (Some(stamp(1_000 - 30, "up")), 1, 1, true),
            (Some(stamp(1_000 - 61, "up")), 1, 2, true),
            (Some(stamp(1_001, "up")), 2, 10, true),
        ] {
            let freshness = PageFreshness { period: minutes(period), stale_after: minutes(stale_after) };
            let found = stamp(1_000, "up").replaces(before.as_ref(), freshness);
            assert_eq!(found, expected, "{before:?} {period} {stale_after}");
        }
    }
}
