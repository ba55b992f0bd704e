//! The history table: the ledger of all probes, its directory, and the incidents.

use std::time::Duration;

use jiff::Timestamp;

use super::change::Change;
use super::connection::{Connection, SHARD, Updated};
use super::error::StoreError;
use super::fields::{Fields, Item, Malformed, read};
use super::row_item;
use super::run_writer::RunWriter;
use super::unreadable::Unreadable;
use super::values::{bytes, expiry, item, moment, number, text, texts};
use crate::monitor::MonitorId;
use crate::state::{Directory, LedgerPage};
use crate::transition::Incident;

const FORMAT: u32 = 1;

/// Tries to extend the directory while others extend it too.
const TRIES: u32 = 5;

pub async fn directory(connection: &Connection) -> Result<Directory, StoreError> {
    let table = &connection.tables.history;
    let query = connection.partition(table, "series", directory_series()).consistent_read(true);
    let mut items = Vec::new();
    connection.read_all(table, query, |item| items.push(item)).await?;
    // A page that does not read, or is missing, would shift every one after it.
    let pages = items
        .into_iter()
        .enumerate()
        .map(|(page, item)| read(&directory_series(), FORMAT, item, |fields| directory_page(page, fields)));
    let pages: Result<Vec<_>, Unreadable> = pages.collect();
    Ok(Directory::new(pages.map_err(StoreError::Unreadable)?))
}

fn directory_page(page: usize, fields: &mut Fields) -> Result<Vec<MonitorId>, Malformed> {
    if fields.number::<usize>("at")? != page {
        return Err(Malformed(format!("page {page} is missing")));
    }
    let ids = fields.texts("ids")?;
    let ids = ids.iter().map(|id| MonitorId::parse(id));
    ids.collect::<Result<_, _>>().map_err(|error| Malformed(error.to_string()))
}

/// The pages that read; a page of a newer format or a broken one is as if its probes were skipped.
pub async fn ledger(
    connection: &Connection,
    page: usize,
    limit: usize,
) -> Result<Vec<LedgerPage>, StoreError> {
    let series = ledger_series(page);
    let items = connection.newest(&series, limit).await?.into_iter();
    let pages = items.map(|item| {
        read(&series, FORMAT, item, |fields| {
            Ok(LedgerPage { page, at: fields.moment("at")?, samples: fields.bytes("samples")? })
        })
    });
    Ok(pages.filter_map(Result::ok).collect())
}

/// The incidents that read.
pub async fn incidents(
    connection: &Connection,
    monitor: &MonitorId,
    limit: usize,
) -> Result<Vec<Incident>, StoreError> {
    let series = incident_series(monitor);
    let items = connection.newest(&series, limit).await?.into_iter();
    Ok(items.filter_map(|item| read(&series, FORMAT, item, row_item::to_incident).ok()).collect())
}

impl RunWriter {
    /// Gives every one of `monitors` a position, and returns the directory that has them.
    pub async fn extend_directory<'a>(
        &self,
        known: Directory,
        monitors: impl IntoIterator<Item = &'a MonitorId> + Clone,
    ) -> Result<Directory, StoreError> {
        let table = self.connection.tables.history.as_str();
        let mut known = known;
        for _ in 0..TRIES {
            let mut extended = known.clone();
            let changed = extended.extend(monitors.clone());
            if self.append(&known, &extended, &changed).await? == Appended::Done {
                return Ok(extended);
            }
            known = directory(&self.connection).await?;
        }
        Err(StoreError::throttled(table, "others extended the ledger's directory each time"))
    }

    /// Writes the changed pages in their order, so that a crash leaves no gap.
    async fn append(
        &self,
        known: &Directory,
        extended: &Directory,
        changed: &[usize],
    ) -> Result<Appended, StoreError> {
        for &page in changed {
            // A page only grows, so its length is its version.
            let change = match known.pages().get(page) {
                None => Change::only_if("attribute_not_exists(#ids)"),
                Some(ids) => Change::only_if("size(#ids) = :length").value("length", number(ids.len())),
            };
            let ids = extended.pages().get(page).into_iter().flatten().map(MonitorId::as_str);
            let change = change.set("format", number(FORMAT)).set("ids", texts(ids));
            let key = item([("series", text(directory_series())), ("at", number(page))]);
            match self.connection.update(&self.connection.tables.history, key, change).await? {
                Updated::Done(_) => {}
                Updated::Refused(_) => return Ok(Appended::Overtaken),
            }
        }
        Ok(Appended::Done)
    }

    /// Keeps the results of this run for `keep`.
    pub async fn write_ledger(&self, pages: &[LedgerPage], keep: Duration) -> Result<(), StoreError> {
        let items = pages.iter().map(|page| ledger_item(page, keep)).collect();
        self.connection.put_history(items).await
    }

    /// Keeps incidents for `keep`, each as it stands now: one that closes is written again.
    pub async fn write_incidents(
        &self,
        incidents: &[(MonitorId, Incident)],
        keep: Duration,
    ) -> Result<(), StoreError> {
        let items = incidents.iter().map(|(monitor, incident)| incident_item(monitor, incident, keep));
        self.connection.put_history(items.collect()).await
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Appended {
    Done,
    Overtaken,
}

fn ledger_item(page: &LedgerPage, keep: Duration) -> Item {
    let LedgerPage { page, at, samples } = page;
    item([
        ("series", text(ledger_series(*page))),
        ("at", moment(*at)),
        ("format", number(FORMAT)),
        ("samples", bytes(samples.clone())),
        ("expires", expiry(after(*at, keep))),
    ])
}

fn incident_item(monitor: &MonitorId, incident: &Incident, keep: Duration) -> Item {
    let mut fields = row_item::from_incident(incident);
    fields.extend(item([
        ("series", text(incident_series(monitor))),
        ("at", moment(incident.opened_at)),
        ("format", number(FORMAT)),
        ("expires", expiry(after(incident.closed_at.unwrap_or(incident.opened_at), keep))),
    ]));
    fields
}

fn after(at: Timestamp, keep: Duration) -> Timestamp {
    at.checked_add(keep).unwrap_or(Timestamp::MAX)
}

fn ledger_series(page: usize) -> String {
    format!("ledger#{SHARD}#{page}")
}

fn directory_series() -> String {
    format!("directory#{SHARD}")
}

fn incident_series(monitor: &MonitorId) -> String {
    format!("incident#{monitor}")
}
