//! The command that applies a plan in spite of the guard. It allows what was seen and nothing more.

use std::path::Path;

use super::wish::Wish;
use crate::plan::{Claim, Overrides, Refusal, Rollback, RunId, Scope, TakeOver};

/// What is asked for again, in other words.
#[derive(Debug, Clone, Copy)]
pub enum Again<'a> {
    /// A sync of the files in this folder.
    Files(&'a Path),
    /// The undo of a run.
    Undo(&'a RunId),
}

/// `None` if there is something that nothing allows: the command would be refused again. `store` is named where only the
/// command line did: without it the command would write elsewhere.
pub fn way_out(again: Again<'_>, store: Option<&str>, wish: &Wish, refusals: &[Refusal]) -> Option<String> {
    if refusals.is_empty() || refusals.iter().any(|refusal| refusal.flag().is_none()) {
        return None;
    }
    // What was asked for before stays, unless a larger number takes its place.
    let Wish { scope: Scope { only, adopt, take_over }, overrides, .. } = wish;
    let Overrides { mut allow_loss, mut allow_weaker, mut rollback } = overrides.clone();
    let mut adopted: Vec<String> = adopt.iter().map(ToString::to_string).collect();
    let mut taken: Vec<String> =
        take_over.iter().map(|TakeOver { owner, id }| format!("{owner}:{id}")).collect();
    for refusal in refusals {
        match refusal {
            Refusal::Losses { lost, .. } => allow_loss = Some(*lost),
            Refusal::Weakenings { weaker, .. } => allow_weaker = Some(*weaker),
            Refusal::Rollback { .. } | Refusal::OrderUnknown { .. } => rollback = Rollback::Allowed,
            Refusal::Claimed(Claim { id, holder: Some(owner), .. }) => taken.push(format!("{owner}:{id}")),
            Refusal::Claimed(Claim { id, holder: None, .. }) => adopted.push(id.to_string()),
            Refusal::NothingDesired { .. } | Refusal::Protected { .. } | Refusal::Blocked(_) => {}
        }
    }
    let mut words = vec!["monitorctl sync".to_owned()];
    let flag = |name: &str, value: &str| format!("{name} {}", quoted(value));
    words.push(match again {
        Again::Files(folder) => quoted(&folder.display().to_string()),
        Again::Undo(run) => flag("--undo", &run.to_string()),
    });
    words.extend(store.map(|store| flag("--store", store)));
    words.extend(only.as_ref().map(|only| flag("--only", &only.to_string())));
    if !adopted.is_empty() {
        words.push(flag("--adopt", &adopted.join(",")));
    }
    words.extend(taken.iter().map(|taken| flag("--take-over", taken)));
    // The overrides are numbers and words of ours.
    words.extend(Overrides { allow_loss, allow_weaker, rollback }.text());
    Some(words.join(" "))
}

/// As a shell takes it for one word.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._/:@,+=-".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::{MonitorId, Place, Selector};

    fn claim(id: &str, holder: Option<&str>) -> Refusal {
        let place = Place { file: "a.yaml".into(), line: 1 };
        let id = MonitorId::parse(id).expect("valid");
        Refusal::Claimed(Claim { id, place, holder: holder.map(str::to_owned) })
    }

    fn wish(only: Option<&str>, overrides: Overrides) -> Wish {
        let only = only.map(|text| Selector::parse(text).expect("a selector"));
        Wish { scope: Scope { only, ..Scope::default() }, overrides, base: None }
    }

    #[test]
    fn one_command_allows_everything() {
        let refusals = [
            Refusal::Losses { lost: 7, limit: 2 },
            Refusal::Rollback { applied: "b".into(), incoming: "a".into() },
            claim("one", None),
            claim("two", None),
            claim("three", Some("it's $them")),
        ];
        let asked = wish(Some("!tag:x"), Overrides { allow_loss: Some(3), ..Overrides::default() });
        let command =
            way_out(Again::Files(Path::new("monitors")), Some("embedded:a b.db"), &asked, &refusals);
        assert_eq!(
            command.as_deref(),
            Some(
                r"monitorctl sync monitors --store 'embedded:a b.db' --only '!tag:x' --adopt one,two --take-over 'it'\''s $them:three' --allow-loss 7 --allow-rollback"
            )
        );
    }

    #[test]
    fn there_is_no_command_for_what_nothing_allows() {
        let wish = wish(None, Overrides::default());
        let refusals = [Refusal::Losses { lost: 7, limit: 2 }, Refusal::NothingDesired { owned: 7 }];
        assert_eq!(way_out(Again::Files(Path::new("monitors")), None, &wish, &refusals), None);
        assert_eq!(way_out(Again::Files(Path::new("monitors")), None, &wish, &[]), None);
    }

    #[test]
    fn the_undo_of_a_run_is_asked_for_again_as_one() {
        let run = RunId::parse("01J00000000000000000000000").expect("an id");
        let wish = wish(Some("it's"), Overrides::default());
        let command = way_out(Again::Undo(&run), None, &wish, &[Refusal::Losses { lost: 7, limit: 2 }]);
        let expected = r"monitorctl sync --undo 01J00000000000000000000000 --only 'it'\''s' --allow-loss 7";
        assert_eq!(command.as_deref(), Some(expected));
    }
}
