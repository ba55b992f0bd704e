//! Reads the status pages of the working tree: files beside the settings, by their names.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::{SourceError, shown, unreadable};
use super::files::{is_page, read_optional};
use crate::config::SourceFile;

/// The status pages that could be read, in the order of their names, and what could not be read.
#[derive(Debug, Default)]
pub struct FoundPages {
    pub files: Vec<SourceFile>,
    pub unreadable: Vec<(String, SourceError)>,
}

/// Every status page of the current directory.
pub fn read_pages() -> FoundPages {
    let mut found = FoundPages::default();
    let mut paths: Vec<PathBuf> = match fs::read_dir(".") {
        Ok(entries) => entries.filter_map(|entry| Some(PathBuf::from(entry.ok()?.file_name()))).collect(),
        Err(error) => {
            let here = Path::new(".");
            found.unreadable.push((".".to_owned(), unreadable(here, error)));
            return found;
        }
    };
    paths.retain(|path| is_page(path));
    paths.sort();
    for path in paths {
        match read_optional(&path) {
            Ok(file) => found.files.extend(file),
            Err(error) => found.unreadable.push((shown(&path), error)),
        }
    }
    found
}
