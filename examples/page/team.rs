//! The page for the team of the made-up quarter: a monitor of each kind, with its past. Deterministic, like the scenarios.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use monitorctl::status_page::{
    ChangedIncident, Confirmed, DAY, HOUR, Health, HealthChange, HealthTimeline, Latencies, MonitorId,
    MonitorPast, Origin, PageMoment, PrivateMember, PrivateView, ProberCondition, SourceFile, Spec,
    StatusPage, StoredReason, Stretch, Sum, Totals, cut, load_pages, moment, monitor_from_spec, private_days,
    private_hours, private_view, second, start_of,
};
use serde_json::{Value, json};

/// 29 November 2026, 05:12 UTC.
const NOW: i64 = 1_795_929_120;

const PAGE: &str = "\
id: acme
title: Acme
url: https://status.acme.example
components:
  - { name: Payments, monitors: ['tag:payments'] }
  - { name: Checkout, monitors: ['tag:checkout'] }
  - { name: Search, monitors: ['tag:search'], combine: all }
slo: 99.9
";

/// A monitor, and when it was DOWN: seconds before now, how long, and why. Its latency is in milliseconds; 0 for none.
struct Story {
    id: &'static str,
    spec: Value,
    latency: u64,
    outages: Vec<(i64, Option<i64>, &'static str)>,
}

fn stories() -> Vec<Story> {
    let of_payments = "A database of our provider refuses connections: HTTP 503, expected 2xx";
    let story = |id, latency, spec, outages: &[_]| Story { id, spec, latency, outages: outages.to_vec() };
    vec![
        story(
            "payments/api",
            140,
            json!({"url": "https://payments.acme.example/v2/health?deep=true", "name": "Payments API",
                "description": "Takes card payments. Without it, no order can be paid for.", "team": "payments",
                "tags": ["payments", "eu"], "runbook": "https://wiki.acme.example/payments",
                "headers": {"authorization": "Bearer ${ssm:/prod/payments/token}"},
                "expect": {"status": 200, "latency": {"degraded": "800ms", "down": "5s"},
                    "json": [{"path": "$.status", "equals": "up"}], "certificate": {"degraded": "21d"}},
                "alert": {"remind": "4h"}, "depends_on": ["payments/db"],
                "maintenance": [{"starts": "2026-12-06T02:00", "for": "2h", "timezone": "Europe/Berlin",
                    "repeats": "FREQ=WEEKLY;BYDAY=SU", "reason": "patching"}]}),
            &[
                (48 * 60, None, of_payments),
                (44 * HOUR, Some(72 * 60), "timeout after 10s"),
                (20 * DAY, Some(190), "HTTP 502, expected 2xx"),
            ],
        ),
        story(
            "payments/db",
            6,
            json!({"url": "tcp://db.payments.acme.example:5432", "dialog": "postgres", "team": "payments",
                "tags": ["payments"]}),
            &[],
        ),
        story(
            "checkout-web",
            320,
            json!({"url": "https://www.acme.example/checkout", "name": "Checkout", "team": "web", "tags": ["checkout"],
                "alert": {"severity": "warning"}}),
            &[(9 * DAY, Some(75 * 60), "took 6.2 s, expected less than 5 s")],
        ),
        story(
            "checkout-tls",
            31,
            json!({"url": "tls://www.acme.example:443", "team": "web", "tags": ["checkout"]}),
            &[],
        ),
        story(
            "search-eu",
            58,
            json!({"url": "grpcs://search-eu.acme.example:443/search.v1", "tags": ["search"]}),
            &[],
        ),
        story(
            "search-us",
            64,
            json!({"url": "wss://search-us.acme.example/stream", "tags": ["search"]}),
            &[],
        ),
        story(
            "mail-zone",
            12,
            json!({"url": "dns://ns1.acme.example/acme.example?type=MX", "team": "platform"}),
            &[],
        ),
        story(
            "office-gateway",
            3,
            json!({"url": "icmp://gateway.acme.example", "team": "platform", "alert": {"severity": "info"}}),
            &[],
        ),
        story(
            "nightly-backup",
            0,
            json!({"heartbeat": {"schedule": "0 3 * * *", "timezone": "Europe/Berlin", "grace": "2h"},
                "description": "Copies all databases to another region.", "team": "platform"}),
            &[(3 * HOUR, None, "no beat since 28 Nov, 02:04 UTC")],
        ),
    ]
}

/// The page, made by the code that makes every private page.
pub fn view() -> PrivateView {
    let file = SourceFile { path: "status.yaml".to_owned(), group: String::new(), bytes: PAGE.into() };
    let page: StatusPage = load_pages(&[file], None).pages.remove(0).1;
    let stories = stories();
    let monitor = |story: &Story| {
        let Value::Object(fields) = story.spec.clone() else { unreachable!("the stories are objects") };
        let origin = Origin {
            source: Some(format!("monitors/{}.yaml:1", story.id)),
            commit: Some("8e02b71".to_owned()),
            synced_at: Some(moment(NOW - 12 * DAY)),
        };
        let monitor = monitor_from_spec(id(story), &Spec::new(fields), origin);
        monitor.unwrap_or_else(|faults| unreachable!("{}: {faults:?}", story.id))
    };
    let monitors: Vec<_> = stories.iter().map(monitor).collect();
    let days: Vec<_> = stories.iter().map(|story| past(story, private_days(&page, NOW), DAY)).collect();
    let hours: Vec<_> = stories.iter().map(|story| past(story, private_hours(NOW), HOUR)).collect();
    let all = monitors.iter().zip(&days).zip(&hours);
    let members: Vec<_> = all
        .map(|((monitor, days), hours)| PrivateMember {
            monitor,
            owner: Some("acme/monitors"),
            why: "",
            days,
            hours,
        })
        .collect();
    let first = start_of(NOW, DAY) - 89 * DAY;
    let moment = PageMoment {
        window: Stretch { from: first, to: NOW + 1 },
        now: moment(NOW),
        last_run: Some(moment(NOW - 40)),
        prober: ProberCondition::Connected,
    };
    private_view(&page, &members, &[], moment, Duration::from_mins(2))
}

fn id(story: &Story) -> MonitorId {
    MonitorId::parse(story.id).unwrap_or_else(|error| unreachable!("{}: {error}", story.id))
}

fn past(story: &Story, window: Stretch, unit: i64) -> MonitorPast {
    let changes = changes(story);
    let turns: Vec<_> = changes.iter().map(HealthChange::turn).collect();
    let timeline = HealthTimeline::new(&turns, None);
    let part = |stretch: Stretch| (stretch, sum(story, stretch, &timeline));
    let parts: BTreeMap<_, _> = cut(window, unit).into_iter().map(part).collect();
    let (health, since) = match changes.last() {
        Some(last) => (last.to, last.at),
        None => (Health::Up, moment(NOW - 70 * DAY)),
    };
    let confirmed = Confirmed { health, since, ..Confirmed::new(since) };
    MonitorPast::new(id(story), Some(&confirmed), window, parts, changes, timeline)
}

/// When the prober was cut off: one day, and two hours of this night.
fn unseen() -> [Stretch; 2] {
    let (today, hour) = (start_of(NOW, DAY), start_of(NOW, HOUR));
    [
        Stretch { from: today - 17 * DAY, to: today - 16 * DAY },
        Stretch { from: hour - 8 * HOUR, to: hour - 6 * HOUR },
    ]
}

/// What a stretch adds up to.
fn sum(story: &Story, stretch: Stretch, timeline: &HealthTimeline) -> Sum {
    let number = u64::try_from(stretch.from / HOUR).unwrap_or_default();
    let unseen = unseen().into_iter().filter_map(|unseen| unseen.overlap(stretch)).map(Stretch::seconds);
    let whole = stretch.seconds() - unseen.sum::<u64>();
    if whole == 0 {
        return Sum::default();
    }
    let down = timeline.seconds_down(stretch).min(whole);
    let probes = whole / 120;
    let failed = down / 120;
    let mut latencies = Latencies::default();
    for n in 0..(probes - failed.min(probes)).min(60) * u64::from(story.latency > 0) {
        let noise = scatter(number * 61 + n) % (story.latency / 3 + 1);
        // An evening is busy, and a few answers are slow.
        let busy = story.latency * (number % 24).abs_diff(3).min(9) / 14;
        let slow = if n % 17 == 0 { story.latency * (2 + scatter(number) % 3) } else { 0 };
        latencies.add(Some(Duration::from_millis(story.latency + noise + busy + slow)));
    }
    let totals =
        Totals { passed: probes - failed.min(probes), failed, observed: whole, down, ..Totals::default() };
    Sum::new(totals, latencies)
}

fn changes(story: &Story) -> Vec<HealthChange> {
    let mut outages = story.outages.clone();
    outages.sort_by_key(|(ago, ..)| std::cmp::Reverse(*ago));
    let mut changes = Vec::new();
    for (n, (ago, lasted, cause)) in (1..).zip(outages) {
        let opened = moment(NOW - ago);
        let closed = lasted.map(|lasted| opened + SignedDuration::from_secs(lasted));
        let change = |at: Timestamp, from, to, closed| HealthChange {
            monitor: id(story),
            seq: 2 * n,
            at,
            from,
            to,
            incident: Some(ChangedIncident { n, opened, closed, cause: cause.to_owned() }),
            why: cause.to_owned(),
            // The numbers of a timeout and of a status, which are for good.
            reason: match story.latency {
                0 => None,
                _ => StoredReason::from_number(if cause.starts_with("timeout") { 4 } else { 10 }),
            },
            unwatched: None,
        };
        changes.push(change(opened, Health::Up, Health::Down, None));
        changes.extend(closed.map(|at| change(at, Health::Down, Health::Up, closed)));
    }
    debug_assert!(changes.iter().all(|change| second(change.at) <= NOW));
    changes
}

/// A number that looks like chance and is always the same.
fn scatter(number: u64) -> u64 {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33
}
