//! Reads monitor files of the working tree. A folder that is missing or only partly readable is an error and never "no
//! monitors", because an empty catalog would mean: remove them all.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::bounds::{Bounds, plain};
use super::error::{FILES, SourceError, shown, slashed};
use crate::config::{FILE_BYTES, SourceFile, is_defaults};

/// The folder that is a catalog by its name, so that one file in it finds its defaults.
const CATALOG: &str = "monitors";

/// What the repository says of itself, which is no monitor. A file of that name anywhere else is one of monitors.
const SETTINGS: &str = "monitorctl.yaml";

/// Characters of a path in a message.
const PATH_CHARS: usize = 300;

/// All files of the catalog at `root` that can be read, in the order of their paths, and what cannot.
pub fn read_readable(root: &Path) -> Result<Found, SourceError> {
    let mut found = Found::default();
    let catalog = CatalogReader::of(root, root)?;
    catalog.bounds.hold(root)?;
    catalog.read_folder(root, &mut found)?;
    Ok(found.sorted())
}

/// All files of the catalog at `root`, in the order of their paths.
pub fn read(root: &Path) -> Result<Vec<SourceFile>, SourceError> {
    match read_readable(root)? {
        Found { files, unreadable, .. } if unreadable.is_empty() => Ok(files),
        Found { mut unreadable, .. } => Err(unreadable.remove(0).1),
    }
}

/// The files that `paths` name, with the defaults that hold in them, and what below them cannot be read; `-` is
/// standard input.
pub fn read_paths(paths: &[PathBuf]) -> Result<Found, SourceError> {
    let mut found = Found::default();
    for path in paths {
        if path.as_os_str() == "-" {
            found.files.push(read_stdin()?);
            continue;
        }
        let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
        let folder = if metadata.is_dir() { path.as_path() } else { path.parent().unwrap_or(Path::new("")) };
        let catalog = CatalogReader::of(catalog_of(folder), folder)?;
        catalog.bounds.hold(path)?;
        catalog.read_defaults_above(folder, &mut found.files)?;
        if metadata.is_dir() {
            catalog.read_folder(path, &mut found)?;
        } else if is_settings(path) {
            // `validate` reads the settings of the repository with whatever files.
        } else if is_yaml(path) {
            catalog.read_defaults_in(folder, &mut found.files)?;
            found.files.push(catalog.read_file(path)?);
        } else {
            return Err(SourceError::NotYaml { path: named(path) });
        }
    }
    Ok(found.sorted())
}

/// One file that may be missing, such as `monitorctl.yaml`.
pub fn read_optional(path: &Path) -> Result<Option<SourceFile>, SourceError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let read = CatalogReader::of(folder, folder).and_then(|catalog| catalog.read_file(path));
    found(read.map(|file| SourceFile { folder: slashed(folder), ..file }))
}

/// The same for a file that was named at the prompt: wherever it leads, and a pipe as well.
pub fn read_given(path: &Path) -> Result<Option<SourceFile>, SourceError> {
    let file = read_open(Path::new(""), path);
    let is_too_large = |file: &SourceFile| file.bytes.len() > FILE_BYTES;
    match file {
        Ok(file) if is_too_large(&file) => Err(SourceError::TooLarge { path: named(path) }),
        read => found(read),
    }
}

fn found(read: Result<SourceFile, SourceError>) -> Result<Option<SourceFile>, SourceError> {
    match read {
        Ok(file) => Ok(Some(file)),
        Err(SourceError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What was found in folders.
#[derive(Debug)]
pub struct Found {
    pub files: Vec<SourceFile>,
    /// What cannot be read, by its path.
    pub unreadable: Vec<(String, SourceError)>,
    /// Files that there may be.
    most: usize,
    /// The folders that links on the way to the present one led to, as they really lie.
    way: Vec<PathBuf>,
}

impl Default for Found {
    fn default() -> Self {
        Self { files: Vec::new(), unreadable: Vec::new(), most: FILES, way: Vec::new() }
    }
}

impl Found {
    fn sorted(mut self) -> Self {
        self.files.sort_by(|one, two| one.path.cmp(&two.path));
        self.files.dedup_by(|one, two| one.path == two.path);
        self.unreadable.sort_by(|one, two| one.0.cmp(&two.0));
        self.unreadable.dedup_by(|one, two| one.0 == two.0);
        self
    }
}

/// A catalog while it is read.
struct CatalogReader<'a> {
    root: &'a Path,
    bounds: Bounds,
}

impl<'a> CatalogReader<'a> {
    /// With the bounds around a `folder` of it that was named.
    fn of(root: &'a Path, folder: &Path) -> Result<Self, SourceError> {
        let bounds = Bounds::around(folder).map_err(|error| unreadable(folder, error))?;
        Ok(Self { root, bounds })
    }

    /// What cannot be read in it is noted; the rest is read all the same.
    fn read_folder(&self, folder: &Path, found: &mut Found) -> Result<(), SourceError> {
        for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
            let entry = entry.map_err(|error| unreadable(folder, error))?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let path = entry.path();
            let is_link = entry.file_type().is_ok_and(|found| found.is_symlink());
            match self.read_entry(&path, is_link, found) {
                Err(error @ SourceError::TooMany { .. }) => return Err(error),
                Err(error) => found.unreadable.push((shown(&path), error)),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    fn read_entry(&self, path: &Path, is_link: bool, found: &mut Found) -> Result<(), SourceError> {
        let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
        if !metadata.is_dir() {
            if is_yaml(path) && !is_settings(path) {
                if found.files.len() >= found.most {
                    return Err(SourceError::TooMany { path: named(self.root) });
                }
                found.files.push(self.read_file(path)?);
            }
            return Ok(());
        }
        if !is_link {
            return self.read_folder(path, found);
        }
        self.bounds.hold(path)?;
        let real = |path: &Path| fs::canonicalize(path).map_err(|error| unreadable(path, error));
        let (here, target) = (real(path.parent().unwrap_or(path))?, real(path)?);
        if found.way.iter().chain([&here]).any(|passed| passed.starts_with(&target)) {
            return Err(SourceError::Loop { path: named(path) });
        }
        found.way.push(target);
        let outcome = self.read_folder(path, found);
        found.way.pop();
        outcome
    }

    /// Defaults of the folders between the root and `folder`, without `folder` itself.
    fn read_defaults_above(&self, folder: &Path, files: &mut Vec<SourceFile>) -> Result<(), SourceError> {
        let mut above = folder;
        while above != self.root {
            let Some(parent) = above.parent() else { break };
            above = parent;
            self.read_defaults_in(above, files)?;
        }
        Ok(())
    }

    fn read_defaults_in(&self, folder: &Path, files: &mut Vec<SourceFile>) -> Result<(), SourceError> {
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        for entry in fs::read_dir(here).map_err(|error| unreadable(folder, error))? {
            let name = entry.map_err(|error| unreadable(folder, error))?.file_name();
            let path = folder.join(&name);
            if is_defaults(&name.to_string_lossy()) && !path.is_dir() {
                files.push(self.read_file(&path)?);
            }
        }
        Ok(())
    }

    /// A file, unless a link to it leads out, or it is none: opening a pipe waits for a writer.
    fn read_file(&self, path: &Path) -> Result<SourceFile, SourceError> {
        let found = fs::symlink_metadata(path).map_err(|error| unreadable(path, error))?;
        if found.is_symlink() {
            self.bounds.hold(path)?;
        }
        let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
        if !metadata.is_file() {
            return Err(SourceError::NotRegular { path: named(path) });
        }
        read_open(self.root, path)
    }
}

/// The closest folder on the way up that is called `monitors`, or `folder` itself.
fn catalog_of(folder: &Path) -> &Path {
    let named = |folder: &&Path| folder.file_name().is_some_and(|name| name == CATALOG);
    folder.ancestors().find(named).unwrap_or(folder)
}

/// Whether `path` is the folder of all monitors, and not a file or a part of it.
pub fn is_catalog(path: &Path) -> bool {
    path.is_dir() && catalog_of(path) == path
}

/// The catalog that `path` is only a part of.
pub fn catalog_around(path: &Path) -> Option<PathBuf> {
    let here = std::env::current_dir().unwrap_or_default();
    // What is above the current directory may have a foreign name.
    let path = plain(path.strip_prefix(here).unwrap_or(path));
    let root = catalog_of(&path);
    (root != path).then(|| root.to_owned())
}

fn read_open(root: &Path, path: &Path) -> Result<SourceFile, SourceError> {
    let file = fs::File::open(path).map_err(|error| unreadable(path, error))?;
    let bytes = read_bounded(file, path)?;
    Ok(SourceFile { path: shown(path), folder: folder_below(root, path), bytes })
}

/// The folder of the file `path`, below the catalog's `root`.
pub fn folder_below(root: &Path, path: &Path) -> String {
    slashed(path.parent().and_then(|parent| parent.strip_prefix(root).ok()).unwrap_or(Path::new("")))
}

/// Whether a path below `root` is one of the catalog's files: YAML, and nothing on the way to it is hidden.
pub fn is_catalog_file(root: &Path, path: &Path) -> bool {
    let below = path.strip_prefix(root).unwrap_or(path);
    let hidden = below.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'));
    is_yaml(path) && !hidden && !is_settings(path)
}

/// Whether a path is that of the settings in the current directory.
pub fn is_settings(path: &Path) -> bool {
    shown(path) == SETTINGS
}

fn read_stdin() -> Result<SourceFile, SourceError> {
    let path = Path::new("<stdin>");
    let bytes = read_bounded(io::stdin().lock(), path)?;
    Ok(SourceFile { path: shown(path), folder: String::new(), bytes })
}

fn read_bounded(reader: impl Read, path: &Path) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::new();
    // One more than the bound is enough to be refused, with the faults of all other files.
    let most = u64::try_from(FILE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(most).read_to_end(&mut bytes).map_err(|error| unreadable(path, error))?;
    Ok(bytes)
}

fn is_yaml(path: &Path) -> bool {
    let is = |extension: &OsStr| ["yaml", "yml"].iter().any(|yaml| extension.eq_ignore_ascii_case(yaml));
    path.extension().is_some_and(is)
}

fn unreadable(path: &Path, source: io::Error) -> SourceError {
    SourceError::Unreadable { path: named(path), source }
}

/// A path as a message has it: of a very long one both ends.
fn named(path: &Path) -> String {
    let path = shown(path);
    let characters: Vec<char> = path.chars().collect();
    if characters.len() <= PATH_CHARS {
        return path;
    }
    let (start, end) =
        (characters.iter().take(PATH_CHARS / 2), characters.iter().skip(characters.len() - PATH_CHARS / 2));
    start.chain(['…'].iter()).chain(end).collect()
}

#[cfg(test)]
mod tests;
