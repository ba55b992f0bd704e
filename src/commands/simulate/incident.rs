//! `simulate --from-incident`: the stored results around an incident through the policy in the files. It holds only readers.

use std::time::Duration;

use jiff::Timestamp;

use super::command::{channels_and_monitors, ended, named, part_of, refuse_disabled};
use crate::cli::{Format, Simulate};
use crate::commands::catalog::{READING, Read};
use crate::commands::context::{Context, Missing};
use crate::commands::failure::Failure;
use crate::commands::shard::shard;
use crate::exit::Exit;
use crate::history::{Sample, Stretch};
use crate::monitor::{Monitor, MonitorId, marked};
use crate::report::IncidentReplay;
use crate::simulation::{Play, SimulatedMonitor, replay_results};
use crate::store::StateReader;
use crate::transition::Incident;

/// Shown before an incident and after it, at least: health begins there as it was.
const MARGIN: Duration = Duration::from_hours(1);

/// The same in results.
const MARGIN_RESULTS: u32 = 20;

/// Incidents of a monitor that are looked through.
const INCIDENTS: usize = 10_000;

/// The length of the part of an incident key by which the lives of a row differ.
const INCARNATION: usize = 8;

pub async fn from_incident(context: &Context, args: &Simulate, asked: &str) -> Result<Exit, Failure> {
    let monitors = channels_and_monitors(&context.settings, context.terminal, args)?;
    let store = context.open_store(Missing::Refused).await?;
    let history = store.state_reader(&shard());
    let (id, incident) = find(&history, asked).await?;
    let stored = stored_monitor(&Read::all(&store.config_reader(&shard())).await?, &id);
    let wanted = args.id.as_deref().unwrap_or(id.as_str());
    let watched = named("--from-incident", wanted, &monitors)?;
    let results = results(&history, &id, &incident, watched.monitor.interval, context.clock.wall()).await?;
    let play = |monitor, routes| Play {
        lead: SimulatedMonitor::new(monitor, Vec::new()).notifying(routes),
        parents: Vec::new(),
        from: incident.opened_at,
        period: args.period,
        environment: context.settings.environment.as_deref(),
    };
    refuse_disabled(&watched.monitor)?;
    let lead = part_of(watched, &monitors);
    let plays = play(lead.monitor, lead.routes);
    let gone = || {
        let message = format!("the results of this incident of {id} are not stored any more");
        Failure::new(Exit::Failed, message)
            .help("results are kept for 90 days; play a script with --outcomes")
    };
    let replay = replay_results(&plays, stored.as_ref(), &results).ok_or_else(gone)?;
    let before = stored.as_ref().and_then(|stored| {
        let routes = SimulatedMonitor::new(stored, Vec::new()).routes;
        replay_results(&play(stored, routes), Some(stored), &results)
    });
    let report = IncidentReplay {
        id: &id,
        incident: &incident,
        replay: &replay,
        stored: before.as_ref().map(|before| &before.timeline),
    };
    ended(context.terminal, args, &replay.timeline, |difference| match args.format {
        Format::Text => report.text(&plays),
        Format::Json => format!("{:#}\n", report.json(&plays, difference)),
    })
}

/// The incident that is meant by `<monitor>/<number>` or by the key of its messages.
async fn find(history: &StateReader, asked: &str) -> Result<(MonitorId, Incident), Failure> {
    let shown = marked(asked.to_owned());
    let meant = asked.rsplit_once('/').and_then(|(of, number)| Some((of, number.parse::<u64>().ok()?)));
    let Some((of, number)) = meant else {
        return Err(Failure::new(Exit::Usage, format!("--from-incident {shown}: no incident is called so"))
            .help("write MONITOR/NUMBER, such as payments-api/3, or the incident key of a message"));
    };
    let mut known: Option<(MonitorId, Vec<Incident>)> = None;
    for id in possible_monitors(of) {
        let incidents = history.incidents(&id, INCIDENTS).await?;
        // The newest first: a monitor that was removed and added again counts from 1.
        if let Some(found) = incidents.iter().find(|incident| incident.n == number) {
            return Ok((id, found.clone()));
        }
        known = known.or((!incidents.is_empty()).then_some((id, incidents)));
    }
    Err(match known {
        Some((id, incidents)) => {
            let numbers: Vec<_> =
                incidents.iter().take(5).map(|incident| format!("{id}/{}", incident.n)).collect();
            Failure::new(Exit::Usage, format!("{id} has no incident {number}"))
                .help(format!("its last ones are {}", numbers.join(", ")))
        }
        None => {
            Failure::new(Exit::Usage, format!("--from-incident {shown}: no stored incident of this monitor"))
                .help("`monitorctl explain ID` shows the last incident of a monitor")
        }
    })
}

/// The monitors that may be meant before the number. In a key, the owner stands before the id, and both may have slashes;
/// the incarnation stands behind it.
fn possible_monitors(text: &str) -> Vec<MonitorId> {
    let is_incarnation =
        |part: &str| part.len() == INCARNATION && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let of_key = text.rsplit_once('/').filter(|(_, last)| is_incarnation(last)).map(|(front, _)| front);
    let in_key = of_key
        .into_iter()
        .flat_map(|front| front.match_indices('/').map(|(at, _)| &front[at + 1..]).collect::<Vec<_>>());
    std::iter::once(text).chain(in_key).filter_map(|id| MonitorId::parse(id).ok()).collect()
}

/// The stored definition, which judged the results; also if the monitor was renamed since.
fn stored_monitor(read: &Read, id: &MonitorId) -> Option<Monitor> {
    let live = || read.items.iter().filter(|item| item.retired_at.is_none());
    let item =
        live().find(|item| item.id == *id).or_else(|| live().find(|item| item.formerly.contains(id)))?;
    (READING.meaning)(&item.id, &item.spec)
}

/// The results from some time before the incident to some time after it, in the order of time.
async fn results(
    history: &StateReader,
    id: &MonitorId,
    incident: &Incident,
    interval: Duration,
    now: Timestamp,
) -> Result<Vec<(Timestamp, Sample)>, Failure> {
    let Some(position) = history.directory().await?.position_of(id) else { return Ok(Vec::new()) };
    let margin = MARGIN.max(interval.saturating_mul(MARGIN_RESULTS));
    let from = incident.opened_at.checked_sub(margin).unwrap_or(Timestamp::MIN);
    let to =
        incident.closed_at.and_then(|closed| closed.checked_add(margin).ok()).map_or(now, |to| to.min(now));
    let runs = history.ledger_between(position.page, Stretch::around(from, to), now).await?;
    let of_monitor = runs.iter().flat_map(|run| {
        let entries = run.unpack().unwrap_or_default().into_iter();
        entries.filter(|entry| entry.position == position.index).map(|entry| (run.at, entry.sample))
    });
    Ok(of_monitor.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_named_by_its_monitor_or_by_its_key() {
        let monitors =
            |text: &str| -> Vec<String> { possible_monitors(text).iter().map(ToString::to_string).collect() };
        assert_eq!(monitors("payments-api"), ["payments-api"]);
        assert_eq!(monitors("eu/payments"), ["eu/payments"]);
        assert_eq!(
            monitors("acme/shop/payments-api/a1b2c3d4"),
            ["acme/shop/payments-api/a1b2c3d4", "shop/payments-api", "payments-api"]
        );
        // An owner may have what no id has.
        assert_eq!(monitors("Acme/payments-api/a1b2c3d4"), ["payments-api"]);
        assert_eq!(monitors("@prober"), [""; 0]);
    }
}
