//! The file of metrics that the run before left: whose it is, and which values are carried over from it. Pure.

use std::collections::HashMap;
use std::fmt;

use super::families::RUN_AT;
use super::sample::MetricSample;
use crate::report::spoken::one_line;

/// How the first line of a file of metrics begins; its origin follows.
const HEADER: &str = "# monitorctl metrics of ";

/// Whose runs write a file of metrics. Each has a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricsOrigin {
    pub shard: String,
    pub environment: Option<String>,
}

impl fmt::Display for MetricsOrigin {
    /// `shard 0 of environment prod`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shard {}", self.shard)?;
        match &self.environment {
            Some(environment) => write!(f, " of environment {}", one_line(environment)),
            None => Ok(()),
        }
    }
}

/// What is in the place of the file of metrics.
#[derive(Debug, PartialEq, Eq)]
pub enum FormerMetrics {
    /// No file, or an empty one.
    Missing,
    Own(FormerSamples),
    /// monitorctl wrote it, and not all of it can be read.
    Damaged,
    /// The metrics of another shard or environment, in words.
    OfOther(String),
    /// Another program wrote it.
    Foreign,
}

/// What the run before wrote.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FormerSamples {
    /// When that run ended, in Unix time.
    run_at: Option<i64>,
    /// By the id of the monitor.
    of_monitors: HashMap<String, Vec<MetricSample>>,
}

impl FormerMetrics {
    /// What the content of the file is for the runs of `origin`.
    pub fn read(content: &[u8], origin: &MetricsOrigin) -> Self {
        if content.is_empty() {
            return Self::Missing;
        }
        let Some(rest) = content.strip_prefix(HEADER.as_bytes()) else { return Self::Foreign };
        let Ok(rest) = std::str::from_utf8(rest) else { return Self::Damaged };
        let Some((found, body)) = rest.split_once('\n') else { return Self::Damaged };
        if found != origin.to_string() {
            return Self::OfOther(found.to_owned());
        }
        if !body.ends_with('\n') {
            return Self::Damaged;
        }
        let lines = body.lines().filter(|line| !line.starts_with('#'));
        let mut own = FormerSamples::default();
        for line in lines {
            let Some(sample) = MetricSample::parse(line) else { return Self::Damaged };
            if let Some(monitor) = sample.label("monitor") {
                own.of_monitors.entry(monitor.to_owned()).or_default().push(sample);
            } else if sample.name == RUN_AT {
                own.run_at = sample.value.parse().ok();
            }
        }
        Self::Own(own)
    }

    /// When the run ended that wrote it, in Unix time.
    pub fn run_at(&self) -> Option<i64> {
        match self {
            Self::Own(samples) => samples.run_at,
            Self::Missing | Self::Damaged | Self::OfOther(_) | Self::Foreign => None,
        }
    }

    /// What it says of a monitor.
    pub fn of_monitor(&self, id: &str) -> &[MetricSample] {
        match self {
            Self::Own(samples) => samples.of_monitors.get(id).map(Vec::as_slice).unwrap_or_default(),
            Self::Missing | Self::Damaged | Self::OfOther(_) | Self::Foreign => &[],
        }
    }
}

/// The first line of the file.
pub fn header(origin: &MetricsOrigin) -> String {
    format!("{HEADER}{origin}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_carried_over_only_if_its_origin_is_the_same_and_all_of_it_can_be_read() {
        let origin = |environment: Option<&str>| MetricsOrigin {
            shard: "0".to_owned(),
            environment: environment.map(str::to_owned),
        };
        let read = |text: &str| FormerMetrics::read(text.as_bytes(), &origin(None));
        let staging = "# monitorctl metrics of shard 0 of environment staging\n";
        assert_eq!(read(staging), FormerMetrics::OfOther("shard 0 of environment staging".to_owned()));
        let own = FormerMetrics::read(format!("{staging}# HELP\n").as_bytes(), &origin(Some("staging")));
        assert_eq!(own, FormerMetrics::Own(FormerSamples::default()));
        assert_eq!(read(""), FormerMetrics::Missing);
        assert_eq!(read("id: shop\n"), FormerMetrics::Foreign);
        assert_eq!(read("# monitorctl metrics of shard 1\n"), FormerMetrics::OfOther("shard 1".to_owned()));
        assert_eq!(read("# monitorctl metrics of shard 0\nx{a=\"b\"} 1"), FormerMetrics::Damaged);
        assert_eq!(read("# monitorctl metrics of shard 0\nhello\n"), FormerMetrics::Damaged);
        let FormerMetrics::Own(samples) =
            read("# monitorctl metrics of shard 0\n# HELP x y\nx{monitor=\"b\"} 1\n")
        else {
            panic!("it can be read");
        };
        assert_eq!(samples.of_monitors.get("b").map(Vec::len), Some(1));
    }
}
