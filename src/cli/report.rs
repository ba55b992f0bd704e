//! The command line of `report`.

use clap::{Args, ValueEnum};

use super::describe::{CommandLine, Reads};

#[derive(Debug, Args)]
pub struct Report {
    /// Select monitors: ids (`payments-*`), `tag:x`, `group:x`, `team:x`, `!x`
    ///
    /// Commas separate terms: `team:search,team:web,tag:eu` means team search or web, and tag eu. `!x` excludes x.
    /// Several arguments add up. In a stored month, they select by what the monitors were called then.
    #[arg(value_name = "SELECTOR")]
    pub only: Vec<String>,
    /// Period: a time until now such as 30d, or a month in UTC such as 2026-10
    ///
    /// The first report over a month that is over stores it, for 800 days. Later reports show the same, also when monitors
    /// were renamed or removed.
    #[arg(long, value_name = "PERIOD", default_value = "30d")]
    pub period: String,
    /// Objective in percent, such as 99.9: shows the error budget that is left
    #[arg(long, value_name = "PERCENT")]
    pub slo: Option<String>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// Text for people
    Text,
    /// Markdown for a wiki or an issue
    Markdown,
    /// JSON for programs
    Json,
    /// CSV for spreadsheets, a line for each monitor
    Csv,
    /// One HTML file for a browser or a printer
    Html,
}

impl CommandLine for Report {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("monitorctl report", "Show the availability of all monitors in the last 30 days."),
        (
            "monitorctl report group:payments --period 2026-10 --slo 99.9",
            "Report on a month with its budget.",
        ),
        ("monitorctl report --period 2026-10 --format html > october.html", "Write a report to send around."),
    ];

    fn shows_json(&self) -> bool {
        self.format == ReportFormat::Json
    }
}
