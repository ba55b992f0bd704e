//! The command line of `beat`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::describe::{CommandLine, Reads, TypedPath};
use crate::exit::Exit;

#[derive(Debug, Args)]
pub struct Beat {
    /// Id of the heartbeat monitor
    #[arg(value_name = "ID")]
    pub id: String,
    /// What the program says
    #[arg(value_name = "BEAT", default_value = "ok", conflicts_with = "command")]
    pub word: BeatWord,
    /// Text stored with the beat; an alert quotes that of a failure
    #[arg(long, value_name = "TEXT", conflicts_with = "command")]
    pub message: Option<String>,
    /// Command to run between the beats
    ///
    /// Beats `start`, runs the command, and beats `ok` or `fail` by its exit code. Output goes to where it went before; the
    /// last lines of a failed command are stored as the message. Ends with the exit code of the command, also if a beat
    /// could not be stored.
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
    /// Where the command runs: the directory in which this was typed.
    #[arg(skip = PathBuf::from("."))]
    pub place: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BeatWord {
    /// It begins
    Start,
    /// It ended well
    Ok,
    /// It failed
    Fail,
}

impl CommandLine for Beat {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("monitorctl beat nightly-backup", "Say that the backup ended well."),
        ("monitorctl beat nightly-backup fail --message 'disk full'", "Say that it failed, and why."),
        ("monitorctl beat nightly-backup -- pg_dump -f shop.sql shop", "Run it between its beats."),
    ];
    const EXITS: &'static [Exit] = &[Exit::Partly];

    fn typed_paths(&mut self) -> Vec<TypedPath<'_>> {
        vec![TypedPath::Read(&mut self.place)]
    }
}
