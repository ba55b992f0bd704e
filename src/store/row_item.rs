//! The shape of a monitor's row in the states table. Times are whole milliseconds.

use aws_sdk_dynamodb::types::AttributeValue;

use super::change::ItemChange;
use super::fields::Fields;
use super::item::Item;
use super::unreadable::Malformed;
use super::values::{item, map, moment, moments, number, text};
use crate::monitor::{ChannelId, MonitorId};
use crate::state::{
    Delivered, Deliveries, DeliveryEdit, FirstPending, IncidentKey, Level, Move, ROW_FORMAT, Row, Write,
};
use crate::transition::{Confirmed, Flapping, Health, Incident, RecentChanges, Streak, Unwatched};
use crate::verdict::Verdict;

/// The id under which a row goes on. A row that has it is left behind: it is never read, and its id is free.
pub const MOVED_TO: &str = "moved_to";

/// When the record of a channel was written, which stands beside its row.
pub const RECORDED: &str = "recorded_at";

/// What every row has, and no record.
pub const INCARNATION: &str = "incarnation";

/// That there is no row, or one that was left behind; or the record of a channel alone, which is there before its row.
pub fn if_free() -> ItemChange {
    let recorded = format!("attribute_exists(#{RECORDED}) AND attribute_not_exists(#{INCARNATION})");
    ItemChange::only_if(format!(
        "attribute_not_exists(#monitor) OR attribute_exists(#{MOVED_TO}) OR ({recorded})"
    ))
}

/// Leaves a row behind, if it is as it was read. An acknowledgement does not count in `revision`, but is not to be lost.
pub fn leave_behind(Move { row, to }: &Move) -> ItemChange {
    let each = (0..row.delivered.len())
        .map(|n| format!(" AND #delivered.#c{n}.#seq = :s{n} AND #delivered.#c{n}.#reminders = :r{n}"));
    let condition =
        format!("#revision = :before AND size(#delivered) = :channels{}", each.collect::<String>());
    let change = ItemChange::only_if(condition)
        .value("before", number(row.revision))
        .value("channels", number(row.delivered.len()))
        .set("revision", number(row.revision + 1))
        .set(MOVED_TO, text(to.as_str()));
    row.delivered.iter().enumerate().fold(change, |change, (n, (channel, delivered))| {
        change
            .alias(&format!("c{n}"), channel.to_string())
            .value(&format!("s{n}"), number(delivered.seq))
            .value(&format!("r{n}"), number(delivered.reminders))
    })
}

/// The change that makes a decided write.
pub fn change(write: &Write) -> ItemChange {
    match write {
        Write::Create(row) => decided(if_free(), row)
            .set(INCARNATION, text(row.incarnation.as_str()))
            .set("delivered", from_deliveries(&row.delivered))
            .remove(MOVED_TO),
        Write::Update { row, deliveries } => {
            let unchanged = ItemChange::only_if("#revision = :before")
                .value("before", number(row.revision.saturating_sub(1)));
            let edits = deliveries.iter().enumerate();
            edits.fold(decided(unchanged, row), |change, (n, (channel, edit))| {
                let (alias, path, value) = (format!("c{n}"), format!("delivered.#c{n}"), format!("d{n}"));
                let change = change.alias(&alias, channel.to_string());
                let stored = delivered(&row.delivered_to(channel));
                match edit {
                    DeliveryEdit::Enter => change
                        .set_to(&path, &format!("if_not_exists(#{path}, :{value})"))
                        .value(&value, stored),
                    DeliveryEdit::Discard => change.set_to(&path, &format!(":{value}")).value(&value, stored),
                    DeliveryEdit::Forget => change.remove(&path),
                }
            })
        }
    }
}

/// What every decided write sets. `incarnation` is set once, and `delivered` is acknowledged apart from this.
fn decided(change: ItemChange, row: &Row) -> ItemChange {
    let Row {
        monitor: _,
        incarnation: _,
        incident_key,
        revision,
        confirmed,
        delivered: _,
        first_pending,
        epoch,
        why,
        judged,
        run,
    } = row;
    let Confirmed { health, since, seq, incident, streak, recent_changes } = confirmed;
    let RecentChanges { changes, flapping } = recent_changes;
    change
        .set("format", number(ROW_FORMAT))
        .set("revision", number(revision))
        .set("incident_key", text(incident_key.as_str()))
        .set("health", text(health.as_str()))
        .set("since", moment(*since))
        .set("seq", number(seq))
        .set_or_remove(
            "incident",
            incident.as_ref().map(|incident| AttributeValue::M(from_incident(incident))),
        )
        .set_or_remove("streak", streak.as_ref().map(from_streak))
        .set_or_remove("changes", (!changes.is_empty()).then(|| moments(changes)))
        .set_or_remove(
            "flapping",
            flapping.map(|Flapping { from, seq }| map([("from", moment(from)), ("seq", number(seq))])),
        )
        .set_or_remove(
            "first_pending",
            (!first_pending.is_empty())
                .then(|| AttributeValue::L(first_pending.iter().map(from_first_pending).collect())),
        )
        .set("epoch", number(epoch))
        .set("reason", text(why.as_str()))
        .set("judged", text(judged.as_str()))
        .set("run", text(run.as_str()))
}

pub fn delivered(delivered: &Delivered) -> AttributeValue {
    let Delivered { seq, health, at, reminders, flapping, incident_key, level } = delivered;
    let mut fields = item([
        ("seq", number(seq)),
        ("health", text(health.as_str())),
        ("at", moment(*at)),
        ("reminders", number(reminders)),
    ]);
    fields.extend(flapping.map(|seq| ("flapping".to_owned(), number(seq))));
    fields.extend(incident_key.as_ref().map(|key| ("incident_key".to_owned(), text(key.as_str()))));
    fields.extend(level.as_ref().map(|level| ("level".to_owned(), from_level(level))));
    AttributeValue::M(fields)
}

fn from_level(Level { labels, starts, ended }: &Level) -> AttributeValue {
    let labels = labels.iter().map(|(name, value)| (name.clone(), text(value.as_str())));
    let mut fields = item([("labels", AttributeValue::M(labels.collect())), ("starts", moment(*starts))]);
    fields.extend(ended.map(|at| ("ended".to_owned(), moment(at))));
    AttributeValue::M(fields)
}

fn from_deliveries(deliveries: &Deliveries) -> AttributeValue {
    let each = deliveries.iter().map(|(channel, one)| (channel.to_string(), delivered(one)));
    AttributeValue::M(each.collect())
}

fn from_first_pending(FirstPending { seq, since, incident_key }: &FirstPending) -> AttributeValue {
    let incident_key = text(incident_key.as_str());
    map([("seq", number(seq)), ("since", moment(*since)), ("incident_key", incident_key)])
}

fn from_streak(streak: &Streak) -> AttributeValue {
    let Streak { verdict, count, first, last, departed, departed_at, epoch } = streak;
    map([
        ("verdict", text(verdict.as_str())),
        ("count", number(count)),
        ("first", moment(*first)),
        ("last", moment(*last)),
        ("departed", number(departed)),
        ("departed_at", moment(*departed_at)),
        ("epoch", number(epoch)),
    ])
}

/// An incident, as a row and the history table keep it.
pub fn from_incident(incident: &Incident) -> Item {
    let Incident { n, opened_at, closed_at, cause, unwatched } = incident;
    let mut fields =
        item([("n", number(n)), ("opened_at", moment(*opened_at)), ("cause", text(cause.as_str()))]);
    fields.extend(closed_at.map(|at| ("closed_at".to_owned(), moment(at))));
    fields.extend(unwatched.map(|why| ("unwatched".to_owned(), text(why.as_str()))));
    fields
}

pub fn row(monitor: MonitorId, fields: &mut Fields) -> Result<Row, Malformed> {
    Ok(Row {
        monitor,
        incarnation: fields.text(INCARNATION)?,
        incident_key: IncidentKey::stored(fields.text("incident_key")?),
        revision: fields.number("revision")?,
        confirmed: Confirmed {
            health: fields.word("health", Health::parse)?,
            since: fields.moment("since")?,
            seq: fields.number("seq")?,
            incident: fields.maybe_inner("incident", to_incident)?,
            streak: fields.maybe_inner("streak", to_streak)?,
            recent_changes: RecentChanges {
                changes: fields.maybe_moments("changes")?.unwrap_or_default(),
                flapping: fields.maybe_inner("flapping", to_flapping)?,
            },
        },
        delivered: fields.inner("delivered", to_deliveries)?,
        first_pending: fields.maybe_list("first_pending", to_first_pending)?.unwrap_or_default(),
        epoch: fields.number("epoch")?,
        why: fields.words("reason")?,
        judged: fields.text("judged")?,
        run: fields.text("run")?,
    })
}

fn to_deliveries(fields: &mut Fields) -> Result<Deliveries, Malformed> {
    let names: Vec<_> = fields.names().collect();
    let one = |name: String| {
        let channel = ChannelId::parse(&name).map_err(|error| Malformed(error.to_string()))?;
        Ok((channel, fields.inner(&name, to_delivered)?))
    };
    names.into_iter().map(one).collect()
}

fn to_delivered(fields: &mut Fields) -> Result<Delivered, Malformed> {
    Ok(Delivered {
        seq: fields.number("seq")?,
        health: fields.word("health", Health::parse)?,
        at: fields.moment("at")?,
        reminders: fields.number("reminders")?,
        flapping: fields.maybe_number("flapping")?,
        incident_key: fields.maybe_text("incident_key")?.map(IncidentKey::stored),
        level: fields.maybe_inner("level", to_level)?,
    })
}

fn to_level(fields: &mut Fields) -> Result<Level, Malformed> {
    let labels = |fields: &mut Fields| {
        let names: Vec<_> = fields.names().collect();
        names.into_iter().map(|name| Ok((name.clone(), fields.words(&name)?))).collect()
    };
    Ok(Level {
        labels: fields.inner("labels", labels)?,
        starts: fields.moment("starts")?,
        ended: fields.maybe_moment("ended")?,
    })
}

fn to_flapping(fields: &mut Fields) -> Result<Flapping, Malformed> {
    Ok(Flapping { from: fields.moment("from")?, seq: fields.number("seq")? })
}

fn to_first_pending(fields: &mut Fields) -> Result<FirstPending, Malformed> {
    Ok(FirstPending {
        seq: fields.number("seq")?,
        since: fields.moment("since")?,
        incident_key: IncidentKey::stored(fields.text("incident_key")?),
    })
}

fn to_streak(fields: &mut Fields) -> Result<Streak, Malformed> {
    Ok(Streak {
        verdict: fields.word("verdict", Verdict::parse)?,
        count: fields.number("count")?,
        first: fields.moment("first")?,
        last: fields.moment("last")?,
        departed: fields.number("departed")?,
        departed_at: fields.moment("departed_at")?,
        epoch: fields.number("epoch")?,
    })
}

/// The way back of [`from_incident`].
pub fn to_incident(fields: &mut Fields) -> Result<Incident, Malformed> {
    Ok(Incident {
        n: fields.number("n")?,
        opened_at: fields.moment("opened_at")?,
        closed_at: fields.maybe_moment("closed_at")?,
        cause: fields.words("cause")?,
        // A word of a newer version says no more than that it is closed.
        unwatched: fields.maybe_text("unwatched")?.as_deref().and_then(Unwatched::parse),
    })
}
