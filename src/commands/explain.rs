//! `explain`: why a monitor is as it is, what its next run would do, and when it would alert. It holds only
//! readers.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::context::{Context, Missing};
use super::failure::Failure;
use super::last_beats::last_beats;
use super::machine_channel::machine_channel;
use super::named_monitor::named_monitor;
use super::own_table::foreign_table;
use super::period::period;
use super::results::results;
use super::unsynced;
use crate::archive::{Ask, Detail, load};
use crate::cli::{Explain, Format};
use crate::commands::shard::shard;
use crate::exit::Exit;
use crate::explanation::{ExplanationFacts, explain as explanation};
use crate::history::{RollupUnit, Stretch};
use crate::inventory::{Inventory, MachineChannel, StoredRow, WatchStatus, WatchedMonitor, Watchlist};
use crate::monitor::{ChannelId, ChannelName, moment_near};
use crate::report::{ExplanationReport, NotifiedChannel, chain};
use crate::run::read_inventory;
use crate::simulation::Actor;
use crate::state::{Row, is_blind, run_is_stale};
use crate::store::Store;

/// How far back its availability is shown.
const DAYS: u64 = 30;

pub async fn explain(context: &Context, args: &Explain) -> Result<Exit, Failure> {
    let machine = machine_channel(&context.choice)?;
    let store = context.open_store(Missing::Refused).await?;
    let faults = |watchlist: &Watchlist| match args.format {
        Format::Text => Vec::new(),
        Format::Json => unsynced::faults(context, None, watchlist),
    };
    let text = Box::pin(look(&store, &machine, args, context.environment().as_deref(), faults)).await?;
    context.terminal.print(&text)?;
    Ok(Exit::Done)
}

/// `faults` are those of the files of this checkout.
async fn look(
    store: &Store,
    machine: &MachineChannel,
    args: &Explain,
    environment: Option<&str>,
    faults: impl FnOnce(&Watchlist) -> Vec<String>,
) -> Result<String, Failure> {
    let (inventory, run) = read_inventory(store, &shard(), None).await?;
    let watchlist = &inventory.watchlist;
    let (subject, membership) = named_monitor(watchlist, &args.id, "explain")?;
    let last_run = run.and_then(|record| record.last_ok);
    let period = period(args.period, last_run.as_ref());
    let prober = inventory.prober().into_iter();
    let mut problems: Vec<_> = prober.filter_map(|prober| blind(prober, store.now())).collect();
    problems.splice(..0, foreign_table(watchlist, environment));
    problems.extend(faults(watchlist));
    let reader = store.state_reader(&shard());
    let samples = match results(&reader, watchlist, &[subject], period).await {
        Ok(mut results) => Some(results.remove(&subject.monitor.id).unwrap_or_default()),
        Err(error) => {
            problems.push(format!("cannot read the history: {}", chain(&error)));
            None
        }
    };
    let (mut beats, of_beats) = last_beats(store, &reader, &[subject]).await;
    problems.extend(of_beats);
    let now = store.now();
    let past = match load(&reader, &inventory, &[subject], last_days(period, now)).await {
        Ok(past) => past.into_iter().next(),
        // The results are in the same table, so this is said once.
        Err(_) if samples.is_none() => None,
        Err(error) => {
            problems.push(format!("cannot read the last {DAYS} days: {}", chain(&error)));
            None
        }
    };
    let actor = |subject| actor(&inventory, subject, machine);
    let others = ancestors(watchlist, subject);
    let mut rows = Vec::new();
    for one in others.iter().copied().chain([subject]) {
        rows.extend(row(&inventory, one)?);
    }
    let facts = ExplanationFacts {
        subject: actor(subject),
        membership,
        others: others.iter().copied().map(actor).collect(),
        rows,
        silences: &watchlist.silences,
        backlog: last_run.clone().map(|last| last.into_backlog(period)).unwrap_or_default(),
        period,
        environment,
        now,
    };
    let report = ExplanationReport {
        monitor: &subject.monitor,
        owner: subject.owner.as_deref(),
        channels: channels(watchlist, subject, machine),
        explanation: explanation(&facts),
        samples,
        beats: beats.remove(&subject.monitor.id),
        past,
        is_stale: run_is_stale(last_run.as_ref().map(|last| last.at), period, now),
        last_run,
        now,
        problems,
    };
    Ok(match args.format {
        Format::Text => report.text(),
        Format::Json => format!("{:#}\n", report.json()),
    })
}

/// What is asked of the last days.
fn last_days(period: Duration, now: Timestamp) -> Ask {
    let from = now.checked_sub(Duration::from_hours(DAYS * 24)).unwrap_or(Timestamp::MIN);
    let window = Stretch::around(from, now);
    Ask { window, each: RollupUnit::Day, detail: Detail::Percentiles, period, now }
}

/// While the prober is cut off, none of what is said about the next run holds for what gets no answer.
fn blind(prober: &Row, now: Timestamp) -> Option<String> {
    let since = moment_near(prober.confirmed.since, now);
    is_blind(Some(prober)).then(|| {
        format!("blind since {since}: probes without an answer count as unknown, and no alert is sent for them until the network is back")
    })
}

/// What it depends on, and what that depends on.
fn ancestors<'a>(watchlist: &'a Watchlist, subject: &'a WatchedMonitor) -> Vec<&'a WatchedMonitor> {
    let mut visited = BTreeSet::from([&subject.monitor.id]);
    let mut open: Vec<_> = subject.monitor.depends_on.iter().collect();
    let mut found = Vec::new();
    while let Some(id) = open.pop() {
        if let Some(parent) = watchlist.get(id).filter(|_| visited.insert(id)) {
            open.extend(&parent.monitor.depends_on);
            found.push(parent.as_ref());
        }
    }
    found
}

fn actor<'a>(inventory: &Inventory, subject: &'a WatchedMonitor, machine: &MachineChannel) -> Actor<'a> {
    let row = match inventory.row_of(subject).1 {
        StoredRow::Readable(row) => Some(row),
        StoredRow::Unreadable(_) | StoredRow::None => None,
    };
    let status = WatchStatus::Watched(subject);
    Actor {
        monitor: &subject.monitor,
        judged: subject.judged.clone(),
        routes: inventory.watchlist.routes(status, row, machine),
    }
}

/// What the names of its channels stand for.
fn channels(
    watchlist: &Watchlist,
    subject: &WatchedMonitor,
    machine: &MachineChannel,
) -> Vec<NotifiedChannel> {
    let owner = subject.owner.as_deref();
    let notified = |name: &ChannelName| {
        let found = watchlist.named(owner, name, machine);
        let is_unknown = found.is_none();
        let ids =
            found.or_else(|| watchlist.named(owner, &ChannelName::default(), machine)).unwrap_or_default();
        let shown = |id: &ChannelId| {
            let kind = watchlist.definition(id, machine).map(|definition| definition.kind().as_str());
            let kind = kind.unwrap_or("no channel");
            if ids.len() == 1 { kind.to_owned() } else { format!("{} {kind}", id.name) }
        };
        let target = ids.iter().map(shown).collect::<Vec<_>>().join(", ");
        NotifiedChannel { name: name.clone(), target, is_unknown }
    };
    subject.monitor.alert.to.iter().map(notified).collect()
}

/// The row of a monitor. That of a renamed one follows it with the next run, and is shown as if it had.
fn row(inventory: &Inventory, subject: &WatchedMonitor) -> Result<Option<Row>, Failure> {
    let id = &subject.monitor.id;
    match inventory.row_of(subject).1 {
        StoredRow::None => Ok(None),
        StoredRow::Readable(row) => Ok(Some(Row { monitor: id.clone(), ..row.clone() })),
        StoredRow::Unreadable(why) => {
            Err(Failure::new(Exit::Failed, format!("the state of {id} cannot be read: {why}"))
                .help("check skips this monitor until it is fixed; `monitorctl doctor` suggests a fix"))
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;
    use crate::clock::manual::Hand;
    use crate::store::testing::Shared;

    /// The answer about `id`, of a store with this monitor and a role that may only read.
    async fn answer(item: &Value, row: Option<&Value>, id: &str) -> Result<Value, Failure> {
        let shared = Shared::new(Hand::at(Timestamp::UNIX_EPOCH).clock());
        shared.put("api_health_configs", item);
        if let Some(row) = row {
            shared.put("api_health_states", row);
        }
        let args = Explain { id: id.to_owned(), period: None, format: Format::Json };
        let text =
            Box::pin(look(&shared.open(), &MachineChannel::Unset, &args, None, |_| Vec::new())).await?;
        Ok(serde_json::from_str(&text).expect("JSON"))
    }

    fn item(id: &str, url: &str) -> Value {
        json!({"shard": {"S": "0"}, "monitor": {"S": id}, "spec": {"M": {"url": {"S": url}}}})
    }

    #[tokio::test]
    async fn what_makes_no_sense_is_said_in_the_words_of_its_reader() {
        let why = |answer: Result<Value, Failure>| {
            let failure = answer.expect_err("it does not read");
            (failure.exit, anstream::adapter::strip_str(&failure.text()).to_string())
        };
        let (exit, text) = why(answer(&item("shop", "nowhere"), None, "shop").await);
        assert!(exit == Exit::Failed && text.contains("the stored monitor shop is invalid"), "{text}");
        let row = json!({"shard": {"S": "0"}, "monitor": {"S": "shop"}, "incarnation": {"N": "1"}});
        let (exit, text) = why(answer(&item("shop", "http://m.example/"), Some(&row), "shop").await);
        assert!(exit == Exit::Failed && text.contains("`incarnation` is not a string"), "{text}");
    }

    #[tokio::test]
    async fn what_was_put_into_the_table_by_hand_is_explained_as_unmanaged() {
        let explained = answer(&item("shop", "http://m.example/"), None, "shop").await.expect("it is there");
        assert_eq!((&explained["monitor"]["owner"], &explained["watched"]), (&Value::Null, &"yes".into()));
        assert_eq!(explained["next_run"]["if"][2]["alerts"], json!([]));
    }
}
