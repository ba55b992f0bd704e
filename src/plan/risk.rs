//! What a change costs in watchfulness. Coverage is what is guarded, not deletions: a monitor that was switched off,
//! or that accepts every answer, watches as little as one that was removed.

use std::fmt;
use std::time::Duration;

use crate::assert;
use crate::monitor::{
    AlertPolicy, CertificateBounds, Expectations, LatencyBounds, Monitor, Retry, TlsPolicy, Trust,
};

/// How much a change costs; sorts by that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    #[default]
    None,
    /// It is weakened: fewer expectations, later alerts, or a channel less.
    Weaker,
    /// It is not watched any more.
    Loss,
}

/// A field that watches less than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeakenedField {
    /// As a plan names it, `expect.status`.
    pub path: String,
    pub risk: Risk,
}

/// In what a new monitor is watched less closely than it could be. There was nothing before, so the change as a whole is
/// no risk, and the guard does not count it; a reviewer sees it at its field.
pub fn weak_from_the_start(monitor: &Monitor) -> Vec<WeakenedField> {
    let is_insecure = monitor.tls.trust == Trust::Anyone;
    is_insecure
        .then(|| WeakenedField { path: "tls.insecure".to_owned(), risk: Risk::Weaker })
        .into_iter()
        .collect()
}

/// Everything in which `after` watches less than `before`, implied defaults counted, sorted by path.
pub fn weaknesses(before: &Monitor, after: &Monitor) -> Vec<WeakenedField> {
    // Every field is named, so that the author of a new one decides what it costs. What is watched (the address and the
    // request) may change without anything being watched less, and the reviewer sees it.
    let Monitor {
        id: _,
        name: _,
        description: _,
        group: _,
        url: _,
        ip,
        resolver: _,
        ask,
        interval,
        timeout,
        retry,
        tls,
        expect,
        alert,
        depends_on,
        maintenance,
        team: _,
        tags: _,
        runbook: _,
        protect,
        enabled,
        origin: _,
    } = before;
    let mut found = Vec::new();
    let mut add = |path: &str, is_weaker: bool| {
        if is_weaker {
            found.push(WeakenedField { path: path.to_owned(), risk: Risk::Weaker });
        }
    };
    add("ip", after.ip.is_weaker_than(*ip));
    add("interval", after.interval > *interval);
    add("timeout", after.timeout > *timeout);
    add("protect", *protect && !after.protect);
    // What is suppressed more often alerts later.
    add("depends_on", !after.depends_on.is_subset(depends_on));
    add("maintenance", after.maintenance.iter().any(|window| !maintenance.contains(window)));
    weaker_retry(retry, &after.retry, &mut add);
    weaker_tls(tls, &after.tls, &mut add);
    weaker_alert(alert, &after.alert, &mut add);
    weaker_expectations(expect, &after.expect, &mut add);
    if let Some(field) = after.ask.weaker_than(ask) {
        found.push(WeakenedField { path: field.to_owned(), risk: Risk::Weaker });
    }
    if *enabled && !after.enabled {
        found.push(WeakenedField { path: "enabled".to_owned(), risk: Risk::Loss });
    }
    found.sort_by(|one, two| one.path.cmp(&two.path));
    found
}

fn weaker_retry(before: &Retry, after: &Retry, add: &mut impl FnMut(&str, bool)) {
    let Retry { attempts, wait, backoff, on } = before;
    add("retry.attempts", after.attempts > *attempts);
    // The first pause is the same whatever follows it.
    add("retry.backoff", after.attempts > 1 && after.backoff > *backoff);
    // How long nothing is tried counts only where something is tried again.
    add("retry.wait", after.attempts > 0 && after.wait > *wait);
    add("retry.on", after.attempts > 0 && !after.on.is_subset(on));
}

/// Whom else to trust, or as whom to come, is neither more nor less; anyone is less.
fn weaker_tls(before: &TlsPolicy, after: &TlsPolicy, add: &mut impl FnMut(&str, bool)) {
    let TlsPolicy { trust, client: _, server_name: _, min } = before;
    add("tls.min", after.min < *min);
    add("tls.insecure", after.trust == Trust::Anyone && *trust != Trust::Anyone);
}

fn weaker_alert(before: &AlertPolicy, after: &AlertPolicy, add: &mut impl FnMut(&str, bool)) {
    let AlertPolicy { failures, successes, remind, severity, to, excerpt: _ } = before;
    add("alert.failures", after.failures > *failures);
    add("alert.successes", after.successes < *successes);
    // Without reminders there is one alert only.
    add("alert.remind", is_later(*remind, after.remind));
    add("alert.severity", after.severity < *severity);
    // Its alerts no longer reach the same people.
    add("alert.to", !to.is_subset(&after.to));
}

fn weaker_expectations(before: &Expectations, after: &Expectations, add: &mut impl FnMut(&str, bool)) {
    let Expectations { latency, certificate, assertions } = before;
    let LatencyBounds { degraded, down } = latency;
    add("expect.latency.degraded", is_later(*degraded, after.latency.degraded));
    add("expect.latency.down", is_later(*down, after.latency.down));
    let CertificateBounds { degraded, down } = certificate;
    add("expect.certificate.degraded", is_shorter(*degraded, after.certificate.degraded));
    add("expect.certificate.down", is_shorter(*down, after.certificate.down));
    for field in assert::weaker(assertions, &after.assertions) {
        add(&field, true);
    }
}

/// No bound is the latest of all.
fn is_later(before: Option<Duration>, after: Option<Duration>) -> bool {
    match (before, after) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(before), Some(after)) => after > before,
    }
}

/// How long before the end it alerts; no bound is no time at all.
fn is_shorter(before: Option<Duration>, after: Option<Duration>) -> bool {
    after.unwrap_or_default() < before.unwrap_or_default()
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Weaker => "weaker",
            Self::Loss => "loss",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assert::{Assertion, CodeClass, CodeSet, Comparison, Consequence};
    use crate::kinds::http;
    use crate::monitor::{
        Backoff, ChannelName, MonitorId, Pattern, Pem, Severity, Template, TlsVersion, Window,
    };
    use serde_json::json;

    fn check(before: impl FnOnce(&mut Monitor), after: impl FnOnce(&mut Monitor), expected: &[(&str, Risk)]) {
        let (mut one, mut two) =
            (Monitor::sample("a", "https://a.example"), Monitor::sample("a", "https://a.example"));
        before(&mut one);
        after(&mut two);
        let found = weaknesses(&one, &two);
        let found: Vec<_> = found.iter().map(|weakness| (weakness.path.as_str(), weakness.risk)).collect();
        assert_eq!(found, expected);
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_same_is_no_weaker_and_neither_is_what_people_read() {
        check(|_| {}, |_| {}, &[]);
        check(|m| m.team = Some("a".into()), |m| m.runbook = Some("x".into()), &[]);
    }

    #[test]
    fn what_is_switched_off_is_lost() {
        check(|_| {}, |m| m.enabled = false, &[("enabled", Risk::Loss)]);
        check(|m| m.enabled = false, |_| {}, &[]);
    }

    #[test]
    fn what_takes_longer_is_weaker_and_what_is_faster_is_not() {
        let slow = |m: &mut Monitor| {
            m.interval = seconds(300);
            m.timeout = seconds(20);
            m.retry.attempts = 3;
            m.retry.wait = seconds(9);
            m.alert.failures = 5;
        };
        let paths = ["alert.failures", "interval", "retry.attempts", "retry.wait", "timeout"];
        check(|_| {}, slow, &paths.map(|path| (path, Risk::Weaker)));
        check(slow, |_| {}, &[]);
    }

    #[test]
    fn what_is_suppressed_more_often_is_weaker() {
        let held = |m: &mut Monitor| {
            m.depends_on.insert(MonitorId::parse("auth").expect("an id"));
            let window = Window::parse("2026-12-01T02:00", seconds(3600), "UTC", None, None);
            m.maintenance.push(window.expect("a window"));
        };
        let weaker = [("depends_on", Risk::Weaker), ("maintenance", Risk::Weaker)];
        check(|_| {}, held, &weaker);
        check(held, held, &[]);
        check(held, |_| {}, &[]);
    }

    #[test]
    fn a_redirect_that_was_the_answer_and_is_followed_is_weaker() {
        let redirects = |number| move |m: &mut Monitor| m.request().redirects = number;
        check(redirects(0), redirects(5), &[("redirects", Risk::Weaker)]);
        check(redirects(5), redirects(0), &[]);
        check(redirects(3), redirects(5), &[]);
    }

    #[test]
    fn a_request_without_its_credential_is_weaker() {
        let auth = |m: &mut Monitor| m.request().auth = Some(http::Auth::Bearer(Template::default()));
        check(auth, |_| {}, &[("auth", Risk::Weaker)]);
        check(|_| {}, auth, &[]);
    }

    // A changed destination can lose every alert.
    #[test]
    fn alerts_that_go_to_a_channel_less_are_weaker_and_those_that_go_to_one_more_are_not() {
        let to = |names: &'static str| {
            let names = || names.split(' ').map(|name| ChannelName::parse(name).expect("a name"));
            move |m: &mut Monitor| m.alert.to = names().collect()
        };
        let weaker = [("alert.to", Risk::Weaker)];
        check(to("oncall"), to("shop"), &weaker);
        check(to("default"), to("oncall"), &weaker);
        check(to("oncall"), to("default"), &weaker);
        check(to("chat oncall"), to("oncall"), &weaker);
        check(to("oncall"), to("chat oncall"), &[]);
        check(to("oncall"), to("oncall"), &[]);
    }

    #[test]
    fn a_status_is_looser_if_it_takes_one_that_was_not_taken() {
        let set = |classes: &[CodeClass]| CodeSet(classes.to_vec());
        let (ok, any) = (set(&[CodeClass::Code(200)]), set(&[CodeClass::Hundred(2)]));
        let looser = [("expect.status", Risk::Weaker)];
        let with =
            |status: CodeSet| move |m: &mut Monitor| m.expect.assertions = vec![http::status_in(status)];
        check(with(ok.clone()), with(any.clone()), &looser);
        check(with(any.clone()), with(ok), &[]);
        check(with(any), with(set(&[CodeClass::Hundred(2), CodeClass::Code(404)])), &looser);
    }

    #[test]
    fn a_bound_that_goes_or_moves_outwards_is_weaker() {
        let down = |bound| move |m: &mut Monitor| m.expect.latency.down = bound;
        let weaker = [("expect.latency.down", Risk::Weaker)];
        check(down(Some(seconds(1))), down(Some(seconds(2))), &weaker);
        check(down(Some(seconds(1))), down(None), &weaker);
        check(down(None), down(Some(seconds(1))), &[]);
        let json = |bound: i64| {
            move |m: &mut Monitor| {
                let comparisons = vec![Comparison::LessThan(bound.into())];
                m.expect.assertions = vec![Assertion::new(http::JSON, "$.lag", comparisons)];
            }
        };
        check(json(5), json(50), &[("expect.json", Risk::Weaker)]);
        check(json(5), json(4), &[]);
        let one = |comparison: Comparison| {
            move |m: &mut Monitor| {
                m.expect.assertions = vec![Assertion::new(http::JSON, "$.a", vec![comparison])];
            }
        };
        let weaker = [("expect.json", Risk::Weaker)];
        check(one(Comparison::ShorterThan(5)), one(Comparison::ShorterThan(6)), &weaker);
        check(one(Comparison::ShorterThan(5)), one(Comparison::ShorterThan(4)), &[]);
        check(one(Comparison::LongerThan(5)), one(Comparison::LongerThan(4)), &weaker);
        check(one(Comparison::LongerThan(5)), one(Comparison::LongerThan(6)), &[]);
        check(one(Comparison::Length(5)), one(Comparison::LongerThan(4)), &weaker);
        check(one(Comparison::EqualsPath("$.b".into())), one(Comparison::Exists(true)), &weaker);
        check(one(Comparison::Exists(true)), one(Comparison::EqualsPath("$.b".into())), &[]);
    }

    #[test]
    fn any_certificate_or_a_late_alert_about_its_end_is_weaker() {
        let insecure = |m: &mut Monitor| m.tls.trust = Trust::Anyone;
        let private = |m: &mut Monitor| m.tls.trust = Trust::Only(Pem::File("/ca.pem".into()));
        check(private, insecure, &[("tls.insecure", Risk::Weaker)]);
        check(insecure, private, &[]);
        check(|_| {}, private, &[]);
        let strict = |m: &mut Monitor| m.tls.min = TlsVersion::V13;
        check(strict, |_| {}, &[("tls.min", Risk::Weaker)]);
        check(|_| {}, strict, &[]);
        let days = |days: u64| {
            move |m: &mut Monitor| m.expect.certificate.degraded = Some(Duration::from_hours(24 * days))
        };
        check(days(21), days(7), &[("expect.certificate.degraded", Risk::Weaker)]);
        check(days(21), |_| {}, &[("expect.certificate.degraded", Risk::Weaker)]);
        check(days(7), days(21), &[]);
        check(|_| {}, days(7), &[]);
    }

    #[test]
    fn pauses_that_grow_are_weaker_where_there_are_several() {
        let growing = |attempts| {
            move |m: &mut Monitor| {
                m.retry.attempts = attempts;
                m.retry.backoff = Backoff::Exponential;
            }
        };
        check(|m| m.retry.attempts = 2, growing(2), &[("retry.backoff", Risk::Weaker)]);
        check(|m| m.retry.attempts = 1, growing(1), &[]);
    }

    #[test]
    fn a_dropped_assertion_is_weaker_and_another_text_is_not() {
        let body = |comparisons: &[Comparison]| {
            let comparisons = comparisons.to_vec();
            move |m: &mut Monitor| {
                m.expect.assertions = vec![Assertion::new(http::BODY, "", comparisons)];
            }
        };
        let (ok, fine) = (Comparison::Contains("ok".into()), Comparison::Contains("fine".into()));
        let no = Comparison::NotContains("error".into());
        check(body(std::slice::from_ref(&ok)), body(&[fine]), &[]);
        let weaker = [("expect.body", Risk::Weaker)];
        check(body(std::slice::from_ref(&ok)), body(&[Comparison::Contains("o".into())]), &weaker);
        let longer = Comparison::NotContains("errors".into());
        check(body(std::slice::from_ref(&no)), body(std::slice::from_ref(&longer)), &weaker);
        check(body(&[longer]), body(std::slice::from_ref(&no)), &[]);
        let pattern = |text: &str| Comparison::Matches(Pattern::trusted(text));
        check(body(&[pattern("^ok$")]), body(&[pattern(".*")]), &weaker);
        check(body(&[pattern("^ok$")]), body(&[pattern("^fine$")]), &[]);
        check(body(&[ok.clone(), no]), body(std::slice::from_ref(&ok)), &weaker);
        // One of several texts goes, and another one that stays does not stand for it.
        let also = Comparison::Contains("ready".into());
        check(body(&[ok.clone(), also.clone()]), body(std::slice::from_ref(&ok)), &weaker);
        check(
            body(&[ok.clone(), also.clone()]),
            body(&[ok.clone(), Comparison::Contains("read".into())]),
            &weaker,
        );
        check(body(&[ok.clone(), also.clone()]), body(&[also.clone(), ok.clone()]), &[]);
        let not = |text: &str| Comparison::NotMatches(Pattern::trusted(text));
        check(body(&[not("error")]), body(&[]), &weaker);
        check(body(&[not("error")]), body(&[not("(?i)error")]), &[]);
        // What only warns from now on no longer makes it DOWN.
        let warned = move |m: &mut Monitor| {
            let body = Assertion::new(http::BODY, "", vec![ok]);
            m.expect.assertions = vec![Assertion { consequence: Consequence::Degraded, ..body }];
        };
        check(body(&[also]), warned, &weaker);
        let header = |m: &mut Monitor| {
            let comparisons = vec![Comparison::Equals(json!("x"))];
            m.expect.assertions.push(Assertion::new(http::HEADER, "server", comparisons));
        };
        check(header, |_| {}, &[("expect.headers.server", Risk::Weaker)]);
        let remind = |after| move |m: &mut Monitor| m.alert.remind = after;
        check(remind(Some(seconds(3600))), remind(None), &[("alert.remind", Risk::Weaker)]);
        check(remind(None), remind(Some(seconds(3600))), &[]);
        check(
            |m| m.protect = true,
            |m| m.alert.severity = Severity::Info,
            &[("alert.severity", Risk::Weaker), ("protect", Risk::Weaker)],
        );
    }
}
