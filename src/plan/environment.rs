//! A table belongs to one environment: the first that was synced into it. Pure.
//!
//! A table with monitors is claimed only by word: with the wrong tables in the settings, the first sync of one environment
//! would lock out the other.

use std::collections::BTreeSet;

use serde_json::Map;

use super::{Generation, Overrides, Plan, Refusal, RunPage, StoredHead, differences};
use crate::monitor::Spec;

/// Refuses a table that was synced in another environment.
pub fn other_environment(
    head: Option<&StoredHead>,
    chosen: Option<&str>,
    overrides: &Overrides,
) -> Option<Refusal> {
    let stored = head?.environment.as_deref()?;
    let is_same = Some(stored) == chosen;
    (!is_same && renamed(head, chosen, overrides).is_none())
        .then(|| Refusal::OtherEnvironment { stored: stored.to_owned(), chosen: chosen.map(str::to_owned) })
}

/// The environment of a table that is not the chosen one: for commands that have no plan. `heads` are the environments of
/// all owners of the table. Where none is chosen, there is nothing to compare.
pub fn foreign_environment<'a>(
    heads: impl Iterator<Item = Option<&'a str>>,
    chosen: Option<&str>,
) -> Option<&'a str> {
    let chosen = chosen?;
    let named: BTreeSet<_> = heads.flatten().collect();
    // Owners may call one environment by several names.
    named.first().copied().filter(|_| !named.contains(chosen))
}

/// Refuses to claim a table with monitors unasked.
pub fn table_claim(
    plan: &Plan,
    head: Option<&StoredHead>,
    chosen: Option<&str>,
    overrides: &Overrides,
) -> Option<Refusal> {
    let environment =
        claimed(plan, head, chosen).filter(|name| overrides.claim_table.as_deref() != Some(*name))?;
    Some(Refusal::TableClaim { environment: environment.to_owned(), monitors: plan.owned })
}

/// The environment that would claim a table with monitors.
fn claimed<'a>(plan: &Plan, head: Option<&StoredHead>, chosen: Option<&'a str>) -> Option<&'a str> {
    // One that is made of a commit is no table: the first generation of a real one is 1.
    let is_free = |head: &StoredHead| head.environment.is_none() && head.generation != Generation(0);
    chosen.filter(|_| plan.owned > 0 && head.is_some_and(is_free))
}

/// The environment that a table has after a run was taken back whole: the one before that run, if it wrote last.
pub fn environment_after<'a>(pages: &'a [RunPage], head: Option<&'a StoredHead>) -> Option<&'a str> {
    let now = head.and_then(|head| head.environment.as_deref());
    let last = pages.last().filter(|last| {
        head.is_some_and(|head| head.generation == last.stamp.generation)
            && last.stamp.environment.as_deref() == now
    });
    last.map_or(now, |last| last.run.environment_before.as_deref())
}

/// Adds another environment of the table to the changes of the settings, so that it is shown, and written also where
/// nothing else changes.
pub fn change_environment(
    plan: &mut Plan,
    head: Option<&StoredHead>,
    chosen: Option<&str>,
    overrides: &Overrides,
) {
    if let Some((before, after)) = renamed(head, chosen, overrides) {
        note(plan, Some(before), Some(after));
    } else {
        let claimed = claimed(plan, head, chosen);
        note(plan, None, claimed);
    }
}

/// Notes that the table goes from one environment to another.
pub(super) fn note(plan: &mut Plan, before: Option<&str>, after: Option<&str>) {
    let spec = |name: Option<&str>| {
        Spec::new(name.map(|name| ("environment".to_owned(), name.into())).into_iter().collect::<Map<_, _>>())
    };
    plan.settings.fields.extend(differences(&spec(before), &spec(after)));
}

/// The name of the environment before and after, if a person said that it has another one now.
fn renamed<'a>(
    head: Option<&'a StoredHead>,
    chosen: Option<&'a str>,
    overrides: &Overrides,
) -> Option<(&'a str, &'a str)> {
    let stored = head?.environment.as_deref()?;
    let chosen = chosen.filter(|chosen| *chosen != stored)?;
    (overrides.rename_environment.as_deref() == Some(stored)).then_some((stored, chosen))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{CatalogSettings, Live, Scope, SpecReading, Stamp, plan};

    fn head(environment: Option<&str>) -> StoredHead {
        StoredHead { environment: environment.map(str::to_owned), ..StoredHead::default() }
    }

    fn said(old: Option<&str>) -> Overrides {
        Overrides { rename_environment: old.map(str::to_owned), ..Overrides::default() }
    }

    #[test]
    fn a_table_takes_the_first_environment_and_refuses_every_other_one() {
        for (stored, chosen, old, is_refused) in [
            (None, None, None, false),
            (None, Some("prod"), None, false),
            (Some("prod"), Some("prod"), None, false),
            (Some("prod"), Some("staging"), None, true),
            (Some("prod"), None, None, true),
            // A new name is allowed by the old one, and by that alone.
            (Some("prod"), Some("production"), Some("prod"), false),
            (Some("prod"), Some("production"), Some("staging"), true),
            (Some("prod"), None, Some("prod"), true),
        ] {
            let refusal = other_environment(Some(&head(stored)), chosen, &said(old));
            assert_eq!(refusal.is_some(), is_refused, "{stored:?} {chosen:?} {old:?}");
            // No command is suggested: beside a wrong --env it would hand one table to another environment.
            assert_eq!(refusal.and_then(|refusal| refusal.flag()), None);
        }
        assert_eq!(other_environment(None, Some("prod"), &said(None)), None);
    }

    #[test]
    fn a_table_with_monitors_is_claimed_by_word_only() {
        let free = StoredHead { generation: Generation(1), ..head(None) };
        for (monitors, head, chosen, claim, is_refused, is_shown) in [
            (2, Some(&free), Some("prod"), None, true, true),
            (2, Some(&free), Some("prod"), Some("staging"), true, true),
            (2, Some(&free), Some("prod"), Some("prod"), false, true),
            (2, Some(&free), None, None, false, false),
            (0, Some(&free), Some("prod"), None, false, false),
            (2, Some(&head(Some("prod"))), Some("prod"), None, false, false),
            // A table that is made of a commit, and one that was never synced.
            (2, Some(&head(None)), Some("prod"), None, false, false),
            (0, None, Some("prod"), None, false, false),
        ] {
            let mut plan = empty(monitors);
            let overrides = Overrides { claim_table: claim.map(str::to_owned), ..Overrides::default() };
            let refusal = table_claim(&plan, head, chosen, &overrides);
            assert_eq!(refusal.is_some(), is_refused, "{monitors} {chosen:?} {claim:?}");
            if let Some(refusal) = refusal {
                assert_eq!(refusal.flag().as_deref(), Some("--claim-table prod"));
            }
            change_environment(&mut plan, head, chosen, &overrides);
            assert_eq!(!plan.is_empty(), is_shown, "{monitors} {chosen:?} {claim:?}");
        }
    }

    #[test]
    fn the_undo_of_the_last_run_gives_the_environment_back_and_that_of_an_earlier_one_does_not() {
        for (before, after, now, generation, expected) in [
            (None, Some("prod"), Some("prod"), 1, None),
            (Some("prod"), Some("production"), Some("production"), 1, Some("prod")),
            (Some("prod"), Some("prod"), Some("prod"), 1, Some("prod")),
            // Another run wrote since.
            (None, Some("prod"), Some("prod"), 2, Some("prod")),
            (None, Some("prod"), None, 2, None),
        ] {
            let mut page = RunPage::sample(Stamp {
                owner: "acme".to_owned(),
                commit: None,
                generation: Generation(1),
                synced_at: jiff::Timestamp::UNIX_EPOCH,
                synced_by: "ci".to_owned(),
                origin: None,
                environment: after.map(str::to_owned),
            });
            page.run.environment_before = before.map(str::to_owned);
            let head = StoredHead { generation: Generation(generation), ..head(now) };
            assert_eq!(environment_after(&[page], Some(&head)), expected, "{before:?} {after:?} {now:?}");
        }
    }

    #[test]
    fn a_table_is_foreign_where_none_of_its_owners_calls_it_by_the_chosen_name() {
        for (heads, chosen, expected) in [
            (&[Some("prod")][..], Some("staging"), Some("prod")),
            (&[None, Some("prod")], Some("staging"), Some("prod")),
            (&[Some("prod"), Some("production")], Some("production"), None),
            (&[Some("prod")], Some("prod"), None),
            (&[Some("prod")], None, None),
            (&[None], Some("prod"), None),
            (&[], Some("prod"), None),
        ] {
            assert_eq!(foreign_environment(heads.iter().copied(), chosen), expected, "{heads:?} {chosen:?}");
        }
    }

    /// A plan that does nothing to so many monitors.
    fn empty(monitors: usize) -> Plan {
        let reading = SpecReading {
            meaning: |_, _| None,
            spelling: Spec::clone,
            secrets: |_| Vec::new(),
            implied: |_| None,
        };
        let live = Live { items: &[], head: None, unread: &[], reading };
        let plan = plan("acme", &CatalogSettings::default(), &[], live, &Scope::default());
        Plan { owned: monitors, ..plan }
    }
}
