//! Warnings about monitors that others depend on: whether they are known to be DOWN in time to hold anything back. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::catalog::dependencies::Dependencies;
use crate::config::diagnostic::Code;
use crate::config::violation::PlacedViolation;
use crate::monitor::{Monitor, PARENT_PATIENCE, format_duration};

/// What is to be said about each monitor because of those that it depends on. `period` is the time from one run of
/// `check` to the next.
pub fn advise<'a>(
    monitors: impl Iterator<Item = (Option<&'a Dependencies>, &'a Monitor)>,
    period: Duration,
) -> Vec<PlacedViolation> {
    let enabled: Vec<_> = monitors.filter(|(_, monitor)| monitor.enabled).collect();
    let by_id: BTreeMap<&str, &Monitor> =
        enabled.iter().map(|(_, monitor)| (monitor.id.as_str(), *monitor)).collect();
    let mut faults = Vec::new();
    for (dependencies, child) in enabled {
        for (id, place) in dependencies.into_iter().flat_map(Dependencies::on) {
            let Some(parent) = by_id.get(id) else { continue };
            let Some((message, label)) = too_slow(child, parent, period) else { continue };
            faults.push(
                PlacedViolation::new(Code::SlowParent, place, message)
                    .label(label)
                    .help(format!("probe `{id}` more often, or confirm it after fewer failures")),
            );
        }
    }
    faults
}

fn too_slow(child: &Monitor, parent: &Monitor, period: Duration) -> Option<(String, &'static str)> {
    let id = &parent.id;
    let (often, rarely) = (child.apart(period), parent.apart(period));
    // From the first failure that is seen to the one that confirms it.
    let confirmed = rarely
        .saturating_mul(parent.alert.failures.saturating_sub(1))
        .saturating_add(parent.retry.worst(parent.timeout));
    if confirmed > PARENT_PATIENCE {
        let (takes, held) = (format_duration(confirmed), format_duration(PARENT_PATIENCE));
        let message = format!(
            "`{id}` may take {takes} from its first failure to DOWN; alerts wait for it at most {held}"
        );
        return Some((message, "confirmed too late to suppress this"));
    }
    // An outage of both that begins right after the other one was probed.
    let detected_after = often.saturating_mul(child.alert.failures);
    (rarely > often && rarely > detected_after).then(|| {
        let (rarely, detected_after) = (format_duration(rarely), format_duration(detected_after));
        let message = format!(
            "`{id}` is probed every {rarely}, but this monitor may be DOWN after {detected_after}, so it alerts first"
        );
        (message, "probed too rarely to suppress this")
    })
}

#[cfg(test)]
mod tests {
    use crate::config::{Circumstances, Code, Definitions, Extent, SourceFile, load_with_lints};
    use std::time::Duration;

    fn found(parent: &str, child: &str) -> Vec<(Code, usize, usize)> {
        let text = format!(
            "id: auth\nurl: https://a.example\n{parent}\n---\nid: shop\nurl: https://b.example\n{child}\ndepends_on: [auth]\n"
        );
        let file = SourceFile { path: "a.yaml".into(), group: String::new(), bytes: text.into() };
        let circumstances =
            Circumstances { period: Duration::from_mins(2), extent: Extent::Whole, offer: None };
        let loaded = load_with_lints(&[file], Definitions::default(), circumstances);
        loaded.diagnostics.into_iter().map(|d| (d.code, d.span.line, d.span.column)).collect()
    }

    #[test]
    fn a_parent_that_is_known_too_late_to_hold_anything_back_is_warned_of_at_its_place() {
        let warned = [(Code::SlowParent, 8, 14)];
        for (parent, child, expected) in [
            ("", "", &[][..]),
            // 2 intervals of 7 minutes are within 15, of 8 they are not.
            ("interval: 7m\nalert: { failures: 3 }", "interval: 7m", &[]),
            ("interval: 8m", "interval: 8m", &[]),
            ("interval: 4m", "", &[]),
            // The child is DOWN after 4 minutes, the parent looked at after 6.
            ("interval: 6m", "", &[(Code::SlowParent, 8, 14)]),
            ("interval: 6m", "alert: { failures: 3 }", &[]),
            ("interval: 6m\nenabled: false", "", &[]),
            ("interval: 6m", "enabled: false", &[]),
        ] {
            let line = 8 + parent.matches('\n').count() + child.matches('\n').count();
            let expected: Vec<_> = expected.iter().map(|(code, _, column)| (*code, line, *column)).collect();
            assert_eq!(found(parent, child), expected, "{parent} {child}");
        }
        let slow = found("interval: 8m\nalert: { failures: 3 }", "interval: 8m");
        assert_eq!(slow.iter().map(|found| found.0).collect::<Vec<_>>(), [warned[0].0]);
    }
}
