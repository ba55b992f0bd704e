//! The command line of `notify`.

use clap::{Args, Subcommand, ValueEnum};

use super::Format;
use super::describe::{CommandLine, Reads};
use crate::exit::Exit;

#[derive(Debug, Args)]
pub struct Notify {
    #[command(subcommand)]
    pub command: NotifyCommand,
}

impl CommandLine for Notify {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("monitorctl notify test", "Send a DOWN and an UP to every channel of this repository."),
        ("monitorctl notify test chat oncall", "Test two channels."),
        ("monitorctl notify test --files chat", "Test a channel of monitorctl.yaml before it is synced."),
        (
            "monitorctl notify test --monitor payments-api --health down",
            "Show what the channels of a monitor would get if it went DOWN.",
        ),
    ];
    const EXITS: &'static [Exit] = &[Exit::Partly];

    fn shows_json(&self) -> bool {
        let NotifyCommand::Test(args) = &self.command;
        args.format == Format::Json
    }
}

#[derive(Debug, Subcommand)]
pub enum NotifyCommand {
    /// Send test messages to channels
    ///
    /// Sends as check does: with the secrets that this machine offers, the same tries and the same limits. `[TEST]` begins
    /// each message. Run it on the machine that runs check. Records which channels accept them, and changes nothing else in
    /// the tables. Exits with 4 unless each channel accepts every message.
    Test(NotifyTest),
}

#[derive(Debug, Args)]
pub struct NotifyTest {
    /// Channels to test [default: all of this repository; with --monitor, those of the monitor]
    ///
    /// Without a monitorctl.yaml, all channels of the config table. `default` stands for what a monitor without `alert.to`
    /// notifies.
    #[arg(value_name = "CHANNEL")]
    pub channels: Vec<String>,
    /// Monitor that the messages are about [default: a made-up one]
    #[arg(long, value_name = "ID")]
    pub monitor: Option<String>,
    /// Health to notify, in this order
    #[arg(long, value_name = "HEALTH", value_delimiter = ',', default_value = "down,up")]
    pub health: Vec<TestHealth>,
    /// Read channels and monitors from the files, not from the config table
    #[arg(long)]
    pub files: bool,
    /// Allow channels in these private address ranges
    #[arg(long, value_name = "CIDR", env = "MONITORCTL_ALLOW", value_delimiter = ',')]
    pub allow: Vec<String>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TestHealth {
    Down,
    Degraded,
    Up,
}
