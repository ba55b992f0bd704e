//! `status`: how everything is, from what the runs left behind. It holds only readers.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;

use super::check::Subjects;
use super::context::Context;
use super::failure::Failure;
use crate::cli::{Format, Status};
use crate::exit::Exit;
use crate::monitor::{Monitor, MonitorId};
use crate::report::{MonitorStatus, StatusReport};
use crate::state::{Directory, LastOk, Row, Sample, monitor_is_stale, run_is_stale};
use crate::store::{StateReader, StoreError};
use crate::transition::Health;

/// Results shown of each monitor.
const SHOWN: usize = 30;

/// Runs read for it at the most; a monitor with a long interval may show fewer results.
const RUNS_AT_MOST: usize = 1_000;

pub async fn status(context: &Context, args: &Status) -> Result<Exit, Failure> {
    let store = context.open_store().await?;
    let (configs, reader) = (store.config_reader(), store.state_reader());
    let (subjects, states) = tokio::try_join!(Subjects::read(&configs), reader.read())?;
    let monitors = selected(&subjects, &args.ids)?;
    let rows: HashMap<_, _> = states.rows.iter().map(|row| (&row.monitor, row)).collect();
    let mut samples = samples(&reader, &monitors, args.period).await?;

    let now = store.now();
    let last_run: Option<LastOk> = states.run.and_then(|record| record.last_ok);
    let mut problems = subjects.problems.clone();
    problems.extend(states.unreadable.iter().map(ToString::to_string));
    let mut report = StatusReport {
        now,
        stale: run_is_stale(last_run.as_ref().map(|last| last.at), args.period, now),
        last_run,
        monitors: monitors
            .into_iter()
            .map(|monitor| {
                let samples = samples.remove(&monitor.id).unwrap_or_default();
                line(monitor, rows.get(&monitor.id).copied(), samples, args.period, now)
            })
            .collect(),
        problems,
    };
    report.sort();
    context.terminal.print(&match args.format {
        Format::Text => report.text(),
        Format::Json => format!("{:#}\n", report.json()),
    })?;
    Ok(if args.exit_code && !report.all_up() { Exit::NotUp } else { Exit::Done })
}

fn selected<'a>(subjects: &'a Subjects, ids: &[String]) -> Result<Vec<&'a Monitor>, Failure> {
    let known: HashSet<_> = subjects.all.iter().map(|subject| subject.monitor.id.as_str()).collect();
    if let Some(unknown) = ids.iter().find(|id| !known.contains(id.as_str())) {
        return Err(Failure::new(Exit::Usage, format!("there is no monitor {unknown}"))
            .help("`monitorctl status` lists the monitors"));
    }
    let wanted = |monitor: &&Monitor| ids.is_empty() || ids.iter().any(|id| id == monitor.id.as_str());
    Ok(subjects.all.iter().map(|subject| &subject.monitor).filter(wanted).collect())
}

fn line(
    monitor: &Monitor,
    row: Option<&Row>,
    samples: Vec<(Timestamp, Sample)>,
    period: Duration,
    now: Timestamp,
) -> MonitorStatus {
    let confirmed = row.map(|row| &row.confirmed);
    MonitorStatus {
        id: monitor.id.clone(),
        enabled: monitor.enabled,
        health: confirmed.map_or(Health::New, |confirmed| confirmed.health),
        since: confirmed.map(|confirmed| confirmed.since),
        why: row.map(|row| row.why.clone()).unwrap_or_default(),
        incident: confirmed.and_then(|confirmed| confirmed.incident.clone()),
        owed: row.is_some_and(|row| row.told.k < row.confirmed.k),
        stale: monitor_is_stale(samples.last().map(|(at, _)| *at), monitor.interval, period, now),
        samples,
    }
}

/// The last results of each monitor, oldest first.
type Samples = BTreeMap<MonitorId, Vec<(Timestamp, Sample)>>;

/// Reads as many runs of each page as its slowest monitor needs for a full line.
async fn samples(
    reader: &StateReader,
    monitors: &[&Monitor],
    period: Duration,
) -> Result<Samples, StoreError> {
    let directory = reader.directory().await?;
    let mut samples = Samples::new();
    for (page, runs) in runs_by_page(&directory, monitors, period) {
        let names = directory.pages().get(page).map(Vec::as_slice).unwrap_or_default();
        for run in reader.ledger(page, runs).await? {
            // A page that does not read is a gap in a line, and no more.
            for entry in run.unpack().unwrap_or_default() {
                if let Some(monitor) = names.get(entry.position) {
                    let line = samples.entry(monitor.clone()).or_default();
                    if line.len() < SHOWN {
                        line.push((run.at, entry.sample));
                    }
                }
            }
        }
    }
    for line in samples.values_mut() {
        line.reverse();
    }
    Ok(samples)
}

fn runs_by_page(directory: &Directory, monitors: &[&Monitor], period: Duration) -> BTreeMap<usize, usize> {
    let mut pages = BTreeMap::new();
    for monitor in monitors {
        let Some(position) = directory.position_of(&monitor.id) else { continue };
        let every = monitor.interval.as_secs() / period.as_secs().max(1);
        let runs =
            usize::try_from(every.max(1)).unwrap_or(RUNS_AT_MOST).saturating_mul(SHOWN).min(RUNS_AT_MOST);
        let needed: &mut usize = pages.entry(position.page).or_default();
        *needed = runs.max(*needed);
    }
    pages
}
