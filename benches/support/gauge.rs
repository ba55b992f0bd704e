//! Measures one process. The gauge is a fresh process itself, so that the figures of the system for "my children"
//! are those of the one child.

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use serde_json::{Value, json};

pub const ROLE: &str = "gauge";

/// Where a measured process writes its output, in the folder in which it runs.
pub const OUTPUT: &str = "output.json";

/// What a process took.
#[derive(Debug, Clone, Copy)]
pub struct Taken {
    pub wall: Duration,
    /// User and system.
    pub cpu: Duration,
    /// The most memory that was resident at once.
    pub peak_kib: u64,
}

/// Runs `monitorctl` in `folder`; its output is expected to be JSON.
pub fn run(folder: &Path, args: &[&str]) -> Result<(Taken, Value), Box<dyn Error>> {
    Ok((taken(folder, args)?, serde_json::from_reader(File::open(folder.join(OUTPUT))?)?))
}

/// The same of a command whose output is left in the file [`OUTPUT`].
pub fn taken(folder: &Path, args: &[&str]) -> Result<Taken, Box<dyn Error>> {
    let output = Command::new(std::env::current_exe()?)
        .arg(env!("CARGO_BIN_EXE_monitorctl"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env(super::ROLE, ROLE)
        .output()?;
    succeeded(output.status, &String::from_utf8_lossy(&output.stderr))?;
    let taken: Value = serde_json::from_slice(&output.stdout)?;
    let number = |name: &str| taken[name].as_u64().ok_or("the gauge gives no figure");
    Ok(Taken {
        wall: Duration::from_micros(number("wall_us")?),
        cpu: Duration::from_micros(number("cpu_us")?),
        peak_kib: number("peak_kib")?,
    })
}

/// The gauge's process: runs the command that its arguments are.
pub fn measure() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1);
    let mut command = Command::new(args.next().ok_or("no command")?);
    command.args(args).stdout(File::create(OUTPUT)?).env_remove(super::ROLE);
    let begun = Instant::now();
    let status = command.status()?;
    let wall = begun.elapsed();
    // Files with faults are a result as well.
    if status.code() != Some(3) {
        succeeded(status, "see above")?;
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let figures = json!({
        "wall_us": u64::try_from(wall.as_micros())?,
        "cpu_us": micros(usage.user_time()) + micros(usage.system_time()),
        "peak_kib": usage.max_rss(),
    });
    println!("{figures}");
    Ok(())
}

fn micros(time: TimeVal) -> i64 {
    time.tv_sec() * 1_000_000 + time.tv_usec()
}

fn succeeded(status: ExitStatus, words: &str) -> Result<(), Box<dyn Error>> {
    if status.success() { Ok(()) } else { Err(format!("monitorctl ended with {status}: {words}").into()) }
}
