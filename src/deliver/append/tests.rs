//! Disks that fill up, processes that die, files that others change: the next line is whole all the same.

use std::fs;
use std::io::Cursor;

use proptest::prelude::*;

use super::*;

const LINE: &str = r#"{"id":"shop.1","body":"DOWN é"}"#;

/// A file on a disk with a number of free bytes.
struct Disk {
    file: Cursor<Vec<u8>>,
    free: usize,
    /// Whether it may be cut.
    cuts: bool,
    /// Whether what was written reaches the disk.
    syncs: bool,
}

impl Disk {
    fn with(text: &[u8]) -> Self {
        Self { file: Cursor::new(text.to_vec()), free: usize::MAX, cuts: true, syncs: true }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(self.file.get_ref()).into_owned()
    }
}

impl Read for Disk {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Seek for Disk {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = bytes.len().min(self.free);
        if room == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.free -= room;
        self.file.seek(SeekFrom::End(0))?;
        self.file.write(&bytes[..room])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl LineFile for Disk {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        if !self.cuts {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        self.file.get_mut().truncate(usize::try_from(length).expect("it is in memory"));
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.syncs { Ok(()) } else { Err(io::ErrorKind::StorageFull.into()) }
    }
}

/// Appending to `before` gives `after` and the line.
fn check(before: &[u8], after: &str) {
    let mut disk = Disk::with(before);
    add(&mut disk, LINE).expect("there is room");
    assert_eq!(disk.text(), format!("{after}{LINE}\n"), "{:?}", String::from_utf8_lossy(before));
}

#[test]
fn a_torn_record_is_cut_off_and_what_people_wrote_is_kept() {
    check(b"", "");
    check(b"{}\n", "{}\n");
    check(b"{\"id\":\"a", "");
    check(b"{}\n{\"id\":\"a", "{}\n");
    // In the middle of a character.
    check(b"{}\n{\"id\":\"\xc3", "{}\n");
    check(b"{}\n\0\0\0\0", "{}\n");
    check(b"{}\n{\"id\":\"a\0\0\0", "{}\n");
    // Only its end is missing.
    check(b"{}\n{}", "{}\n{}\n");
    check(b"{}\n# cleared by hand", "{}\n# cleared by hand\n");
    check(b"\n", "\n");
}

#[test]
fn a_torn_record_is_found_however_long_it_is() {
    for length in [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
        let torn = format!("{{\"body\":\"{}", "x".repeat(usize::try_from(length).expect("it fits")));
        check(format!("{{}}\n{torn}").as_bytes(), "{}\n");
        check(torn.as_bytes(), "");
    }
    // What has no lines at all is nothing of ours: it is kept.
    let strange = vec![b'x'; usize::try_from(LONGEST + 2 * CHUNK).expect("it fits")];
    check(&strange, &format!("{}\n", String::from_utf8_lossy(&strange)));
}

#[test]
fn a_line_that_does_not_reach_the_disk_is_not_there() {
    let mut disk = Disk { syncs: false, ..Disk::with(b"{}\n") };
    add(&mut disk, LINE).expect_err("it is not on the disk");
    assert_eq!(disk.text(), "{}\n");
}

proptest! {
    // Trap 5: what was not taken is not taken for sent, and comes again as a whole.
    #[test]
    fn a_disk_that_is_full_in_the_middle_of_a_line_loses_no_line_after_it(
        free in 0..LINE.len() + 1, cuts: bool, times in 1..4_usize,
    ) {
        let mut disk = Disk { cuts, ..Disk::with(b"{}\n") };
        for _ in 0..times {
            disk.free = free;
            prop_assert!(add(&mut disk, LINE).is_err(), "half a line was taken for a whole one");
        }
        (disk.free, disk.cuts) = (usize::MAX, true);
        add(&mut disk, LINE).expect("there is room again");
        add(&mut disk, LINE).expect("there is room again");
        let text = disk.text();
        for line in text.lines() {
            prop_assert!(serde_json::from_str::<IgnoredAny>(line).is_ok(), "{}", text);
        }
        // Without its last byte a record is whole: it stands there twice, with the same id.
        let whole = 2 + usize::from(!cuts && free == LINE.len());
        prop_assert_eq!(text.matches(LINE).count(), whole, "{}", text);
    }
}

#[test]
fn two_processes_at_once_do_not_cut_each_others_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("alerts.jsonl");
    let long = format!("{{\"body\":\"{}\"}}", "x".repeat(100_000));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..10).for_each(|_| append(&path, &long).expect("it is taken")));
        }
    });
    let text = fs::read_to_string(&path).expect("it is there");
    assert_eq!(text.lines().filter(|line| **line == long).count(), 40);
    assert_eq!(text.lines().count(), 40);
}

#[test]
fn a_file_that_is_rotated_or_removed_begins_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, rotated) = (folder.path().join("new/alerts.jsonl"), folder.path().join("alerts.1"));
    append(&path, LINE).expect("it is made");
    let before = open(&path).expect("it opens");
    fs::rename(&path, &rotated).expect("it is rotated");
    assert!(!is_at(&before, &path).expect("it can be asked"));
    append(&path, LINE).expect("it is made");
    assert!(!is_at(&before, &path).expect("it can be asked"));
    assert!(is_at(&before, &rotated).expect("it can be asked"));
    for path in [&path, &rotated] {
        assert_eq!(fs::read_to_string(path).expect("it is there"), format!("{LINE}\n"));
    }
}

#[test]
fn a_link_leads_to_its_file_and_what_keeps_no_lines_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (link, file) = (folder.path().join("alerts.jsonl"), folder.path().join("elsewhere"));
    std::os::unix::fs::symlink(&file, &link).expect("a link");
    append(&link, LINE).expect("it is taken");
    append(&link, LINE).expect("it is taken");
    assert_eq!(fs::read_to_string(&file).expect("it is there").lines().count(), 2);
    assert!(fs::symlink_metadata(&link).expect("it is there").is_symlink());
    let kind = |path: &Path| append(path, LINE).expect_err("it is refused").kind();
    assert_eq!(kind(folder.path()), io::ErrorKind::IsADirectory);
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
    assert!(made.success());
    assert_eq!(kind(&pipe), io::ErrorKind::InvalidInput);
    assert_eq!(kind(Path::new("/dev/null")), io::ErrorKind::InvalidInput);
}

#[test]
fn a_process_that_stands_still_with_the_file_holds_up_no_other_for_long() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("alerts.jsonl");
    let held = open(&path).expect("it opens");
    held.lock().expect("it is free");
    let other = open(&path).expect("it opens");
    let error = lock(&other, 2 * PAUSE).expect_err("it is held");
    assert_eq!(error.to_string(), "another process holds the lock");
    drop(held);
    append(&path, LINE).expect("it is free");
}
