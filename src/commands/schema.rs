//! `schema`: the JSON Schemas for editors, printed, written or compared.

use std::fs;
use std::io;
use std::path::Path;

use super::failure::Failure;
use super::terminal::Terminal;
use crate::cli::{Schema, SchemaKind};
use crate::config::{Kind, schema_text};
use crate::doctor::SchemaState;
use crate::exit::Exit;

/// Where the schemas of a repository are.
pub const SCHEMA_FOLDER: &str = "schema";

#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    #[error("cannot read {path}")]
    Read { path: String, source: io::Error },
    #[error("cannot write {path}")]
    Write { path: String, source: io::Error },
}

pub fn schema(terminal: Terminal, args: &Schema) -> Result<Exit, Failure> {
    if args.check {
        return Ok(check(terminal)?);
    }
    if args.write {
        return Ok(write(terminal)?);
    }
    terminal.print(&schema_text(match args.kind {
        SchemaKind::Monitor => Kind::Monitor,
        SchemaKind::Defaults => Kind::Defaults,
        SchemaKind::Settings => Kind::Settings,
    }))?;
    Ok(Exit::Done)
}

/// Whether the file of a schema is that of this version.
pub fn state(kind: Kind) -> Result<SchemaState, SchemaError> {
    let path = Path::new(SCHEMA_FOLDER).join(kind.file_name());
    match fs::read_to_string(&path) {
        Ok(text) if text == schema_text(kind) => Ok(SchemaState::Fresh),
        Ok(_) => Ok(SchemaState::Stale),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(SchemaState::Missing),
        Err(source) => Err(SchemaError::Read { path: path.display().to_string(), source }),
    }
}

fn check(terminal: Terminal) -> Result<Exit, SchemaError> {
    let mut stale = Vec::new();
    for kind in Kind::ALL {
        let path = format!("{SCHEMA_FOLDER}/{}", kind.file_name());
        match state(kind)? {
            SchemaState::Fresh => {}
            SchemaState::Stale => stale.push(format!("{path} is not that of this version")),
            SchemaState::Missing => stale.push(format!("{path} is missing")),
        }
    }
    if stale.is_empty() {
        terminal.say("the schemas are those of this version");
        return Ok(Exit::Done);
    }
    for line in stale {
        terminal.say(&line);
    }
    terminal.say("to fix it: monitorctl schema --write");
    Ok(Exit::Invalid)
}

fn write(terminal: Terminal) -> Result<Exit, SchemaError> {
    let folder = Path::new(SCHEMA_FOLDER);
    let failed = |path: &Path, source| SchemaError::Write { path: path.display().to_string(), source };
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    for kind in Kind::ALL {
        let path = folder.join(kind.file_name());
        fs::write(&path, schema_text(kind)).map_err(|error| failed(&path, error))?;
        terminal.say(&format!("wrote {}", path.display()));
    }
    Ok(Exit::Done)
}
