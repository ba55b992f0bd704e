//! The command line of `check`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::describe::{CommandLine, Reads, TypedPath};
use super::page_place::PagePlace;
use super::{Format, duration, period};
use crate::exit::Exit;

#[derive(Debug, Args)]
pub struct Check {
    /// Select monitors: ids (`payments-*`), `tag:x`, `group:x`, `team:x`, `!x`
    ///
    /// Commas separate terms: `team:search,team:web,tag:eu` means team search or web, and tag eu. `!x` excludes x.
    /// Several arguments add up.
    #[arg(value_name = "SELECTOR")]
    pub only: Vec<String>,
    /// Probe all monitors now, due or not
    #[arg(long)]
    pub all: bool,
    /// Read the monitors from files instead of the config table; `.` for all files of the catalog
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Time limit of the whole run
    ///
    /// A probe starts only if its timeout fits into the remaining time. Otherwise the run skips the monitor, and
    /// the next run starts with it.
    #[arg(long, value_name = "DURATION", default_value = "100s", value_parser = duration)]
    pub deadline: Duration,
    /// Time between two scheduled runs; the same on every machine [default: 2m]
    ///
    /// With --all or a selector, the default is the period of the loop or cron entry at work. --all with another
    /// period replaces that one.
    #[arg(long, value_name = "DURATION", value_parser = period, env = "MONITORCTL_PERIOD")]
    pub period: Option<Duration>,
    #[command(flatten)]
    pub probes: ProbeArgs,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    /// Exit 20 if any monitor is not UP
    #[arg(long)]
    pub exit_code: bool,
}

/// How the runs of a process probe and notify.
#[derive(Debug, Args)]
pub struct ProbeArgs {
    /// Maximum number of concurrent probes
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..))]
    pub concurrency: u16,
    /// Maximum number of concurrent probes per host
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..))]
    pub per_host: u16,
    /// Allow probes of these private address ranges
    #[arg(long, value_name = "CIDR", env = "MONITORCTL_ALLOW", value_delimiter = ',')]
    pub allow: Vec<String>,
    /// Where alerts go that have no other channel [default: sns if `SNS_TOPIC_ARN` is set, else local]
    #[arg(long, value_name = "WHERE", env = "MONITORCTL_NOTIFY")]
    pub notify: Option<OwnChannel>,
    /// After each run, write its metrics for Prometheus to this file, such as monitorctl.prom
    ///
    /// The textfile collector of the node exporter reads it. Each shard needs a file of its own.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub metrics: Option<PathBuf>,
    /// After a change and every 5 minutes, write the status page to this folder or `s3://bucket/prefix`
    ///
    /// It is always the public page, and never the private one of `page --private`. `sync` stores the pages in the config
    /// table. `ID=PLACE` chooses one of several pages, and the option can be repeated.
    #[arg(long = "page", value_name = "PLACE", value_hint = clap::ValueHint::DirPath)]
    pub pages: Vec<PagePlace>,
}

impl ProbeArgs {
    pub fn typed_paths(&mut self) -> impl Iterator<Item = TypedPath<'_>> {
        let pages = self.pages.iter_mut().filter_map(PagePlace::typed_path);
        self.metrics.iter_mut().map(TypedPath::Written).chain(pages)
    }
}

impl CommandLine for Check {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("monitorctl check", "Probe the monitors that are due. Cron runs this every two minutes."),
        ("monitorctl check --all team:search", "Probe all monitors of one team now."),
    ];
    const EXITS: &'static [Exit] =
        &[Exit::Partly, Exit::NotUp, Exit::HungUp, Exit::Interrupted, Exit::Quit, Exit::Terminated];

    fn shows_json(&self) -> bool {
        self.format == Format::Json
    }

    fn typed_paths(&mut self) -> Vec<TypedPath<'_>> {
        self.dir.iter_mut().map(TypedPath::Read).chain(self.probes.typed_paths()).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[expect(clippy::doc_markdown, reason = "a terminal shows these words")]
pub enum OwnChannel {
    /// The SNS topic of SNS_TOPIC_ARN
    Sns,
    /// The file `alerts.jsonl` beside the embedded store, one JSON object per message
    Local,
}
