//! The stage: a temporary repository, the narrator's voice, and the commands that are run before the audience.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anstream::println;
use anstyle::{AnsiColor, Style};
use tempfile::TempDir;

/// Set for the processes in which this program is monitorctl.
pub const IS_MONITORCTL: &str = "MONITORCTL_TOUR_IS_MONITORCTL";

/// What a command may know of the visitor's machine. Everything else could lead it elsewhere: to an AWS account,
/// to tables that are named, into the behaviour of a CI job.
const PASSED_ON: [&str; 12] = [
    "PATH",
    "HOME",
    "USER",
    "TMPDIR",
    "LANG",
    "LC_ALL",
    "TERM",
    "COLORTERM",
    "COLUMNS",
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
];

const TITLE: Style = AnsiColor::Cyan.on_default().bold();
const PROMPT: Style = AnsiColor::Green.on_default().bold();
const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// Why the tour ended early.
pub type Failure = Box<dyn std::error::Error>;

/// A command that did not end as the story says.
#[derive(Debug)]
struct OffRoute {
    command: String,
    expected: i32,
    ended: std::process::ExitStatus,
}

impl std::error::Error for OffRoute {}

impl fmt::Display for OffRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command, expected, ended } = self;
        write!(f, "`{command}` should have ended with exit code {expected}, but it ended with {ended}")
    }
}

/// An empty folder in which the commands run.
pub struct Scene {
    folder: PathBuf,
    /// A temporary one goes with the value.
    _temporary: Option<TempDir>,
    chapters: usize,
    exported: Vec<(&'static str, &'static str)>,
}

impl Scene {
    /// In a temporary folder.
    pub fn open() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("monitorctl-tour-").tempdir()?;
        Ok(Self::at(folder.path().to_owned(), Some(folder)))
    }

    /// In `folder`, which stays. It must be empty, or not be there yet.
    pub fn open_in(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        if fs::read_dir(&folder)?.next().is_some() {
            return Err(format!("{} is not empty: name another folder", folder.display()).into());
        }
        Ok(Self::at(folder, None))
    }

    fn at(folder: PathBuf, temporary: Option<TempDir>) -> Self {
        Self { folder, _temporary: temporary, chapters: 0, exported: Vec::new() }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Begins the next chapter.
    pub fn chapter(&mut self, title: &str) {
        self.chapters += 1;
        println!("\n\n{TITLE}{}. {title}{TITLE:#}", self.chapters);
    }

    /// Says something in between.
    #[expect(clippy::unused_self, reason = "the narrator speaks from the stage")]
    pub fn say(&self, words: &str) {
        println!("\n{words}");
    }

    /// Writes a file without showing it.
    pub fn write(&self, path: &str, text: &str) -> io::Result<()> {
        fs::write(self.folder().join(path), text)
    }

    pub fn remove(&self, path: &str) -> io::Result<()> {
        prompt(&format!("rm {path}"));
        fs::remove_file(self.folder().join(path))
    }

    /// Shows a file.
    pub fn show(&self, path: &str) -> io::Result<()> {
        prompt(&format!("cat {path}"));
        for line in fs::read_to_string(self.folder().join(path))?.lines() {
            let style = if line.starts_with('#') { FAINT } else { Style::new() };
            println!("{style}{line}{style:#}");
        }
        Ok(())
    }

    /// Sets a variable for the commands that follow.
    pub fn export(&mut self, name: &'static str, value: &'static str) {
        prompt(&format!("export {name}={value}"));
        self.set(name, value);
    }

    /// The same behind the scene.
    pub fn set(&mut self, name: &'static str, value: &'static str) {
        self.exported.push((name, value));
    }

    /// Runs a command of monitorctl, with its output as it comes, and holds it to the exit code of the story.
    pub fn run(&self, line: &str, expected: i32) -> Result<(), Failure> {
        prompt(&format!("monitorctl {line}"));
        self.call(line, expected, io::stdout().into(), io::stdout().into())?;
        if expected != 0 {
            println!("{FAINT}(exit code {expected}){FAINT:#}");
        }
        Ok(())
    }

    /// The same behind the scene: nothing is shown.
    pub fn prepare(&self, line: &str, expected: i32) -> Result<(), Failure> {
        self.call(line, expected, Stdio::null(), Stdio::null())
    }

    fn call(&self, line: &str, expected: i32, out: Stdio, err: Stdio) -> Result<(), Failure> {
        let kept = PASSED_ON.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        let ended = Command::new(std::env::current_exe()?)
            .args(line.split(' '))
            .current_dir(self.folder())
            .env_clear()
            .envs(kept)
            .envs(self.exported.iter().copied())
            .env(IS_MONITORCTL, "1")
            // Words and data in the order in which they come, also where this is a pipe.
            .stdout(out)
            .stderr(err)
            .status()?;
        if ended.code() == Some(expected) {
            return Ok(());
        }
        Err(OffRoute { command: format!("monitorctl {line}"), expected, ended }.into())
    }
}

fn prompt(line: &str) {
    println!("\n{PROMPT}${PROMPT:#} {STRONG}{line}{STRONG:#}");
}
