//! Looks at the folder that the program runs in.

use std::io;
use std::path::{Path, PathBuf};

use crate::commands::origin::suggested_owner;
use crate::commands::schema::{self, SCHEMA_FOLDER};
use crate::commands::settings::SETTINGS_FILE;
use crate::config::{
    self, EnvironmentError, FileKind, FolderPatterns, Settings, SourceFile, is_defaults, is_status_page,
};
use crate::doctor::{FileFacts, Modeline, RepositoryFacts, SchemaState, SettingsFacts, modeline};
use crate::installation::Look;
use crate::report::chain;
use crate::source::{self, Repository, SourceError};

/// What is there, and the settings as far as they can be used.
pub struct Checkout {
    pub settings: Settings,
    pub facts: RepositoryFacts,
}

/// Fails if monitorctl.yaml lists environments, and none of them is chosen.
pub fn look(typed: Option<&Path>, environment: Option<&str>) -> Result<Checkout, EnvironmentError> {
    let (settings, settings_facts) = settings(environment)?;
    // Files that cannot be read are as good as missing to an editor.
    let missing = || schema::schemas().map(|(name, _)| (name, SchemaState::Missing)).collect();
    let schemas = schema::states().unwrap_or_else(|_| missing());
    let files = files(settings.folders.as_ref(), typed);
    Ok(Checkout { settings, facts: RepositoryFacts { settings: settings_facts, schemas, files } })
}

/// Settings with a fault are reported, and count as none.
fn settings(environment: Option<&str>) -> Result<(Settings, SettingsFacts), EnvironmentError> {
    let none = || Settings::default().of_environment(environment);
    let file = match source::read_optional(Path::new(SETTINGS_FILE)) {
        Ok(Some(file)) => file,
        Ok(None) => return Ok((none()?, SettingsFacts::Absent)),
        Err(error) => return Ok((none()?, SettingsFacts::Unreadable(chain(&error)))),
    };
    let (settings, diagnostics) = config::settings(&file);
    match diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count() {
        0 => {
            let settings = settings.of_environment(environment)?;
            let facts = SettingsFacts::Valid {
                owner: settings.owner.clone(),
                suggested_owner: suggested_owner(&Repository::around(Path::new("."))),
                canaries: settings.canaries.len(),
                shared_tables: settings.shared_tables(),
            };
            Ok((settings, facts))
        }
        faults => Ok((none()?, SettingsFacts::Invalid(faults))),
    }
}

fn files(listed: Option<&FolderPatterns>, typed: Option<&Path>) -> Look<Vec<FileFacts>> {
    match source::read_paths(listed, typed.as_slice()) {
        Ok(found) => match found.all() {
            Ok(found) => {
                // Whatever folder is looked at, the pages are beside the settings.
                let pages = source::read_pages().pages;
                Look::Seen(found.files.iter().chain(&pages).map(file).collect())
            }
            Err(error) => Look::Failed(chain(&error)),
        },
        Err(SourceError::NoFolder { .. } | SourceError::MissingFolder { .. }) => Look::Missing,
        Err(SourceError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            Look::Missing
        }
        Err(error) => Look::Failed(chain(&error)),
    }
}

fn file(file: &SourceFile) -> FileFacts {
    let kind = if is_status_page(&file.path) {
        FileKind::Page
    } else if is_defaults(&file.path) {
        FileKind::Defaults
    } else {
        FileKind::Monitor
    };
    let folder = Path::new(&file.path).parent().unwrap_or(Path::new(""));
    let text = String::from_utf8_lossy(&file.bytes);
    let modeline = match modeline(&text) {
        None => Modeline::Absent,
        Some(said) if said.contains("://") || folder.join(said).is_file() => Modeline::Leads(said.to_owned()),
        Some(said) => Modeline::Dangling(said.to_owned()),
    };
    // A key at the beginning of a line is one of the document itself. What is written otherwise is rare, and this is
    // for a piece of advice.
    let monitors = match kind {
        FileKind::Monitor => text.lines().filter(|line| line.starts_with("id:")).count(),
        FileKind::Defaults | FileKind::Settings | FileKind::Page | FileKind::Notice => 0,
    };
    FileFacts { path: file.path.clone(), kind, monitors, schema: schema_from(folder, kind), modeline }
}

/// How a file in `folder` spells the path of its schema.
fn schema_from(folder: &Path, kind: FileKind) -> String {
    let up: PathBuf = if folder.is_absolute() {
        std::env::current_dir().unwrap_or_default()
    } else {
        folder.components().map(|_| "..").collect()
    };
    up.join(SCHEMA_FOLDER).join(kind.file_name()).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_found_from_any_depth() {
        for (folder, path) in [
            ("monitors", "../schema/monitor.schema.json"),
            ("monitors/eu/pay", "../../../schema/monitor.schema.json"),
            ("", "schema/monitor.schema.json"),
        ] {
            assert_eq!(schema_from(Path::new(folder), FileKind::Monitor), path);
        }
    }
}
