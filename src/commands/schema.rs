//! `schema`: the JSON Schemas for editors, printed, written or compared.

use std::fs;
use std::io;
use std::path::Path;

use super::console;
use crate::cli::{Schema, SchemaKind};
use crate::config::{Kind, schema_text};
use crate::exit::Exit;

/// Where the schemas of a repository are.
pub const SCHEMA_FOLDER: &str = "schema";

#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    #[error("cannot read {path}")]
    Read { path: String, source: io::Error },
    #[error("cannot write {path}")]
    Write { path: String, source: io::Error },
    #[error("cannot print")]
    Print(#[from] io::Error),
}

pub fn schema(args: &Schema) -> Result<Exit, SchemaError> {
    if args.check {
        return check();
    }
    if args.write {
        return write();
    }
    console::print(&schema_text(match args.kind {
        SchemaKind::Monitor => Kind::Monitor,
        SchemaKind::Defaults => Kind::Defaults,
        SchemaKind::Settings => Kind::Settings,
    }))?;
    Ok(Exit::Done)
}

fn check() -> Result<Exit, SchemaError> {
    let mut stale = Vec::new();
    for kind in Kind::ALL {
        let path = Path::new(SCHEMA_FOLDER).join(kind.file_name());
        match fs::read_to_string(&path) {
            Ok(text) if text == schema_text(kind) => {}
            Ok(_) => stale.push(format!("{} is not that of this version", path.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                stale.push(format!("{} is missing", path.display()));
            }
            Err(source) => return Err(SchemaError::Read { path: path.display().to_string(), source }),
        }
    }
    if stale.is_empty() {
        console::say("the schemas are those of this version")?;
        return Ok(Exit::Done);
    }
    for line in stale {
        console::say(&line)?;
    }
    console::say("to fix it: monitorctl schema --write")?;
    Ok(Exit::Invalid)
}

fn write() -> Result<Exit, SchemaError> {
    let folder = Path::new(SCHEMA_FOLDER);
    let failed = |path: &Path, source| SchemaError::Write { path: path.display().to_string(), source };
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    for kind in Kind::ALL {
        let path = folder.join(kind.file_name());
        fs::write(&path, schema_text(kind)).map_err(|error| failed(&path, error))?;
        console::say(&format!("wrote {}", path.display()))?;
    }
    Ok(Exit::Done)
}
