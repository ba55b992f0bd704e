//! The command that applies a plan in spite of the guard. It allows what was seen and nothing more.

use std::path::Path;

use super::plan_request::PlanRequest;
use crate::plan::{Claim, Generation, Overrides, Plan, Refusal, Rollback, RunId, Scope, TakeOver};

/// What is asked for again, in other words.
#[derive(Debug, Clone, Copy)]
pub enum Again<'a> {
    /// A sync of the files in this folder, that made this plan.
    Files(&'a Path, &'a Plan),
    /// The undo of a run.
    Undo(&'a RunId),
}

/// What only the command line says of where it works: without it the command would write elsewhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct Called<'a> {
    /// The directory of `-C`.
    pub directory: Option<&'a Path>,
    pub store: Option<&'a str>,
}

/// `None` if there is something that nothing allows: the command would be refused again.
pub fn suggested_command(
    again: Again<'_>,
    called: Called<'_>,
    request: &PlanRequest,
    refusals: &[Refusal],
) -> Option<String> {
    if refusals.is_empty() || refusals.iter().any(|refusal| refusal.flag().is_none()) {
        return None;
    }
    // What was asked for before stays, unless a larger number takes its place.
    let PlanRequest { scope: Scope { only, adopt, take_over }, overrides, .. } = request;
    let Overrides { mut allow_loss, mut allow_weaker, mut allow_secret_host, mut rollback } =
        overrides.clone();
    let mut adopted: Vec<String> = adopt.iter().map(ToString::to_string).collect();
    let mut taken: Vec<String> =
        take_over.iter().map(|TakeOver { owner, id }| format!("{owner}:{id}")).collect();
    for refusal in refusals {
        match refusal {
            Refusal::Losses { lost, .. } => allow_loss = Some(*lost),
            Refusal::Weakenings { weaker, .. } => allow_weaker = Some(*weaker),
            Refusal::SecretHosts { monitors, .. } => allow_secret_host = Some(*monitors),
            Refusal::Rollback { .. } | Refusal::OrderUnknown { .. } | Refusal::FirstSync { .. } => {
                rollback = Rollback::Allowed;
            }
            Refusal::Claimed(Claim { id, holder: Some(owner), .. }) => taken.push(format!("{owner}:{id}")),
            Refusal::Claimed(Claim { id, holder: None, .. }) => adopted.push(id.to_string()),
            Refusal::NothingDesired { .. } | Refusal::Protected { .. } | Refusal::Blocked(_) => {}
        }
    }
    let mut words = vec!["monitorctl sync".to_owned()];
    let flag = |name: &str, value: &str| format!("{name} {}", quoted(value));
    let Called { directory, store } = called;
    words.extend(directory.map(|directory| flag("-C", &directory.display().to_string())));
    words.push(match again {
        Again::Files(folder, _) => quoted(&folder.display().to_string()),
        Again::Undo(run) => flag("--undo", &run.to_string()),
    });
    words.extend(store.map(|store| flag("--store", store)));
    words.extend(only.as_ref().map(|only| flag("--only", &only.to_string())));
    if !adopted.is_empty() {
        words.push(flag("--adopt", &adopted.join(",")));
    }
    words.extend(taken.iter().map(|taken| flag("--take-over", taken)));
    // The overrides are numbers and words of ours.
    words.extend(Overrides { allow_loss, allow_weaker, allow_secret_host, rollback }.text());
    words.extend(seen(again, refusals).map(|plan| format!("--expect-plan sha256:{}", plan.digest())));
    Some(words.join(" "))
}

/// The plan that was seen, where the command makes the same: a number allows any so many.
fn seen<'a>(again: Again<'a>, refusals: &[Refusal]) -> Option<&'a Plan> {
    match again {
        // What is claimed comes into the plan by being allowed, and no sync has the plan of a table that was made of a
        // commit: the first generation of a real one is 1.
        Again::Files(_, plan) => {
            let is_of_table = plan.base != Some(Generation(0));
            let is_whole = !refusals.iter().any(|refusal| matches!(refusal, Refusal::Claimed(_)));
            (is_of_table && is_whole).then_some(plan)
        }
        // What a run wrote stays what it is.
        Again::Undo(_) => None,
    }
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
    use crate::commands::catalog::READING;
    use crate::monitor::{MonitorId, Place, Selector};
    use crate::plan::{CatalogSettings, Live, StoredHead, plan};

    fn claim(id: &str, holder: Option<&str>) -> Refusal {
        let place = Place { file: "a.yaml".into(), line: 1 };
        let id = MonitorId::parse(id).expect("valid");
        Refusal::Claimed(Claim { id, place, holder: holder.map(str::to_owned) })
    }

    fn request(only: Option<&str>, overrides: Overrides) -> PlanRequest {
        let only = only.map(|text| Selector::parse(text).expect("a selector"));
        PlanRequest { scope: Scope { only, ..Scope::default() }, overrides, base: None }
    }

    /// A plan that does nothing over a catalog of this generation.
    fn nothing(base: Option<Generation>) -> Plan {
        let head = base.map(|generation| StoredHead { generation, ..StoredHead::default() });
        let live = Live { items: &[], head: head.as_ref(), unread: &[], reading: READING };
        plan("me", &CatalogSettings::default(), &[], live, &Scope::default())
    }

    #[test]
    fn a_number_allows_the_plan_that_was_seen_and_no_other() {
        let request = request(None, Overrides::default());
        let command = |base: u64, refusals: &[Refusal]| {
            let plan = nothing(Some(Generation(base)));
            let command =
                suggested_command(Again::Files(Path::new("m"), &plan), Called::default(), &request, refusals);
            command.expect("a command").replace(&plan.digest(), "DIGEST")
        };
        let loss = Refusal::Losses { lost: 7, limit: 2 };
        assert_eq!(
            command(1, std::slice::from_ref(&loss)),
            "monitorctl sync m --allow-loss 7 --expect-plan sha256:DIGEST"
        );
        // That of a table which is made of a commit is none that sync makes, and a claim makes it another one.
        assert_eq!(command(0, std::slice::from_ref(&loss)), "monitorctl sync m --allow-loss 7");
        assert_eq!(command(1, &[loss, claim("one", None)]), "monitorctl sync m --adopt one --allow-loss 7");
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
        let asked = request(Some("!tag:x"), Overrides { allow_loss: Some(3), ..Overrides::default() });
        let called = Called { directory: Some(Path::new("my repo")), store: Some("embedded:a b.db") };
        let plan = nothing(None);
        let command =
            suggested_command(Again::Files(Path::new("monitors"), &plan), called, &asked, &refusals);
        assert_eq!(
            command.as_deref(),
            Some(
                r"monitorctl sync -C 'my repo' monitors --store 'embedded:a b.db' --only '!tag:x' --adopt one,two --take-over 'it'\''s $them:three' --allow-loss 7 --allow-rollback"
            )
        );
    }

    #[test]
    fn there_is_no_command_for_what_nothing_allows() {
        let request = request(None, Overrides::default());
        let refusals = [Refusal::Losses { lost: 7, limit: 2 }, Refusal::NothingDesired { owned: 7 }];
        let (plan, called) = (nothing(None), Called::default());
        assert_eq!(
            suggested_command(Again::Files(Path::new("monitors"), &plan), called, &request, &refusals),
            None
        );
        assert_eq!(
            suggested_command(Again::Files(Path::new("monitors"), &plan), called, &request, &[]),
            None
        );
    }

    #[test]
    fn the_undo_of_a_run_is_asked_for_again_as_one() {
        let run = RunId::parse("01J00000000000000000000000").expect("an id");
        let request = request(Some("it's"), Overrides::default());
        let command = suggested_command(
            Again::Undo(&run),
            Called::default(),
            &request,
            &[Refusal::Losses { lost: 7, limit: 2 }],
        );
        let expected = r"monitorctl sync --undo 01J00000000000000000000000 --only 'it'\''s' --allow-loss 7";
        assert_eq!(command.as_deref(), Some(expected));
    }
}
