//! The command that applies a plan in spite of the guard. It allows what was seen and nothing more.

use std::collections::BTreeMap;
use std::path::Path;

use super::plan_request::PlanRequest;
use crate::plan::{Claim, Generation, Plan, Refusal, RunId, Scope};
use crate::source::MonitorFolders;

/// What is asked for again, in other words.
#[derive(Debug, Clone, Copy)]
pub enum Again<'a> {
    /// A sync of the files in these folders, that made this plan.
    Files(&'a MonitorFolders, &'a Plan),
    /// The undo of a run.
    Undo(&'a RunId),
}

/// What only the command line says of where it works: without it the command would write elsewhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct Called<'a> {
    /// The directory of `-C`.
    pub directory: Option<&'a Path>,
    pub environment: Option<&'a str>,
    pub store: Option<&'a str>,
    pub unblocking: Unblocking,
}

/// How a refused plan is allowed from there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unblocking {
    #[default]
    ByNumbers,
    /// In a CI job, where no one types numbers.
    ByDigest,
}

/// `None` if there is something that nothing allows: the command would be refused again.
pub fn suggested_command(
    again: Again<'_>,
    called: Called<'_>,
    request: &PlanRequest,
    refusals: &[Refusal],
) -> Option<String> {
    let is_of_commit = match again {
        Again::Files(..) => plan_of_table(again).is_none(),
        Again::Undo(_) => false,
    };
    // What was made without the table has no digest: the command would allow another plan.
    if is_of_commit || refusals.is_empty() || refusals.iter().any(|refusal| refusal.flag().is_none()) {
        return None;
    }
    if called.unblocking == Unblocking::ByDigest
        && let Some(command) = approving_command(again, called, request)
    {
        return Some(command);
    }
    let mut words = start(again, called, &request.scope);
    let claims = || refusals.iter().flat_map(Refusal::claims);
    let renamed = refusals.iter().find_map(Refusal::former_owner).filter(|_| request.scope.only.is_none());
    let unmanaged = claims().filter(|claim| claim.holder.is_none());
    let adopted: Vec<_> = unmanaged.map(|claim| claim.id.to_string()).collect();
    if !adopted.is_empty() {
        words.push(flag("--adopt", &adopted.join(",")));
    }
    if let Some(former) = renamed {
        words.push(flag("--rename-owner", former));
    } else {
        let mut taken: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for Claim { id, holder, .. } in claims() {
            if let Some(owner) = holder {
                taken.entry(owner).or_default().push(id.as_str());
            }
        }
        words.extend(
            taken.iter().map(|(owner, ids)| flag("--take-over", &format!("{owner}:{}", ids.join(",")))),
        );
    }
    // What was asked for before stays, unless a larger number takes its place: numbers and words of ours.
    words.extend(request.overrides.raised(refusals).text());
    words.extend(reviewed_plan(again, refusals).map(|plan| format!("--expect-plan {}", named(plan))));
    Some(words.join(" "))
}

/// The command that approves exactly this plan, with its own numbers; `None` if it is no plan that sync makes.
pub fn approving_command(again: Again<'_>, called: Called<'_>, request: &PlanRequest) -> Option<String> {
    let plan = plan_of_table(again)?;
    let mut words = start(again, called, &request.scope);
    words.push(format!("--expect-plan {} --approve", named(plan)));
    Some(words.join(" "))
}

/// The command that takes back what a run wrote, typed in the same place.
pub fn undo_command(run: &RunId, called: Called<'_>) -> String {
    start(Again::Undo(run), called, &Scope::default()).join(" ")
}

/// A command that names a subcommand of ours, typed in the same place: without it, it would work elsewhere, or not at all.
pub fn command_here(command: &str, called: Called<'_>) -> String {
    let Called { directory, environment, store, unblocking: _ } = called;
    let mut words = String::new();
    let options = [
        directory.map(|directory| flag("-C", &directory.display().to_string())),
        // What names an environment or a store means that one.
        environment.filter(|_| !command.contains("--env ")).map(|name| flag("--env", name)),
        store.filter(|_| !command.contains("--store")).map(|store| flag("--store", store)),
    ];
    words.extend(options.into_iter().flatten().map(|option| format!(" {option}")));
    let own = ["sync", "status", "validate", "doctor"].map(|name| format!("monitorctl {name}"));
    match own.iter().find_map(|start| Some(command.find(start.as_str())? + start.len())) {
        Some(at) => format!("{}{words}{}", &command[..at], &command[at..]),
        None => command.to_owned(),
    }
}

/// The same call, without what it allows.
fn start(again: Again<'_>, called: Called<'_>, scope: &Scope) -> Vec<String> {
    let Called { directory, environment, store, unblocking: _ } = called;
    let Scope { only, adopt, take_over, rename_owner, approved: _ } = scope;
    let mut words = vec!["monitorctl sync".to_owned()];
    words.extend(directory.map(|directory| flag("-C", &directory.display().to_string())));
    words.extend(environment.map(|name| flag("--env", name)));
    words.extend(match again {
        Again::Files(MonitorFolders::Listed(_), _) => None,
        Again::Files(MonitorFolders::Typed(folder), _) => Some(shell_word(&folder.display().to_string())),
        Again::Undo(run) => Some(flag("--undo", &run.to_string())),
    });
    words.extend(store.map(|store| flag("--store", store)));
    words.extend(only.as_ref().map(|only| flag("--only", &only.to_string())));
    words.extend(adopt.as_ref().map(|adopt| flag("--adopt", &adopt.to_string())));
    words.extend(take_over.iter().map(|taken| flag("--take-over", &taken.to_string())));
    words.extend(rename_owner.as_ref().map(|owner| flag("--rename-owner", owner)));
    words
}

fn flag(name: &str, value: &str) -> String {
    format!("{name} {}", shell_word(value))
}

fn named(plan: &Plan) -> String {
    format!("sha256:{}", plan.digest())
}

/// The plan that was reviewed, where the command makes the same: a number allows any so many.
fn reviewed_plan<'a>(again: Again<'a>, refusals: &[Refusal]) -> Option<&'a Plan> {
    // What is claimed comes into the plan by being allowed.
    let is_whole = refusals.iter().all(|refusal| refusal.claims().is_empty());
    plan_of_table(again).filter(|_| is_whole)
}

/// A plan that sync makes too.
fn plan_of_table(again: Again<'_>) -> Option<&Plan> {
    match again {
        // No sync has the plan of a table that was made of a commit: the first generation of a real one is 1.
        Again::Files(_, plan) => (plan.base != Some(Generation(0))).then_some(plan),
        // What a run wrote stays what it is.
        Again::Undo(_) => None,
    }
}

/// As a shell takes it for one word.
pub fn shell_word(text: &str) -> String {
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
    use crate::commands::period::PERIOD;
    use crate::config::FolderPatterns;
    use crate::monitor::{MonitorId, Place, Selector, Spec};
    use crate::plan::{Before, CatalogSettings, Live, Overrides, StoredHead, plan};

    fn claim(id: &str, holder: Option<&str>) -> Refusal {
        let place = Place { file: "a.yaml".into(), line: 1 };
        let id = MonitorId::parse(id).expect("valid");
        let wanted = Spec::default().fingerprint();
        let holder = holder.map(str::to_owned);
        Refusal::Claimed(Claim { id, place, holder, wanted, before: Before::NoFingerprint })
    }

    fn request(only: Option<&str>, overrides: Overrides) -> PlanRequest {
        let only = only.map(|text| Selector::parse(text).expect("a selector"));
        PlanRequest { scope: Scope { only, ..Scope::default() }, overrides, base: None, period: PERIOD }
    }

    fn typed(folder: &str) -> MonitorFolders {
        MonitorFolders::Typed(folder.into())
    }

    fn listed() -> MonitorFolders {
        MonitorFolders::Listed(FolderPatterns::default())
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
                suggested_command(Again::Files(&typed("m"), &plan), Called::default(), &request, refusals);
            command.map(|command| command.replace(&plan.digest(), "DIGEST"))
        };
        let loss = Refusal::Losses { lost: 7, limit: 2 };
        assert_eq!(
            command(1, std::slice::from_ref(&loss)).as_deref(),
            Some("monitorctl sync m --allow-loss 7 --expect-plan sha256:DIGEST")
        );
        // That of a table which is made of a commit is none that sync makes, and a claim makes it another one.
        assert_eq!(command(0, std::slice::from_ref(&loss)), None);
        let claimed = command(1, &[loss, claim("one", None)]);
        assert_eq!(claimed.as_deref(), Some("monitorctl sync m --adopt one --allow-loss 7"));
    }

    #[test]
    fn one_command_allows_everything() {
        let refusals = [
            Refusal::Losses { lost: 7, limit: 2 },
            Refusal::Rollback { applied: "b".into(), incoming: "a".into() },
            claim("one", None),
            claim("two", None),
            claim("three", Some("it's $them")),
            claim("four", Some("it's $them")),
        ];
        let asked = request(Some("!tag:x"), Overrides { allow_loss: Some(3), ..Overrides::default() });
        let called = Called {
            directory: Some(Path::new("my repo")),
            environment: Some("eu prod"),
            store: Some("embedded:a b.db"),
            unblocking: Unblocking::ByNumbers,
        };
        let plan = nothing(None);
        let command = suggested_command(Again::Files(&listed(), &plan), called, &asked, &refusals);
        assert_eq!(
            command.as_deref(),
            Some(
                r"monitorctl sync -C 'my repo' --env 'eu prod' --store 'embedded:a b.db' --only '!tag:x' --adopt one,two --take-over 'it'\''s $them:three,four' --allow-loss 7 --allow-rollback"
            )
        );
    }

    #[test]
    fn an_owner_that_only_has_a_new_name_is_renamed_as_a_whole() {
        let former = "acme/old".to_owned();
        let claims: Vec<_> =
            ["one", "two"].into_iter().flat_map(|id| claim(id, Some("acme/old")).claims().to_vec()).collect();
        let refusals = [Refusal::OwnerRenamed { former, claims }];
        let plan = nothing(None);
        let command = |request: &PlanRequest| {
            suggested_command(Again::Files(&listed(), &plan), Called::default(), request, &refusals)
        };
        let whole = request(None, Overrides::default());
        assert_eq!(command(&whole).as_deref(), Some("monitorctl sync --rename-owner acme/old"));
        // A part of a catalog is not renamed.
        let part = request(Some("tag:x"), Overrides::default());
        let expected = "monitorctl sync --only tag:x --take-over acme/old:one,two";
        assert_eq!(command(&part).as_deref(), Some(expected));
    }

    #[test]
    fn a_job_approves_the_plan_by_its_digest_alone() {
        let request = request(Some("tag:x"), Overrides::default());
        let called = Called { unblocking: Unblocking::ByDigest, ..Called::default() };
        let refusals = [Refusal::Losses { lost: 7, limit: 2 }, claim("three", Some("them"))];
        let command = |base: u64, refusals: &[Refusal]| {
            let plan = nothing(Some(Generation(base)));
            suggested_command(Again::Files(&typed("m"), &plan), called, &request, refusals)
                .map(|command| command.replace(&plan.digest(), "DIGEST"))
        };
        assert_eq!(
            command(1, &refusals).as_deref(),
            Some("monitorctl sync m --only tag:x --expect-plan sha256:DIGEST --approve")
        );
        // No digest names what sync would do with the files of a commit.
        assert_eq!(command(0, &refusals), None);
        assert_eq!(command(1, &[Refusal::NothingDesired { owned: 7 }]), None);
    }

    #[test]
    fn there_is_no_command_for_what_nothing_allows() {
        let request = request(None, Overrides::default());
        let refusals = [Refusal::Losses { lost: 7, limit: 2 }, Refusal::NothingDesired { owned: 7 }];
        let (plan, called) = (nothing(None), Called::default());
        assert_eq!(suggested_command(Again::Files(&listed(), &plan), called, &request, &refusals), None);
        assert_eq!(suggested_command(Again::Files(&listed(), &plan), called, &request, &[]), None);
    }

    #[test]
    fn a_command_is_typed_in_the_same_place() {
        let called = Called {
            directory: Some(Path::new("my repo")),
            environment: Some("prod"),
            store: Some("embedded:a.db"),
            unblocking: Unblocking::ByNumbers,
        };
        for (command, expected) in [
            ("monitorctl sync", "monitorctl sync -C 'my repo' --env prod --store embedded:a.db"),
            ("monitorctl status", "monitorctl status -C 'my repo' --env prod --store embedded:a.db"),
            (
                "AWS_PROFILE=admin monitorctl doctor --store dynamodb",
                "AWS_PROFILE=admin monitorctl doctor -C 'my repo' --env prod --store dynamodb",
            ),
            ("monitorctl init", "monitorctl init"),
            ("ls -l a.db", "ls -l a.db"),
        ] {
            assert_eq!(command_here(command, called), expected);
            assert_eq!(command_here(command, Called::default()), command);
        }
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
