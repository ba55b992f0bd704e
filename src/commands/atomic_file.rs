//! A file that is there as a whole or as it was before: opened before the work begins, so that a place that cannot be
//! written to is known then, and put in its place at the end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file to be.
#[derive(Debug)]
pub struct AtomicFile {
    file: File,
    way: WriteMethod,
}

#[derive(Debug)]
enum WriteMethod {
    /// Written beside its place and moved there.
    Move { temporary: PathBuf, target: PathBuf },
    /// A pipe or a device has no beside.
    Direct,
    /// It is in its place.
    Done,
}

impl AtomicFile {
    pub fn open(path: &Path) -> io::Result<Self> {
        let target = match fs::canonicalize(path) {
            // What a link leads to is replaced, not the link.
            Ok(target) => target,
            Err(error) if error.kind() == io::ErrorKind::NotFound => to_be(path)?,
            Err(error) => return Err(error),
        };
        match fs::metadata(&target) {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => {
                let file = OpenOptions::new().write(true).open(&target)?;
                return Ok(Self { file, way: WriteMethod::Direct });
            }
            Ok(found) if found.permissions().readonly() => {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let Some(name) = target.file_name() else { return Err(io::ErrorKind::InvalidFilename.into()) };
        // In a container every process has the same number, and one that was killed left its file.
        let unique = ulid::Ulid::generate();
        let temporary = target.with_file_name(format!(".{}.{unique}.tmp", name.display()));
        let file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        Ok(Self { file, way: WriteMethod::Move { temporary, target } })
    }

    /// The file that it replaces or becomes, whatever it was called.
    pub fn target(&self) -> Option<&Path> {
        match &self.way {
            WriteMethod::Move { target, .. } => Some(target),
            WriteMethod::Direct | WriteMethod::Done => None,
        }
    }

    /// Lets every user of the machine read it, as programs of other users have to.
    #[cfg(unix)]
    pub fn readable_by_all(self) -> io::Result<Self> {
        use std::os::unix::fs::PermissionsExt;
        match &self.way {
            WriteMethod::Move { .. } => self.file.set_permissions(fs::Permissions::from_mode(0o644))?,
            WriteMethod::Direct | WriteMethod::Done => {}
        }
        Ok(self)
    }

    /// Elsewhere a file has the permissions of its folder.
    #[cfg(not(unix))]
    pub fn readable_by_all(self) -> io::Result<Self> {
        Ok(self)
    }

    /// Writes it and puts it in its place.
    pub fn write(self, text: &str) -> io::Result<()> {
        self.write_by(|file| file.write_all(text.as_bytes()))
    }

    /// The same for what is made piece by piece.
    pub fn write_by(mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        write(&mut self.file)?;
        self.file.flush()?;
        if let WriteMethod::Move { temporary, target } = &self.way {
            // After a power cut there is the old file or the new one, and never an empty one.
            self.file.sync_all()?;
            fs::rename(temporary, target)?;
        }
        self.way = WriteMethod::Done;
        Ok(())
    }
}

/// The one path of a file that is not there yet: its folder is.
fn to_be(path: &Path) -> io::Result<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    Ok(fs::canonicalize(folder)?.join(name))
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if let WriteMethod::Move { temporary, .. } = &self.way {
            // If it cannot be removed, there is no use in reporting it.
            let _ = fs::remove_file(temporary);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let name = |entry: io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
        let mut names: Vec<_> = entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_as_it_was_until_it_is_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plan.json");
        fs::write(&path, "old").expect("a file");
        let pending = AtomicFile::open(&path).expect("writable");
        assert_eq!(fs::read_to_string(&path).expect("a file"), "old");
        pending.write("new").expect("written");
        assert_eq!(fs::read_to_string(&path).expect("a file"), "new");
        drop(AtomicFile::open(&path).expect("writable"));
        assert_eq!(fs::read_to_string(&path).expect("a file"), "new");
        assert_eq!(names(folder.path()), ["plan.json"]);
    }

    /// In a container every process is number 1.
    #[test]
    fn what_a_killed_process_left_is_in_no_ones_way() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plan.json");
        let killed = AtomicFile::open(&path).expect("writable");
        AtomicFile::open(&path).expect("writable").write("whole").expect("written");
        std::mem::forget(killed);
        assert_eq!(fs::read_to_string(&path).expect("a file"), "whole");
    }

    #[test]
    fn a_place_that_cannot_be_written_to_is_known_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in [folder.path().to_owned(), folder.path().join("missing/plan.json")] {
            assert!(AtomicFile::open(&path).is_err(), "{}", path.display());
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_not_replaced_and_a_link_leads_to_its_file() {
        use std::os::unix::fs::{FileTypeExt, symlink};
        AtomicFile::open(Path::new("/dev/null")).expect("writable").write("x").expect("written");
        assert!(fs::metadata("/dev/null").expect("there").file_type().is_char_device());
        let folder = tempfile::tempdir().expect("a folder");
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").expect("a file");
        symlink("real", &link).expect("a link");
        AtomicFile::open(&link).expect("writable").write("new").expect("written");
        assert_eq!(fs::read_to_string(&real).expect("a file"), "new");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
    }
}
