//! Reads monitor files of the working tree. A folder that is missing or only partly readable is an error and never "no
//! monitors", because an empty catalog would mean: remove them all.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::bounds::{Bounds, plain};
use crate::config::{SourceFile, is_defaults};

/// The folder that is a catalog by its name, so that one file in it finds its defaults.
const CATALOG: &str = "monitors";

/// Bytes of one file; a larger one is not a file of monitors.
const SIZE_LIMIT: u64 = 16 << 20;

/// Why files could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("cannot read {path}")]
    Unreadable { path: String, source: io::Error },
    #[error("{path} is larger than {limit} MiB", limit = SIZE_LIMIT >> 20)]
    TooLarge { path: String },
    #[error("{path} is not a .yaml or .yml file")]
    NotYaml { path: String },
    #[error("{path} is neither a file nor a folder")]
    NotRegular { path: String },
    #[error("{path} leads to {target}, which is not of {top}")]
    LedOut { path: String, target: String, top: String },
}

impl SourceError {
    /// The way out.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => {
                "a path or `-C DIR` names another place; `monitorctl init` starts a repository"
            }
            Self::TooLarge { .. } | Self::NotYaml { .. } => "monitors stand in .yaml files, or come from `-`",
            Self::NotRegular { .. } => "a pipe or a device holds no monitors: put a file there, or remove it",
            Self::LedOut { .. } => {
                "a link may lead to what lies in the same repository: put the file itself there, or remove it"
            }
        }
    }
}

/// All files of the catalog at `root`, in the order of their paths.
pub fn read(root: &Path) -> Result<Vec<SourceFile>, SourceError> {
    let mut files = Vec::new();
    let catalog = Catalog::of(root, root)?;
    catalog.bounds.hold(root)?;
    catalog.read_folder(root, &mut files)?;
    Ok(sorted(files))
}

/// The files that `paths` name, with the defaults that hold in them; `-` is standard input.
pub fn read_paths(paths: &[PathBuf]) -> Result<Vec<SourceFile>, SourceError> {
    let mut files = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            files.push(read_stdin()?);
            continue;
        }
        let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
        let folder = if metadata.is_dir() { path.as_path() } else { path.parent().unwrap_or(Path::new("")) };
        let catalog = Catalog::of(catalog_of(folder), folder)?;
        catalog.bounds.hold(path)?;
        catalog.read_defaults_above(folder, &mut files)?;
        if metadata.is_dir() {
            catalog.read_folder(path, &mut files)?;
        } else if is_yaml(path) {
            catalog.read_defaults_in(folder, &mut files)?;
            files.push(catalog.read_file(path)?);
        } else {
            return Err(SourceError::NotYaml { path: shown(path) });
        }
    }
    Ok(sorted(files))
}

/// One file that may be missing, such as `monitorctl.yaml`.
pub fn read_optional(path: &Path) -> Result<Option<SourceFile>, SourceError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let read = Catalog::of(folder, folder).and_then(|catalog| catalog.read_file(path));
    found(read.map(|file| SourceFile { folder: slashed(folder), ..file }))
}

/// The same for a file that somebody named at the prompt: wherever it leads, and a pipe as well.
pub fn read_given(path: &Path) -> Result<Option<SourceFile>, SourceError> {
    found(read_open(Path::new(""), path))
}

fn found(read: Result<SourceFile, SourceError>) -> Result<Option<SourceFile>, SourceError> {
    match read {
        Ok(file) => Ok(Some(file)),
        Err(SourceError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn sorted(mut files: Vec<SourceFile>) -> Vec<SourceFile> {
    files.sort_by(|one, two| one.path.cmp(&two.path));
    files.dedup_by(|one, two| one.path == two.path);
    files
}

/// A catalog while it is read.
struct Catalog<'a> {
    root: &'a Path,
    bounds: Bounds,
}

impl<'a> Catalog<'a> {
    /// With the bounds around a `folder` of it that somebody named.
    fn of(root: &'a Path, folder: &Path) -> Result<Self, SourceError> {
        let bounds = Bounds::around(folder).map_err(|error| unreadable(folder, error))?;
        Ok(Self { root, bounds })
    }

    fn read_folder(&self, folder: &Path, files: &mut Vec<SourceFile>) -> Result<(), SourceError> {
        for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
            let entry = entry.map_err(|error| unreadable(folder, error))?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let path = entry.path();
            let metadata = fs::metadata(&path).map_err(|error| unreadable(&path, error))?;
            if metadata.is_dir() {
                if entry.file_type().is_ok_and(|found| found.is_symlink()) {
                    self.bounds.hold(&path)?;
                }
                self.read_folder(&path, files)?;
            } else if is_yaml(&path) {
                files.push(self.read_file(&path)?);
            }
        }
        Ok(())
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

    /// A file, unless a link to it leads out, or it is none: who opens a pipe waits for somebody to write.
    fn read_file(&self, path: &Path) -> Result<SourceFile, SourceError> {
        let found = fs::symlink_metadata(path).map_err(|error| unreadable(path, error))?;
        if found.is_symlink() {
            self.bounds.hold(path)?;
        }
        let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
        if !metadata.is_file() {
            return Err(SourceError::NotRegular { path: shown(path) });
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
    // What is above the current directory has its name from somebody else.
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
    is_yaml(path) && !hidden
}

fn read_stdin() -> Result<SourceFile, SourceError> {
    let path = Path::new("<stdin>");
    let bytes = read_bounded(io::stdin().lock(), path)?;
    Ok(SourceFile { path: shown(path), folder: String::new(), bytes })
}

fn read_bounded(reader: impl Read, path: &Path) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::new();
    reader.take(SIZE_LIMIT + 1).read_to_end(&mut bytes).map_err(|error| unreadable(path, error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > SIZE_LIMIT) {
        return Err(SourceError::TooLarge { path: shown(path) });
    }
    Ok(bytes)
}

fn is_yaml(path: &Path) -> bool {
    let is = |extension: &OsStr| ["yaml", "yml"].iter().any(|yaml| extension.eq_ignore_ascii_case(yaml));
    path.extension().is_some_and(is)
}

fn unreadable(path: &Path, source: io::Error) -> SourceError {
    SourceError::Unreadable { path: shown(path), source }
}

/// Relative to where the user stands, where that is possible.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    slashed(path.strip_prefix(here).unwrap_or(path))
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .filter(|component| *component != Component::CurDir)
        .map(|component| component.as_os_str().to_string_lossy())
        .collect();
    // The root of an absolute path brings its own slash.
    parts.join("/").replacen("//", "/", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            fs::write(path, text).expect("a file");
        }
        dir
    }

    #[test]
    fn only_visible_yaml_files_are_read_and_in_order() {
        let dir = tree(&[
            ("b.yml", ""),
            ("a/x.yaml", ""),
            (".git/c.yaml", ""),
            ("README.md", ""),
            ("a/.h.yaml", ""),
        ]);
        let files = read(dir.path()).expect("readable");
        let folders: Vec<_> = files.iter().map(|file| file.folder.as_str()).collect();
        assert_eq!(folders, ["a", ""]);
    }

    /// Trap 13: a file that somebody meant must not be passed over without a word.
    #[test]
    fn the_ending_of_a_file_may_be_in_capitals() {
        let dir =
            tree(&[("monitors/DEFAULTS.yaml", ""), ("monitors/defaults.YML", ""), ("monitors/b.YAML", "")]);
        let root = dir.path().join("monitors");
        for files in [read(&root), read_paths(&[root.join("b.YAML"), root.join("DEFAULTS.yaml")])] {
            let files = files.expect("readable");
            let defaults: Vec<_> = files.iter().map(|file| is_defaults(&file.path)).collect();
            assert_eq!(defaults, [false, false, true], "a name with capitals is another name");
        }
    }

    /// Trap 12: a half-mounted folder must never read as an empty catalog.
    #[test]
    fn a_missing_folder_is_an_error() {
        let error = read(Path::new("no/such/folder")).expect_err("missing");
        assert_eq!(error.to_string(), "cannot read no/such/folder");
    }

    /// Trap 12: a dangling link is a file that should be there.
    #[cfg(unix)]
    #[test]
    fn a_dangling_link_is_an_error() {
        let dir = tree(&[("a.yaml", "")]);
        std::os::unix::fs::symlink("nowhere", dir.path().join("b.yaml")).expect("a link");
        assert!(matches!(read(dir.path()), Err(SourceError::Unreadable { .. })));
    }

    #[test]
    fn one_file_brings_the_defaults_of_its_folders() {
        let dir = tree(&[
            ("monitors/defaults.yaml", ""),
            ("monitors/eu/defaults.yaml", ""),
            ("monitors/eu/a.yaml", ""),
            ("monitors/eu/b.yaml", ""),
        ]);
        let files = read_paths(&[dir.path().join("monitors/eu/a.yaml")]).expect("readable");
        let names: Vec<_> =
            files.iter().map(|file| (file.folder.as_str(), is_defaults(&file.path))).collect();
        assert_eq!(names, [("", true), ("eu", false), ("eu", true)]);
    }
}
