//! Why files could not be read, and how paths are shown.

use std::io;
use std::path::{Component, Path};

use crate::config::FILE_BYTES;

/// Files of one catalog; links from folder to folder could multiply a few to any number.
pub const FILES: usize = 50_000;

/// Characters of a path in a message.
pub const PATH_CHARS: usize = 300;

/// Why files could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("cannot read {path}")]
    Unreadable { path: String, source: io::Error },
    #[error("{path} is larger than {limit} MiB", limit = FILE_BYTES >> 20)]
    TooLarge { path: String },
    #[error("more than {FILES} files in {path}")]
    TooMany { path: String },
    #[error("{path} links back to a parent folder")]
    Loop { path: String },
    #[error("{path} is not a .yaml or .yml file")]
    NotYaml { path: String },
    #[error("{path} is neither a file nor a folder")]
    NotRegular { path: String },
    #[error("no folder matches {patterns}, which monitorctl.yaml lists")]
    NoFolder { patterns: String },
    #[error("the folder {path} does not exist")]
    MissingFolder { path: String },
    #[error("{path} links to {target}, outside {top}")]
    LedOut { path: String, target: String, top: String },
}

impl SourceError {
    /// What the settings list, or imply, and is not there.
    pub fn listed(&self) -> Option<&str> {
        match self {
            Self::MissingFolder { path: listed } | Self::NoFolder { patterns: listed } => Some(listed),
            Self::Unreadable { .. }
            | Self::TooLarge { .. }
            | Self::TooMany { .. }
            | Self::Loop { .. }
            | Self::NotYaml { .. }
            | Self::NotRegular { .. }
            | Self::LedOut { .. } => None,
        }
    }

    /// The next step.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => {
                "name another path or pass `-C DIR`; `monitorctl init` starts a repository"
            }
            Self::TooLarge { .. } | Self::NotYaml { .. } => {
                "write monitors in .yaml files, or pass `-` for standard input"
            }
            Self::TooMany { .. } => "split the catalog, or remove links that multiply it",
            Self::Loop { .. } => "remove the link",
            Self::NoFolder { .. } => "make the folder, or correct `folders:`",
            Self::MissingFolder { .. } => {
                "make the folder, or list the folders of the monitor files in monitorctl.yaml: `folders: [PATH]`"
            }
            Self::NotRegular { .. } => "replace the pipe or device with a file, or remove it",
            Self::LedOut { .. } => "link only inside the repository: copy the file there, or remove the link",
        }
    }
}

/// Relative to where the user stands, where that is possible.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    slashed(path.strip_prefix(here).unwrap_or(path))
}

pub fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .filter(|component| *component != Component::CurDir)
        .map(|component| component.as_os_str().to_string_lossy())
        .collect();
    // The root of an absolute path brings its own slash.
    parts.join("/").replacen("//", "/", 1)
}

pub fn unreadable(path: &Path, source: io::Error) -> SourceError {
    SourceError::Unreadable { path: named(path), source }
}

/// A path as a message has it: of a very long one both ends.
pub fn named(path: &Path) -> String {
    let path = shown(path);
    let characters: Vec<char> = path.chars().collect();
    if characters.len() <= PATH_CHARS {
        return path;
    }
    let (start, end) =
        (characters.iter().take(PATH_CHARS / 2), characters.iter().skip(characters.len() - PATH_CHARS / 2));
    start.chain(['…'].iter()).chain(end).collect()
}
