//! The journal in the history table: a series a month, whose changes are in the order of time.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::connection::{Connection, Consistency};
use super::error::StoreError;
use super::fields::{Fields, read};
use super::history::{after, is_kept};
use super::item::Item;
use super::run_writer::RunWriter;
use super::unreadable::Malformed;
use super::values::{expiry, item, moment, number, text};
use crate::history::{ChangedIncident, Directory, HealthChange, POSITIONS_PER_PAGE, StoredReason, Stretch};
use crate::monitor::MonitorId;
use crate::state::Shard;
use crate::transition::{Health, Unwatched};

const FORMAT: u32 = 1;

const KEEP: Duration = Duration::from_hours(800 * 24);

/// Changes of one millisecond differ by the position of their monitor, which is less than this.
const POSITIONS: i64 = 1_000_000;

/// The changes that read, in the order of time.
pub async fn read_all(
    connection: &Connection,
    shard: &Shard,
    within: Stretch,
    (now, consistency): (Timestamp, Consistency),
) -> Result<Vec<HealthChange>, StoreError> {
    let key = |second: i64| second.saturating_mul(1_000).saturating_mul(POSITIONS);
    let keys = key(within.from)..=key(within.to).saturating_sub(1);
    let mut changes = Vec::new();
    for series in months(within).map(|month| series(shard, &month)) {
        let take = |item: Item| {
            if is_kept(&item, now) {
                changes.extend(read(&series, FORMAT, item, to_change));
            }
        };
        connection.range(&series, keys.clone(), consistency, take).await?;
    }
    Ok(changes)
}

impl RunWriter {
    /// Keeps changes of health. A change that was kept before is replaced by itself.
    pub async fn write_journal(
        &self,
        changes: &[HealthChange],
        directory: &Directory,
    ) -> Result<(), StoreError> {
        let items = changes.iter().map(|change| change_item(&self.shard, change, directory)).collect();
        self.connection.put_history(items).await
    }
}

/// The months that a stretch touches, such as `202611`.
fn months(within: Stretch) -> impl Iterator<Item = String> {
    let date = |second| Timestamp::from_second(second).unwrap_or_default().to_zoned(TimeZone::UTC).date();
    let last = date(within.to.saturating_sub(1));
    let first = date(within.from).first_of_month();
    std::iter::successors(Some(first), |month| month.checked_add(1.month()).ok())
        .take_while(move |month| *month <= last)
        .map(|month| month.strftime("%Y%m").to_string())
}

fn series(shard: &Shard, month: &str) -> String {
    format!("journal#{shard}#{month}")
}

/// The last one stands for a monitor without a position, which no writer should have.
fn position(directory: &Directory, monitor: &MonitorId) -> i64 {
    let known = directory.position_of(monitor);
    let number =
        known.and_then(|position| i64::try_from(position.page * POSITIONS_PER_PAGE + position.index).ok());
    number.unwrap_or(POSITIONS - 1).min(POSITIONS - 1)
}

fn change_item(shard: &Shard, change: &HealthChange, directory: &Directory) -> Item {
    let HealthChange { monitor, seq, at, from, to, incident, why, reason, unwatched } = change;
    let millis = at.as_millisecond();
    let month = at.to_zoned(TimeZone::UTC).strftime("%Y%m").to_string();
    let mut fields = item([
        ("series", text(series(shard, &month))),
        ("at", number(millis.saturating_mul(POSITIONS) + position(directory, monitor))),
        ("format", number(FORMAT)),
        ("since", moment(*at)),
        ("monitor", text(monitor.as_str())),
        ("seq", number(seq)),
        ("from", text(from.as_str())),
        ("to", text(to.as_str())),
        ("why", text(why.as_str())),
        ("expires", expiry(after(*at, KEEP))),
    ]);
    let mut set = |name: &str, value| fields.insert(name.to_owned(), value);
    if let Some(ChangedIncident { n, opened, closed, cause }) = incident {
        set("n", number(n));
        set("opened", moment(*opened));
        set("cause", text(cause.as_str()));
        closed.map(|closed| set("closed", moment(closed)));
    }
    reason.map(|reason| set("reason", number(reason.number())));
    unwatched.map(|why| set("unwatched", text(why.as_str())));
    fields
}

fn to_change(fields: &mut Fields) -> Result<HealthChange, Malformed> {
    let monitor = fields.text("monitor")?;
    let incident = fields.maybe_number("n")?.map(|n| to_incident(n, fields)).transpose()?;
    Ok(HealthChange {
        monitor: MonitorId::parse(&monitor).map_err(|error| Malformed(error.to_string()))?,
        seq: fields.number("seq")?,
        at: fields.moment("since")?,
        from: fields.word("from", Health::parse)?,
        to: fields.word("to", Health::parse)?,
        incident,
        why: fields.text("why")?,
        reason: fields.maybe_number::<u8>("reason")?.and_then(StoredReason::from_number),
        unwatched: fields.maybe_text("unwatched")?.and_then(|word| Unwatched::parse(&word)),
    })
}

fn to_incident(n: u64, fields: &mut Fields) -> Result<ChangedIncident, Malformed> {
    Ok(ChangedIncident {
        n,
        opened: fields.moment("opened")?,
        closed: fields.maybe_moment("closed")?,
        cause: fields.text("cause")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(text: &str) -> i64 {
        text.parse::<Timestamp>().expect("a time").as_second()
    }

    #[test]
    fn a_stretch_has_every_month_that_it_touches() {
        let months = |from, to| months(Stretch { from: second(from), to: second(to) }).collect::<Vec<_>>();
        assert_eq!(months("2026-11-30T00:00:00Z", "2026-11-30T23:59:59Z"), ["202611"]);
        assert_eq!(months("2025-12-31T23:59:59Z", "2026-02-01T00:00:01Z"), ["202512", "202601", "202602"]);
        // The end is no part of it.
        assert_eq!(months("2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z"), ["202611"]);
        assert_eq!(months("2026-11-30T00:00:01Z", "2026-11-30T00:00:01Z"), ["202611"]);
    }

    #[test]
    fn changes_of_one_millisecond_have_keys_of_their_own() {
        let monitors: Vec<_> = (0..450).map(|n| MonitorId::parse(&format!("m{n}")).expect("an id")).collect();
        let mut directory = Directory::default();
        directory.extend(&monitors);
        let key = |monitor: &MonitorId| {
            let change = HealthChange {
                monitor: monitor.clone(),
                seq: 1,
                at: "2026-11-30T12:00:00.123Z".parse().expect("a time"),
                from: Health::Up,
                to: Health::Down,
                incident: None,
                why: String::new(),
                reason: None,
                unwatched: None,
            };
            let item = change_item(&Shard::sample(), &change, &directory);
            item.get("at").and_then(|at| at.as_n().ok().cloned()).expect("a key")
        };
        let keys: std::collections::BTreeSet<_> = monitors.iter().map(key).collect();
        assert_eq!(keys.len(), monitors.len());
        assert!(keys.contains("1796040000123000449"), "{keys:?}");
    }
}
