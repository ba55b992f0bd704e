//! This machine: which process this is, and whether another one has ended.
//!
//! On systems without Linux's `/proc` nothing is known, so that nothing is taken for ended.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fd::AsFd;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::state::HolderProcess;

/// The name of this machine, for people.
pub fn host() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}

/// What distinguishes this process from every other one; `None` where the system does not say.
pub fn own_process() -> Option<HolderProcess> {
    let pid = std::process::id();
    let ProcessPlace { host, boot, namespace } = ProcessPlace::here()?;
    Some(HolderProcess { host, boot, namespace, pid, started: stat(pid)?.started })
}

/// Whether it is certain that this process runs no more. One of another machine, of another boot or of another
/// container cannot be seen from here.
pub fn is_gone(process: &HolderProcess) -> bool {
    let HolderProcess { host, boot, namespace, pid, started } = process;
    let place = ProcessPlace { host: host.clone(), boot: boot.clone(), namespace: namespace.clone() };
    if ProcessPlace::here() != Some(place) {
        return false;
    }
    let Some(id) = i32::try_from(*pid).ok().and_then(Pid::from_raw) else { return false };
    // Asked first, because `/proc` may hide the processes of other users (`hidepid`).
    match test_kill_process(id) {
        Err(Errno::SRCH) => true,
        Ok(()) | Err(_) => stat(*pid).is_some_and(|stat| stat.is_dead() || stat.started != *started),
    }
}

/// Sends a signal to a process of ours, by its number. One that has ended takes none.
pub fn send(pid: u32, signal: i32) {
    let process = i32::try_from(pid).ok().and_then(Pid::from_raw);
    if let Some((process, signal)) = process.zip(Signal::from_named_raw(signal)) {
        // It may have ended just now.
        let _ = kill_process(process, signal);
    }
}

/// The columns and the lines of this terminal; `None` if it is no terminal.
pub fn terminal_size(stream: &impl AsFd) -> Option<(usize, usize)> {
    if !rustix::termios::isatty(stream) {
        return None;
    }
    let known = rustix::termios::tcgetwinsize(stream);
    let (columns, lines) = known.map_or((0, 0), |size| (size.ws_col, size.ws_row));
    // Some terminals report a size of 0; 80 columns and 24 lines is what programs then take.
    let or = |number: u16, usual| if number == 0 { usual } else { usize::from(number) };
    Some((or(columns, 80), or(lines, 24)))
}

/// Characters of a command line that are shown.
const COMMAND: usize = 120;

/// A process that has a file locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockHolder {
    pub pid: u32,
    /// Its command line, as it says itself.
    pub command: String,
    /// By SIGSTOP, Ctrl-Z or a debugger.
    pub is_stopped: bool,
}

/// Another process that has locked one of these files against everybody; `None` if none can be seen.
pub fn lock_holder(files: &[impl AsRef<Path>]) -> Option<LockHolder> {
    let found: Vec<_> = files.iter().filter_map(|file| identity(file.as_ref())).collect();
    let locks = fs::read_to_string("/proc/locks").ok()?;
    let pid = locks
        .lines()
        .filter_map(exclusive_lock)
        .filter(|(pid, inode)| *pid != std::process::id() && found.iter().any(|(_, held)| held == inode))
        .map(|(pid, _)| pid)
        // Inodes of two file systems may have one number.
        .find(|pid| has_open(*pid, &found))?;
    let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let command = String::from_utf8_lossy(&command).replace('\0', " ");
    let command = command.trim().chars().take(COMMAND).collect();
    let is_stopped = stat(pid).is_some_and(|stat| matches!(stat.state, 'T' | 't'));
    Some(LockHolder { pid, command, is_stopped })
}

/// The process and the inode of a line of `/proc/locks`, see `proc_locks(5)`. One that waits for the lock has `->`.
fn exclusive_lock(line: &str) -> Option<(u32, u64)> {
    let mut fields = line.split_ascii_whitespace().skip(1);
    let (kind, _, access) = (fields.next()?, fields.next()?, fields.next()?);
    let (pid, place) = (fields.next()?.parse().ok()?, fields.next()?);
    let inode = place.rsplit_once(':')?.1.parse().ok()?;
    (kind != "->" && access == "WRITE").then_some((pid, inode))
}

/// Whether a process has one of these files open; yes if it does not let itself be looked at.
fn has_open(pid: u32, files: &[(u64, u64)]) -> bool {
    let Ok(open) = fs::read_dir(format!("/proc/{pid}/fd")) else { return true };
    open.flatten().filter_map(|entry| identity(&entry.path())).any(|file| files.contains(&file))
}

/// The device and the inode of a file.
fn identity(file: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(file).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// Whether this process was started with SIGHUP ignored, as `nohup` does.
pub fn ignores_hangup() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // The mask has a bit a signal; SIGHUP is the first.
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

/// Where process numbers mean the same, and clocks of processes begin at the same moment.
#[derive(Debug, PartialEq, Eq)]
struct ProcessPlace {
    host: String,
    boot: String,
    /// Numbers of the pid namespace, and of the time namespace if there are any.
    namespace: String,
}

impl ProcessPlace {
    fn here() -> Option<Self> {
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim().to_owned();
        let link = |path: &str| {
            fs::read_link(Path::new("/proc/self/ns").join(path)).ok()?.into_os_string().into_string().ok()
        };
        let namespace = [link("pid")?, link("time").unwrap_or_default()].join(" ").trim_end().to_owned();
        Some(Self { host: host(), boot, namespace })
    }
}

/// What `/proc/PID/stat` says of a process.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    state: char,
    threads: u64,
    /// In ticks since the boot.
    started: u64,
}

impl Stat {
    /// From the text of the file, see `proc_pid_stat(5)`. The command in it may hold spaces and brackets.
    fn parse(text: &str) -> Option<Self> {
        let (_, fields) = text.rsplit_once(')')?;
        let mut fields = fields.split_ascii_whitespace();
        // The state is field 3 of the file, the number of threads 20, the start 22.
        let state = fields.next()?.chars().next()?;
        let threads = fields.nth(16)?.parse().ok()?;
        let started = fields.nth(1)?.parse().ok()?;
        Some(Self { state, threads, started })
    }

    /// It has ended, and its parent has not asked how. A main thread may end before the others.
    fn is_dead(&self) -> bool {
        matches!(self.state, 'Z' | 'X' | 'x') && self.threads <= 1
    }
}

fn stat(pid: u32) -> Option<Stat> {
    Stat::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

// Only /proc knows what these ask.
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::process::{Child, Command};

    use super::*;

    /// A process that waits, and what distinguishes it from every other one.
    fn waiting() -> (Child, HolderProcess) {
        let child = Command::new("sleep").arg("60").spawn().expect("it starts");
        let own = own_process().expect("Linux says who this is");
        let started = stat(child.id()).expect("it runs").started;
        let process = HolderProcess { pid: child.id(), started, ..own };
        (child, process)
    }

    #[test]
    fn the_fields_are_found_behind_any_command() {
        for command in ["monitorctl", "a b", ") S 1 (", "x)"] {
            let text = format!(
                "17 ({command}) S 1 17 17 0 -1 4194304 90 0 0 0 1 2 0 0 20 0 5 0 8134 1000 50 18446744073709551615"
            );
            assert_eq!(Stat::parse(&text), Some(Stat { state: 'S', threads: 5, started: 8134 }), "{command}");
        }
        for text in ["", "17 (x", "17 (x) S 1 17", "17 (x) S 1 1 1 0 -1 4 9 0 0 0 1 2 0 0 20 0 five 0 8"] {
            assert_eq!(Stat::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_process_is_gone_once_it_was_killed_whether_or_not_its_parent_has_asked() {
        let (mut child, process) = waiting();
        assert!(!is_gone(&process));
        child.kill().expect("it is ours");
        // Not waited for: it stays as a zombie, because this is its parent.
        for _ in 0..2_000 {
            if is_gone(&process) {
                break;
            }
            std::thread::yield_now();
        }
        assert!(stat(process.pid).is_some_and(|stat| stat.is_dead()), "{:?}", stat(process.pid));
        assert!(is_gone(&process));
        child.wait().expect("it ended");
        assert!(is_gone(&process));
    }

    #[test]
    fn what_has_the_number_of_a_process_but_another_start_is_another_process() {
        let (mut child, process) = waiting();
        assert!(is_gone(&HolderProcess { started: process.started + 1, ..process.clone() }));
        assert!(!is_gone(&process));
        child.kill().expect("it is ours");
        child.wait().expect("it ended");
    }

    #[test]
    fn a_process_that_cannot_be_seen_from_here_is_never_taken_for_gone() {
        let (mut child, process) = waiting();
        child.kill().expect("it is ours");
        child.wait().expect("it ended");
        assert!(is_gone(&process));
        let elsewhere = [
            HolderProcess { host: "other".to_owned(), ..process.clone() },
            HolderProcess { boot: "other".to_owned(), ..process.clone() },
            HolderProcess { namespace: "pid:[1] time:[2]".to_owned(), ..process.clone() },
            HolderProcess { pid: 0, ..process.clone() },
            HolderProcess { pid: u32::MAX, ..process },
        ];
        for process in elsewhere {
            assert!(!is_gone(&process), "{process:?}");
        }
    }

    #[test]
    fn of_the_locks_of_the_kernel_only_those_that_are_held_against_everybody_count() {
        for (line, expected) in [
            ("1: POSIX  ADVISORY  WRITE 1234 08:02:131 120 120", Some((1234, 131))),
            ("2: FLOCK  ADVISORY  WRITE 99 00:2d:4567 0 EOF", Some((99, 4567))),
            ("3: POSIX  ADVISORY  READ  1234 08:02:131 123 123", None),
            ("1: -> POSIX  ADVISORY  WRITE 1235 08:02:131 120 120", None),
            ("4: OFDLCK ADVISORY  WRITE -1 08:02:131 0 EOF", None),
            ("", None),
        ] {
            assert_eq!(exclusive_lock(line), expected, "{line}");
        }
    }

    #[test]
    fn a_process_that_was_stopped_is_not_gone() {
        let (mut child, process) = waiting();
        let stopped = Command::new("kill").args(["-STOP", &child.id().to_string()]).status();
        assert!(stopped.expect("kill runs").success());
        assert!(!is_gone(&process));
        child.kill().expect("it is ours");
        child.wait().expect("it ended");
    }
}
