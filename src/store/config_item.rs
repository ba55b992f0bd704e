//! The shape of the items of the configs table, those of monitors above all.

use aws_sdk_dynamodb::types::AttributeValue;

use super::change::ItemChange;
use super::fields::{Fields, read};
use super::head_item::{head, stamped};
use super::item::{HEAD, Item, SILENCE, key_of};
use super::silence_item;
use super::unreadable::{Malformed, Unreadable, UnreadableReason, holder};
use super::values::{date, expiry, from_json, text, texts, to_json};
use crate::monitor::{FORMAT, Fingerprint, MOST_FORMER_IDS, MonitorId, Spec};
use crate::plan::{Before, ItemWrite, Stamp, Stored, StoredHead};
use crate::suppress::{SILENCE_FORMAT, StoredSilence};

/// How long a tombstone and a run record keep the way back.
pub const TOMBSTONE: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);

/// An item of the configs table.
pub enum ConfigItem {
    Monitor(Stored),
    Head(StoredHead),
    Silence(StoredSilence),
    /// Of our own kind, but unknown to this version.
    Other,
}

pub fn decode(mut item: Item) -> Result<ConfigItem, Unreadable> {
    let key = key_of(&mut item, "monitor");
    if let Some(owner) = key.strip_prefix(HEAD) {
        return read(&key, FORMAT, item, |fields| head(owner, fields)).map(ConfigItem::Head);
    }
    if let Some(id) = key.strip_prefix(SILENCE) {
        return read(&key, SILENCE_FORMAT, item, |fields| silence_item::silence(id, fields))
            .map(ConfigItem::Silence);
    }
    if key.starts_with('@') {
        return Ok(ConfigItem::Other);
    }
    let id = MonitorId::parse(&key)
        .map_err(|error| Unreadable::new(&key, UnreadableReason::Malformed(error.to_string())))?;
    let (holder, remains) = (holder(&item), remains(&id, &item));
    read(&key, FORMAT, item, |fields| stored(id, fields)).map(ConfigItem::Monitor).map_err(|unreadable| {
        let remains = match &unreadable.reason {
            // A newer version reads it.
            UnreadableReason::Newer { .. } => None,
            UnreadableReason::Malformed(_) => {
                remains.map(|item| Box::new(Stored { damage: Some(unreadable.to_string()), ..item }))
            }
        };
        Unreadable { holder, remains, ..unreadable }
    })
}

/// What an item says of itself whatever the rest of it is like; `None` if it does not say whose it is, or since when it
/// has no owner.
fn remains(id: &MonitorId, item: &Item) -> Option<Stored> {
    let mut known: Item = ["owner", "fingerprint", "formerly", "retired_at"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), item.get(name)?.clone())))
        .collect();
    known.insert("spec".to_owned(), AttributeValue::M(Item::new()));
    let mut fields = Fields::of(known);
    let owner = fields.maybe_words("owner").ok()?;
    let retired_at = fields.maybe_date("retired_at").ok()?;
    let fingerprint = match (fields.maybe_text("fingerprint"), retired_at) {
        (Ok(text), _) => text.map(Fingerprint),
        (Err(_), None) => None,
        (Err(_), Some(_)) => return None,
    };
    (owner.is_some() || retired_at.is_some()).then(|| Stored {
        id: id.clone(),
        spec: Spec::default(),
        fingerprint,
        owner,
        source: None,
        commit: None,
        generation: None,
        synced_at: None,
        formerly: formerly(&mut fields).unwrap_or_default(),
        retired_at,
        damage: None,
    })
}

pub fn stored(id: MonitorId, fields: &mut Fields) -> Result<Stored, Malformed> {
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
        damage: None,
    })
}

/// Absent where it always had the same id.
fn formerly(fields: &mut Fields) -> Result<Vec<MonitorId>, Malformed> {
    let texts = fields.maybe_texts("formerly")?.unwrap_or_default();
    // The latest come first, and a run has moved what lay under the others.
    texts
        .iter()
        .take(MOST_FORMER_IDS)
        .map(|text| MonitorId::parse(text).map_err(|error| Malformed(error.to_string())))
        .collect()
}

/// The ids that a monitor had before, if there are any.
pub fn formerly_ids(formerly: &[MonitorId]) -> Option<impl Iterator<Item = &str>> {
    (!formerly.is_empty()).then(|| formerly.iter().map(MonitorId::as_str))
}

/// The change that a write makes.
pub fn change(write: &ItemWrite, stamp: &Stamp) -> ItemChange {
    match write {
        ItemWrite::Put { id: _, spec, source, formerly, before } => {
            stamped(unchanged_since(before), stamp.commit.as_deref(), stamp)
                .set("spec", from_json(spec.fields()))
                .set("fingerprint", text(spec.fingerprint().0))
                .set("owner", text(stamp.owner.as_str()))
                .set("source", text(source.as_str()))
                .set_or_remove("formerly", formerly_ids(formerly).map(texts))
                .remove("retired_at")
                .remove("expires")
        }
        // What it says is of the commit that it said then.
        ItemWrite::Restore { item, before } => {
            stamped(unchanged_since(before), item.commit.as_deref(), stamp)
                .set("spec", from_json(item.spec.fields()))
                .set_or_remove("fingerprint", item.fingerprint.as_ref().map(|print| text(print.0.as_str())))
                .set_or_remove("owner", item.owner.as_deref().map(text))
                .set_or_remove("source", item.source.as_deref().map(text))
                .set_or_remove("formerly", formerly_ids(&item.formerly).map(texts))
                .remove("retired_at")
                .remove("expires")
        }
        // An unreadable part would be reported for as long as the tombstone stands.
        ItemWrite::Retire { id: _, before: before @ Before::Damaged { fingerprint, .. } } => {
            stamped(unchanged_since(before), stamp.commit.as_deref(), stamp)
                .set("spec", AttributeValue::M(Item::new()))
                .set_or_remove("fingerprint", fingerprint.as_ref().map(|print| text(print.0.as_str())))
                .remove("source")
                .remove("formerly")
                .set("retired_at", date(stamp.synced_at))
                .set_or_remove("expires", stamp.synced_at.checked_add(TOMBSTONE).ok().map(expiry))
        }
        ItemWrite::Retire { id: _, before } => {
            stamped(unchanged_since(before), stamp.commit.as_deref(), stamp)
                .set("retired_at", date(stamp.synced_at))
                .set_or_remove("expires", stamp.synced_at.checked_add(TOMBSTONE).ok().map(expiry))
        }
    }
}

fn unchanged_since(before: &Before) -> ItemChange {
    match before {
        Before::Absent => ItemChange::only_if("attribute_not_exists(#monitor)"),
        Before::NoFingerprint => {
            ItemChange::only_if("attribute_exists(#monitor) AND attribute_not_exists(#fingerprint)")
        }
        Before::Fingerprint(Fingerprint(before)) => {
            ItemChange::only_if("#fingerprint = :before").value("before", text(before.as_str()))
        }
        Before::Damaged { owner, fingerprint } => {
            let change = match fingerprint {
                None => ItemChange::only_if("#owner = :held AND attribute_not_exists(#retired_at)"),
                Some(Fingerprint(before)) => ItemChange::only_if(
                    "#owner = :held AND attribute_not_exists(#retired_at) AND #fingerprint = :before",
                )
                .value("before", text(before.as_str())),
            };
            change.value("held", text(owner.as_str()))
        }
        Before::Tombstone(Some(Fingerprint(before))) => {
            ItemChange::only_if("attribute_exists(#retired_at) AND #fingerprint = :before")
                .value("before", text(before.as_str()))
        }
        Before::Tombstone(None) => {
            ItemChange::only_if("attribute_exists(#retired_at) AND attribute_not_exists(#fingerprint)")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::values::{item, map, number};
    use super::*;
    use crate::plan::Holder;

    #[test]
    fn an_item_that_does_not_read_still_says_whose_it_is() {
        let check = |more: Vec<(&str, AttributeValue)>, expected: Holder| {
            let attributes = [("monitor", text("a")), ("format", number(99))];
            let Err(unreadable) = decode(attributes.into_iter().chain(more).map(owned).collect()) else {
                panic!("it does not read")
            };
            assert_eq!(unreadable.holder, expected);
        };
        check(vec![("owner", text("shop"))], Holder::Owner("shop".into()));
        check(vec![("owner", text("shop")), ("retired_at", text("2026-11-20T10:00:00Z"))], Holder::Unmanaged);
        check(vec![("owner", number(7))], Holder::Unknown);
        check(vec![], Holder::Unknown);
    }

    fn owned((name, value): (&str, AttributeValue)) -> (String, AttributeValue) {
        (name.to_owned(), value)
    }

    // Trap 17: the table may hold foreign texts.
    #[test]
    fn stored_words_steer_no_terminal_and_are_unmanaged_by_looking_alike() {
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
