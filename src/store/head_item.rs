//! The shape of an owner's head item, which counts the generations of a catalog.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Value};

use super::change::ItemChange;
use super::fields::Fields;
use super::unreadable::Malformed;
use super::values::{date, from_json, item, number, text, texts, to_json};
use crate::monitor::{Canary, FORMAT};
use crate::plan::{
    CatalogSettings, Generation, ItemWrite, Journal, PageTexts, RunId, RunPage, Stamp, StoredHead,
};

/// A part of an apply that is written as a whole or not at all.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// The generation that the head must still have; `None`: there is no head yet.
    pub expected: Option<Generation>,
    /// What is written down of it. Its stamp carries the generation that this batch makes; the next one expects it.
    pub page: &'a RunPage,
    /// Monitors in the catalog.
    pub count: u64,
    /// What the catalog says beyond its monitors.
    pub settings: &'a CatalogSettings,
    pub commit: &'a AppliedCommit,
    /// That other batches are to follow.
    pub journal: Option<&'a Journal>,
    /// As many as a part of a plan has.
    pub writes: &'a [ItemWrite],
}

/// The commit that the head names: one that is applied as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppliedCommit {
    Stays,
    /// `None`: it is unknown which one it is.
    Becomes(Option<String>),
}

pub fn head(owner: &str, fields: &mut Fields) -> Result<StoredHead, Malformed> {
    Ok(StoredHead {
        owner: owner.to_owned(),
        generation: Generation(fields.number("generation")?),
        commit: fields.maybe_words("commit")?,
        plan_digest: fields.maybe_text("plan_digest")?,
        origin: fields.maybe_words("origin")?,
        environment: fields.maybe_words("environment")?,
        count: fields.number("count")?,
        settings: to_catalog_settings(fields)?,
        run: fields.maybe_text("run")?.map(|run| run_id("run", &run)).transpose()?,
        overrides: fields.maybe_words("overrides")?,
        approved_by: fields.maybe_words("approved_by")?,
        synced_at: fields.maybe_date("synced_at")?,
        synced_by: fields.maybe_words("synced_by")?,
        journal: fields.maybe_inner("journal", to_journal)?,
    })
}

fn to_journal(fields: &mut Fields) -> Result<Journal, Malformed> {
    Ok(Journal {
        run: run_id("run", &fields.text("run")?)?,
        undoes: fields.maybe_text("undoes")?.map(|run| run_id("undoes", &run)).transpose()?,
        // Absent too where an older version was interrupted.
        commit: fields.maybe_words("commit")?,
        plan_digest: fields.text("plan_digest")?,
        approved_by: fields.maybe_words("approved_by")?,
        done: fields.number("done")?,
        parts: fields.number("parts")?,
        generation: Generation(fields.number("generation")?),
    })
}

fn from_journal(journal: &Journal) -> AttributeValue {
    let Journal { run, undoes, commit, plan_digest, approved_by, done, parts, generation } = journal;
    let mut fields = item([
        ("run", text(run.as_str())),
        ("plan_digest", text(plan_digest.as_str())),
        ("done", number(done)),
        ("parts", number(parts)),
        ("generation", number(generation.0)),
    ]);
    fields.extend(undoes.as_ref().map(|run| ("undoes".to_owned(), text(run.as_str()))));
    fields.extend(commit.as_ref().map(|commit| ("commit".to_owned(), text(commit.as_str()))));
    fields.extend(approved_by.as_ref().map(|name| ("approved_by".to_owned(), text(name.as_str()))));
    AttributeValue::M(fields)
}

/// Absent where there are none, and before there could be any.
pub fn to_catalog_settings(fields: &mut Fields) -> Result<CatalogSettings, Malformed> {
    let pages = PageTexts { pages: to_texts(fields, "pages")?, notices: to_texts(fields, "notices")? };
    Ok(CatalogSettings { channels: to_channels(fields)?, canaries: to_canaries(fields)?, pages })
}

/// What they mean is looked at by the run that writes a page.
fn to_texts(fields: &mut Fields, name: &str) -> Result<BTreeMap<String, String>, Malformed> {
    let texts = |fields: &mut Fields| {
        let files: Vec<_> = fields.names().collect();
        files.into_iter().map(|file| Ok((file.clone(), fields.text(&file)?))).collect()
    };
    Ok(fields.maybe_inner(name, texts)?.unwrap_or_default())
}

fn to_canaries(fields: &mut Fields) -> Result<BTreeSet<Canary>, Malformed> {
    let texts = fields.maybe_texts("canaries")?.unwrap_or_default();
    let canary = |text: &String| {
        Canary::parse(text).map_err(|error| Malformed(format!("the canary {text:?} {error}")))
    };
    texts.iter().map(canary).collect()
}

/// What the fields of a channel mean is looked at where it is used: one that is wrong stops no other.
fn to_channels(fields: &mut Fields) -> Result<BTreeMap<String, Map<String, Value>>, Malformed> {
    let Some(mut channels) = fields.maybe_map("channels")? else { return Ok(BTreeMap::new()) };
    let names: Vec<_> = channels.names().collect();
    let channel = |name: String| {
        let fields = channels.map(&name).and_then(|fields| to_json(fields.into_inner()));
        Ok((name, fields.map_err(|error| error.within("channels"))?))
    };
    names.into_iter().map(channel).collect()
}

/// The settings of a catalog as attributes; `None` where there is nothing to say.
pub fn from_catalog_settings(settings: &CatalogSettings) -> [(&'static str, Option<AttributeValue>); 4] {
    let CatalogSettings { channels, canaries, pages: PageTexts { pages, notices } } = settings;
    let entries = || channels.iter().map(|(name, fields)| (name.clone(), from_json(fields))).collect();
    [
        ("channels", (!channels.is_empty()).then(|| AttributeValue::M(entries()))),
        ("canaries", (!canaries.is_empty()).then(|| texts(canaries.iter().map(Canary::as_str)))),
        ("pages", from_texts(pages)),
        ("notices", from_texts(notices)),
    ]
}

fn from_texts(texts: &BTreeMap<String, String>) -> Option<AttributeValue> {
    let texts: HashMap<_, _> =
        texts.iter().map(|(file, of_file)| (file.clone(), text(of_file.as_str()))).collect();
    (!texts.is_empty()).then_some(AttributeValue::M(texts))
}

pub fn run_id(name: &str, text: &str) -> Result<RunId, Malformed> {
    RunId::parse(text).ok_or_else(|| Malformed(format!("`{name}` is not the name of a run")))
}

/// The change of the head, which every batch of an apply makes and waits in line for.
pub fn head_change(batch: &Batch<'_>) -> ItemChange {
    let Batch { expected, page: RunPage { run, stamp, .. }, count, settings, commit, journal, writes: _ } =
        batch;
    let condition = match expected {
        None => ItemChange::only_if("attribute_not_exists(#monitor)"),
        Some(Generation(expected)) => {
            ItemChange::only_if("#generation = :expected").value("expected", number(expected))
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
        .set_or_remove("environment", stamp.environment.as_deref().map(text))
        .set("count", number(count))
        .set("run", text(run.id.as_str()))
        .set_or_remove("overrides", run.overrides.as_deref().map(text))
        .set_or_remove("approved_by", run.approved_by.as_deref().map(text))
        .set_or_remove("journal", journal.map(from_journal));
    from_catalog_settings(settings)
        .into_iter()
        .fold(change, |change, (name, value)| change.set_or_remove(name, value))
}

/// What sync sets on every item that it makes what `commit` has.
pub fn stamped(change: ItemChange, commit: Option<&str>, stamp: &Stamp) -> ItemChange {
    dated(change, stamp).set_or_remove("commit", commit.map(text))
}

fn dated(change: ItemChange, stamp: &Stamp) -> ItemChange {
    change
        .set("format", number(FORMAT))
        .set("generation", number(stamp.generation.0))
        .set("synced_at", date(stamp.synced_at))
        .set("synced_by", text(stamp.synced_by.as_str()))
}
