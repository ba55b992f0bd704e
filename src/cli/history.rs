//! The command line of `history`.

use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::describe::{CommandLine, Reads};
use super::{duration, moment};

#[derive(Debug, Args)]
pub struct History {
    /// Id of the monitor [default: the changes of all monitors]
    #[arg(value_name = "ID")]
    pub id: Option<String>,
    /// Begin, as a time ago such as 7d, or as a date such as 2026-11-20
    ///
    /// A date begins at midnight UTC. Hours are kept for 100 days, and days and changes of health for 800 days. Above 31
    /// days, results are shown by day.
    #[arg(long, value_name = "WHEN", value_parser = since, default_value = "7d")]
    pub since: HistoryStart,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: HistoryFormat,
}

/// When something begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryStart {
    Ago(Duration),
    At(Timestamp),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HistoryFormat {
    /// Text for people
    Text,
    /// JSON for programs
    Json,
    /// CSV for spreadsheets: the results of the monitor, or the changes of all
    Csv,
}

impl CommandLine for History {
    const READS: Reads = Reads::Store;
    const EXAMPLES: &'static [(&'static str, &'static str)] = &[
        ("monitorctl history", "Show which monitors changed their health in the last 7 days."),
        ("monitorctl history payments-api --since 30d", "Show outages, latency and results of a month."),
        ("monitorctl history --since 2026-11-20 --format csv > changes.csv", "Export changes of health."),
    ];

    fn shows_json(&self) -> bool {
        self.format == HistoryFormat::Json
    }
}

fn since(text: &str) -> Result<HistoryStart, String> {
    if let Ok(ago) = duration(text) {
        return Ok(HistoryStart::Ago(ago));
    }
    // A date takes no time behind it.
    let date = text.trim().parse::<Date>().ok().filter(|date| date.to_string() == text.trim());
    match date.and_then(|date| date.to_zoned(TimeZone::UTC).ok()) {
        Some(midnight) => Ok(HistoryStart::At(midnight.timestamp())),
        None => moment(text).map(HistoryStart::At).map_err(|_| {
            "write a time ago such as 7d or 12h, a date such as 2026-11-20, or a time such as 2026-11-20T14:30Z"
                .to_owned()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_begin_is_a_time_ago_a_date_or_a_moment() {
        let at = |text: &str| HistoryStart::At(text.parse().expect("a time"));
        assert_eq!(since("7d"), Ok(HistoryStart::Ago(Duration::from_hours(7 * 24))));
        assert_eq!(since("2026-11-20"), Ok(at("2026-11-20T00:00:00Z")));
        assert_eq!(since("2026-11-20T14:30+01:00"), Ok(at("2026-11-20T13:30:00Z")));
        for text in ["", "0s", "yesterday", "2026-13-01", "20-11-2026"] {
            assert!(since(text).is_err_and(|why| why.contains("7d")), "{text}");
        }
    }
}
