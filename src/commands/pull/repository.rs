//! The files of a repository on their way: as they were read, as they are to be, and the writing of the difference.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::commands::context::Context;
use crate::commands::failure::Failure;
use crate::commands::folders::folders;
use crate::commands::settings::refuse_faults;
use crate::config::{self, Definitions, LoadedMonitor, Settings, SourceFile};
use crate::exit::Exit;
use crate::monitor::MonitorId;
use crate::report::pull::{Pulled, Skipped};
use crate::source::{self, CatalogFolder};

/// The files, and what they hold.
pub struct MonitorFiles {
    pub files: Vec<SourceFile>,
    pub settings: Settings,
    /// Those of the catalog.
    pub folders: Vec<CatalogFolder>,
    monitors: Vec<LoadedMonitor>,
    read: Vec<SourceFile>,
}

/// What became of one file.
enum Put {
    Done,
    /// Another program wrote it meanwhile.
    Overtaken,
}

impl MonitorFiles {
    /// A repository with a fault is not edited: what its files mean is not known.
    pub fn read(context: &Context, typed: Option<&Path>) -> Result<Self, Failure> {
        let folders = folders(context, typed)?;
        let (files, _) = source::read(&folders)?;
        let settings = context.settings.clone();
        let loaded = config::load_catalog(&files, Definitions::of(&settings));
        refuse_faults(context.terminal, &loaded.diagnostics, &files)?;
        let folders = folders.there()?;
        Ok(Self { read: files.clone(), files, settings, folders, monitors: loaded.monitors })
    }

    /// All monitors as the files had them.
    pub fn monitors(&self) -> impl Iterator<Item = &LoadedMonitor> {
        self.monitors.iter()
    }

    /// The monitor as the files had it.
    pub fn monitor(&self, id: &MonitorId) -> Option<&LoadedMonitor> {
        self.monitors.iter().find(|one| one.monitor.id == *id)
    }

    /// Writes every file that is not as it was read; the monitors of one that could not be written are skipped ones.
    pub fn write(&self, pulled: &mut Pulled) -> Result<(), Failure> {
        for file in &self.files {
            let before = self.read.iter().find(|read| read.path == file.path);
            let put = match before {
                Some(before) if before.bytes == file.bytes => continue,
                Some(before) => replace(Path::new(&file.path), &before.bytes, &file.bytes),
                None => create(Path::new(&file.path), &file.bytes),
            };
            match put {
                Ok(Put::Done) => {}
                Ok(Put::Overtaken) => give_up(pulled, &file.path),
                Err(error) => {
                    return Err(Failure::new(Exit::Failed, format!("cannot write {}: {error}", file.path))
                        .help("earlier files are written; run it again for the rest"));
                }
            }
        }
        Ok(())
    }
}

fn give_up(pulled: &mut Pulled, path: &str) {
    let (lost, written) =
        std::mem::take(&mut pulled.written).into_iter().partition(|one| one.place.file == path);
    pulled.written = written;
    let lost: Vec<crate::report::pull::PulledMonitor> = lost;
    pulled.skipped.extend(lost.into_iter().map(|one| Skipped {
        key: one.id.to_string(),
        why: format!("{path} was changed by another program meanwhile, and was kept unchanged"),
        place: Some(one.place),
        help: Some("run it again"),
    }));
}

/// Puts a whole file in the place of one that is still as it was read: a reader sees the old or the new one.
fn replace(path: &Path, before: &[u8], after: &[u8]) -> io::Result<Put> {
    // A link stays one: what it leads to is replaced.
    let path = fs::canonicalize(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", ulid::Ulid::generate()));
    let put = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
        file.write_all(after)?;
        file.set_permissions(fs::metadata(&path)?.permissions())?;
        file.sync_all()?;
        if fs::read(&path)? != before {
            return Ok(Put::Overtaken);
        }
        fs::rename(&beside, &path).map(|()| Put::Done)
    })();
    if !matches!(put, Ok(Put::Done)) {
        let _ = fs::remove_file(&beside);
    }
    put
}

/// Makes a file that is not there yet.
fn create(path: &Path, text: &[u8]) -> io::Result<Put> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text).map(|()| Put::Done).inspect_err(|_| {
            // Half of a file would be taken for a foreign one.
            let _ = fs::remove_file(path);
        }),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Put::Overtaken),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_someone_else_changed_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.yaml");
        fs::write(&path, "theirs").expect("a file");
        assert!(matches!(replace(&path, b"read", b"ours"), Ok(Put::Overtaken)));
        assert!(matches!(create(&path, b"ours"), Ok(Put::Overtaken)));
        assert_eq!(fs::read(&path).expect("there"), b"theirs");
        assert!(matches!(replace(&path, b"theirs", b"ours"), Ok(Put::Done)));
        assert_eq!(fs::read(&path).expect("there"), b"ours");
        assert_eq!(fs::read_dir(folder.path()).expect("there").count(), 1, "nothing else is left");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_rights_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (folder.path().join("a.yaml"), folder.path().join("b.yaml"));
        fs::write(&file, "old").expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("rights");
        symlink(&file, &link).expect("a link");
        assert!(matches!(replace(&link, b"old", b"new"), Ok(Put::Done)));
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read(&file).expect("there"), b"new");
    }
}
