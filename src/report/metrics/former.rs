//! The file of metrics that the run before left: whose it is, and which values are carried over from it. Pure.

use std::collections::HashMap;

use super::sample::MetricSample;

/// How the first line of a file of metrics begins; the shard follows.
const HEADER: &str = "# monitorctl metrics of shard ";

/// What is in the place of the file of metrics.
#[derive(Debug, PartialEq, Eq)]
pub enum FormerMetrics {
    /// No file, or an empty one.
    Missing,
    /// What this shard wrote of each monitor, by its id.
    Own(HashMap<String, Vec<MetricSample>>),
    /// monitorctl wrote it, and not all of it can be read.
    Damaged,
    /// The metrics of this other shard.
    OfShard(String),
    /// Another program wrote it.
    Foreign,
}

impl FormerMetrics {
    /// What the content of the file is for the runs of `shard`.
    pub fn read(content: &[u8], shard: &str) -> Self {
        if content.is_empty() {
            return Self::Missing;
        }
        let Some(rest) = content.strip_prefix(HEADER.as_bytes()) else { return Self::Foreign };
        let Ok(rest) = std::str::from_utf8(rest) else { return Self::Damaged };
        let Some((found, body)) = rest.split_once('\n') else { return Self::Damaged };
        if found != shard {
            return Self::OfShard(found.to_owned());
        }
        if !body.ends_with('\n') {
            return Self::Damaged;
        }
        let lines = body.lines().filter(|line| !line.starts_with('#'));
        let mut own: HashMap<String, Vec<MetricSample>> = HashMap::new();
        for line in lines {
            let Some(sample) = MetricSample::parse(line) else { return Self::Damaged };
            // What is said of the run is said anew by each one.
            if let Some(monitor) = sample.label("monitor") {
                own.entry(monitor.to_owned()).or_default().push(sample);
            }
        }
        Self::Own(own)
    }

    /// What it says of a monitor.
    pub fn of_monitor(&self, id: &str) -> &[MetricSample] {
        match self {
            Self::Own(samples) => samples.get(id).map(Vec::as_slice).unwrap_or_default(),
            Self::Missing | Self::Damaged | Self::OfShard(_) | Self::Foreign => &[],
        }
    }
}

/// The first line of the file of a shard.
pub fn header(shard: &str) -> String {
    format!("{HEADER}{shard}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_carried_over_only_if_this_shard_wrote_it_and_all_of_it_can_be_read() {
        let read = |text: &str| FormerMetrics::read(text.as_bytes(), "0");
        assert_eq!(read(""), FormerMetrics::Missing);
        assert_eq!(read("id: shop\n"), FormerMetrics::Foreign);
        assert_eq!(read("# monitorctl metrics of shard 1\n"), FormerMetrics::OfShard("1".to_owned()));
        assert_eq!(read("# monitorctl metrics of shard 0\nx{a=\"b\"} 1"), FormerMetrics::Damaged);
        assert_eq!(read("# monitorctl metrics of shard 0\nhello\n"), FormerMetrics::Damaged);
        let FormerMetrics::Own(samples) =
            read("# monitorctl metrics of shard 0\n# HELP x y\nx{monitor=\"b\"} 1\n")
        else {
            panic!("it can be read");
        };
        assert_eq!(samples.get("b").map(Vec::len), Some(1));
    }
}
