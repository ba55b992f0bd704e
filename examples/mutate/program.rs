//! monitorctl in a folder of its own.

use std::io;
use std::path::Path;
use std::process::Command;

/// Set for the processes in which this program is monitorctl.
pub const IS_MONITORCTL: &str = "MONITORCTL_MUTATES";

/// Variables that a process cannot do without.
const CORPUS: [&str; 3] = ["PATH", "HOME", "TMPDIR"];

/// What a command said, and how it ended.
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a command of monitorctl.
pub fn run(folder: &Path, arguments: &[&str]) -> io::Result<Ended> {
    let kept = CORPUS.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
    let output = Command::new(std::env::current_exe()?)
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(kept)
        .env(IS_MONITORCTL, "1")
        .output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Ended { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) })
}
