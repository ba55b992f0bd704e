//! The availability: when the history is read for it, and what is carried over.

use super::*;
use crate::monitor::Window;

const HOUR: i64 = 3_600;
/// A full hour.
const TEN: i64 = 1_700_002_800;

fn run<'a>(end: i64, monitors: &[(&'a Monitor, Option<&'a Judgement>)]) -> RunMetrics<'a> {
    let of_one = |(monitor, judgement): &(&'a Monitor, _)| MonitorMetrics {
        monitor,
        health: Health::Up,
        judgement: *judgement,
    };
    RunMetrics {
        origin: origin(None),
        at: at(end),
        took: Duration::from_secs(1),
        blind: false,
        pending: BTreeMap::new(),
        monitors: monitors.iter().map(of_one).collect(),
    }
}

fn measured(monitor: &Monitor, ratios: [f64; 3]) -> AvailabilityMetrics {
    let windows = AvailabilityWindow::ALL.into_iter().zip(ratios).collect();
    AvailabilityMetrics::Measured(BTreeMap::from([(monitor.id.clone(), windows)]))
}

fn nothing_measured() -> AvailabilityMetrics {
    AvailabilityMetrics::Measured(BTreeMap::new())
}

fn read(text: &str) -> FormerMetrics {
    FormerMetrics::read(text.as_bytes(), &origin(None))
}

/// The windows with their values.
fn ratios(text: &str) -> Vec<&str> {
    let lines = text.lines().filter(|line| line.starts_with("monitorctl_availability_ratio{"));
    lines.filter_map(|line| line.split_once(",window=")).map(|(_, rest)| rest).collect()
}

#[test]
fn the_availability_is_carried_over_under_the_labels_of_today_and_also_to_another_target() {
    let first =
        run(TEN, &[(&odd(), None)]).text(&FormerMetrics::Missing, &measured(&odd(), [1.0, 0.5, 0.999_999]));
    assert_eq!(ratios(&first), ["\"24h\"} 1", "\"7d\"} 0.5", "\"30d\"} 0.999999"]);
    let moved = Monitor { team: Some("web".to_owned()), ..Monitor::sample("shop", "https://b.example/") };
    let second = run(TEN + 60, &[(&moved, None)]).text(&read(&first), &AvailabilityMetrics::Carried);
    assert_eq!(ratios(&second), ratios(&first));
    let labels = "target=\"https://b.example/\",group=\"\",team=\"web\"";
    let of_today = |line: &&str| line.contains("availability") && line.contains(labels);
    assert_eq!(second.lines().filter(of_today).count(), 3, "{second}");
}

#[test]
fn a_monitor_that_was_not_observed_has_no_availability_and_keeps_no_former_one() {
    let first = run(TEN, &[(&odd(), None)]).text(&FormerMetrics::Missing, &measured(&odd(), [1.0; 3]));
    let second = run(TEN + HOUR, &[(&odd(), None)]).text(&read(&first), &nothing_measured());
    assert!(!second.contains("availability"), "{second}");
}

#[test]
fn the_history_is_read_again_once_an_hour_is_over() {
    let text = |end| run(end, &[(&odd(), None)]).text(&FormerMetrics::Missing, &measured(&odd(), [1.0; 3]));
    let outdated = |written, end| run(end, &[(&odd(), None)]).availability_is_outdated(&read(&text(written)));
    assert!(!outdated(TEN, TEN + HOUR - 1));
    assert!(outdated(TEN + HOUR - 1, TEN + HOUR));
    assert!(!outdated(TEN + HOUR, TEN + HOUR + 1));
    assert!(run(TEN, &[(&odd(), None)]).availability_is_outdated(&FormerMetrics::Missing));
    assert!(run(TEN, &[(&odd(), None)]).availability_is_outdated(&FormerMetrics::Damaged));
}

#[test]
fn the_history_is_read_again_for_a_monitor_that_the_file_lacks_if_it_was_observed_now() {
    let (shop, blog) = (odd(), Monitor::sample("blog", "https://blog.example/"));
    let first = run(TEN, &[(&shop, None)]).text(&FormerMetrics::Missing, &measured(&shop, [1.0; 3]));
    let former = read(&first);
    let outdated = |monitor: &Monitor, verdict: Option<Verdict>| {
        let judgement = verdict.map(judged);
        run(TEN + 60, &[(&shop, None), (monitor, judgement.as_ref())]).availability_is_outdated(&former)
    };
    for (verdict, is_outdated) in [
        (Verdict::Pass, true),
        (Verdict::Degraded, true),
        (Verdict::Fail, true),
        (Verdict::Unknown, false),
        (Verdict::Skipped, false),
    ] {
        assert_eq!(outdated(&blog, Some(verdict)), is_outdated, "{verdict:?}");
        assert!(!outdated(&shop, Some(verdict)), "{verdict:?}");
    }
    assert!(!outdated(&blog, None));
    let window =
        Window::parse("2023-11-14T12:00", Duration::from_hours(20), "UTC", None, None).expect("a window");
    let in_maintenance = Monitor { maintenance: vec![window], ..blog.clone() };
    assert!(!outdated(&in_maintenance, Some(Verdict::Pass)));
}
