//! The shape of the items of the configs table.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;

use super::change::Change;
use super::configs::{AppliedCommit, Batch};
use super::fields::{Fields, Item, Malformed, key_of, read};
use super::run_page::run_id;
use super::silence_item::{self, SILENCE};
use super::unreadable::{Reason, Unreadable, holder};
use super::values::{date, expiry, from_json, item, number, text, texts, to_json};
use crate::monitor::{Canary, FORMAT, Fingerprint, MOST_FORMER_IDS, MonitorId, Spec, TopicArn};
use crate::plan::{
    Before, CatalogSettings, Generation, ItemWrite, Journal, RunPage, Stamp, Stored, StoredHead,
};
use crate::suppress::{SILENCE_FORMAT, Silence};

/// The sort key of an owner's head item is this and the owner.
pub const HEAD: &str = "@catalog#";

/// How long a tombstone and a run record keep the way back.
pub const TOMBSTONE: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);

/// An item of the configs table.
pub enum ConfigItem {
    Monitor(Stored),
    Head(StoredHead),
    Silence(Silence),
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
        .map_err(|error| Unreadable::new(&key, Reason::Malformed(error.to_string())))?;
    let (holder, remains) = (holder(&item), remains(&id, &item));
    read(&key, FORMAT, item, |fields| stored(id, fields)).map(ConfigItem::Monitor).map_err(|unreadable| {
        let remains = match &unreadable.reason {
            // A newer version reads it.
            Reason::Newer { .. } => None,
            Reason::Malformed(_) => {
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

fn head(owner: &str, fields: &mut Fields) -> Result<StoredHead, Malformed> {
    Ok(StoredHead {
        owner: owner.to_owned(),
        generation: Generation(fields.number("generation")?),
        commit: fields.maybe_words("commit")?,
        plan_digest: fields.maybe_text("plan_digest")?,
        origin: fields.maybe_words("origin")?,
        count: fields.number("count")?,
        settings: to_catalog_settings(fields)?,
        run: fields.maybe_text("run")?.map(|run| run_id("run", &run)).transpose()?,
        overrides: fields.maybe_words("overrides")?,
        synced_at: fields.maybe_date("synced_at")?,
        synced_by: fields.maybe_words("synced_by")?,
        journal: fields.maybe_map("journal")?.map(to_journal).transpose()?,
    })
}

fn to_journal(mut fields: Fields) -> Result<Journal, Malformed> {
    Ok(Journal {
        run: run_id("run", &fields.text("run")?)?,
        undoes: fields.maybe_text("undoes")?.map(|run| run_id("undoes", &run)).transpose()?,
        // Absent too where an older version was interrupted.
        commit: fields.maybe_words("commit")?,
        plan_digest: fields.text("plan_digest")?,
        done: fields.number("done")?,
        parts: fields.number("parts")?,
        generation: Generation(fields.number("generation")?),
    })
}

fn from_journal(journal: &Journal) -> AttributeValue {
    let Journal { run, undoes, commit, plan_digest, done, parts, generation } = journal;
    let mut fields = item([
        ("run", text(run.as_str())),
        ("plan_digest", text(plan_digest.as_str())),
        ("done", number(done)),
        ("parts", number(parts)),
        ("generation", number(generation.0)),
    ]);
    fields.extend(undoes.as_ref().map(|run| ("undoes".to_owned(), text(run.as_str()))));
    fields.extend(commit.as_ref().map(|commit| ("commit".to_owned(), text(commit.as_str()))));
    AttributeValue::M(fields)
}

/// Absent where there are none, and before there could be any.
pub fn to_catalog_settings(fields: &mut Fields) -> Result<CatalogSettings, Malformed> {
    Ok(CatalogSettings { topics: to_topics(fields)?, canaries: to_canaries(fields)? })
}

fn to_canaries(fields: &mut Fields) -> Result<BTreeSet<Canary>, Malformed> {
    let texts = fields.maybe_texts("canaries")?.unwrap_or_default();
    let canary = |text: &String| {
        Canary::parse(text).map_err(|error| Malformed(format!("the canary {text:?} {error}")))
    };
    texts.iter().map(canary).collect()
}

fn to_topics(fields: &mut Fields) -> Result<BTreeMap<String, TopicArn>, Malformed> {
    let Some(mut topics) = fields.maybe_map("topics")? else { return Ok(BTreeMap::new()) };
    let names: Vec<_> = topics.names().collect();
    let arn = |name: String| {
        let arn = TopicArn::parse(&topics.text(&name)?).map_err(|error| Malformed(error.to_string()))?;
        Ok((name, arn))
    };
    names.into_iter().map(arn).collect()
}

/// The settings of a catalog as attributes; `None` where there is nothing to say.
pub fn from_catalog_settings(settings: &CatalogSettings) -> [(&'static str, Option<AttributeValue>); 2] {
    let CatalogSettings { topics, canaries } = settings;
    let arns = || topics.iter().map(|(name, arn)| (name.clone(), text(arn.as_str()))).collect();
    [
        ("topics", (!topics.is_empty()).then(|| AttributeValue::M(arns()))),
        ("canaries", (!canaries.is_empty()).then(|| texts(canaries.iter().map(Canary::as_str)))),
    ]
}

/// The ids that a monitor had before, if there are any.
pub fn formerly_ids(formerly: &[MonitorId]) -> Option<impl Iterator<Item = &str>> {
    (!formerly.is_empty()).then(|| formerly.iter().map(MonitorId::as_str))
}

/// The change that a write makes.
pub fn change(write: &ItemWrite, stamp: &Stamp) -> Change {
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

fn unchanged_since(before: &Before) -> Change {
    match before {
        Before::Absent => Change::only_if("attribute_not_exists(#monitor)"),
        Before::NoFingerprint => {
            Change::only_if("attribute_exists(#monitor) AND attribute_not_exists(#fingerprint)")
        }
        Before::Fingerprint(Fingerprint(before)) => {
            Change::only_if("#fingerprint = :before").value("before", text(before.as_str()))
        }
        Before::Damaged { owner, fingerprint } => {
            let change = match fingerprint {
                None => Change::only_if("#owner = :held AND attribute_not_exists(#retired_at)"),
                Some(Fingerprint(before)) => Change::only_if(
                    "#owner = :held AND attribute_not_exists(#retired_at) AND #fingerprint = :before",
                )
                .value("before", text(before.as_str())),
            };
            change.value("held", text(owner.as_str()))
        }
        Before::Tombstone(Some(Fingerprint(before))) => {
            Change::only_if("attribute_exists(#retired_at) AND #fingerprint = :before")
                .value("before", text(before.as_str()))
        }
        Before::Tombstone(None) => {
            Change::only_if("attribute_exists(#retired_at) AND attribute_not_exists(#fingerprint)")
        }
    }
}

/// The change of the head, which every batch of an apply makes and waits in line for.
pub fn head_change(batch: &Batch<'_>) -> Change {
    let Batch { expected, page: RunPage { run, stamp, .. }, count, settings, commit, journal, writes: _ } =
        batch;
    let condition = match expected {
        None => Change::only_if("attribute_not_exists(#monitor)"),
        Some(Generation(expected)) => {
            Change::only_if("#generation = :expected").value("expected", number(expected))
        }
    };
    let change = match commit {
        AppliedCommit::Stays => dated(condition, stamp),
        AppliedCommit::Becomes(commit) => stamped(condition, commit.as_deref(), stamp),
    };
    let change = match (&stamp.origin, commit) {
        (None, _) => change,
        (Some(origin), AppliedCommit::Becomes(_)) => change.set("origin", text(origin.as_str())),
        // A part of a catalog says where it is at home only if nothing else has said so.
        (Some(origin), AppliedCommit::Stays) => {
            change.value("origin", text(origin.as_str())).set_to("origin", "if_not_exists(#origin, :origin)")
        }
    };
    let change = change
        .set("plan_digest", text(run.plan_digest.as_str()))
        .set("count", number(count))
        .set("run", text(run.id.as_str()))
        .set_or_remove("overrides", run.overrides.as_deref().map(text))
        .set_or_remove("journal", journal.map(from_journal));
    from_catalog_settings(settings)
        .into_iter()
        .fold(change, |change, (name, value)| change.set_or_remove(name, value))
}

fn stamped(change: Change, commit: Option<&str>, stamp: &Stamp) -> Change {
    dated(change, stamp).set_or_remove("commit", commit.map(text))
}

fn dated(change: Change, stamp: &Stamp) -> Change {
    change
        .set("format", number(FORMAT))
        .set("generation", number(stamp.generation.0))
        .set("synced_at", date(stamp.synced_at))
        .set("synced_by", text(stamp.synced_by.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::values::map;
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
