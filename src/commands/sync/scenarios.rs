//! Syncs that die, meet others, and are taken back, against tables in memory.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::apply::{ApplyHalt, ApplyOrder, Applying, Why, apply};
use super::goal::{Goal, Wanted};
use super::halt;
use crate::clock::manual::Hand;
use crate::commands::catalog::{READING, Read, Reviewed};
use crate::commands::failure::Failure;
use crate::commands::period::PERIOD;
use crate::commands::plan_request::PlanRequest;
use crate::commands::resume::{Proposal, propose};
use crate::exit::Exit;
use crate::monitor::{MonitorId, Place, Selector, Spec};
use crate::plan::{
    CatalogSettings, Desired, Generation, Overrides, Prices, RunPage, Scope, Stamp, Stored, StoredHead,
    Succession, plan, undo,
};
use crate::report::plan::Heading;
use crate::source::MonitorFolders;
use crate::state::Shard;
use crate::store::Store;
use crate::store::testing::{Failure as Broken, Shared};

mod rejected;
mod round_trip;

const OWNER: &str = "acme/monitors";
const TABLE: &str = "api_health_configs";

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().expect("a time")
}

fn tables() -> Shared {
    Shared::new(Hand::at(now()).clock())
}

fn spec(fields: Value) -> Spec {
    let Value::Object(fields) = fields else { unreachable!("the tests give objects") };
    Spec::new(fields)
}

fn desired(id: &str, version: u32) -> Desired {
    let spec = spec(json!({"url": format!("http://m.example/{version}")}));
    let id = MonitorId::parse(id).expect("an id");
    let monitor = (READING.meaning)(&id, &spec).expect("a monitor");
    let place = Place { file: "monitors/a.yaml".into(), line: 3 };
    Desired { id, spec, monitor, place, moved_from: None, inherited: std::collections::BTreeMap::new() }
}

fn numbered(ids: std::ops::Range<u32>, version: u32) -> impl Iterator<Item = Desired> {
    ids.map(move |n| desired(&format!("m{n:04}"), version))
}

/// 300 monitors, and another catalog that changes, adds, removes and moves some in more than two transactions.
fn catalogs() -> [Vec<Desired>; 2] {
    let moved = numbered(100..150, 1).map(|desired| Desired {
        moved_from: Some(desired.id.clone()),
        id: MonitorId::parse(&format!("x{}", desired.id)).expect("an id"),
        ..desired
    });
    let after = numbered(0..100, 2).chain(moved).chain(numbered(150..290, 1)).chain(numbered(300..330, 1));
    [numbered(0..300, 1).collect(), after.collect()]
}

/// One call of the program.
struct Call {
    goal: Goal,
    commit: &'static str,
    only: Option<&'static str>,
}

fn files(desired: &[Desired], commit: &'static str) -> Call {
    Call {
        goal: Goal::Files {
            folders: MonitorFolders::Typed("monitors".into()),
            desired: desired.iter().cloned().map(Into::into).collect(),
        },
        commit,
        only: None,
    }
}

/// `sync --undo last`
async fn undo_last(store: &Store) -> Call {
    let reader = store.config_reader(&Shard::sample());
    let read = Read::now(&reader).await.expect("it reads");
    let wanted = Wanted::Undo { run: "last".to_owned() };
    let goal = wanted.goal(&reader, OWNER, read.head(OWNER)).await.expect("there is a run");
    Call { goal, commit: "later", only: None }
}

impl Call {
    fn request(&self) -> PlanRequest {
        let only = self.only.map(|only| Selector::parse(only).expect("a selector"));
        PlanRequest {
            scope: Scope { only, ..Scope::default() },
            overrides: Overrides::default(),
            base: None,
            period: PERIOD,
        }
    }

    fn review(&self, read: &Read) -> Result<Reviewed, Failure> {
        let (live, scope) = (read.live(OWNER), self.request().scope);
        let plan = match &self.goal {
            Goal::Files { desired, .. } => plan(OWNER, &CatalogSettings::default(), desired, live, &scope),
            Goal::Undo { pages, .. } => undo(OWNER, pages, live, scope.only.as_ref())
                .map_err(|_| Failure::new(Exit::Refused, "not as it was left"))?,
        };
        let (refusals, notes, prices) = (Vec::new(), Vec::new(), Prices::default());
        Ok(Reviewed {
            plan,
            refusals,
            heading: Heading::default(),
            notes,
            placed_notes: Vec::new(),
            forecast: None,
            prices,
            probe_previews: None,
            backtest: None,
            succession: Succession::Onwards,
            approved_by: None,
        })
    }

    async fn propose<'a>(&self, store: &Store, read: &'a Read) -> Proposal<'a> {
        propose(&store.config_reader(&Shard::sample()), OWNER, read, |read| self.review(read))
            .await
            .expect("a plan")
    }

    fn order<'a>(&self, proposal: &'a Proposal<'_>) -> ApplyOrder<'a> {
        let stamp = Stamp {
            owner: OWNER.to_owned(),
            commit: Some(self.commit.to_owned()),
            generation: Generation::default(),
            synced_at: now(),
            synced_by: "ci".to_owned(),
            origin: None,
            environment: None,
        };
        ApplyOrder::of(proposal, &self.goal, &self.request(), stamp)
    }

    /// From the first request to the last.
    async fn run(&self, store: &Store) -> Result<Generation, ApplyHalt> {
        self.apply(store).await.map(|applying| applying.generation)
    }

    async fn apply(&self, store: &Store) -> Result<Applying, ApplyHalt> {
        let (_, stop) = watch::channel(false);
        let read = Read::now(&store.config_reader(&Shard::sample())).await.expect("it reads");
        let proposal = self.propose(store, &read).await;
        apply(&self.order(&proposal), &store.config_writer(&Shard::sample()), &stop).await
    }
}

/// Everything that the catalog and the record of its last run say, but for the name of the run.
async fn dump(store: &Store) -> (Vec<Stored>, StoredHead, Vec<RunPage>) {
    let read = Read::now(&store.config_reader(&Shard::sample())).await.expect("it reads");
    let mut head = read.head(OWNER).expect("a head").clone();
    let run = head.run.take().expect("a run");
    let pages = store.config_reader(&Shard::sample()).run(OWNER, &run).await.expect("it reads");
    let pages = pages.into_iter().map(|page| {
        let mut page = page.expect("a page");
        assert_eq!(std::mem::replace(&mut page.run.id, undo_name()), run);
        page
    });
    (read.items, head, pages.collect())
}

fn undo_name() -> crate::plan::RunId {
    crate::plan::RunId::parse(&"0".repeat(26)).expect("a name")
}

/// Runs a call that dies at its `n`-th request; `false` if it came to its end before.
async fn dies(call: &Call, shared: &Shared, n: usize, after: Moment) -> bool {
    let store = shared.open();
    let plug = shared.plug();
    match after {
        Moment::BeforeItIsDone => plug.die_before(n),
        Moment::BeforeItsAnswer => plug.die_after(n),
    }
    tokio::select! {
        biased;
        () = plug.died() => true,
        done = call.run(&store) => { done.expect("nothing else is in the way"); false }
    }
}

#[derive(Debug, Clone, Copy)]
enum Moment {
    BeforeItIsDone,
    BeforeItsAnswer,
}

#[tokio::test]
async fn a_sync_of_a_thousand_items_that_is_killed_and_run_again_equals_one_that_was_not() {
    let wanted: Vec<_> = numbered(0..1_000, 1).collect();
    let call = files(&wanted, "c1");
    let whole = tables();
    call.run(&whole.open()).await.expect("it applies");
    let expected = dump(&whole.open()).await;
    assert_eq!((expected.0.len(), expected.2.len()), (1_000, 11));
    let mut request = 1;
    loop {
        let shared = tables();
        if !dies(&call, &shared, request, Moment::BeforeItsAnswer).await {
            break;
        }
        call.run(&shared.open()).await.expect("it goes on");
        assert!(dump(&shared.open()).await == expected, "killed at request {request}");
        // Every request has its turn where there are fewer items.
        request += 3;
    }
    assert!(request > 11, "{request}");
}

#[tokio::test]
async fn changes_removals_and_moves_go_on_wherever_they_were_interrupted() {
    let [before, after] = catalogs();
    let whole = tables();
    files(&before, "c1").run(&whole.open()).await.expect("it applies");
    files(&after, "c2").run(&whole.open()).await.expect("it applies");
    let expected = dump(&whole.open()).await;
    assert!(expected.2.len() > 2, "{}", expected.2.len());
    for moment in [Moment::BeforeItIsDone, Moment::BeforeItsAnswer] {
        let mut request = 1;
        loop {
            let shared = tables();
            files(&before, "c1").run(&shared.open()).await.expect("it applies");
            let call = files(&after, "c2");
            if !dies(&call, &shared, request, moment).await {
                break;
            }
            // It may die again on the way.
            dies(&call, &shared, request + 2, moment).await;
            call.run(&shared.open()).await.expect("it goes on");
            assert!(dump(&shared.open()).await == expected, "{moment:?}, killed at request {request}");
            request += 1;
        }
    }
}

#[tokio::test]
async fn a_commit_counts_as_applied_only_once_all_of_it_is() {
    let [before, after] = catalogs();
    let shared = tables();
    files(&before, "c1").run(&shared.open()).await.expect("it applies");
    let commit = async || dump(&shared.open()).await.1.commit;
    assert!(dies(&files(&after, "c2"), &shared, 3, Moment::BeforeItsAnswer).await);
    assert_eq!(commit().await.as_deref(), Some("c1"));
    files(&after, "c2").run(&shared.open()).await.expect("it goes on");
    assert_eq!(commit().await.as_deref(), Some("c2"));
    let some = Call { only: Some("m000*"), ..files(&before, "c3") };
    some.run(&shared.open()).await.expect("it applies");
    assert_eq!(commit().await.as_deref(), Some("c2"));
}

#[tokio::test]
async fn if_something_else_is_wanted_after_an_interruption_that_is_a_new_plan() {
    let [before, after] = catalogs();
    let shared = tables();
    files(&before, "c1").run(&shared.open()).await.expect("it applies");
    assert!(dies(&files(&after, "c2"), &shared, 3, Moment::BeforeItsAnswer).await);
    let store = shared.open();
    let interrupted = dump(&store).await.1.journal.expect("it is under way");
    assert_eq!((interrupted.done, interrupted.parts > 2), (2, true));
    // Who comes with another commit must follow this one too, though the head names the one before.
    assert_eq!(interrupted.commit.as_deref(), Some("c2"));
    let call = files(&before, "c3");
    let read = Read::now(&store.config_reader(&Shard::sample())).await.expect("it reads");
    let proposal = call.propose(&store, &read).await;
    assert!(
        proposal.resumed.is_none()
            && proposal.note.is_some_and(|note| note.contains("was interrupted after 2 of"))
    );
    call.run(&store).await.expect("it applies");
    let (items, head, _) = dump(&store).await;
    assert_eq!((head.journal, head.commit.as_deref()), (None, Some("c3")));
    assert_eq!(items.iter().filter(|item| item.retired_at.is_none()).count(), 300);
    let read = Read::now(&store.config_reader(&Shard::sample())).await.expect("it reads");
    assert!(call.review(&read).expect("a plan").plan.is_empty());
}

/// What a catalog says, who wrote it when aside.
async fn said(store: &Store) -> Vec<(MonitorId, Map<String, Value>)> {
    let items = Read::now(&store.config_reader(&Shard::sample())).await.expect("it reads").items;
    let live = items.into_iter().filter(|item| item.retired_at.is_none());
    live.map(|item| (item.id, item.spec.fields().clone())).collect()
}

#[tokio::test]
async fn an_undo_that_was_interrupted_goes_on_and_an_interrupted_run_can_be_taken_back() {
    let [before, after] = catalogs();
    for request in [3, 4] {
        let shared = tables();
        files(&before, "c1").run(&shared.open()).await.expect("it applies");
        let expected = said(&shared.open()).await;
        assert!(dies(&files(&after, "c2"), &shared, request, Moment::BeforeItsAnswer).await);
        let undo = undo_last(&shared.open()).await;
        dies(&undo, &shared, request, Moment::BeforeItsAnswer).await;
        // `last` is still the run that is to be taken back.
        let store = shared.open();
        if dump(&store).await.1.journal.is_some() {
            let again = undo_last(&store).await;
            assert_eq!(again.goal.undoes(), undo.goal.undoes());
            again.run(&store).await.expect("it goes on");
        }
        assert!(said(&store).await == expected, "{request}");
    }
}

#[tokio::test]
async fn an_undo_says_which_commit_the_table_is_at_again() {
    let shared = tables();
    let store = shared.open();
    let commit = async || dump(&store).await.1.commit;
    files(&[desired("a", 1)], "c1").run(&store).await.expect("it applies");
    files(&[desired("a", 2)], "c2").run(&store).await.expect("it applies");
    undo_last(&store).await.run(&store).await.expect("it applies");
    assert_eq!(commit().await.as_deref(), Some("c1"));
    undo_last(&store).await.run(&store).await.expect("it applies");
    assert_eq!(commit().await.as_deref(), Some("c2"));
    assert_eq!(said(&store).await[0].1["url"], "http://m.example/2");
}

#[tokio::test]
async fn a_signal_ends_a_sync_between_two_parts() {
    let wanted: Vec<_> = numbered(0..250, 1).collect();
    let (shared, call) = (tables(), files(&wanted, "c1"));
    let store = shared.open();
    let read = Read::now(&store.config_reader(&Shard::sample())).await.expect("it reads");
    let proposal = call.propose(&store, &read).await;
    let order = call.order(&proposal);
    let (asked, stop) = watch::channel(false);
    let (plug, writer) = (shared.plug(), store.config_writer(&Shard::sample()));
    plug.hold_after(1);
    let (halt, ()) = tokio::join!(apply(&order, &writer, &stop), async {
        plug.held().await;
        asked.send_replace(true);
        plug.release();
    });
    let halt = halt.expect_err("it was asked to stop");
    assert!(matches!(halt, ApplyHalt { done: 1, why: Why::Signal }), "{halt:?}");
    let failure = halt::failure(halt, &order, &read, &store.config_reader(&Shard::sample()), None).await;
    assert_eq!(failure.exit, Exit::Interrupted);
    assert!(failure.text().contains("1 of 3 parts are written"), "{}", failure.text());
}

#[tokio::test]
async fn trouble_in_the_middle_says_that_the_same_command_goes_on() {
    let wanted: Vec<_> = numbered(0..250, 1).collect();
    let (shared, call) = (tables(), files(&wanted, "c1"));
    let store = shared.open();
    let read = Read::now(&store.config_reader(&Shard::sample())).await.expect("it reads");
    let proposal = call.propose(&store, &read).await;
    let (_, stop) = watch::channel(false);
    let order = call.order(&proposal);
    shared.plug().fail(2, Broken::Denied, 1);
    let halt = apply(&order, &store.config_writer(&Shard::sample()), &stop).await.expect_err("it is refused");
    let failure = halt::failure(halt, &order, &read, &store.config_reader(&Shard::sample()), None).await;
    assert_eq!(failure.exit, Exit::Partly);
    let text = failure.text();
    assert!(text.contains("1 of 3 parts are written; the same command continues from there"), "{text}");
}

#[tokio::test]
async fn a_stale_plan_shows_what_changed_since_it_was_made() {
    let shared = tables();
    let store = shared.open();
    let all = |version| [desired("a", version), desired("b", version), desired("c", 1)];
    files(&all(1), "c1").run(&store).await.expect("it applies");
    let call = files(&all(3), "c3");
    let read = Read::now(&store.config_reader(&Shard::sample())).await.expect("it reads");
    let proposal = call.propose(&store, &read).await;
    let order = call.order(&proposal);
    // In between one person syncs another commit, and another one deletes an item.
    files(&[desired("a", 2), desired("b", 1), desired("c", 1)], "c2")
        .run(&shared.open())
        .await
        .expect("it applies");
    shared.delete(TABLE, "b");
    let (_, stop) = watch::channel(false);
    let halt = apply(&order, &store.config_writer(&Shard::sample()), &stop).await.expect_err("it is stale");
    let failure = halt::failure(halt, &order, &read, &store.config_reader(&Shard::sample()), None).await;
    assert_eq!(failure.exit, Exit::Stale);
    insta::assert_snapshot!(anstream::adapter::strip_str(&failure.text()).to_string(), @r#"
    error: the table changed since the plan was made; nothing was written
      the catalog changed from generation 1 (commit c1) to generation 2 (commit c2), by ci at 2026-11-20T10:00:00Z
      a changed: url "http://m.example/1" → "http://m.example/2"
      b was deleted from the table
      help: run it again to see the new plan
    "#);
}
