//! `schema`: the JSON Schemas for editors, printed, written or compared.

use std::fs;
use std::io;
use std::path::Path;

use super::atomic_file::AtomicFile;
use super::failure::Failure;
use super::terminal::Terminal;
use crate::cli::{Schema, SchemaKind};
use crate::config::{FileKind, schema_text};
use crate::doctor::SchemaState;
use crate::exit::Exit;
use crate::message::record_schema;
use crate::report;

/// Where the schemas of a repository are.
pub const SCHEMA_FOLDER: &str = "schema";

const ALERT_SCHEMA: &str = "alert.schema.json";
const PLAN_SCHEMA: &str = "plan.schema.json";

#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    #[error("cannot read {path}")]
    Read { path: String, source: io::Error },
    #[error("cannot write {path}")]
    Write { path: String, source: io::Error },
}

impl From<SchemaError> for Failure {
    fn from(error: SchemaError) -> Self {
        Self::of(Exit::Failed, &error)
    }
}

pub fn schema(terminal: Terminal, args: &Schema) -> Result<Exit, Failure> {
    if args.check {
        return Ok(check(terminal)?);
    }
    if args.write {
        return Ok(write(terminal)?);
    }
    terminal.print(&match args.kind {
        SchemaKind::Monitor => schema_text(FileKind::Monitor),
        SchemaKind::Defaults => schema_text(FileKind::Defaults),
        SchemaKind::Settings => schema_text(FileKind::Settings),
        SchemaKind::Page => schema_text(FileKind::Page),
        SchemaKind::Notice => schema_text(FileKind::Notice),
        SchemaKind::Alert => record_schema(),
        SchemaKind::Plan => report::plan::schema(),
    })?;
    Ok(Exit::Done)
}

/// All of them by the names of their files: for the editors of those who write, and for the programs of those who
/// read.
pub fn schemas() -> impl Iterator<Item = (&'static str, String)> {
    let files = FileKind::ALL.into_iter().map(|kind| (kind.file_name(), schema_text(kind)));
    files.chain([(ALERT_SCHEMA, record_schema()), (PLAN_SCHEMA, report::plan::schema())])
}

/// Each of them with whether its file is that of this version.
pub fn states() -> Result<Vec<(&'static str, SchemaState)>, SchemaError> {
    schemas().map(|(name, schema)| Ok((name, state(name, &schema)?))).collect()
}

fn state(name: &str, schema: &str) -> Result<SchemaState, SchemaError> {
    let path = Path::new(SCHEMA_FOLDER).join(name);
    match fs::read_to_string(&path) {
        Ok(text) if text == schema => Ok(SchemaState::Fresh),
        Ok(_) => Ok(SchemaState::Stale),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(SchemaState::Missing),
        Err(source) => Err(SchemaError::Read { path: path.display().to_string(), source }),
    }
}

fn check(terminal: Terminal) -> Result<Exit, SchemaError> {
    let mut stale = Vec::new();
    for (name, state) in states()? {
        let path = format!("{SCHEMA_FOLDER}/{name}");
        match state {
            SchemaState::Fresh => {}
            SchemaState::Stale => stale.push(format!("{path} is not of this version")),
            SchemaState::Missing => stale.push(format!("{path} is missing")),
        }
    }
    if stale.is_empty() {
        terminal.say("the schemas are up to date");
        return Ok(Exit::Done);
    }
    for line in stale {
        terminal.say(&line);
    }
    terminal.say("fix: monitorctl schema --write");
    Ok(Exit::Invalid)
}

fn write(terminal: Terminal) -> Result<Exit, SchemaError> {
    let folder = Path::new(SCHEMA_FOLDER);
    let failed = |path: &Path, source| SchemaError::Write { path: path.display().to_string(), source };
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    for (name, schema) in schemas() {
        let path = folder.join(name);
        let written = AtomicFile::open(&path).and_then(|file| file.write(&schema));
        written.map_err(|error| failed(&path, error))?;
        terminal.say(&format!("wrote {}", path.display()));
    }
    Ok(Exit::Done)
}
