//! The command line of `pull`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::Format;
use super::describe::{CommandLine, Reads, TypedPath};
use crate::exit::Exit;

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").args(["unmanaged", "drift"]).required(true).multiple(true)))]
pub struct Pull {
    /// Folder of the monitor files [default: `folders` of monitorctl.yaml, else monitors]
    #[arg(value_name = "DIR")]
    pub monitors: Option<PathBuf>,
    /// Write monitors that were added to the table by hand to new files
    ///
    /// The files are candidates for `sync --adopt`.
    #[arg(long)]
    pub unmanaged: bool,
    /// Write edits made in the table since the last sync to their files
    #[arg(long)]
    pub drift: bool,
    /// Pull only these monitors: ids (`payments-*`), `tag:x`, `group:x`, `team:x`, `!x`
    #[arg(long, value_name = "SELECTOR")]
    pub only: Vec<String>,
    /// Overwrite the file of this monitor, even if it was edited since the last sync
    #[arg(long, value_name = "ID", requires = "drift")]
    pub overwrite: Vec<String>,
    /// Folder for the new files, inside a folder of monitor files [default: by the group of each monitor]
    #[arg(long, value_name = "FOLDER", requires = "unmanaged")]
    pub out: Option<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

impl CommandLine for Pull {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] =
        &[("monitorctl pull --drift", "Write edits made in the table to the monitor files.")];
    const EXITS: &'static [Exit] = &[Exit::Partly];

    fn shows_json(&self) -> bool {
        self.format == Format::Json
    }

    fn typed_paths(&mut self) -> Vec<TypedPath<'_>> {
        let read = self.monitors.iter_mut().map(TypedPath::Read);
        read.chain(self.out.iter_mut().map(TypedPath::Written)).collect()
    }
}
