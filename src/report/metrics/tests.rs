//! The text of a run, and what is carried over from one file to the next.

use std::time::Duration;

use super::*;
use crate::monitor::MonitorId;
use crate::observation::{Certificate, Fault, Phases, Transport};

mod availability;
mod shipped;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

fn odd() -> Monitor {
    Monitor {
        group: "a \"quoted\" group\\".to_owned(),
        team: Some("zwei\nZeilen ü".to_owned()),
        ..Monitor::sample("shop", "https://shop.example/health?key=abc")
    }
}

fn judged(verdict: Verdict) -> Judgement {
    let ms = Duration::from_millis;
    Judgement {
        code: Some(200),
        latency: Some(ms(163)),
        phases: Phases::from_iter([
            ("dns", ms(2)),
            ("connect", ms(11)),
            ("tls", ms(20)),
            ("wait", ms(130)),
            ("read", ms(1)),
        ]),
        certificate: Some(Certificate { expires: at(2_000_000_000), subject: "certificate of x".to_owned() }),
        ..Judgement::without_evidence(verdict, at(1_700_000_000))
    }
}

fn origin(environment: Option<&str>) -> MetricsOrigin {
    MetricsOrigin { shard: "0".to_owned(), environment: environment.map(str::to_owned) }
}

fn text(monitor: &Monitor, judgement: Option<&Judgement>, former: &FormerMetrics) -> String {
    let health = Health::Up;
    RunMetrics {
        origin: origin(None),
        at: at(1_700_000_010),
        took: Duration::from_millis(1_500),
        blind: false,
        pending: BTreeMap::new(),
        monitors: vec![MonitorMetrics { monitor, health, judgement }],
    }
    .text(former, &AvailabilityMetrics::Carried)
}

fn of_shop(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.contains("{monitor=\"shop\"")).collect()
}

#[test]
fn a_run_becomes_a_file_in_the_text_format_of_prometheus() {
    insta::assert_snapshot!(text(&odd(), Some(&judged(Verdict::Pass)), &FormerMetrics::Missing));
}

#[test]
fn a_probe_that_says_nothing_about_the_endpoint_has_no_success() {
    let unknown = text(&odd(), Some(&judged(Verdict::Unknown)), &FormerMetrics::Missing);
    assert!(!unknown.contains("probe_success"), "{unknown}");
    assert!(unknown.contains(PROBED_AT), "{unknown}");
}

#[test]
fn a_probe_that_failed_has_its_reason() {
    let fault = Fault::new(Transport::Dns, "no address", "an address");
    let judgement = Judgement { faults: vec![fault], code: None, ..judged(Verdict::Fail) };
    let failed = text(&odd(), Some(&judgement), &FormerMetrics::Missing);
    assert!(
        failed.lines().any(|line| line.starts_with("probe_success{") && line.ends_with(" 0")),
        "{failed}"
    );
    assert!(failed.lines().any(|line| line.ends_with(",reason=\"dns\"} 1")), "{failed}");
}

#[test]
fn a_monitor_that_was_not_probed_keeps_the_values_of_its_last_probe() {
    let first = text(&odd(), Some(&judged(Verdict::Pass)), &FormerMetrics::Missing);
    let former = FormerMetrics::read(first.as_bytes(), &origin(None));
    let skipped = Judgement::without_evidence(Verdict::Skipped, at(1_700_000_100));
    for judgement in [None, Some(&skipped)] {
        assert_eq!(of_shop(&text(&odd(), judgement, &former)), of_shop(&first));
    }
    let renamed = Monitor { team: Some("web".to_owned()), ..odd() };
    let carried = text(&renamed, None, &former);
    assert!(carried.contains("probe_success{") && !carried.contains("Zeilen"), "{carried}");
    let moved = Monitor {
        id: MonitorId::parse("shop").expect("an id"),
        ..Monitor::sample("shop", "https://b.example/")
    };
    assert!(!text(&moved, None, &former).contains("probe_success"));
}

#[test]
fn a_target_shows_neither_credentials_nor_a_query() {
    for (url, shown) in [
        ("https://a.example/x?key=abc", "https://a.example/x"),
        ("https://user:pw@a.example:1/x@y", "https://***@a.example:1/x@y"),
        ("https://a.example/x@y", "https://a.example/x@y"),
        ("tcp://a.example:25", "tcp://a.example:25"),
    ] {
        assert_eq!(target(&Monitor::sample("shop", url)), shown);
    }
}

#[test]
fn every_value_of_an_environment_names_it_once_however_often_it_is_carried_over() {
    let monitor = odd();
    let judgement = judged(Verdict::Pass);
    let of_prod = |judgement, former: &FormerMetrics| {
        let monitors = vec![MonitorMetrics { monitor: &monitor, health: Health::Up, judgement }];
        let pending = BTreeMap::from([(ChannelId::of_machine(), 0)]);
        let (at, took) = (at(1_700_000_010), Duration::from_millis(1_500));
        RunMetrics { origin: origin(Some("prod")), at, took, blind: false, pending, monitors }
            .text(former, &AvailabilityMetrics::Carried)
    };
    let first = of_prod(Some(&judgement), &FormerMetrics::Missing);
    let mut values = first.lines().filter(|line| !line.starts_with('#'));
    assert!(values.all(|line| line.contains(",environment=\"prod\"} ")), "{first}");
    let former = FormerMetrics::read(first.as_bytes(), &origin(Some("prod")));
    assert_eq!(of_prod(None, &former), first);
}
