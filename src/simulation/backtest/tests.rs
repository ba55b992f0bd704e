//! Worked numbers: results that are written as letters, a run every two minutes from midnight.

use proptest::prelude::*;

use super::super::unreplayed::unreplayed;
use super::*;
use crate::assert::{Assertion, CodeClass, CodeSet, Comparison};
use crate::history::{InMaintenance, LedgerEntry, LedgerPage, StoredReason};
use crate::kinds::http::{BODY, STATUS, status_in};
use crate::monitor::{MonitorId, Window};
use crate::observation::{FaultKind, Transport};
use crate::verdict::Verdict;

const PERIOD: Duration = Duration::from_mins(2);

fn start() -> Timestamp {
    "2026-11-14T00:00:00Z".parse().expect("a time")
}

/// `p` a pass in 12 ms · `s` a pass in 1.5 s · `f` a 503 · `t` a timeout · `m` a 404 · `d` slower than it may be · `b` a
/// body that fails · `?` unknown
fn sample(letter: char) -> Sample {
    let of = |verdict, kind: Option<FaultKind>, code, millis| Sample {
        verdict,
        reason: kind.map(StoredReason::of),
        maintenance: InMaintenance::No,
        code,
        latency: Some(Duration::from_millis(millis)),
    };
    match letter {
        'p' => of(Verdict::Pass, None, Some(200), 12),
        's' => of(Verdict::Pass, None, Some(200), 1_500),
        'f' => of(Verdict::Fail, Some(STATUS.into()), Some(503), 12),
        'm' => of(Verdict::Fail, Some(STATUS.into()), Some(404), 12),
        'b' => of(Verdict::Fail, Some(BODY.into()), Some(200), 12),
        't' => of(Verdict::Fail, Some(Transport::Timeout.into()), None, 10_000),
        'd' => of(Verdict::Degraded, Some(crate::assert::Subject::LATENCY.into()), Some(200), 2_500),
        _ => of(Verdict::Unknown, None, None, 0),
    }
}

fn monitor(change: impl FnOnce(&mut Monitor)) -> Monitor {
    let mut monitor = Monitor::sample("shop", "https://shop.example");
    monitor.expect.assertions = vec![status_in(CodeSet(vec![CodeClass::Hundred(2)]))];
    change(&mut monitor);
    monitor
}

/// As the ledger gives them back.
fn results(letters: &str) -> Vec<(Timestamp, Sample)> {
    let stored = |(number, letter): (u32, char)| {
        let at = start() + PERIOD * number;
        let page = LedgerPage::pack(0, at, [LedgerEntry { position: 0, sample: sample(letter) }]);
        page.unpack().expect("it is packed").into_iter().map(move |entry| (at, entry.sample))
    };
    (0..).zip(letters.chars()).flat_map(stored).collect()
}

fn backtest(before: &Monitor, after: &Monitor, letters: &str) -> Backtested {
    let mut backtest = Backtest::new(Some(before), after, PERIOD);
    for (at, sample) in results(letters) {
        backtest.see(at, &sample);
    }
    backtest.finish()
}

/// `DOWN 2, UP 2`
fn words(alerts: &AlertCounts) -> String {
    let words: Vec<_> = alerts.iter().map(|(word, number)| format!("{word} {number}")).collect();
    words.join(", ")
}

/// `28m: 2m → 6m`: since the start, and the time to the alert.
fn outages(backtested: &Backtested) -> String {
    let minutes =
        |time: Option<Duration>| time.map_or("never".to_owned(), |time| format!("{}m", time.as_secs() / 60));
    let one = |outage: &ComparedOutage| {
        let from = (outage.from.duration_since(start())).as_mins();
        format!("{from}m: {} → {}", minutes(outage.before), minutes(outage.after))
    };
    backtested.outages.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[track_caller]
fn check(backtested: &Backtested, before: &str, after: &str, compared: &str) {
    let then = backtested.before.as_ref().map(words).unwrap_or_default();
    assert_eq!((then.as_str(), words(&backtested.after).as_str()), (before, after));
    assert_eq!(outages(backtested), compared);
}

#[test]
fn more_failures_to_confirm_drop_short_outages_and_delay_the_alert_about_a_long_one() {
    let one = monitor(|monitor| monitor.alert.failures = 1);
    let three = monitor(|monitor| monitor.alert.failures = 3);
    let hour = "p".repeat(30);
    let letters = format!("pf{hour}ff{hour}fffffpp");
    let found = backtest(&one, &three, &letters);
    check(&found, "DOWN 3, UP 3", "DOWN 1, UP 1", "2m: 0m → never, 64m: 0m → never, 128m: 0m → 4m");
    assert_eq!((found.probes, found.unreplayed.len()), (71, 0));
    let effects: Vec<_> = found.outages.iter().map(ComparedOutage::effect).collect();
    assert_eq!(effects, [OutageEffect::Missed, OutageEffect::Missed, OutageEffect::Later]);
    let end = found.span.expect("there are results").to;
    assert_eq!(found.outages[2].lasted(end), Duration::from_mins(10));
    // And back again.
    check(
        &backtest(&three, &one, &letters),
        "DOWN 1, UP 1",
        "DOWN 3, UP 3",
        "2m: never → 0m, 64m: never → 0m, 128m: 4m → 0m",
    );
}

#[test]
fn more_successes_to_confirm_make_one_outage_of_two() {
    let one = monitor(|_| {});
    let three = monitor(|monitor| monitor.alert.successes = 3);
    check(
        &backtest(&one, &three, "pffpffppp"),
        "DOWN 2, UP 2",
        "DOWN 1, UP 1",
        // The alert about the first one was out when the second began.
        "2m: 2m → 2m, 8m: 2m → 2m",
    );
}

#[test]
fn a_longer_interval_has_only_the_results_of_its_own_slots() {
    let often = monitor(|_| {});
    let rarely = monitor(|monitor| monitor.interval = PERIOD * 5);
    let found = backtest(&often, &rarely, &format!("{}{}{}", "p".repeat(20), "f".repeat(20), "p".repeat(20)));
    assert_eq!(found.probes, 12, "one in five");
    let [outage] = found.outages.as_slice() else { panic!("{found:?}") };
    assert_eq!((outage.effect(), outage.before), (OutageEffect::Later, Some(Duration::from_mins(2))));
    let after = outage.after.expect("it is long enough");
    assert!((10..20).contains(&(after.as_secs() / 60)), "two probes that are 10 minutes apart: {after:?}");
}

#[test]
fn a_shorter_interval_needs_results_that_there_are_not() {
    let rarely = monitor(|monitor| monitor.interval = PERIOD * 5);
    let often = monitor(|_| {});
    let found = unreplayed(Some(&rarely), &often, PERIOD);
    assert_eq!(
        found.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["an interval of 2m (there is a result every 10m)"]
    );
    assert!(unreplayed(Some(&often), &rarely, PERIOD).is_empty());
}

#[test]
fn bounds_on_the_latency_are_held_against_the_stored_one() {
    let bound = |millis: Option<u64>| {
        monitor(|monitor| {
            monitor.expect.latency.degraded = millis.map(Duration::from_millis);
        })
    };
    check(&backtest(&bound(None), &bound(Some(1_000)), "pssp"), "", "DEGRADED 1, UP 1", "");
    check(&backtest(&bound(Some(2_000)), &bound(Some(3_000)), "pddpp"), "DEGRADED 1, UP 1", "", "");
    // 1.5 s is stored as 1.51 s, and it passed within 1.505 s.
    let (near, nearer) = (bound(Some(1_505)), bound(Some(1_506)));
    assert!(results("s")[0].1.latency > Some(Duration::from_millis(1_506)));
    check(&backtest(&near, &nearer, "pssp"), "", "", "");
    let down = monitor(|monitor| monitor.expect.latency.down = Some(Duration::from_secs(1)));
    check(&backtest(&bound(None), &down, "pssp"), "", "DOWN 1, UP 1", "2m: never → 2m");
}

#[test]
fn a_list_of_codes_is_held_against_the_stored_code() {
    let strict = monitor(|_| {});
    let takes_404 = |more: Option<Assertion>| {
        monitor(|monitor| {
            let set = CodeSet(vec![CodeClass::Hundred(2), CodeClass::Code(404)]);
            monitor.expect.assertions = std::iter::once(status_in(set)).chain(more).collect();
        })
    };
    let found = backtest(&strict, &takes_404(None), "pmmpfftt");
    check(&found, "DOWN 2, UP 1", "DOWN 1", "2m: 2m → never, 8m: 2m → 2m");
    assert!(found.unreplayed.is_empty());
    check(&backtest(&takes_404(None), &strict, "pppp"), "", "", "");
    // What else was wrong with them is not kept.
    let body = Assertion::new(BODY, "", vec![Comparison::Exists(true)]);
    let both = |set: Monitor| {
        monitor(|own| {
            own.expect = set.expect.clone();
            own.expect.assertions.push(body.clone());
        })
    };
    let found = backtest(&both(strict), &takes_404(Some(body.clone())), "pmmpff");
    assert_eq!(found.unreplayed, [Unreplayed::OtherFaults(2)]);
    assert_eq!(found.unreplayed[0].to_string(), "further faults of 2 failed probes");
}

#[test]
fn a_fault_that_is_not_judged_anew_stays_whatever_changes() {
    let plain = monitor(|_| {});
    let other = monitor(|monitor| {
        monitor.expect.latency.degraded = Some(Duration::from_millis(100));
        monitor.expect.assertions = Vec::new();
    });
    check(&backtest(&plain, &other, "pbbpttp?p"), "DOWN 2, UP 2", "DOWN 2, UP 2", "2m: 2m → 2m, 8m: 2m → 2m");
}

#[test]
fn what_falls_into_a_window_of_maintenance_is_not_alerted() {
    let never = monitor(|_| {});
    let nightly = monitor(|monitor| {
        let hour = Duration::from_hours(1);
        let window = Window::parse("2026-11-01T00:00", hour, "UTC", Some("FREQ=DAILY"), None);
        monitor.maintenance = vec![window.expect("a window")];
    });
    let found = backtest(&never, &nightly, "pfffpppp");
    check(&found, "DOWN 1, UP 1", "", "2m: 2m → never");
}

#[test]
fn reminders_are_alerts_too() {
    let never = monitor(|_| {});
    let hourly = monitor(|monitor| monitor.alert.remind = Some(Duration::from_hours(1)));
    let found = backtest(&never, &hourly, &format!("p{}p", "f".repeat(60)));
    check(&found, "DOWN 1, UP 1", "DOWN 1, STILL DOWN 1, UP 1", "2m: 2m → 2m");
    assert_eq!(super::super::total(&found.after), 3);
}

#[test]
fn while_it_flaps_one_alert_stands_for_all() {
    let one = monitor(|monitor| monitor.alert.failures = 1);
    let three = monitor(|monitor| monitor.alert.failures = 3);
    let found = backtest(&one, &three, &format!("p{}{}", "fp".repeat(6), "p".repeat(20)));
    assert_eq!(found.after, AlertCounts::new());
    assert_eq!(found.before.as_ref().and_then(|before| before.get("FLAPPING")), Some(&1));
    assert_eq!(found.outages.len(), 6, "{found:?}");
    assert!(found.outages.iter().all(|outage| outage.effect() == OutageEffect::Missed));
}

#[test]
fn a_monitor_without_an_earlier_policy_or_without_results_says_so() {
    let after = monitor(|_| {});
    let mut backtest = Backtest::new(None, &after, PERIOD);
    assert_eq!(Backtest::new(None, &after, PERIOD).finish().span, None);
    for (at, sample) in results("pff") {
        backtest.see(at, &sample);
    }
    let found = backtest.finish();
    assert_eq!((found.before.as_ref(), words(&found.after).as_str()), (None, "DOWN 1"));
    assert_eq!((found.outages[0].to, found.outages[0].effect()), (None, OutageEffect::New));
}

#[test]
fn what_a_probe_would_have_to_see_is_named_by_its_fields() {
    let before = monitor(|monitor| monitor.expect.assertions.push(Assertion::new(BODY, "", Vec::new())));
    let after = monitor(|monitor| {
        monitor.url = crate::monitor::Template::parse("https://other.example").expect("a URL");
        monitor.retry.attempts = 2;
        monitor.timeout = Duration::from_secs(3);
        monitor.expect.certificate.degraded = Some(Duration::from_hours(240));
        monitor.depends_on = [MonitorId::parse("auth").expect("an id")].into();
        monitor.alert.failures = 9;
    });
    let found: Vec<_> = unreplayed(Some(&before), &after, PERIOD).iter().map(ToString::to_string).collect();
    let expected =
        ["url", "timeout", "retry", "expect.certificate", "expect.body", "outages of dependencies"];
    assert_eq!(found, expected);
    let same = monitor(|monitor| monitor.alert.failures = 9);
    assert!(unreplayed(Some(&monitor(|_| {})), &same, PERIOD).is_empty());
}

proptest! {
    #[test]
    fn leaving_out_quiet_runs_changes_nothing(
        letters in "[ppppsfdtb?]{0,150}", failures in 1u32..4, successes in 1u32..3, hours in 0u64..2, periods in 1u32..4,
    ) {
        let monitor = monitor(|monitor| {
            monitor.alert.failures = failures;
            monitor.alert.successes = successes;
            monitor.alert.remind = (hours > 0).then(|| Duration::from_hours(hours));
            monitor.interval = PERIOD * periods;
        });
        let play = |quiet| {
            let mut replay = Replay::new(None, &monitor, Rhythm::OwnSlots { period: PERIOD, last: None });
            for (at, sample) in results(&letters) {
                replay.see(at, &sample, quiet);
            }
            replay.finish()
        };
        prop_assert_eq!(play(QuietRuns::LeftOut), play(QuietRuns::Played));
    }

    #[test]
    fn the_same_policy_on_both_sides_has_no_difference(letters in "[pppsfmdtb?]{0,100}", failures in 1u32..4) {
        let monitor = monitor(|monitor| {
            monitor.alert.failures = failures;
            monitor.expect.latency.degraded = Some(Duration::from_secs(2));
        });
        let found = backtest(&monitor, &monitor, &letters);
        prop_assert_eq!(found.before.as_ref(), Some(&found.after));
        prop_assert!(found.outages.iter().all(|outage| outage.effect() == OutageEffect::Same));
        prop_assert!(found.unreplayed.is_empty());
    }
}
