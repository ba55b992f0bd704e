//! The shape of the items of the configs table.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::change::Change;
use super::fields::{Fields, Item, Malformed, key_of, read};
use super::unreadable::{Reason, Unreadable};
use super::values::{date, expiry, from_json, number, text, to_json};
use crate::monitor::{FORMAT, Fingerprint, MonitorId, Spec, TopicArn};
use crate::plan::{Before, CatalogSettings, Generation, ItemWrite, Stamp, Stored, StoredHead};

/// The sort key of an owner's head item is this and the owner.
pub const HEAD: &str = "@catalog#";

/// How long a tombstone keeps the way back.
const TOMBSTONE: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);

/// An item of the configs table.
pub enum ConfigItem {
    Monitor(Stored),
    Head(StoredHead),
    /// Of our own kind, but unknown to this version.
    Other,
}

pub fn decode(mut item: Item) -> Result<ConfigItem, Unreadable> {
    let key = key_of(&mut item, "monitor");
    if let Some(owner) = key.strip_prefix(HEAD) {
        return read(&key, FORMAT, item, |fields| head(owner, fields)).map(ConfigItem::Head);
    }
    if key.starts_with('@') {
        return Ok(ConfigItem::Other);
    }
    let id = MonitorId::parse(&key)
        .map_err(|error| Unreadable { key: key.clone(), reason: Reason::Malformed(error.to_string()) })?;
    read(&key, FORMAT, item, |fields| stored(id, fields)).map(ConfigItem::Monitor)
}

fn stored(id: MonitorId, fields: &mut Fields) -> Result<Stored, Malformed> {
    Ok(Stored {
        id,
        spec: Spec::new(to_json(fields.map("spec")?.into_inner())?),
        fingerprint: fields.maybe_text("fingerprint")?.map(Fingerprint),
        owner: fields.maybe_words("owner")?,
        source: fields.maybe_words("source")?,
        commit: fields.maybe_words("commit")?,
        generation: fields.maybe_number("generation")?,
        synced_at: fields.maybe_date("synced_at")?,
        formerly: formerly(fields)?,
        retired_at: fields.maybe_date("retired_at")?,
    })
}

/// Absent where it always had the same id.
fn formerly(fields: &mut Fields) -> Result<Vec<MonitorId>, Malformed> {
    let texts = fields.maybe_texts("formerly")?.unwrap_or_default();
    texts.iter().map(|text| MonitorId::parse(text).map_err(|error| Malformed(error.to_string()))).collect()
}

fn head(owner: &str, fields: &mut Fields) -> Result<StoredHead, Malformed> {
    Ok(StoredHead {
        owner: owner.to_owned(),
        generation: Generation(fields.number("generation")?),
        commit: fields.maybe_words("commit")?,
        plan_digest: fields.maybe_text("plan_digest")?,
        count: fields.number("count")?,
        settings: CatalogSettings { topics: topics(fields)? },
    })
}

/// Absent where there are none, and before there could be any.
fn topics(fields: &mut Fields) -> Result<BTreeMap<String, TopicArn>, Malformed> {
    let Some(mut topics) = fields.maybe_map("topics")? else { return Ok(BTreeMap::new()) };
    let names: Vec<_> = topics.names().collect();
    let arn = |name: String| {
        let arn = TopicArn::parse(&topics.text(&name)?).map_err(|error| Malformed(error.to_string()))?;
        Ok((name, arn))
    };
    names.into_iter().map(arn).collect()
}

/// The monitor that a write is about, and the change that makes it.
pub fn change<'a>(write: &'a ItemWrite, stamp: &Stamp) -> (&'a MonitorId, Change) {
    match write {
        ItemWrite::Put { id, spec, source, formerly, before } => {
            let ids = formerly.iter().map(|id| text(id.as_str())).collect();
            let change = stamped(unchanged_since(before), stamp)
                .set("spec", from_json(spec.fields()))
                .set("fingerprint", text(spec.fingerprint().0))
                .set("owner", text(stamp.owner.as_str()))
                .set("source", text(source.as_str()))
                .set_or_remove("formerly", (!formerly.is_empty()).then_some(AttributeValue::L(ids)))
                .remove("retired_at")
                .remove("expires");
            (id, change)
        }
        ItemWrite::Retire { id, before } => {
            let change = stamped(unchanged_since(before), stamp)
                .set("retired_at", date(stamp.synced_at))
                .set_or_remove("expires", stamp.synced_at.checked_add(TOMBSTONE).ok().map(expiry));
            (id, change)
        }
    }
}

fn unchanged_since(before: &Before) -> Change {
    match before {
        Before::Absent => Change::only_if("attribute_not_exists(#monitor)"),
        Before::NoFingerprint => {
            Change::only_if("attribute_exists(#monitor) AND attribute_not_exists(#fingerprint)")
        }
        Before::Fingerprint(Fingerprint(before)) => {
            Change::only_if("#fingerprint = :before").value("before", text(before.as_str()))
        }
    }
}

/// The change of the head, which every batch of an apply makes and waits in line for.
pub fn head_change(
    expected: Option<Generation>,
    plan_digest: &str,
    count: u64,
    settings: &CatalogSettings,
    stamp: &Stamp,
) -> Change {
    let change = match expected {
        None => Change::only_if("attribute_not_exists(#monitor)"),
        Some(Generation(expected)) => {
            Change::only_if("#generation = :expected").value("expected", number(expected))
        }
    };
    let CatalogSettings { topics } = settings;
    let arns = topics.iter().map(|(name, arn)| (name.clone(), text(arn.as_str()))).collect();
    stamped(change, stamp)
        .set("plan_digest", text(plan_digest))
        .set("count", number(count))
        .set_or_remove("topics", (!topics.is_empty()).then_some(AttributeValue::M(arns)))
}

fn stamped(change: Change, stamp: &Stamp) -> Change {
    change
        .set("format", number(FORMAT))
        .set_or_remove("commit", stamp.commit.as_deref().map(text))
        .set("generation", number(stamp.generation.0))
        .set("synced_at", date(stamp.synced_at))
        .set("synced_by", text(stamp.synced_by.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::values::{item, map};
    use super::*;

    // Trap 17: the table may hold what nobody of us wrote.
    #[test]
    fn stored_words_steer_no_terminal_and_are_nobodys_by_looking_alike() {
        let words = || text("shop\u{1b}[2J\u{202e}");
        let spec = map([("url", text("http://x"))]);
        let attributes = [
            ("monitor", text("a")),
            ("spec", spec),
            ("owner", words()),
            ("source", words()),
            ("commit", words()),
        ];
        let Ok(ConfigItem::Monitor(stored)) = decode(item(attributes)) else { panic!("a monitor") };
        for words in [stored.owner, stored.source, stored.commit] {
            assert_eq!(words.as_deref(), Some("shop\u{fffd}[2J\u{fffd}"));
        }
        let Err(unreadable) = decode(item([("monitor", text("b\u{1b}[2J"))])) else { panic!("no id") };
        assert_eq!(unreadable.key, "b\u{fffd}[2J");
    }
}
