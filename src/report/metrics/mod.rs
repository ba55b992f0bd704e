//! The metrics of a run, in the text format of Prometheus. Pure.

mod availability;
mod families;
mod former;
mod sample;

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::time::Duration;

use jiff::Timestamp;

use crate::kinds::KindName;
use crate::message::SeverityWord;
use crate::monitor::{ChannelId, HIDDEN, Monitor};
use crate::transition::Health;
use crate::verdict::{Judgement, Verdict};

use families::{
    BLIND, CERTIFICATE, DURATION, FAILURE, FAMILIES, HEALTH, HTTP_DURATION, HTTP_STATUS, OF_PROBES, PENDING,
    PROBED_AT, RUN_AT, RUN_DURATION, SUCCESS,
};
use former::header;
use sample::MetricSample;

pub use availability::{AvailabilityMetrics, AvailabilityWindow};
pub use former::{FormerMetrics, MetricsOrigin};

/// What a run says to Prometheus.
#[derive(Debug)]
pub struct RunMetrics<'a> {
    pub origin: MetricsOrigin,
    /// When the run ended.
    pub at: Timestamp,
    pub took: Duration,
    /// The prober was cut off.
    pub blind: bool,
    /// Alerts that are pending, by channel; 0 for a channel that has none.
    pub pending: BTreeMap<ChannelId, usize>,
    /// Every monitor that is watched, by id.
    pub monitors: Vec<MonitorMetrics<'a>>,
}

/// What a run says of one monitor.
#[derive(Debug)]
pub struct MonitorMetrics<'a> {
    pub monitor: &'a Monitor,
    pub health: Health,
    /// `None` if this run did not reach it.
    pub judgement: Option<&'a Judgement>,
}

type Labels = Vec<(String, String)>;

impl RunMetrics<'_> {
    /// The whole file. The probes of monitors that this run did not reach are taken from the file before.
    pub fn text(&self, former: &FormerMetrics, availability: &AvailabilityMetrics) -> String {
        let mut samples = self.of_run();
        for monitor in &self.monitors {
            samples.extend(monitor.samples(former));
            samples.extend(monitor.availability(former, availability));
        }
        // The same ids may stand in two environments, whose files may lie in one folder.
        if let Some(environment) = &self.origin.environment {
            for sample in &mut samples {
                sample.labels.push(("environment".to_owned(), environment.clone()));
            }
        }
        let mut text = header(&self.origin);
        for (name, help) in FAMILIES {
            let mut of_family = samples.iter().filter(|sample| sample.name == name).peekable();
            if of_family.peek().is_some() {
                let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
            }
            for sample in of_family {
                let _ = writeln!(text, "{sample}");
            }
        }
        text
    }

    /// Each shard has a file, and two files in one folder must not have the same series.
    fn of_run(&self) -> Vec<MetricSample> {
        let shard = || labels(&[("shard", &self.origin.shard)]);
        let mut samples = vec![
            sample(RUN_AT, shard(), self.at.as_second()),
            sample(RUN_DURATION, shard(), self.took.as_secs_f64()),
            sample(BLIND, shard(), u8::from(self.blind)),
        ];
        samples.extend(self.pending.iter().map(|(channel, number)| {
            sample(
                PENDING,
                labels(&[("channel", &channel.to_string()), ("shard", &self.origin.shard)]),
                number,
            )
        }));
        samples
    }
}

impl MonitorMetrics<'_> {
    fn samples(&self, former: &FormerMetrics) -> Vec<MetricSample> {
        let mut samples = match self.judgement {
            Some(judgement) if judgement.verdict != Verdict::Skipped => self.of_probe(judgement),
            Some(_) | None => self.carried(former),
        };
        samples.extend([Health::New, Health::Up, Health::Degraded, Health::Down].map(|health| {
            let is_this = u8::from(health == self.health);
            sample(HEALTH, self.labels_with("health", health.as_str()), is_this)
        }));
        samples
    }

    fn of_probe(&self, judgement: &Judgement) -> Vec<MetricSample> {
        let mut samples = vec![sample(PROBED_AT, self.labels(), judgement.at.as_second())];
        let success = match judgement.verdict {
            Verdict::Pass | Verdict::Degraded => 1,
            Verdict::Fail => 0,
            // Such a probe says nothing about the endpoint.
            Verdict::Unknown | Verdict::Skipped => return samples,
        };
        samples.push(sample(SUCCESS, self.labels(), success));
        samples.extend(judgement.latency.map(|took| sample(DURATION, self.labels(), took.as_secs_f64())));
        if success == 0 {
            let reasons = judgement.faults.first().map(|fault| fault.kind.as_str());
            samples.extend(reasons.map(|reason| sample(FAILURE, self.labels_with("reason", reason), 1)));
        }
        let expires = judgement.certificate.as_ref().map(|certificate| certificate.expires.as_second());
        samples.extend(expires.map(|expires| sample(CERTIFICATE, self.labels(), expires)));
        if self.monitor.ask.kind() == KindName::Http {
            samples.extend(judgement.code.map(|code| sample(HTTP_STATUS, self.labels(), code)));
            samples.extend(judgement.phases.iter().map(|(name, took)| {
                sample(HTTP_DURATION, self.labels_with("phase", phase(name)), took.as_secs_f64())
            }));
        }
        samples
    }

    /// What the file before says of its last probe, under the labels of today. What was measured at another target
    /// says nothing about this one.
    fn carried(&self, former: &FormerMetrics) -> Vec<MetricSample> {
        let target = target(self.monitor);
        let of_probe = |sample: &&MetricSample| {
            OF_PROBES.contains(&sample.name.as_str()) && sample.label("target") == Some(&target)
        };
        let former = former.of_monitor(self.monitor.id.as_str()).iter();
        former.filter(of_probe).map(|sample| self.renewed(sample)).collect()
    }

    /// The former value under the labels of today.
    fn renewed(&self, former: &MetricSample) -> MetricSample {
        let own =
            ["phase", "reason", "window"].into_iter().find_map(|name| Some((name, former.label(name)?)));
        let labels = own.map_or_else(|| self.labels(), |(name, value)| self.labels_with(name, value));
        MetricSample { name: former.name.clone(), labels, value: former.value.clone() }
    }

    fn labels(&self) -> Labels {
        let Monitor { id, group, team, alert, .. } = self.monitor;
        labels(&[
            ("monitor", id.as_str()),
            ("target", &target(self.monitor)),
            ("group", group),
            ("team", team.as_deref().unwrap_or_default()),
            ("severity", SeverityWord::from(alert.severity).as_str()),
        ])
    }

    fn labels_with(&self, name: &str, value: &str) -> Labels {
        let mut labels = self.labels();
        labels.push((name.to_owned(), value.to_owned()));
        labels
    }
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn sample(name: &str, labels: Labels, value: impl fmt::Display + Copy) -> MetricSample {
    MetricSample { name: name.to_owned(), labels, value: value.to_string() }
}

/// The phase as `blackbox_exporter` calls it.
fn phase(name: &str) -> &str {
    match name {
        "dns" => "resolve",
        "wait" => "processing",
        "read" => "transfer",
        same => same,
    }
}

/// The URL without user and password and without its query, which may be keys. References stay references.
fn target(monitor: &Monitor) -> String {
    let url = monitor.url.to_string();
    let url = url.split_once(['?', '#']).map_or(url.as_str(), |(before, _)| before);
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.rsplit_once('@') {
        Some((user, _)) => {
            format!("{scheme}://{HIDDEN}{}", rest.strip_prefix(user).unwrap_or_default())
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests;
