//! How everything is, from what the runs left behind.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use crate::alert::{AlertFacts, RunPhase};
use crate::cli::{Status, StatusSort};
use crate::commands::failure::Failure;
use crate::commands::last_beats::last_beats;
use crate::commands::own_table::foreign_table;
use crate::commands::period::period;
use crate::commands::plan_request::{idle, selector};
use crate::commands::results::{Results, results};
use crate::commands::shard::shard;
use crate::inventory::{
    Inventory, MachineChannel, Outlook, StoredRow, WatchStatus, WatchedMonitor, Watchlist,
};
use crate::monitor::{ChannelId, Monitor, Traits};
use crate::report::{ChannelStatus, HealthCounts, MonitorStatus, StatusOrder, StatusReport, chain};
use crate::run::read_inventory;
use crate::state::{LastOk, Row, monitor_is_stale, run_is_stale};
use crate::store::Store;
use crate::suppress::{Ruling, SuppressionFacts, SuppressionReason, reason_at, rule, suppressions};
use crate::transition::Health;

/// What is stored about the monitors that `args` select.
pub async fn look(
    store: &Store,
    machine: &MachineChannel,
    environment: Option<String>,
    args: &Status,
) -> Result<(StatusReport, Watchlist), Failure> {
    let (inventory, run) = read_inventory(store, &shard(), None).await?;
    let last_run: Option<LastOk> = run.and_then(|record| record.last_ok);
    let period = period(args.period, last_run.as_ref());
    let shown = selected(&inventory.watchlist, &args.only)?;
    let mut problems: Vec<_> = inventory.problems().cloned().collect();
    problems.splice(..0, foreign_table(&inventory.watchlist, environment.as_deref()));
    // The health of everything is worth showing without its history.
    let mut history = match results(&store.state_reader(&shard()), &inventory.watchlist, &shown, period).await
    {
        Ok(results) => Some(results),
        Err(error) => {
            problems.push(format!("cannot read the history: {}", chain(&error)));
            None
        }
    };
    let (mut beats, of_beats) = last_beats(store, &store.state_reader(&shard()), &shown).await;
    problems.extend(of_beats);
    let now = store.now();
    let mut report = StatusReport {
        now,
        environment,
        stale: run_is_stale(last_run.as_ref().map(|last| last.at), period, now),
        last_run,
        prober: inventory.prober().cloned(),
        channels: channels(&inventory, machine, now),
        left_out: HealthCounts::default(),
        order: order(args.sort),
        monitors: shown
            .into_iter()
            .map(|watched| {
                let monitor = &watched.monitor;
                // The row of a renamed monitor follows it with the next run.
                let (_, stored) = inventory.row_of(watched);
                let samples = history.as_mut().map(|results| results.remove(&monitor.id).unwrap_or_default());
                let row = match stored {
                    StoredRow::Readable(row) => Some(row),
                    StoredRow::Unreadable(_) | StoredRow::None => None,
                };
                let suppressed = reason(&inventory, watched, row, machine, now);
                let beats = beats.remove(&monitor.id);
                MonitorStatus { suppressed, beats, ..line(monitor, stored, samples, period, now) }
            })
            .collect(),
        problems,
    };
    report.sort();
    Ok((report, inventory.watchlist))
}

fn order(sort: StatusSort) -> StatusOrder {
    match sort {
        StatusSort::Health => StatusOrder::Health,
        StatusSort::Latency => StatusOrder::Latency,
        StatusSort::Id => StatusOrder::Id,
    }
}

/// The channels that are defined or were tried, with what waits for each.
fn channels(inventory: &Inventory, machine: &MachineChannel, now: Timestamp) -> Vec<ChannelStatus> {
    let judgements = HashMap::new();
    let moment = RunPhase::AfterProbes;
    let outlook = Outlook { machine, host: "", judgements: &judgements, moment, now };
    let pending = inventory.pending(&inventory.rows, outlook).alerts;
    let status = |channel: ChannelId| ChannelStatus {
        row: inventory.channel(&channel).cloned(),
        record: inventory.channels.get(&channel).cloned().unwrap_or_default(),
        waiting: pending.iter().filter(|alert| alert.route.channel == channel).count(),
        channel,
    };
    let known = inventory.watchlist.channel_ids().chain(inventory.channels.keys().cloned());
    let is_defined = |channel: &ChannelId| inventory.watchlist.definition(channel, machine).is_some();
    known.filter(is_defined).collect::<BTreeSet<_>>().into_iter().map(status).collect()
}

/// Why an alert of a monitor would be suppressed now.
fn reason(
    inventory: &Inventory,
    watched: &WatchedMonitor,
    row: Option<&Row>,
    machine: &MachineChannel,
    now: Timestamp,
) -> Option<SuppressionReason> {
    let monitor = &watched.monitor;
    if !monitor.enabled {
        return None;
    }
    let moment = RunPhase::AfterProbes;
    let alerts = row.map(|row| {
        let routes = inventory.watchlist.routes(WatchStatus::Watched(watched), Some(row), machine);
        routes.alerts(AlertFacts { monitor, row, judgement: None }, moment, now)
    });
    let known = SuppressionFacts { monitor, row, judgement: None };
    let silences = &inventory.watchlist.silences;
    let find = |id: &_| inventory.known(id);
    let ruled =
        alerts.iter().flatten().find_map(|alert| match rule(&known, alert, silences, find, (moment, now)) {
            Ruling::Suppress(reason) => Some(reason),
            Ruling::Notify | Ruling::Discard(_) | Ruling::NotTaken => None,
        });
    let suppressions = suppressions(monitor, silences, now, now);
    reason_at(&suppressions, now).cloned().or(ruled)
}

fn selected<'a>(watchlist: &'a Watchlist, only: &[String]) -> Result<Vec<&'a WatchedMonitor>, Failure> {
    let only = selector(only)?;
    let known: Vec<_> = watchlist
        .all
        .iter()
        .map(|watched| (watched.as_ref(), Traits::of_monitor(&watched.monitor)))
        .collect();
    let all: Vec<_> = known.iter().map(|(_, traits)| traits.clone()).collect();
    idle("", only.as_ref(), &all)?;
    let wanted = |traits: &Traits<'_>| only.as_ref().is_none_or(|only| only.takes(traits));
    Ok(known.into_iter().filter(|(_, traits)| wanted(traits)).map(|(watched, _)| watched).collect())
}

fn line(
    monitor: &Monitor,
    stored: StoredRow<'_>,
    samples: Option<Results>,
    period: Duration,
    now: Timestamp,
) -> MonitorStatus {
    let stale = samples.as_ref().is_some_and(|samples| {
        // Probed in vain is as good as not probed.
        // Beats that are awaited were looked at.
        let beats = monitor.ask.beat_rule().is_some();
        let last = samples.iter().rfind(|(_, sample)| beats || sample.verdict.is_evidence());
        // A new one has as long for its first probe as every other for the next.
        let last = last.map(|(at, _)| *at).or(monitor.origin.synced_at);
        monitor_is_stale(last, monitor.interval, period, now)
    });
    let without = |health, why: &str| MonitorStatus {
        id: monitor.id.clone(),
        name: monitor.name.clone(),
        group: monitor.group.clone(),
        team: monitor.team.clone(),
        severity: monitor.alert.severity.into(),
        tags: monitor.tags.clone(),
        enabled: monitor.enabled,
        health,
        since: None,
        why: why.to_owned(),
        incident: None,
        pending: false,
        suppressed: None,
        beats: None,
        samples,
        stale,
    };
    match stored {
        StoredRow::None => without(Some(Health::New), ""),
        StoredRow::Unreadable(_) => without(None, "cannot read its state"),
        StoredRow::Readable(row @ Row { confirmed, why, .. }) => MonitorStatus {
            since: Some(confirmed.since),
            incident: confirmed.incident.clone(),
            pending: row.is_ahead(),
            ..without(Some(confirmed.health), why)
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::Format;
    use crate::clock::manual::Hand;
    use crate::store::testing::Shared;

    // P11: one bad item never stops the others.
    #[tokio::test]
    async fn what_does_not_read_is_a_problem_and_the_rest_is_shown() {
        let shared = Shared::new(Hand::at(Timestamp::UNIX_EPOCH).clock());
        let mut item = json!({"shard": {"S": "0"}, "spec": {"M": {"url": {"S": "http://m.example/"}}}});
        for id in ["bad", "good"] {
            item["monitor"] = json!({"S": id});
            shared.put("api_health_configs", &item);
        }
        shared.put(
            "api_health_states",
            &json!({"shard": {"S": "0"}, "monitor": {"S": "bad"}, "incarnation": {"N": "1"}}),
        );
        shared.put("api_health_history", &json!({"series": {"S": "directory#0"}, "at": {"N": "0"}}));
        let args = Status {
            only: Vec::new(),
            down: false,
            sort: StatusSort::Health,
            watch: None,
            exit_code: false,
            period: None,
            format: Format::Text,
        };
        let (report, _) =
            Box::pin(look(&shared.open(), &MachineChannel::Unset, None, &args)).await.expect("it is shown");
        let shown: Vec<_> = report.monitors.iter().map(|m| (m.id.as_str(), m.health, m.stale)).collect();
        assert_eq!(shown, [("bad", None, false), ("good", Some(Health::New), false)]);
        assert_eq!(
            report.problems,
            [
                "item `bad` is malformed: `incarnation` is not a string",
                "cannot read the history: item `directory#0` is malformed: `ids` is missing",
            ]
        );
    }
}
