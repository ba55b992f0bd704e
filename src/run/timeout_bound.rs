//! How long an attempt may take in a run of so much time. Pure.
//!
//! An attempt that the end of the run cut would say nothing, and an endpoint that hangs would never be DOWN. So an attempt
//! is begun only if it can be made to its end, and its timeout is bounded so that there is a time in which it can begin.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use super::named::named;
use super::options::RunOptions;
use super::secret_provider::aws_references;
use crate::inventory::WatchedMonitor;
use crate::monitor::{Monitor, format_duration, rough_duration};

/// Bounds the timeouts of the probes of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeoutBound {
    longest: Duration,
    /// What probes that need secrets may have to wait for them, before they begin.
    fetch: Duration,
}

impl TimeoutBound {
    /// For a run that has `window` for its probes: 8 tenths of it, and not much less where reading took long, because a
    /// timeout that is written nowhere makes an endpoint DOWN that is only slow.
    pub fn of(options: &RunOptions, window: Duration) -> Self {
        let longest = window.max(options.deadline / 2) * 4 / 5;
        Self { longest, fetch: options.fetch() }
    }

    /// For probes that have all the time they want.
    pub fn endless() -> Self {
        Self { longest: Duration::MAX, fetch: Duration::ZERO }
    }

    /// The monitor, with a timeout that fits into the run.
    pub fn bounded<'a>(&self, monitor: &'a Monitor) -> Cow<'a, Monitor> {
        let longest = self.longest_for(monitor);
        if monitor.timeout <= longest {
            return Cow::Borrowed(monitor);
        }
        Cow::Owned(Monitor { timeout: longest, ..monitor.clone() })
    }

    fn longest_for(&self, monitor: &Monitor) -> Duration {
        let waits = aws_references(monitor).next().is_some();
        if waits { self.longest.saturating_sub(self.fetch) } else { self.longest }
    }

    /// What is to be said of monitors whose timeout does not fit.
    pub fn problem(&self, due: &[Arc<WatchedMonitor>], deadline: Duration) -> Option<String> {
        let bounded =
            |watched: &&Arc<WatchedMonitor>| watched.monitor.timeout > self.longest_for(&watched.monitor);
        let ids: Vec<_> = due.iter().filter(bounded).map(|watched| watched.monitor.id.as_str()).collect();
        if ids.is_empty() {
            return None;
        }
        Some(format!(
            "the timeout does not fit into a run of {}, so attempts were cut to {}: {} (lower `timeout`, or raise --deadline of check, --every of run)",
            format_duration(deadline),
            // A few milliseconds more or less in each run would be another problem each time.
            rough_duration(self.longest),
            named(ids),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::{Spec, Template};

    fn watched(id: &str, timeout: u64, url: &str) -> Arc<WatchedMonitor> {
        let monitor = Monitor {
            timeout: Duration::from_secs(timeout),
            url: Template::parse(url).expect("a URL"),
            ..Monitor::sample(id, "http://m.example")
        };
        Arc::new(WatchedMonitor::new(monitor, Spec::default(), None))
    }

    fn check(deadline: u64, window: u64, timeout: u64, url: &str, bound: Duration) {
        let options = RunOptions { deadline: Duration::from_secs(deadline), ..RunOptions::sample() };
        let timeout_bound = TimeoutBound::of(&options, Duration::from_secs(window));
        let watched = watched("m", timeout, url);
        assert_eq!(timeout_bound.bounded(&watched.monitor).timeout, bound, "{deadline} {window} {timeout}");
        let is_bounded = bound < watched.monitor.timeout;
        assert_eq!(timeout_bound.problem(&[watched], options.deadline).is_some(), is_bounded);
    }

    #[test]
    fn an_attempt_has_its_timeout_or_what_leaves_a_time_to_begin() {
        let seconds = Duration::from_secs;
        let plain = "http://m.example/";
        let secret = "http://m.example/?key=${ssm:/key}";
        check(100, 95, 60, plain, seconds(60));
        check(100, 95, 90, plain, seconds(76));
        check(100, 95, 90, secret, seconds(66));
        check(10, 9, 5, plain, seconds(5));
        check(10, 9, 10, plain, Duration::from_millis(7_200));
        check(10, 9, 10, secret, Duration::from_millis(5_200));
        // However little time is left, an endpoint that is only slow is not DOWN for it.
        check(100, 1, 30, plain, seconds(30));
        check(100, 1, 60, plain, seconds(40));
    }

    #[test]
    fn those_that_do_not_fit_are_named() {
        let options = RunOptions { deadline: Duration::from_secs(10), ..RunOptions::sample() };
        let due: Vec<_> = ["g", "f", "e", "d", "c", "b", "a"]
            .iter()
            .map(|id| watched(id, if *id == "d" { 1 } else { 30 }, "http://m.example/"))
            .collect();
        assert_eq!(
            TimeoutBound::of(&options, Duration::from_secs(10)).problem(&due, options.deadline).as_deref(),
            Some(
                "the timeout does not fit into a run of 10s, so attempts were cut to 8s: a, b, c, e, f and 1 more \
                 (lower `timeout`, or raise --deadline of check, --every of run)"
            )
        );
    }
}
