//! The command line of `run`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::check::ProbeArgs;
use super::describe::{CommandLine, Reads, TypedPath};
use super::{Format, period};
use crate::exit::Exit;
use crate::monitor::format_duration;

/// The shortest time between two runs: each reads both tables and takes the lock.
const SHORTEST: Duration = Duration::from_secs(10);

/// The longest one. A monitor that is probed less often has a longer `interval`.
const LONGEST: Duration = Duration::from_hours(1);

#[derive(Debug, Args)]
pub struct Run {
    /// Time between two runs, from 10s to 1h; the same on every machine
    ///
    /// Runs start at round times, such as 12:00:00 and 12:02:00. A run may take 8 tenths of the time, at least 8s.
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = every, env = "MONITORCTL_PERIOD")]
    pub every: Duration,
    /// Read the monitors from files in every run, not from the config table; `.` for all of the catalog
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Probe all monitors in the first run, and replace a loop or cron entry with another period
    #[arg(long, conflicts_with = "dir")]
    pub all: bool,
    #[command(flatten)]
    pub probes: ProbeArgs,
    /// Output format: a line for each run, as text or JSON
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

impl CommandLine for Run {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("monitorctl run", "Check every two minutes, until Ctrl-C."),
        ("monitorctl run --every 30s", "Check every 30 seconds."),
    ];
    const EXITS: &'static [Exit] = &[Exit::HungUp, Exit::Interrupted, Exit::Quit, Exit::Terminated];

    fn shows_json(&self) -> bool {
        self.format == Format::Json
    }

    fn typed_paths(&mut self) -> Vec<TypedPath<'_>> {
        self.dir.iter_mut().map(TypedPath::Read).chain(self.probes.typed_paths()).collect()
    }
}

fn every(text: &str) -> Result<Duration, String> {
    let every = period(text)?;
    let (shortest, longest) = (format_duration(SHORTEST), format_duration(LONGEST));
    if every < SHORTEST {
        return Err(format!("must be at least {shortest}"));
    }
    if every > LONGEST {
        return Err(format!(
            "must be at most {longest}; `interval` in a monitor's file says how often that one is probed"
        ));
    }
    Ok(every)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_whole_seconds_within_bounds() {
        for (text, expected) in [
            ("10s", Ok(Duration::from_secs(10))),
            ("2m", Ok(Duration::from_mins(2))),
            ("60m", Ok(Duration::from_hours(1))),
            ("9s", Err("at least 10s")),
            ("9s999ms", Err("whole seconds")),
            ("0s", Err("longer than zero")),
            ("1h1s", Err("at most 1h")),
            ("10s500ms", Err("whole seconds")),
        ] {
            match (every(text), expected) {
                (Ok(read), Ok(expected)) => assert_eq!(read, expected, "{text}"),
                (Err(why), Err(part)) => assert!(why.contains(part), "{text}: {why}"),
                (read, _) => panic!("{text}: {read:?}"),
            }
        }
    }
}
