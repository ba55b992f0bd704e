//! What of a change of a monitor stored results cannot show.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::assert::Assertion;
use crate::monitor::{AlertPolicy, Expectations, Monitor, count, format_duration};

/// A part of the definition that a replay does not take into account, or a fault that the history does not keep.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unreplayed {
    /// These fields decide what a probe sees.
    Field(String),
    /// More results than there are.
    Interval { stored: Duration, asked: Duration },
    /// Alerts that an outage of a parent suppresses.
    Dependencies,
    /// Results whose gravest fault is none any more; the history does not keep what else they had.
    OtherFaults(usize),
}

/// Where the definitions differ in what a probe sees, and what else stays out of account.
pub fn unreplayed(before: Option<&Monitor>, after: &Monitor, period: Duration) -> Vec<Unreplayed> {
    let mut found: Vec<_> =
        before.into_iter().flat_map(|before| fields(before, after)).map(Unreplayed::Field).collect();
    let stored = before.map(|before| before.apart(period));
    let asked = after.apart(period);
    found
        .extend(stored.filter(|stored| *stored > asked).map(|stored| Unreplayed::Interval { stored, asked }));
    let depends = |monitor: &Monitor| !monitor.depends_on.is_empty();
    if depends(after) || before.is_some_and(depends) {
        found.push(Unreplayed::Dependencies);
    }
    found
}

/// Whether two definitions of a monitor can differ in their alerts. Where those go, and how loud they are, does not count.
pub fn alters_alerts(before: &Monitor, after: &Monitor) -> bool {
    let policy = |monitor: &Monitor| {
        let AlertPolicy { failures, successes, remind, severity: _, to: _, excerpt: _ } = monitor.alert;
        (failures, successes, remind)
    };
    policy(before) != policy(after)
        || before.interval != after.interval
        || before.expect != after.expect
        || before.depends_on != after.depends_on
        || before.maintenance != after.maintenance
        || !fields(before, after).is_empty()
}

/// The fields that differ and decide what a probe sees.
fn fields(before: &Monitor, after: &Monitor) -> Vec<String> {
    let Monitor {
        url,
        ip,
        resolver,
        ask,
        timeout,
        retry,
        tls,
        expect: Expectations { certificate, assertions, latency: _ },
        // What a replay plays.
        interval: _,
        alert: _,
        maintenance: _,
        depends_on: _,
        // What no probe and no alert depends on.
        id: _,
        name: _,
        description: _,
        group: _,
        team: _,
        tags: _,
        runbook: _,
        protect: _,
        enabled: _,
        origin: _,
    } = after;
    let named = [
        ("url", before.url != *url),
        ("ip", before.ip != *ip),
        ("resolver", before.resolver != *resolver),
        ("request", before.ask != *ask),
        ("timeout", before.timeout != *timeout),
        ("retry", before.retry != *retry),
        ("tls", before.tls != *tls),
        ("expect.certificate", before.expect.certificate != *certificate),
    ];
    let named = named.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name.to_owned());
    named.chain(assertions_that_differ(&before.expect.assertions, assertions)).collect()
}

/// The fields of the assertions that only one side has. Codes are kept with each result, so a replay judges them anew.
fn assertions_that_differ(before: &[Assertion], after: &[Assertion]) -> BTreeSet<String> {
    let only = |one: &[Assertion], other: &[Assertion]| -> Vec<String> {
        let own = one.iter().filter(|assertion| !other.contains(assertion) && !assertion.subject.is_code());
        own.map(Assertion::field).collect()
    };
    only(before, after).into_iter().chain(only(after, before)).collect()
}

impl fmt::Display for Unreplayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => f.write_str(field),
            Self::Interval { stored, asked } => write!(
                f,
                "an interval of {} (there is a result every {})",
                format_duration(*asked),
                format_duration(*stored)
            ),
            Self::Dependencies => f.write_str("outages of dependencies"),
            Self::OtherFaults(number) => write!(f, "further faults of {}", count(*number, "failed probe")),
        }
    }
}
