//! `diff --explain ID.FIELD`: what a value is in the files, in the table and by default, and where it is written.

use std::sync::Arc;

use crate::cli::{Diff, PlanFormat};
use crate::commands::catalog::{READING, Read, desired};
use crate::commands::context::{Context, Missing};
use crate::commands::failure::Failure;
use crate::commands::folders::folders;
use crate::commands::shard::shard;
use crate::config;
use crate::exit::Exit;
use crate::monitor::Spec;
use crate::plan::{Desired, FieldChange, Stored, differences, hide};
use crate::report::{Explained, InFiles, InTable, explained_json, explained_text};
use crate::source;

/// Shows one field, or all fields below it.
pub async fn explain(context: &Context, args: &Diff, asked: &str) -> Result<Exit, Failure> {
    let desired = desired(context, &folders(context, args.monitors.as_deref())?)?;
    let read = Read::all(&context.open_store(Missing::CountsAsEmpty).await?.config_reader(&shard())).await?;
    let Some((id, field)) = divide(asked, &desired, &read.items) else {
        return Err(Failure::new(
            Exit::Usage,
            format!("no monitor for {asked:?}, neither in the files nor in the table"),
        )
        .help("write ID.FIELD, such as payments-api.expect.status"));
    };
    let wanted = desired.iter().find(|desired| desired.id.as_str() == id);
    let stored = read.items.iter().find(|item| item.id.as_str() == id && item.retired_at.is_none());
    let explained = explain_all(id, field, wanted, stored)?;
    if explained.is_empty() {
        return Err(Failure::new(Exit::Usage, format!("a monitor has no field {field:?}"))
            .help("schema/monitor.schema.json lists the fields"));
    }
    context.terminal.print(&match args.showing.format {
        PlanFormat::Text => explained_text(&explained),
        PlanFormat::Json => format!("{:#}\n", explained_json(&explained)),
        PlanFormat::Markdown | PlanFormat::Github => {
            let why = "--explain prints text or JSON only";
            return Err(Failure::new(Exit::Usage, why));
        }
    })?;
    Ok(Exit::Done)
}

/// An id may have dots itself, so the longest one that is known counts.
fn divide<'a>(asked: &'a str, desired: &[Arc<Desired>], stored: &[Stored]) -> Option<(&'a str, &'a str)> {
    let known = |id: &str| {
        desired.iter().any(|desired| desired.id.as_str() == id)
            || stored.iter().any(|item| item.id.as_str() == id)
    };
    let dots = asked.match_indices('.').map(|(at, _)| (&asked[..at], &asked[at + 1..]));
    dots.chain([(asked, "")]).rfind(|(id, _)| known(id))
}

fn explain_all(
    id: &str,
    field: &str,
    wanted: Option<&Arc<Desired>>,
    stored: Option<&Stored>,
) -> Result<Vec<Explained>, Failure> {
    let own = match wanted {
        None => Vec::new(),
        Some(wanted) => {
            let file = source::read_optional(std::path::Path::new(&wanted.place.file))?;
            file.map(|file| config::written(&file, id)).unwrap_or_default()
        }
    };
    let in_files = fields(wanted.map(|wanted| &wanted.spec));
    let in_table = fields(stored.map(|stored| &stored.spec));
    let is_asked = |path: &str| field.is_empty() || path == field || path.starts_with(&format!("{field}."));
    let mut paths: Vec<&str> = in_files.iter().chain(&in_table).map(|field| field.path.as_str()).collect();
    paths.extend(config::implied(field).map(|_| field));
    paths.retain(|path| is_asked(path));
    paths.sort_unstable();
    paths.dedup();
    let one = |path: &str| {
        let value = |fields: &[FieldChange]| {
            fields.iter().find(|field| field.path == path).and_then(|field| field.after.clone())
        };
        let inherited = wanted.and_then(|wanted| wanted.inherited.get(path)).into_iter().flatten();
        let written = own.iter().filter(|written| written.path == path).flat_map(|written| &written.sources);
        let sources = inherited.chain(written).cloned().collect();
        Explained {
            field: format!("{id}.{path}"),
            files: value(&in_files).map(|value| InFiles { value, sources }),
            table: value(&in_table).map(|value| InTable {
                value,
                commit: stored.and_then(|stored| stored.commit.clone()),
                synced_at: stored.and_then(|stored| stored.synced_at),
                edited: stored.is_some_and(Stored::is_edited),
            }),
            implied: config::implied(path).cloned(),
        }
    };
    Ok(paths.into_iter().map(one).collect())
}

/// Every smallest field of a spec, with credentials masked.
fn fields(spec: Option<&Spec>) -> Vec<FieldChange> {
    let Some(spec) = spec else { return Vec::new() };
    let mut fields = differences(&Spec::default(), spec);
    hide(&mut fields, &[], &(READING.secrets)(spec));
    fields
}
