//! The command line of `page`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::describe::{CommandLine, Reads, TypedPath};
use super::period;
use crate::exit::Exit;

#[derive(Debug, Args)]
pub struct Page {
    /// Configured pages [default: status.yaml]
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Write the page into this folder, or to `s3://bucket/prefix`
    ///
    /// Each of several pages gets a folder with its id.
    #[arg(long, value_name = "PLACE", required_unless_present = "serve")]
    pub out: Option<PathBuf>,
    /// Serve the page on this machine, such as 127.0.0.1:8080, until Ctrl-C
    #[arg(long, value_name = "ADDRESS", conflicts_with = "out")]
    pub serve: Option<String>,
    /// Make the page for the team: with what each monitor asks, why it fails, and a page of its own
    ///
    /// It shows URLs and reasons, so publish it only where no one but the team can read. A place holds either a public page
    /// or a private one. The private page has no feed, no badges and no API.
    #[arg(long)]
    pub private: bool,
    /// Time between two scheduled runs [default: that of the last run, else 2m]
    #[arg(long, value_name = "DURATION", value_parser = period, env = "MONITORCTL_PERIOD")]
    pub period: Option<Duration>,
}

impl CommandLine for Page {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("monitorctl page --serve 127.0.0.1:8080", "Look at the page in a browser."),
        ("monitorctl page --out public", "Write the page into a folder."),
        ("monitorctl page --out s3://acme-status/public", "Publish it in a bucket."),
        ("monitorctl page --private --serve 127.0.0.1:8080", "Look at the page for the team."),
        ("monitorctl page --private --out s3://acme-team/status", "Publish it where only the team can read."),
    ];
    const EXITS: &'static [Exit] = &[Exit::HungUp, Exit::Interrupted, Exit::Quit, Exit::Terminated];

    fn typed_paths(&mut self) -> Vec<TypedPath<'_>> {
        let folder = self.out.iter_mut().filter(|out| !out.starts_with("s3:"));
        self.files.iter_mut().map(TypedPath::Read).chain(folder.map(TypedPath::Written)).collect()
    }
}
