//! The folders of a catalog in the working tree: which there are, and what a typed path has to do with them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::bounds::plain;
use super::error::{SourceError, shown, slashed, unreadable};
use crate::config::{FolderPattern, FolderPatterns, MONITORS, Settings, group_of, stands_for};

/// Where the monitor files of a catalog are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MonitorFolders {
    /// Those that the settings list, below the current directory.
    Listed(FolderPatterns),
    /// A catalog of its own, which was typed.
    Typed(PathBuf),
}

/// A folder of a catalog.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CatalogFolder {
    pub path: PathBuf,
    /// The group of the monitors right in it; `""` for none.
    pub group: String,
}

/// The listed folders that are there.
#[derive(Debug, Default)]
pub struct ListedFolders {
    /// In the order of their paths. One without a `*` is among them also if it is not there.
    pub folders: Vec<CatalogFolder>,
    /// What no folder matches.
    pub unmatched: Vec<FolderPattern>,
}

/// What a typed path has to do with the listed folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypedPlace {
    /// It is this folder, or lies in it.
    Inside(CatalogFolder),
    /// It holds these folders, and is none.
    Above(Vec<CatalogFolder>),
    Apart,
}

impl MonitorFolders {
    /// Those of a repository with these settings.
    pub fn of(settings: &Settings) -> Self {
        Self::Listed(settings.folders.clone().unwrap_or_default())
    }

    /// Those that are there.
    pub fn there(&self) -> Result<Vec<CatalogFolder>, SourceError> {
        match self {
            Self::Typed(path) => Ok(vec![CatalogFolder::alone(path)]),
            Self::Listed(patterns) => Ok(listed(patterns)?.folders),
        }
    }

    /// Their paths as git takes them.
    pub fn pathspecs(&self) -> Vec<PathBuf> {
        match self {
            Self::Typed(path) => vec![path.clone()],
            Self::Listed(patterns) => patterns.iter().map(pathspec).collect(),
        }
    }

    /// Folders that hold them all, also those that were there at another commit.
    pub fn starts(&self) -> Vec<PathBuf> {
        match self {
            Self::Typed(path) => vec![path.clone()],
            Self::Listed(patterns) => patterns.iter().map(|pattern| pattern.start().into()).collect(),
        }
    }

    /// The folder of the catalog that a file is in.
    pub fn folder_of(&self, file: &str) -> Option<CatalogFolder> {
        match self {
            Self::Typed(path) => Path::new(file).starts_with(path).then(|| CatalogFolder::alone(path)),
            Self::Listed(patterns) => patterns.folder_of(file).map(CatalogFolder::listed),
        }
    }
}

impl CatalogFolder {
    fn listed(path: &str) -> Self {
        Self { path: path.into(), group: group_of(path).to_owned() }
    }

    /// A catalog of its own, whose groups are the paths below it.
    pub fn alone(path: &Path) -> Self {
        Self { path: path.to_owned(), group: String::new() }
    }

    /// The group of the monitors right in a folder of it.
    pub fn group_of(&self, folder: &Path) -> String {
        let below = folder.strip_prefix(&self.path).unwrap_or(Path::new(""));
        slashed(&Path::new(&self.group).join(below))
    }
}

/// Those of `patterns` that are there; it is an error if there is none.
pub fn listed(patterns: &FolderPatterns) -> Result<ListedFolders, SourceError> {
    let mut listed = ListedFolders::default();
    for pattern in patterns.iter() {
        let found = matching_below(Path::new(""), pattern)?;
        if found.is_empty() {
            listed.unmatched.push(pattern.clone());
        }
        // One in another is a part of that.
        let whole = |path: &String| patterns.folder_of(path) == Some(path);
        listed
            .folders
            .extend(found.iter().filter(|path| whole(path)).map(|path| CatalogFolder::listed(path)));
    }
    listed.folders.sort();
    listed.folders.dedup();
    if listed.folders.is_empty() {
        return Err(SourceError::NoFolder { patterns: patterns.to_string() });
    }
    Ok(listed)
}

/// What `typed` is beside the folders that the settings list, by default `monitors`. One in another folder `monitors`
/// is inside of that.
pub fn place(listed_folders: Option<&FolderPatterns>, typed: &Path) -> Result<TypedPlace, SourceError> {
    let path = relative(typed);
    let default = FolderPatterns::default();
    if let Some(folder) = listed_folders.unwrap_or(&default).folder_of(&shown(&path)) {
        return Ok(TypedPlace::Inside(CatalogFolder::listed(folder)));
    }
    if let Some(patterns) = listed_folders.filter(|_| typed.is_dir()) {
        let mut below = listed(patterns)?.folders;
        below.retain(|folder| folder.path.starts_with(&path));
        if !below.is_empty() {
            return Ok(TypedPlace::Above(below));
        }
    }
    let is_catalog = |folder: &&Path| folder.file_name().is_some_and(|name| name == MONITORS);
    let around = path.ancestors().skip(1).find(is_catalog);
    Ok(around.map_or(TypedPlace::Apart, |around| TypedPlace::Inside(CatalogFolder::alone(around))))
}

/// Whether `typed` is a whole catalog, and no file or part of one.
pub fn is_whole(listed_folders: Option<&FolderPatterns>, typed: &Path) -> Result<bool, SourceError> {
    let all = || listed(listed_folders.unwrap_or(&FolderPatterns::default())).map(|all| all.folders);
    Ok(match place(listed_folders, typed)? {
        TypedPlace::Inside(folder) => folder.path == relative(typed) && all()? == [folder],
        TypedPlace::Above(folders) => all()? == folders,
        TypedPlace::Apart => typed.is_dir(),
    })
}

/// The same path as seen from the current directory, if it lies there.
pub fn relative(typed: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    plain(typed.strip_prefix(here).unwrap_or(typed))
}

/// The paths that a pattern stands for, below a folder.
fn matching_below(top: &Path, pattern: &FolderPattern) -> Result<Vec<String>, SourceError> {
    if pattern.is_one() {
        return Ok(vec![pattern.to_string()]);
    }
    let mut found = vec![String::new()];
    for wanted in pattern.names() {
        let mut deeper = Vec::new();
        for above in &found {
            for name in folders_in(&top.join(above), wanted)? {
                deeper.push(if above.is_empty() { name } else { format!("{above}/{name}") });
            }
        }
        found = deeper;
    }
    Ok(found)
}

/// The names of the folders in `above` that are called like this. A folder that is not there has none.
fn folders_in(above: &Path, wanted: &str) -> Result<Vec<String>, SourceError> {
    let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
    let entries = match fs::read_dir(above) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(unreadable(above, error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(|error| unreadable(above, error))?.file_name();
        let text = name.to_string_lossy();
        if stands_for(wanted, &text) && above.join(&name).is_dir() {
            names.push(text.into_owned());
        }
    }
    Ok(names)
}

fn pathspec(pattern: &FolderPattern) -> PathBuf {
    if pattern.is_one() {
        return pattern.to_string().into();
    }
    // git lets the star of a plain path stand for slashes too.
    format!(":(glob){pattern}/**").into()
}

#[cfg(test)]
mod tests;
