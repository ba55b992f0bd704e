//! A table belongs to one environment: the first that was synced into it. Pure.

use serde_json::Map;

use super::{Overrides, Plan, Refusal, StoredHead, differences};
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

/// Adds the new name of the environment to the changes of the settings, so that it is shown, and written also where
/// nothing else changes.
pub fn rename_environment(
    plan: &mut Plan,
    head: Option<&StoredHead>,
    chosen: Option<&str>,
    overrides: &Overrides,
) {
    let Some((before, after)) = renamed(head, chosen, overrides) else { return };
    let spec = |name: &str| Spec::new(Map::from_iter([("environment".to_owned(), name.into())]));
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
}
