//! Reads monitor files of the working tree. A folder that is missing or only partly readable is an error and never "no
//! monitors", because an empty catalog would mean: remove them all.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::bounds::Bounds;
use super::error::{FILES, SourceError, named, shown, slashed, unreadable};
use super::folders::{CatalogFolder, ListedFolders, MonitorFolders, TypedPlace, listed, place, relative};
use crate::config::{FILE_BYTES, FolderPattern, FolderPatterns, SourceFile, is_defaults, is_status_page};

/// What the repository says of itself, which is no monitor. A file of that name anywhere else is one of monitors.
const SETTINGS: &str = "monitorctl.yaml";

/// The folder of the notices of status pages.
pub const NOTICES: &str = "notices";

/// All files of the catalog that can be read, in the order of their paths, and what cannot.
fn read_readable(folders: &MonitorFolders) -> Result<Found, SourceError> {
    let mut found = Found::default();
    match folders {
        MonitorFolders::Typed(path) => read_whole(&CatalogFolder::alone(path), &mut found)?,
        MonitorFolders::Listed(patterns) => {
            let ListedFolders { folders, unmatched } = listed(patterns)?;
            read_each(&folders, &mut found)?;
            found.unmatched = unmatched;
        }
    }
    Ok(found.sorted())
}

/// The same, but nothing if a part cannot be read; and the patterns that no folder matches.
pub fn read(folders: &MonitorFolders) -> Result<(Vec<SourceFile>, Vec<FolderPattern>), SourceError> {
    let Found { files, unmatched, .. } = read_readable(folders)?.all()?;
    Ok((files, unmatched))
}

/// The files that `paths` name, with the defaults that hold in them, and what below them cannot be read. `-` is standard
/// input, a folder with listed ones below stands for these, and no path stands for all that are listed.
pub fn read_paths<P: AsRef<Path>>(
    listed: Option<&FolderPatterns>,
    paths: &[P],
) -> Result<Found, SourceError> {
    if paths.is_empty() {
        return read_readable(&MonitorFolders::Listed(listed.cloned().unwrap_or_default()));
    }
    let mut found = Found::default();
    for path in paths.iter().map(AsRef::as_ref) {
        if path.as_os_str() == "-" {
            found.files.push(read_stdin()?);
            continue;
        }
        match place(listed, path)? {
            TypedPlace::Above(folders) => read_each(&folders, &mut found)?,
            TypedPlace::Inside(catalog) => read_path(&relative(path), Some(catalog), &mut found)?,
            TypedPlace::Apart => read_path(path, None, &mut found)?,
        }
    }
    Ok(found.sorted())
}

/// All of these folders; one that cannot be read is noted, unless none can.
fn read_each(folders: &[CatalogFolder], found: &mut Found) -> Result<(), SourceError> {
    let mut unread = Vec::new();
    for folder in folders {
        match read_whole(folder, found) {
            Err(error @ SourceError::TooMany { .. }) => return Err(error),
            Err(SourceError::Unreadable { source, .. }) if is_missing(&folder.path, &source) => {
                let path = shown(&folder.path);
                unread.push((path.clone(), SourceError::MissingFolder { path }));
            }
            Err(error) => unread.push((shown(&folder.path), error)),
            Ok(()) => {}
        }
    }
    if unread.len() == folders.len() && !unread.is_empty() {
        return Err(unread.remove(0).1);
    }
    found.unreadable.append(&mut unread);
    Ok(())
}

/// Whether there is no such folder. Without settings, the working directory may be the wrong one.
fn is_missing(folder: &Path, error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound && !folder.exists() && Path::new(SETTINGS).exists()
}

fn read_whole(folder: &CatalogFolder, found: &mut Found) -> Result<(), SourceError> {
    let catalog = CatalogReader::of(folder.clone(), &folder.path)?;
    catalog.bounds.hold(&folder.path)?;
    catalog.read_folder(&folder.path, found)
}

/// A file or a folder that was typed, and the catalog around it; without one, it is a catalog itself.
fn read_path(path: &Path, catalog: Option<CatalogFolder>, found: &mut Found) -> Result<(), SourceError> {
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
    let folder = if metadata.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
    let catalog = catalog.unwrap_or_else(|| CatalogFolder::alone(folder));
    let catalog = CatalogReader::of(catalog, folder)?;
    catalog.bounds.hold(path)?;
    catalog.read_defaults_above(folder, &mut found.files)?;
    if metadata.is_dir() {
        catalog.read_folder(path, found)?;
    } else if is_settings(path) || is_page(path) || is_notice(path) {
        // `validate` reads the settings and the status pages of the repository by itself.
    } else if is_yaml(path) {
        catalog.read_defaults_in(folder, &mut found.files)?;
        found.files.push(catalog.read_file(path)?);
    } else {
        return Err(SourceError::NotYaml { path: named(path) });
    }
    Ok(())
}

/// One file that may be missing, such as `monitorctl.yaml`.
pub fn read_optional(path: &Path) -> Result<Option<SourceFile>, SourceError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let read =
        CatalogReader::of(CatalogFolder::alone(folder), folder).and_then(|catalog| catalog.read_file(path));
    found(read.map(|file| SourceFile { group: slashed(folder), ..file }))
}

/// The same for a file that was named at the prompt: wherever it leads, and a pipe as well.
pub fn read_given(path: &Path) -> Result<Option<SourceFile>, SourceError> {
    let file = read_open(&CatalogFolder::alone(Path::new("")), path);
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
    /// What the settings list and no folder matches.
    pub unmatched: Vec<FolderPattern>,
    /// Files that there may be.
    most: usize,
    /// The folders that links on the way to the present one led to, as they really lie.
    way: Vec<PathBuf>,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            files: Vec::new(),
            unreadable: Vec::new(),
            unmatched: Vec::new(),
            most: FILES,
            way: Vec::new(),
        }
    }
}

impl Found {
    /// Itself, unless a part could not be read.
    pub fn all(mut self) -> Result<Self, SourceError> {
        if self.unreadable.is_empty() { Ok(self) } else { Err(self.unreadable.remove(0).1) }
    }

    fn sorted(mut self) -> Self {
        self.files.sort_by(|one, two| one.path.cmp(&two.path));
        self.files.dedup_by(|one, two| one.path == two.path);
        self.unreadable.sort_by(|one, two| one.0.cmp(&two.0));
        self.unreadable.dedup_by(|one, two| one.0 == two.0);
        self
    }
}

/// A folder of a catalog while it is read.
struct CatalogReader {
    catalog: CatalogFolder,
    bounds: Bounds,
}

impl CatalogReader {
    /// With the bounds around a `folder` of it that was named.
    fn of(catalog: CatalogFolder, folder: &Path) -> Result<Self, SourceError> {
        let bounds = Bounds::around(folder).map_err(|error| unreadable(folder, error))?;
        Ok(Self { catalog, bounds })
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
            if is_yaml(path) && !is_beside_monitors(path) {
                if found.files.len() >= found.most {
                    return Err(SourceError::TooMany { path: named(&self.catalog.path) });
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
        while above != self.catalog.path {
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
        read_open(&self.catalog, path)
    }
}

fn read_open(catalog: &CatalogFolder, path: &Path) -> Result<SourceFile, SourceError> {
    let file = fs::File::open(path).map_err(|error| unreadable(path, error))?;
    let bytes = read_bounded(file, path)?;
    Ok(SourceFile {
        path: shown(path),
        group: catalog.group_of(path.parent().unwrap_or(Path::new(""))),
        bytes,
    })
}

/// Whether a path below `root` is one of the catalog's files: YAML, and nothing on the way to it is hidden.
pub fn is_catalog_file(root: &Path, path: &Path) -> bool {
    let below = path.strip_prefix(root).unwrap_or(path);
    let hidden = below.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'));
    is_yaml(path) && !hidden && !is_beside_monitors(path)
}

/// Whether a file of the current directory is no part of a catalog there: the settings, or a status page.
fn is_beside_monitors(path: &Path) -> bool {
    is_settings(path) || (is_page(path) && !shown(path).contains('/'))
}

/// Whether a path is that of the settings in the current directory.
pub fn is_settings(path: &Path) -> bool {
    shown(path) == SETTINGS
}

/// Whether a path is that of a status page in the current directory.
pub fn is_page(path: &Path) -> bool {
    is_status_page(&shown(path))
}

/// Whether a path is that of a notice of the status pages. A README explains them to those who write them.
pub fn is_notice(path: &Path) -> bool {
    let shown = shown(path);
    let name = shown.strip_prefix(NOTICES).and_then(|rest| rest.strip_prefix('/'));
    name.is_some_and(|name| {
        let is_beside =
            !name.contains('/') && !name.starts_with('.') && !name.eq_ignore_ascii_case("README.md");
        is_beside && path.extension() == Some(OsStr::new("md"))
    })
}

fn read_stdin() -> Result<SourceFile, SourceError> {
    let path = Path::new("<stdin>");
    let bytes = read_bounded(io::stdin().lock(), path)?;
    Ok(SourceFile { path: shown(path), group: String::new(), bytes })
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

#[cfg(test)]
mod tests;
