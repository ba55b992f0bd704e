//! Appends whole lines to a file, whatever became of the lines before: a disk that was full, a process that was
//! killed while it wrote, a file that was rotated or edited by hand.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::de::IgnoredAny;

/// Tries to write into the file that the path names, while it is being rotated.
const TRIES: u32 = 3;

/// Longest wait for another process that appends. One that was stopped in the middle must not hold up a run.
const PATIENCE: Duration = Duration::from_secs(5);

/// From one look at a lock to the next.
const PAUSE: Duration = Duration::from_millis(10);

/// Bytes within which the beginning of the last line is looked for: several times the largest record.
const LONGEST: u64 = 4 << 20;

/// Bytes that are read at once while looking for it.
const CHUNK: u64 = 64 << 10;

/// Appends `line` and an end of line to the file, and makes the file if it is missing. When this returns, the line is
/// on the disk as a whole and begins a line of its own; after an error nothing of it is left, unless the disk does
/// not even let go of it: then the next call cuts it off.
pub fn append(path: &Path, line: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    for _ in 0..TRIES {
        let mut file = open(path)?;
        // It is let go when the file is closed, also by a process that is killed.
        lock(&file, PATIENCE)?;
        if is_at(&file, path)? {
            if file.metadata()?.len() == 0 {
                sync_folder(path)?;
            }
            add(&mut file, line)?;
            // One that was removed meanwhile took the line along, so it cannot be read.
            if file.metadata()?.nlink() > 0 {
                return Ok(());
            }
        }
    }
    Err(io::Error::other("it was replaced or removed on every attempt"))
}

/// Whether lines can be appended: a pipe keeps nothing, and to open one may wait for ever.
pub fn check(path: &Path) -> io::Result<()> {
    let found = fs::metadata(path)?;
    if found.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !found.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    OpenOptions::new().append(true).open(path).map(drop)
}

fn open(path: &Path) -> io::Result<File> {
    match check(path) {
        // A link that leads nowhere is one to the file that is made.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        checked => checked?,
    }
    OpenOptions::new().create(true).read(true).append(true).open(path)
}

/// Waits until no other process appends: what it has written so far looks torn, and must not be cut off.
fn lock(file: &File, patience: Duration) -> io::Result<()> {
    let until = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if Instant::now() < until => sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "another process holds the lock"));
            }
            // Some network file systems have no locks. There, one machine at a time has to do.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Whether the path still leads to this file.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let ours = file.metadata()?;
    match fs::metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Puts the name of a new file on the disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    match fs::canonicalize(path)?.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// What a file of lines can do.
trait LineFile: Read + Write + Seek {
    /// Cuts it to `length` bytes.
    fn cut(&mut self, length: u64) -> io::Result<()>;
    /// Waits until what was written is on the disk.
    fn sync(&mut self) -> io::Result<()>;
}

impl LineFile for File {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Writes a whole line, or nothing.
fn add(file: &mut impl LineFile, line: &str) -> io::Result<()> {
    let start = match last(file)? {
        FileEnd::Ended => "",
        FileEnd::Open => "\n",
        FileEnd::Torn { begins } => {
            file.cut(begins)?;
            ""
        }
    };
    let before = file.seek(SeekFrom::End(0))?;
    // In one piece, so that a program that follows the file rarely sees half of it.
    let added = file.write_all(format!("{start}{line}\n").as_bytes()).and_then(|()| file.sync());
    if added.is_err() && file.seek(SeekFrom::End(0)).is_ok_and(|now| now > before) {
        // Should this fail too, the line is torn, and the next one that comes cuts it off.
        let _ = file.cut(before);
    }
    added
}

/// The end of a file.
#[derive(Debug, PartialEq, Eq)]
enum FileEnd {
    /// The last line has its end, or there is none.
    Ended,
    /// It only lacks the end: the last line of an edited file, or a record without its last byte.
    Open,
    /// It is the beginning of a record. It was never acknowledged, so it comes again.
    Torn { begins: u64 },
}

fn last(file: &mut impl LineFile) -> io::Result<FileEnd> {
    let length = file.seek(SeekFrom::End(0))?;
    let (mut begins, mut line) = (length, Vec::new());
    while begins > 0 && length - begins < LONGEST {
        let chunk = CHUNK.min(begins);
        begins = file.seek(SeekFrom::Start(begins - chunk))?;
        let mut before = Vec::new();
        Read::by_ref(file).take(chunk).read_to_end(&mut before)?;
        before.append(&mut line);
        line = before;
        if let Some(end) = line.iter().rposition(|byte| *byte == b'\n') {
            let rest = line.split_off(end + 1);
            begins += u64::try_from(line.len()).unwrap_or_default();
            line = rest;
            break;
        }
    }
    Ok(match line.first() {
        None => FileEnd::Ended,
        // After a power failure a file may end in zeros.
        Some(b'{' | 0) if serde_json::from_slice::<IgnoredAny>(&line).is_err() => FileEnd::Torn { begins },
        Some(_) => FileEnd::Open,
    })
}

#[cfg(test)]
mod tests;
