//! Made-up timelines, with figures that were worked out by hand.

use std::time::Duration;

use jiff::Timestamp;

use super::{Figures, IncidentView, mean_time_between_failures, mean_time_to_recovery, printed};
use crate::history::{HealthTimeline, InMaintenance, Sample, Stretch, Sum, Turn, hold, total};
use crate::page::{MaintenanceTime, SloPercent};
use crate::transition::{Health, Unwatched};
use crate::verdict::Verdict;
use MaintenanceTime::{Excluded, Included};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// 2026-03-29T00:00:00Z: the clocks of Europe go forward on this day.
const DST: i64 = 1_774_742_400;
/// 2026-01-31T12:00:00Z
const JANUARY_31: i64 = 1_769_860_800;

/// A timeline. Times are in seconds; the window begins at 0 unless it says otherwise.
struct Case {
    name: &'static str,
    /// When probes began, how far they are apart, and what they said: a letter each, `p`, `d`, `f`, `u` for the verdict, in
    /// upper case inside of maintenance; `.` where there was no probe.
    probes: Vec<(i64, i64, String)>,
    /// Changes of health in milliseconds: `UD` for UP to DOWN, with `E` for DEGRADED and `N` for new.
    turns: &'static [(i64, &'static str)],
    window: (i64, i64),
    rule: MaintenanceTime,
    /// Observed, in maintenance, down, confirmed down, confirmed degraded.
    seconds: [u64; 5],
    availability: &'static str,
    /// The observed share, where it is shown.
    observed: Option<&'static str>,
    passed: (u64, u64),
}

fn minutes(letters: &str) -> Vec<(i64, i64, String)> {
    vec![(0, MINUTE, letters.to_owned())]
}

fn case(name: &'static str, letters: &str) -> Case {
    let probes = letters.chars().filter(|letter| !".uU".contains(*letter)).count() as u64;
    let passed = letters.chars().filter(|letter| "pP".contains(*letter)).count() as u64;
    Case {
        name,
        probes: minutes(letters),
        turns: &[],
        window: (0, 600),
        rule: Excluded,
        seconds: [600, 0, 0, 0, 0],
        availability: "100.00 %",
        observed: None,
        passed: (passed, probes),
    }
}

#[rustfmt::skip]
fn cases() -> Vec<Case> {
    let year = [(0, DAY, "p".repeat(365))].to_vec();
    let hourly = |start, hours| vec![(start, HOUR, "p".repeat(hours))];
    let none = case("nothing was ever observed", "");
    vec![
        case("all is well", "pppppppppp"),
        Case { seconds: [0; 5], availability: "–", observed: Some("0.00 %"), ..none },
        Case { window: (0, 0), seconds: [0; 5], availability: "–", passed: (0, 0), ..case("an empty window", "pp") },
        Case { probes: year.clone(), turns: &[(1_000_000, "UD"), (1_001_000, "DU")], window: (0, 365 * DAY),
            seconds: [31_536_000, 0, 1, 1, 0], availability: "99.99 %", passed: (365, 365), ..case("one second of downtime in a year", "") },
        Case { probes: year, turns: &[(1_000_000, "UD"), (1_000_001, "DU")], window: (0, 365 * DAY),
            seconds: [31_536_000, 0, 1, 1, 0], availability: "99.99 %", passed: (365, 365), ..case("one millisecond of downtime in a year", "") },
        Case { probes: vec![(0, DAY, "p".into())], turns: &[(5_000, "UD"), (6_000, "DU")], window: (0, 20_000),
            seconds: [20_000, 0, 1, 1, 0], availability: "99.99 %", passed: (1, 1), ..case("99.995 % is rounded down", "") },
        Case { turns: &[(1_000, "UD"), (2_000, "DU")], window: (0, 3), seconds: [3, 0, 1, 1, 0], availability: "66.66 %", passed: (1, 1), ..case("a second of three", "p") },
        Case { probes: hourly(6 * DAY, 24), window: (0, 7 * DAY), seconds: [86_400, 0, 0, 0, 0], observed: Some("14.28 %"), passed: (24, 24), ..case("a monitor that began yesterday", "") },
        Case { seconds: [420, 0, 0, 0, 0], observed: Some("70.00 %"), ..case("blind runs", "pppuuupppp") },
        Case { seconds: [0; 5], availability: "–", observed: Some("0.00 %"), ..case("all runs were blind", "uuuuuuuuuu") },
        // The second sample holds for 90 seconds, until 150.
        Case { seconds: [270, 0, 0, 0, 0], observed: Some("45.00 %"), ..case("the machine was off", "pp......pp") },
        Case { probes: vec![(0, 60, "pp".into()), (200, 60, "pp".into())], window: (0, 320), seconds: [270, 0, 0, 0, 0], observed: Some("84.37 %"), passed: (4, 4), ..case("a run came late", "") },
        Case { seconds: [600, 0, 0, 0, 0], ..case("a run was left out once", "pppp") }.with_probes(vec![(0, 60, "pp".into()), (150, 60, "pppppppp".into())], (10, 10)),
        Case { ..case("a second run in the same second", "") }.with_probes(vec![(0, 60, "p".into()), (0, 60, "pppppppppp".into())], (11, 11)),
        Case { ..case("a run by hand between two others", "") }.with_probes(vec![(0, 60, "p".into()), (10, 60, "p".into()), (60, 60, "ppppppppp".into())], (11, 11)),
        case("a probe at the end of the window belongs to the next", "pppppppppp").with_probes(minutes("ppppppppppp"), (10, 10)),
        case("a probe before the window holds into it", "").with_probes(vec![(-30, 60, "ppppppppppp".into())], (10, 10)),
        Case { seconds: [540, 0, 0, 0, 0], observed: Some("90.00 %"), ..case("a probe long before the window does not", "") }.with_probes(vec![(-100, 60, "p".into()), (60, 60, "ppppppppp".into())], (9, 9)),
        Case { window: (0, HOUR), seconds: [3_600, 0, 0, 0, 0], ..case("a daily probe holds through an hour without one", "") }.with_probes(vec![(-7_200, DAY, "p".into())], (0, 0)),
        Case { window: (0, 10_000), seconds: [9_900, 0, 0, 0, 0], ..case("99.00 % observed is not said", "") }.with_probes(vec![(0, 6_600, "p".into())], (1, 1)),
        Case { window: (0, 10_001), seconds: [9_900, 0, 0, 0, 0], observed: Some("98.99 %"), ..case("less is", "") }.with_probes(vec![(0, 6_600, "p".into())], (1, 1)),
        Case { turns: &[(180_000, "UD"), (360_000, "DU")], seconds: [600, 0, 180, 180, 0], availability: "70.00 %", ..case("three minutes down", "pppfffpppp") },
        case("one failed probe that is not confirmed", "pppfpppppp"),
        Case { turns: &[(60_000, "UD"), (120_000, "DU"), (180_000, "UD"), (240_000, "DU"), (300_000, "UD"), (360_000, "DU")],
            seconds: [600, 0, 180, 180, 0], availability: "70.00 %", ..case("it flaps", "pfpfpfpppp") },
        Case { turns: &[(10_900, "UD"), (11_100, "DU")], seconds: [600, 0, 2, 2, 0], availability: "99.66 %", ..case("parts of two seconds are two", "pppppppppp") },
        Case { turns: &[(10_000, "UD"), (10_100, "DU"), (10_200, "UD"), (10_300, "DU")], seconds: [600, 0, 1, 1, 0], availability: "99.83 %", ..case("no second counts twice", "pppppppppp") },
        // The last sample holds until 330.
        Case { turns: &[(180_000, "UD")], seconds: [330, 0, 150, 420, 0], availability: "54.54 %", observed: Some("55.00 %"), ..case("what was not observed is not counted as down", "pppff.....") },
        Case { turns: &[(180_000, "UD"), (480_000, "DU")], seconds: [480, 0, 180, 300, 0], availability: "62.50 %", observed: Some("80.00 %"), ..case("blind runs in an incident", "pppfuuffpp") },
        Case { turns: &[(180_000, "UD"), (360_000, "DU")], window: (300, 600), seconds: [300, 0, 60, 60, 0], availability: "80.00 %", passed: (4, 5), ..case("an incident across the beginning of the window", "pppfffpppp") },
        Case { turns: &[(540_000, "UD"), (660_000, "DU")], seconds: [600, 0, 60, 60, 0], availability: "90.00 %", ..case("an incident across its end", "pppppppppf") },
        Case { turns: &[(-1_000_000, "UD"), (2_000_000, "DU")], seconds: [600, 0, 600, 600, 0], availability: "0.00 %", ..case("an incident around the window", "ffffffffff") },
        Case { turns: &[(300_000, "UD")], seconds: [600, 0, 300, 300, 0], availability: "50.00 %", ..case("an incident that is open", "pppppfffff") },
        Case { turns: &[(1_000_000, "DU")], seconds: [600, 0, 600, 600, 0], availability: "0.00 %", ..case("only its end is in the journal", "ffffffffff") },
        Case { turns: &[(1_000_000, "UD")], ..case("the next incident comes after the window", "pppppppppp") },
        Case { turns: &[(0, "ND"), (300_000, "DU")], seconds: [600, 0, 300, 300, 0], availability: "50.00 %", ..case("it is down from its first probe on", "fffffppppp") },
        Case { turns: &[(180_000, "UD"), (300_000, "DN")], seconds: [330, 0, 120, 120, 0], availability: "63.63 %", observed: Some("55.00 %"), ..case("it is switched off while it is down", "pppff.....") },
        Case { turns: &[(180_000, "UE"), (360_000, "EU")], seconds: [600, 0, 0, 0, 180], ..case("degraded is not down", "pppdddpppp") },
        Case { turns: &[(0, "UE"), (180_000, "ED"), (360_000, "DU")], seconds: [600, 0, 180, 180, 180], availability: "70.00 %", ..case("degraded, then down", "dddfffpppp") },
        Case { turns: &[(0, "UD"), (180_000, "DE"), (360_000, "EU")], seconds: [600, 0, 180, 180, 180], availability: "70.00 %", ..case("down, then degraded", "fffdddpppp") },
        Case { seconds: [600, 180, 0, 0, 0], ..case("maintenance does not count", "pppPPPpppp") },
        Case { turns: &[(180_000, "UD"), (360_000, "DU")], seconds: [600, 180, 0, 180, 0], ..case("down in maintenance", "pppFFFpppp") },
        Case { turns: &[(180_000, "UD"), (360_000, "DU")], rule: Included, seconds: [600, 180, 180, 180, 0], availability: "70.00 %", ..case("down in maintenance that counts", "pppFFFpppp") },
        Case { turns: &[(180_000, "UD"), (480_000, "DU")], seconds: [600, 120, 180, 300, 0], availability: "62.50 %", ..case("longer down than maintenance", "pppFFfffpp") },
        Case { seconds: [600, 600, 0, 0, 0], availability: "–", ..case("all of it was maintenance", "PPPPPPPPPP") },
        Case { rule: Included, seconds: [600, 600, 0, 0, 0], ..case("all of it was maintenance that counts", "PPPPPPPPPP") },
        Case { seconds: [420, 120, 0, 0, 0], observed: Some("70.00 %"), ..case("blind in maintenance", "pppPUUUPpp") },
        Case { probes: hourly(DST, 24), turns: &[((DST + HOUR) * 1_000, "UD"), ((DST + 2 * HOUR) * 1_000, "DU")], window: (DST, DST + DAY),
            seconds: [86_400, 0, 3_600, 3_600, 0], availability: "95.83 %", passed: (24, 24), ..case("the hour that clocks skip has 3,600 seconds", "") },
        Case { probes: hourly(JANUARY_31, 24), turns: &[((JANUARY_31 + 41_400) * 1_000, "UD"), ((JANUARY_31 + 45_000) * 1_000, "DU")], window: (JANUARY_31, JANUARY_31 + DAY),
            seconds: [86_400, 0, 3_600, 3_600, 0], availability: "95.83 %", passed: (24, 24), ..case("an hour across the end of a month", "") },
    ]
}

impl Case {
    fn with_probes(self, probes: Vec<(i64, i64, String)>, passed: (u64, u64)) -> Self {
        Self { probes, passed, ..self }
    }

    fn samples(&self) -> Vec<(Timestamp, Sample)> {
        let mut samples = Vec::new();
        for (start, apart, letters) in &self.probes {
            for (at, letter) in (0..).map(|n| start + n * apart).zip(letters.chars()) {
                let verdict = match letter.to_ascii_lowercase() {
                    'p' => Verdict::Pass,
                    'd' => Verdict::Degraded,
                    'f' => Verdict::Fail,
                    'u' => Verdict::Unknown,
                    _ => continue,
                };
                let maintenance =
                    if letter.is_ascii_uppercase() { InMaintenance::Yes } else { InMaintenance::No };
                let sample = Sample { verdict, reason: None, maintenance, code: None, latency: None };
                samples.push((second(at), sample));
            }
        }
        samples.sort_by_key(|(at, _)| *at);
        samples
    }

    fn timeline(&self) -> HealthTimeline {
        let health = |letter: char| match letter {
            'U' => Health::Up,
            'E' => Health::Degraded,
            'D' => Health::Down,
            _ => Health::New,
        };
        let turn = |(at, letters): &(i64, &str)| {
            let [from, to] = [0, 1].map(|n| letters.chars().nth(n).map_or(Health::New, health));
            Turn { at: Timestamp::from_millisecond(*at).expect("a time"), from, to }
        };
        HealthTimeline::new(&self.turns.iter().map(turn).collect::<Vec<_>>(), None)
    }

    fn figures(&self) -> Figures {
        let window = Stretch { from: self.window.0, to: self.window.1 };
        let apart = self.probes.iter().map(|(_, apart, _)| *apart).max().unwrap_or(MINUTE);
        let hold = hold(Duration::from_secs(apart.unsigned_abs()));
        let timeline = self.timeline();
        let (totals, latencies) = total(&self.samples(), hold, &timeline, window);
        Figures::new(window, &Sum::new(totals, latencies), &timeline, self.rule)
    }
}

fn second(at: i64) -> Timestamp {
    Timestamp::from_second(at).expect("a time")
}

// Trap 20: time without a probe is no time in which it was good.
#[test]
fn figures_are_what_was_worked_out_by_hand() {
    let cases = cases();
    assert!(cases.len() >= 40, "{} timelines", cases.len());
    for case in cases {
        let figures = case.figures();
        let name = case.name;
        let seconds = [
            figures.observed(),
            figures.maintenance(),
            figures.down(),
            figures.confirmed_down,
            figures.confirmed_degraded,
        ];
        assert_eq!(seconds, case.seconds, "{name}");
        assert_eq!(figures.unknown(), figures.window - figures.observed(), "{name}");
        assert_eq!(printed(figures.availability()), case.availability, "{name}");
        let observed = figures.low_observed_share().map(|share| share.to_string());
        assert_eq!(observed.as_deref(), case.observed, "{name}");
        assert_eq!((figures.passed(), figures.probes()), case.passed, "{name}");
    }
}

#[test]
fn the_parts_of_a_timeline_add_up_to_the_whole() {
    for case in cases() {
        let (from, to) = case.window;
        let timeline = case.timeline();
        let samples = case.samples();
        let apart = case.probes.iter().map(|(_, apart, _)| *apart).max().unwrap_or(MINUTE);
        let hold = hold(Duration::from_secs(apart.unsigned_abs()));
        let cuts = [from, from + 1, from + (to - from) / 3, to - 1, to];
        for cut in cuts.into_iter().filter(|cut| (from..=to).contains(cut)) {
            let mut sum = Sum::default();
            for part in [Stretch { from, to: cut }, Stretch { from: cut, to }] {
                let (totals, latencies) = total(&samples, hold, &timeline, part);
                sum.add(&Sum::new(totals, latencies));
            }
            let whole = Figures::new(Stretch { from, to }, &sum, &timeline, case.rule);
            assert_eq!(whole, case.figures(), "{} cut at {cut}", case.name);
        }
    }
}

#[test]
fn a_ratio_is_1_only_without_downtime_and_absent_if_nothing_was_observed() {
    let ratio = |observed, turns: &'static [(i64, &'static str)]| {
        let probes = vec![(0, observed, "p".to_owned())];
        let window = (0, observed);
        Case { probes, turns, window, ..case("", "") }.figures().availability_ratio()
    };
    assert_eq!(ratio(30 * DAY, &[(0, "UD"), (1, "DU")]), Some(0.999_999));
    assert_eq!(ratio(3, &[(0, "UD"), (1, "DU")]), Some(0.666_666));
    assert_eq!(ratio(600, &[(0, "UD"), (600_000, "DU")]), Some(0.0));
    assert_eq!(case("", "pp").figures().availability_ratio(), Some(1.0));
    assert_eq!(case("", "").figures().availability_ratio(), None);
    assert_eq!(case("", "PPPPPPPPPP").figures().availability_ratio(), None);
}

#[test]
fn an_error_budget_counts_what_was_observed_outside_of_maintenance() {
    let slo = SloPercent::parse("99").expect("an objective");
    let budget = |letters, turns| Case { turns, ..case("", letters) }.figures().error_budget_millis(slo);
    assert_eq!(budget("pppppppppp", &[]), 6_000);
    assert_eq!(budget("pppPPPpppp", &[]), 4_200);
    assert_eq!(budget("pppfffpppp", &[(180_000, "UD"), (360_000, "DU")]), 6_000 - 180_000);
    assert_eq!(budget("", &[]), 0);
}

fn incident(opened: i64, closed: Option<i64>) -> IncidentView {
    let cause = "HTTP 503".to_owned();
    let closed = closed.map(second);
    IncidentView { n: 1, opened: second(opened), closed, cause, reason: None, unwatched: None }
}

#[test]
fn recovery_takes_the_mean_of_what_recovered_and_failures_that_of_their_beginnings() {
    let off = IncidentView { unwatched: Some(Unwatched::Disabled), ..incident(900, Some(9_000)) };
    let all = [incident(0, Some(100)), incident(300, Some(401)), off, incident(1_000, None)];
    // 201 seconds of two are rounded up.
    assert_eq!(mean_time_to_recovery(&all), Some(Duration::from_secs(101)));
    // 1,000 seconds of three gaps are rounded down.
    assert_eq!(mean_time_between_failures(&all), Some(Duration::from_secs(333)));
    assert_eq!(mean_time_to_recovery(&[incident(0, None)]), None);
    assert_eq!(mean_time_between_failures(&[incident(0, None)]), None);
    assert_eq!((mean_time_to_recovery(&[]), mean_time_between_failures(&[])), (None, None));
}
