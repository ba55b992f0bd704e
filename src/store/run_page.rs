//! The shape of the pages of run records, which lie in the configs table beside the shards: what reads a shard never
//! reads them.

use aws_sdk_dynamodb::types::AttributeValue;

use super::change::ItemChange;
use super::config_item::{TOMBSTONE, formerly_ids, stored};
use super::fields::{Fields, read};
use super::head_item::{from_catalog_settings, run_id, to_catalog_settings};
use super::item::{Item, key_of};
use super::unreadable::{Malformed, Unreadable};
use super::values::{date, expiry, from_json, item, map, number, text, texts};
use crate::monitor::{FORMAT, Fingerprint, MonitorId};
use crate::plan::{
    CatalogSettings, Generation, ItemLeft, RunExtent, RunId, RunPage, SettingsWritten, Stamp, Stored,
    SyncRun, WrittenItem,
};

/// The partition of an owner's runs is this and the owner.
const RUNS: &str = "@runs#";

pub fn partition(owner: &str) -> String {
    format!("{RUNS}{owner}")
}

/// What the sort keys of the pages of a run begin with.
pub fn prefix(run: &RunId) -> String {
    format!("{run}#")
}

pub fn key(page: &RunPage) -> Item {
    let sort = format!("{}{:04}", prefix(&page.run.id), page.number);
    item([("shard", text(partition(&page.stamp.owner))), ("monitor", text(sort))])
}

/// The change that makes a page; there is none yet.
pub fn change(page: &RunPage) -> ItemChange {
    let RunPage { run, number: _, stamp, items } = page;
    let SyncRun {
        id,
        undoes,
        extent,
        plan_digest,
        overrides,
        approved_by,
        commit_before,
        environment_before,
        settings,
    } = run;
    let Stamp { owner, commit, generation, synced_at, synced_by, origin, environment } = stamp;
    let items = items.iter().map(|written| (written.id.to_string(), from_written(written))).collect();
    ItemChange::only_if("attribute_not_exists(#monitor)")
        .set("format", number(FORMAT))
        .set("run", text(id.as_str()))
        .set("owner", text(owner.as_str()))
        .set("extent", text(extent_word(*extent)))
        .set("plan_digest", text(plan_digest.as_str()))
        .set("generation", number(generation.0))
        .set("synced_at", date(*synced_at))
        .set("synced_by", text(synced_by.as_str()))
        .set("items", AttributeValue::M(items))
        .set_some("undoes", undoes.as_ref().map(|run| text(run.as_str())))
        .set_some("commit", commit.as_deref().map(text))
        .set_some("origin", origin.as_deref().map(text))
        .set_some("environment", environment.as_deref().map(text))
        .set_some("overrides", overrides.as_deref().map(text))
        .set_some("approved_by", approved_by.as_deref().map(text))
        .set_some("commit_before", commit_before.as_deref().map(text))
        .set_some("environment_before", environment_before.as_deref().map(text))
        .set_some("settings", settings.as_ref().map(from_settings))
        .set_some("expires", synced_at.checked_add(TOMBSTONE).ok().map(expiry))
}

pub fn decode(mut item: Item) -> Result<RunPage, Unreadable> {
    let key = key_of(&mut item, "monitor");
    let number = key.rsplit_once('#').and_then(|(_, number)| number.parse().ok());
    read(&key, FORMAT, item, |fields| {
        let number = number.ok_or_else(|| Malformed("its key names no page".to_owned()))?;
        page(number, fields)
    })
}

fn page(number: u32, fields: &mut Fields) -> Result<RunPage, Malformed> {
    let mut items = fields.map("items")?;
    let mut names: Vec<_> = items.names().collect();
    names.sort();
    let written = |name: String| items.inner(&name, |fields| to_written(&name, fields));
    Ok(RunPage {
        run: SyncRun {
            id: run_id("run", &fields.text("run")?)?,
            undoes: fields.maybe_text("undoes")?.map(|run| run_id("undoes", &run)).transpose()?,
            extent: fields.word("extent", |word| {
                [RunExtent::Whole, RunExtent::Part].into_iter().find(|extent| extent_word(*extent) == word)
            })?,
            plan_digest: fields.text("plan_digest")?,
            overrides: fields.maybe_words("overrides")?,
            approved_by: fields.maybe_words("approved_by")?,
            commit_before: fields.maybe_words("commit_before")?,
            environment_before: fields.maybe_words("environment_before")?,
            settings: fields.maybe_inner("settings", to_settings)?,
        },
        number,
        stamp: Stamp {
            owner: fields.words("owner")?,
            commit: fields.maybe_words("commit")?,
            generation: Generation(fields.number("generation")?),
            synced_at: fields.date("synced_at")?,
            synced_by: fields.words("synced_by")?,
            origin: fields.maybe_words("origin")?,
            environment: fields.maybe_words("environment")?,
        },
        items: names.into_iter().map(written).collect::<Result<_, _>>()?,
    })
}

fn extent_word(extent: RunExtent) -> &'static str {
    match extent {
        RunExtent::Whole => "whole",
        RunExtent::Part => "part",
    }
}

fn from_settings(settings: &SettingsWritten) -> AttributeValue {
    let side = |of_catalog: &CatalogSettings| {
        let mut fields = Item::new();
        for (name, value) in from_catalog_settings(of_catalog) {
            put(&mut fields, name, value);
        }
        AttributeValue::M(fields)
    };
    map([("before", side(&settings.before)), ("after", side(&settings.after))])
}

fn to_settings(fields: &mut Fields) -> Result<SettingsWritten, Malformed> {
    let mut side = |name| fields.inner(name, to_catalog_settings);
    Ok(SettingsWritten { before: side("before")?, after: side("after")? })
}

fn from_written(written: &WrittenItem) -> AttributeValue {
    let WrittenItem { id: _, before, left, moved_from } = written;
    let mut fields = match left {
        ItemLeft::Retired => item([("left", text("retired"))]),
        ItemLeft::Live { spec, fingerprint, owner } => {
            let mut fields = item([("left", text("live")), ("spec", text(spec.0.as_str()))]);
            put(&mut fields, "fingerprint", fingerprint.as_ref().map(|print| text(print.0.as_str())));
            put(&mut fields, "owner", owner.as_deref().map(text));
            fields
        }
    };
    put(&mut fields, "before", before.as_ref().map(from_stored));
    put(&mut fields, "moved_from", moved_from.as_ref().map(|id| text(id.as_str())));
    AttributeValue::M(fields)
}

fn to_written(name: &str, fields: &mut Fields) -> Result<WrittenItem, Malformed> {
    let id = |text: &str| MonitorId::parse(text).map_err(|error| Malformed(error.to_string()));
    let left = match fields.text("left")?.as_str() {
        "retired" => ItemLeft::Retired,
        "live" => ItemLeft::Live {
            spec: Fingerprint(fields.text("spec")?),
            fingerprint: fields.maybe_text("fingerprint")?.map(Fingerprint),
            owner: fields.maybe_words("owner")?,
        },
        other => return Err(Malformed(format!("`left` has the unknown value {other:?}"))),
    };
    Ok(WrittenItem {
        id: id(name)?,
        before: fields.maybe_inner("before", |fields| to_stored(id(name)?, fields))?,
        left,
        moved_from: fields.maybe_text("moved_from")?.map(|text| id(&text)).transpose()?,
    })
}

fn to_stored(id: MonitorId, fields: &mut Fields) -> Result<Stored, Malformed> {
    let damage = fields.maybe_words("damage")?;
    Ok(Stored { damage, ..stored(id, fields)? })
}

fn from_stored(stored: &Stored) -> AttributeValue {
    let Stored {
        id: _,
        spec,
        fingerprint,
        owner,
        source,
        commit,
        generation,
        synced_at,
        formerly,
        retired_at,
        damage,
    } = stored;
    let mut fields = item([("spec", from_json(spec.fields()))]);
    put(&mut fields, "fingerprint", fingerprint.as_ref().map(|print| text(print.0.as_str())));
    put(&mut fields, "owner", owner.as_deref().map(text));
    put(&mut fields, "source", source.as_deref().map(text));
    put(&mut fields, "commit", commit.as_deref().map(text));
    put(&mut fields, "generation", generation.map(number));
    put(&mut fields, "synced_at", synced_at.map(date));
    put(&mut fields, "formerly", formerly_ids(formerly).map(texts));
    put(&mut fields, "retired_at", retired_at.map(date));
    put(&mut fields, "damage", damage.as_deref().map(text));
    AttributeValue::M(fields)
}

fn put(fields: &mut Item, name: &str, value: Option<AttributeValue>) {
    if let Some(value) = value {
        fields.insert(name.to_owned(), value);
    }
}
