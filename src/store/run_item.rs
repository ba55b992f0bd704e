//! The shape of the run item, `@run` of the states table: lease, fence, run record and heartbeat in one.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::change::ItemChange;
use super::fields::{Fields, read};
use super::item::{Item, RUN};
use super::unreadable::{Malformed, Unreadable};
use super::values::{item, moment, number, text};
use crate::state::{DeadHolder, HolderProcess, LastOk, Lease, RunRecord, SkippedRange};

const FORMAT: u32 = 1;

/// The holder of a free lease.
const NO_HOLDER: &str = "-";

pub fn decode(item: Item) -> Result<RunRecord, Unreadable> {
    read(RUN, FORMAT, item, record)
}

fn record(fields: &mut Fields) -> Result<RunRecord, Malformed> {
    let host = fields.maybe_words("host")?;
    Ok(RunRecord {
        holder: Some(fields.text("holder")?).filter(|holder| holder != NO_HOLDER),
        process: fields.maybe_inner("process", |fields| to_process(fields, host.as_deref()))?,
        host,
        epoch: fields.number("epoch")?,
        expires: fields.moment("expires")?,
        slot: fields.number("slot")?,
        done: fields.flag("done")?,
        last_ok: fields.maybe_inner("last_ok", to_last_ok)?,
    })
}

/// Takes the lease: it is free, or it was ours and the answer got lost, or it has run out, or its holder died; and the
/// slot is not behind us. A record of a newer format is refused.
pub fn acquire(lease: &Lease, now: Timestamp) -> ItemChange {
    // `:done` is what acquiring sets: false.
    let not_done = "#slot < :slot OR (#slot = :slot AND #done = :done)";
    let not_behind = if lease.again { "#slot <= :slot" } else { not_done };
    // Slots of another period cannot be compared, and one far ahead was counted by a clock that was wrong.
    // Either would lock everybody out for years.
    let slot_is_open = format!("{not_behind} OR #period <> :period OR #slot > :ahead");
    let free = match &lease.instead_of {
        None => "#holder = :no_holder OR #expires < :now",
        Some(_) => "#holder = :no_holder OR #expires < :now OR (#holder = :dead AND #epoch = :held)",
    };
    let condition = format!(
        "attribute_not_exists(#epoch) \
         OR (NOT #format > :format AND ((#holder = :holder AND #slot = :slot) \
         OR (({free}) AND ({slot_is_open}))))"
    );
    let change = ItemChange::only_if(condition);
    let change = match &lease.instead_of {
        None => change,
        Some(DeadHolder { holder, epoch }) => {
            change.value("dead", text(holder.as_str())).value("held", number(epoch))
        }
    };
    change
        .value("no_holder", text(NO_HOLDER))
        .value("now", moment(now))
        .value("ahead", number(lease.slot.saturating_add(1)))
        .value("zero", number(0))
        .value("one", number(1))
        .set("format", number(FORMAT))
        .set("holder", text(lease.holder.as_str()))
        .set("host", text(lease.host.as_str()))
        .set_or_remove("process", lease.process.as_ref().map(from_process))
        .set_to("epoch", "if_not_exists(#epoch, :zero) + :one")
        .set("expires", moment(lease.expires(now)))
        .set("slot", number(lease.slot))
        .set("period", number(lease.period.as_secs()))
        .set("done", AttributeValue::Bool(false))
}

/// The fence: the lease is still that of `epoch`.
pub fn fence(epoch: u64) -> ItemChange {
    ItemChange::only_if("#epoch = :epoch").value("epoch", number(epoch))
}

/// Sets the fence of the lease that `holder` has.
pub fn raise(holder: &str, epoch: u64, above: u64) -> ItemChange {
    ItemChange::only_if("#holder = :me AND #epoch = :held")
        .value("me", text(holder))
        .value("held", number(epoch))
        .set("epoch", number(above))
}

/// Gives the lease back, and says whether the slot is done.
pub fn release(holder: &str, epoch: u64, done: bool, last_ok: Option<&LastOk>) -> ItemChange {
    let change = ItemChange::only_if("#holder = :me AND #epoch = :epoch")
        .value("me", text(holder))
        .value("epoch", number(epoch))
        .set("holder", text(NO_HOLDER));
    let change = change.set("done", AttributeValue::Bool(done));
    match last_ok {
        Some(last_ok) => change.set("last_ok", from_last_ok(last_ok)),
        None => change,
    }
}

fn from_process(process: &HolderProcess) -> AttributeValue {
    // The host is an attribute of the item.
    let HolderProcess { host: _, boot, namespace, pid, started } = process;
    AttributeValue::M(item([
        ("boot", text(boot.as_str())),
        ("namespace", text(namespace.as_str())),
        ("pid", number(pid)),
        ("started", number(started)),
    ]))
}

fn to_process(fields: &mut Fields, host: Option<&str>) -> Result<HolderProcess, Malformed> {
    Ok(HolderProcess {
        host: host.unwrap_or_default().to_owned(),
        boot: fields.text("boot")?,
        namespace: fields.text("namespace")?,
        pid: fields.number("pid")?,
        started: fields.number("started")?,
    })
}

fn from_last_ok(last_ok: &LastOk) -> AttributeValue {
    let LastOk {
        slot,
        period,
        in_a_row,
        at,
        run,
        host,
        probed,
        up,
        degraded,
        down,
        unknown,
        skipped,
        range,
        took,
        recorded,
        rolled_up,
    } = last_ok;
    let mut fields = item([
        ("slot", number(slot)),
        ("period", number(period.as_secs())),
        ("in_a_row", number(in_a_row)),
        ("at", moment(*at)),
        ("run", text(run.as_str())),
        ("host", text(host.as_str())),
        ("probed", number(probed)),
        ("up", number(up)),
        ("degraded", number(degraded)),
        ("down", number(down)),
        ("unknown", number(unknown)),
        ("skipped", number(skipped)),
        ("ms", number(took.as_millis())),
    ]);
    fields.extend(recorded.map(|recorded| ("recorded".to_owned(), number(recorded))));
    fields.extend(rolled_up.map(|at| ("rolled_up".to_owned(), moment(at))));
    fields.extend(range.map(|range| ("range".to_owned(), from_range(range))));
    AttributeValue::M(fields)
}

fn from_range(range: SkippedRange) -> AttributeValue {
    let SkippedRange { from, to, since } = range;
    let mut fields = item([("from", place(from)), ("to", place(to))]);
    fields.extend(since.map(|since| ("since".to_owned(), number(since))));
    AttributeValue::M(fields)
}

/// A place on the ring, in hexadecimal: it has more digits than every program keeps of a number.
fn place(at: u64) -> AttributeValue {
    text(format!("{at:016x}"))
}

fn to_place(name: &str, fields: &mut Fields) -> Result<u64, Malformed> {
    let text = fields.text(name)?;
    u64::from_str_radix(&text, 16).map_err(|_| Malformed(format!("`{name}` is no place on the ring")))
}

fn to_range(fields: &mut Fields) -> Result<SkippedRange, Malformed> {
    Ok(SkippedRange {
        from: to_place("from", fields)?,
        to: to_place("to", fields)?,
        since: fields.maybe_number("since")?,
    })
}

fn to_last_ok(fields: &mut Fields) -> Result<LastOk, Malformed> {
    Ok(LastOk {
        slot: fields.number("slot")?,
        period: Duration::from_secs(fields.number("period")?),
        in_a_row: fields.number("in_a_row")?,
        at: fields.moment("at")?,
        run: fields.text("run")?,
        host: fields.text("host")?,
        probed: fields.number("probed")?,
        up: fields.number("up")?,
        degraded: fields.number("degraded")?,
        down: fields.number("down")?,
        unknown: fields.number("unknown")?,
        skipped: fields.number("skipped")?,
        range: fields.maybe_inner("range", to_range)?,
        took: Duration::from_millis(fields.number("ms")?),
        recorded: fields.maybe_number("recorded")?,
        rolled_up: fields.maybe_moment("rolled_up")?,
    })
}
