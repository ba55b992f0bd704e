//! The state machine.

use jiff::Timestamp;

use super::{Confirmed, Health, Incident, Streak};
use crate::monitor::AlertPolicy;
use crate::verdict::Verdict;

/// How many consecutive verdicts confirm a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Towards a worse health, at least 1.
    pub failures: u32,
    /// Towards a better one, at least 1.
    pub successes: u32,
}

/// How far the counted verdicts have come towards another health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreakProgress {
    pub count: u32,
    /// So many confirm it.
    pub of: u32,
    pub towards: Health,
}

/// One verdict with where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObservedVerdict<'a> {
    pub verdict: Verdict,
    /// When it was observed.
    pub at: Timestamp,
    /// Epoch of the run that observed it.
    pub epoch: u64,
    /// The gravest fault in one line; becomes the cause of an incident.
    pub why: &'a str,
}

/// What one verdict does to the memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    /// Nothing to remember: it agrees, or it says nothing.
    Keep,
    /// A counter moved or was cleared; the health is the same.
    Streak(Confirmed),
    /// A new monitor was seen to be up. That is what everybody assumed, so no alert is sent.
    Discard(Confirmed),
    /// The health changed, `seq` counts it, and an alert is pending.
    Change(Confirmed),
}

/// Takes one verdict into account.
///
/// A health is confirmed by enough consecutive verdicts of its own kind; and `degraded` also by enough
/// verdicts that are merely all on its side (an endpoint that alternates between failing and degraded is
/// at least degraded, one that alternates between degraded and passing is no longer down).
pub fn step(thresholds: Thresholds, before: &Confirmed, evidence: ObservedVerdict<'_>) -> Transition {
    let Some(observed) = health_of(evidence.verdict) else { return Transition::Keep };
    let side = Side::of(before.health, observed);
    let Some(threshold) = thresholds.on(side, before.health) else {
        return match before.streak {
            None => Transition::Keep,
            Some(_) => Transition::Streak(Confirmed { streak: None, ..before.clone() }),
        };
    };
    let Some(streak) = count(before, side, evidence) else { return Transition::Keep };
    let (health, since, streak) = if streak.count >= threshold {
        (observed, streak.first, None)
    } else if streak.departed >= threshold {
        // What points beyond degraded goes on counting: so many consecutive fails are always an incident.
        let beyond = Streak { departed: streak.count, departed_at: streak.first, ..streak.clone() };
        (Health::Degraded, streak.departed_at, (observed != Health::Degraded).then_some(beyond))
    } else {
        return Transition::Streak(Confirmed { streak: Some(streak), ..before.clone() });
    };
    let mut after = Confirmed { health, since, streak, ..before.clone() };
    if before.health == Health::New && health == Health::Up {
        return Transition::Discard(after);
    }
    after.seq += 1;
    after.recent_changes = before.recent_changes.changed(after.seq, evidence.at);
    if health == Health::Down {
        let n = before.incident.as_ref().map_or(0, |incident| incident.n) + 1;
        let cause = evidence.why.to_owned();
        after.incident = Some(Incident { n, opened_at: since, closed_at: None, cause, unwatched: None });
    } else if before.health == Health::Down {
        after.incident = after.incident.map(|incident| Incident { closed_at: Some(since), ..incident });
    }
    Transition::Change(after)
}

/// What the counted verdicts speak for, and how many of them it takes; `None` if nothing is being counted.
pub fn progress(thresholds: Thresholds, confirmed: &Confirmed) -> Option<StreakProgress> {
    let streak = confirmed.streak.as_ref()?;
    let towards = health_of(streak.verdict)?;
    let of = thresholds.on(Side::of(confirmed.health, towards), confirmed.health)?;
    Some(StreakProgress { count: streak.count, of, towards })
}

impl Thresholds {
    pub fn of(policy: &AlertPolicy) -> Self {
        Self { failures: policy.failures, successes: policy.successes }
    }

    /// How many verdicts on this side confirm a change of `health`; none do where they agree with it.
    fn on(self, side: Side, health: Health) -> Option<u32> {
        match side {
            Side::Same => None,
            Side::Worse => Some(self.failures),
            // Whatever a new monitor was first seen to be, one pass shows that it came up.
            Side::Better if health == Health::New => Some(1),
            Side::Better => Some(self.successes),
        }
    }
}

/// Where a seen health lies from the confirmed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Same,
    Worse,
    Better,
}

impl Side {
    fn of(confirmed: Health, observed: Health) -> Self {
        match (confirmed, observed) {
            (Health::New, Health::Up) => Self::Better,
            _ => match rank(observed).cmp(&rank(confirmed)) {
                std::cmp::Ordering::Less => Self::Better,
                std::cmp::Ordering::Equal => Self::Same,
                std::cmp::Ordering::Greater => Self::Worse,
            },
        }
    }
}

/// A new monitor ranks with those that are up: anything else is worse than expected.
fn rank(health: Health) -> u8 {
    match health {
        Health::New | Health::Up => 0,
        Health::Degraded => 1,
        Health::Down => 2,
    }
}

/// The health that a verdict speaks for; none if it says nothing about the endpoint.
fn health_of(verdict: Verdict) -> Option<Health> {
    match verdict {
        Verdict::Pass => Some(Health::Up),
        Verdict::Degraded => Some(Health::Degraded),
        Verdict::Fail => Some(Health::Down),
        Verdict::Unknown | Verdict::Skipped => None,
    }
}

/// The streak with this verdict in it; `None` if the run has counted already.
fn count(before: &Confirmed, side: Side, evidence: ObservedVerdict<'_>) -> Option<Streak> {
    let ObservedVerdict { verdict, at, epoch, why: _ } = evidence;
    let first = Streak { verdict, count: 1, first: at, last: at, departed: 1, departed_at: at, epoch };
    let Some(streak) = &before.streak else { return Some(first) };
    if epoch <= streak.epoch {
        return None;
    }
    let same_side =
        health_of(streak.verdict).is_some_and(|observed| Side::of(before.health, observed) == side);
    if !same_side {
        return Some(first);
    }
    let departed = streak.departed.saturating_add(1);
    let departed_at = streak.departed_at;
    Some(if streak.verdict == verdict {
        let count = streak.count.saturating_add(1);
        Streak { count, last: at, departed, epoch, ..streak.clone() }
    } else {
        Streak { departed, departed_at, ..first }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    /// Feeds verdicts (`p`, `d`, `f`, `?`) one a minute and gives the healths, as letters, after each.
    fn run(failures: u32, successes: u32, verdicts: &str) -> (String, Confirmed) {
        let thresholds = Thresholds { failures, successes };
        let mut confirmed = Confirmed::new(at(0));
        let mut healths = String::new();
        for (i, letter) in (1..).zip(verdicts.chars()) {
            let verdict = match letter {
                'p' => Verdict::Pass,
                'd' => Verdict::Degraded,
                'f' => Verdict::Fail,
                _ => Verdict::Unknown,
            };
            let evidence =
                ObservedVerdict { verdict, at: at(i * 60), epoch: i.unsigned_abs(), why: "HTTP 503" };
            match step(thresholds, &confirmed, evidence) {
                Transition::Keep => {}
                Transition::Streak(next) | Transition::Discard(next) | Transition::Change(next) => {
                    confirmed = next;
                }
            }
            healths.push(match confirmed.health {
                Health::New => 'N',
                Health::Up => 'U',
                Health::Degraded => 'D',
                Health::Down => 'X',
            });
        }
        (healths, confirmed)
    }

    #[test]
    fn healths_follow_verdicts_after_the_thresholds() {
        for (failures, successes, verdicts, healths) in [
            (2, 1, "p", "U"),
            (2, 1, "pfpfp", "UUUUU"),
            (2, 1, "pffp", "UUXU"),
            (2, 2, "pffpfpp", "UUXXXXU"),
            (1, 1, "pfpf", "UXUX"),
            (3, 1, "pffpfff", "UUUUUUX"),
            // Unknown freezes the counters.
            (2, 1, "pf??f", "UUUUX"),
            // New monitors: one pass is enough; never up is down after the threshold.
            (2, 1, "fp", "NU"),
            (2, 1, "ff", "NX"),
            (2, 2, "p", "U"),
            (2, 1, "??", "NN"),
            // Degraded is a health of its own.
            (2, 1, "pddp", "UUDU"),
            (2, 1, "pddffp", "UUDDXU"),
            (2, 2, "pffdd", "UUXXD"),
            // Alternating between fail and degraded is at least degraded.
            (2, 1, "pfdfdf", "UUDDDD"),
            (2, 1, "pdff", "UUDX"),
            (3, 1, "pdfff", "UUUDX"),
            // Alternating between pass and degraded is no longer down.
            (2, 2, "pffdpp", "UUXXDU"),
        ] {
            assert_eq!(run(failures, successes, verdicts).0, healths, "{failures}/{successes} {verdicts}");
        }
    }

    #[test]
    fn an_incident_starts_at_the_first_failing_observation_and_ends_at_the_first_good_one() {
        let (_, confirmed) = run(2, 2, "pffpp");
        let incident = confirmed.incident.expect("there was one");
        assert_eq!((incident.n, incident.opened_at, incident.closed_at), (1, at(120), Some(at(240))));
        assert_eq!(incident.cause, "HTTP 503");
        assert_eq!((confirmed.since, confirmed.seq), (at(240), 2));
    }

    #[test]
    fn a_new_monitor_that_comes_up_is_nothing_to_notify() {
        let (_, confirmed) = run(2, 1, "fp");
        assert_eq!((confirmed.health, confirmed.seq), (Health::Up, 0));
    }

    #[test]
    fn what_is_counted_is_said_with_what_it_takes() {
        let seen = |failures, successes, verdicts| {
            let (_, confirmed) = run(failures, successes, verdicts);
            let progress = progress(Thresholds { failures, successes }, &confirmed)?;
            Some((progress.count, progress.of, progress.towards))
        };
        assert_eq!(seen(3, 1, "pff"), Some((2, 3, Health::Down)));
        assert_eq!(seen(3, 2, "pfffp"), Some((1, 2, Health::Up)));
        assert_eq!(seen(3, 1, "pd"), Some((1, 3, Health::Degraded)));
        assert_eq!(seen(3, 1, "f?"), Some((1, 3, Health::Down)));
        assert_eq!(seen(3, 1, "pfp"), None);
        assert_eq!(seen(3, 1, "pfff"), None);
    }

    #[test]
    fn the_same_run_never_counts_twice() {
        let thresholds = Thresholds { failures: 2, successes: 1 };
        let evidence = ObservedVerdict { verdict: Verdict::Fail, at: at(60), epoch: 7, why: "" };
        let up = Confirmed { health: Health::Up, ..Confirmed::new(at(0)) };
        let Transition::Streak(once) = step(thresholds, &up, evidence) else { panic!("a streak begins") };
        assert_eq!(step(thresholds, &once, evidence), Transition::Keep);
    }

    proptest! {
        // I6: health at k differs from health at k-1, and k has no gaps.
        #[test]
        fn confirmed_changes_alternate_and_are_counted_one_by_one(
            verdicts in "[pdf?]{0,60}", failures in 1u32..4, successes in 1u32..4,
        ) {
            let mut delivered = (Health::New, 0);
            for end in 0..=verdicts.len() {
                let (_, confirmed) = run(failures, successes, &verdicts[..end]);
                if confirmed.seq == delivered.1 {
                    // New to up is not a change that anybody counts.
                    prop_assert!(confirmed.health == delivered.0 || (delivered.0 == Health::New && confirmed.health == Health::Up));
                } else {
                    prop_assert_eq!(confirmed.seq, delivered.1 + 1);
                    prop_assert_ne!(confirmed.health, delivered.0);
                }
                delivered = (confirmed.health, confirmed.seq);
            }
        }

        #[test]
        fn so_many_consecutive_fails_are_always_down(
            before in "[pdf]{0,20}", failures in 1u32..5, successes in 1u32..4,
        ) {
            let verdicts = format!("{before}{}", "f".repeat(failures as usize));
            prop_assert_eq!(run(failures, successes, &verdicts).1.health, Health::Down);
        }

        // I8: unknown changes nothing.
        #[test]
        fn unknown_verdicts_change_nothing(verdicts in "[pdf?]{0,40}", failures in 1u32..4) {
            let known: String = verdicts.chars().filter(|c| *c != '?').collect();
            let (_, with) = run(failures, 1, &verdicts);
            let (_, without) = run(failures, 1, &known);
            prop_assert_eq!((with.health, with.seq), (without.health, without.seq));
        }
    }
}
