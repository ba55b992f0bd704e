//! Reads the status pages of the working tree and their notices: files beside the settings, by their names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{FILES, SourceError, shown, unreadable};
use super::files::{NOTICES, is_notice, is_page, read_optional};
use crate::config::SourceFile;

/// Files that could be read, in the order of their names, and what could not be read.
#[derive(Debug, Default)]
pub struct FoundPages {
    pub pages: Vec<SourceFile>,
    pub notices: Vec<SourceFile>,
    pub unreadable: Vec<(String, SourceError)>,
}

/// Every status page of the current directory, and every notice beside them.
pub fn read_pages() -> FoundPages {
    let mut unreadable = Vec::new();
    let pages = read_all(Path::new(""), is_page, &mut unreadable);
    let notices = read_all(Path::new(NOTICES), is_notice, &mut unreadable);
    FoundPages { pages, notices, unreadable }
}

fn read_all(
    folder: &Path,
    is_one: impl Fn(&Path) -> bool,
    unread: &mut Vec<(String, SourceError)>,
) -> Vec<SourceFile> {
    let mut paths = match paths(folder) {
        Ok(paths) => paths,
        Err(error) => {
            unread.push((shown(folder), error));
            return Vec::new();
        }
    };
    paths.retain(|path| is_one(path));
    paths.sort();
    if paths.len() > FILES {
        unread.push((shown(folder), SourceError::TooMany { path: shown(folder) }));
        return Vec::new();
    }
    let mut files = Vec::new();
    for path in paths {
        match read_optional(&path) {
            Ok(file) => files.extend(file),
            Err(error) => unread.push((shown(&path), error)),
        }
    }
    files
}

/// What lies in a folder; nothing if it is not there.
fn paths(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = match fs::read_dir(here) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(here, error)),
    };
    entries
        .map(|entry| Ok(folder.join(entry.map_err(|error| unreadable(here, error))?.file_name())))
        .collect()
}
