//! What a run writes, run after run.

use super::*;
use crate::assert::Subject;
use crate::kinds::http;
use crate::monitor::Monitor;
use crate::observation::{Certificate, Fault};
use crate::state::Heard;
use crate::verdict::Verdict;

fn judgement(verdict: Verdict, second: i64) -> Judgement {
    let faults = match verdict {
        Verdict::Fail => vec![Fault::new(http::STATUS, "HTTP 503", "2xx")],
        _ => vec![],
    };
    let at = Timestamp::from_second(second).expect("in range");
    Judgement { faults, ..Judgement::without_evidence(verdict, at) }
}

fn owned(monitor: &Monitor) -> OwnedMonitor<'_> {
    OwnedMonitor { monitor, owner: Some("acme/shop") }
}

fn routed() -> BTreeSet<ChannelId> {
    BTreeSet::from([ChannelId::of_machine()])
}

/// Plays `(verdict, text of the monitor)` run by run and gives the row after each.
fn play(verdicts: &[(Verdict, &str)]) -> Vec<Option<Row>> {
    let monitor = Monitor::sample("m", "http://m.example/");
    let mut row: Option<Row> = None;
    let mut rows = Vec::new();
    for (epoch, (verdict, text)) in (1u64..).zip(verdicts) {
        let judgement = judgement(*verdict, i64::try_from(epoch).expect("small") * 60);
        let by = Decider { holder: "run", epoch, now: judgement.at };
        let judged = || (*text).to_owned();
        if let Some(write) = decide(by, row.as_ref(), owned(&monitor), &judgement, judged, routed) {
            assert_eq!(
                write.row().revision,
                row.as_ref().map_or(0, |row| row.revision) + 1,
                "v counts decided writes"
            );
            row = Some(write.row().clone());
        }
        rows.push(row.clone());
    }
    rows
}

fn last(rows: Vec<Option<Row>>) -> Row {
    rows.into_iter().next_back().flatten().expect("a row was written")
}

#[test]
fn a_quiet_monitor_is_written_once() {
    let rows =
        play(&[(Verdict::Pass, "a"), (Verdict::Pass, "a"), (Verdict::Unknown, "a"), (Verdict::Pass, "a")]);
    assert_eq!(rows[0].as_ref().map(|row| row.revision), Some(1));
    assert_eq!(rows[3], rows[0]);
}

#[test]
fn nothing_known_writes_nothing() {
    assert_eq!(play(&[(Verdict::Skipped, "a"), (Verdict::Unknown, "a")]), [None, None]);
}

// Trap 3: the failure streak is not stored elsewhere, so frequent restarts never alert.
#[test]
fn the_streak_lives_in_the_row() {
    let row = last(play(&[(Verdict::Pass, "a"), (Verdict::Fail, "a")]));
    assert_eq!(row.confirmed.streak.map(|streak| streak.count), Some(1));
    assert_eq!(row.why, "HTTP 503, expected 2xx");
}

// Trap 4: editing drops the open incident elsewhere.
#[test]
fn an_edit_resets_counters_but_never_the_incident() {
    let counting = last(play(&[(Verdict::Pass, "a"), (Verdict::Fail, "a"), (Verdict::Fail, "b")]));
    assert_eq!(counting.confirmed.health, Health::Up);
    assert_eq!(counting.confirmed.streak.map(|streak| streak.count), Some(1));
    let down = last(play(&[(Verdict::Fail, "a"), (Verdict::Fail, "a"), (Verdict::Fail, "b")]));
    assert_eq!(down.confirmed.health, Health::Down);
    assert!(down.confirmed.incident.is_some_and(|incident| incident.closed_at.is_none()));
}

// Trap 14: an alert that depends on the fingerprint of a certificate repeats on each machine of a rollout.
#[test]
fn another_certificate_that_ends_soon_as_well_is_no_new_alert() {
    let monitor = Monitor::sample("m", "https://m.example/");
    let mut row: Option<Row> = None;
    for epoch in 1..=6 {
        let expires = Timestamp::from_second(1_000_000 + epoch * 3_600).expect("in range");
        let subject = format!("certificate number {epoch} of m.example");
        let fault = Fault::new(Subject::CERTIFICATE, format!("{subject} expires soon"), "at least 21d left");
        let judgement = Judgement {
            faults: vec![fault],
            certificate: Some(Certificate { expires, subject }),
            ..judgement(Verdict::Degraded, epoch * 60)
        };
        let by = Decider { holder: "run", epoch: epoch.unsigned_abs(), now: judgement.at };
        let write = decide(by, row.as_ref(), owned(&monitor), &judgement, || "a".to_owned(), routed);
        assert_eq!(write.is_some(), epoch <= 2, "two in a row need an alert, and what follows none");
        row = write.map(|write| write.row().clone()).or(row);
    }
    assert_eq!(row.map(|row| (row.confirmed.health, row.confirmed.seq)), Some((Health::Degraded, 1)));
}

// I4: evidence of an older epoch never changes a row.
#[test]
fn a_stale_run_decides_nothing() {
    let monitor = Monitor::sample("m", "http://m.example/");
    let row = last(play(&[(Verdict::Pass, "a"), (Verdict::Fail, "a")]));
    let judgement = judgement(Verdict::Fail, 600);
    for epoch in [1, 2] {
        let by = Decider { holder: "old", epoch, now: judgement.at };
        assert_eq!(decide(by, Some(&row), owned(&monitor), &judgement, || "a".to_owned(), routed), None);
    }
}

#[test]
fn a_new_monitor_that_comes_up_is_discarded() {
    let row = last(play(&[(Verdict::Fail, "a"), (Verdict::Pass, "a")]));
    assert_eq!((row.confirmed.health, row.confirmed.seq), (Health::Up, 0));
    let delivered = row.delivered_to(&ChannelId::of_machine());
    assert_eq!((delivered.health, delivered.seq), (Health::Up, 0));
}

fn channels(names: &str) -> BTreeSet<ChannelId> {
    names.split_whitespace().map(|name| ChannelId::parse(name).expect("a channel")).collect()
}

/// A row after these verdicts, each beside the channels that its monitor notifies then.
fn routed_row(verdicts: &[(Verdict, &str)]) -> Row {
    let monitor = Monitor::sample("m", "http://m.example/");
    let mut row: Option<Row> = None;
    for (epoch, (verdict, names)) in (1u64..).zip(verdicts) {
        let judgement = judgement(*verdict, i64::try_from(epoch).expect("small") * 60);
        let by = Decider { holder: "run", epoch, now: judgement.at };
        let judged = || "a".to_owned();
        let write = decide(by, row.as_ref(), owned(&monitor), &judgement, judged, || channels(names));
        row = write.map(|write| write.row().clone()).or(row);
    }
    row.expect("a row was written")
}

#[test]
fn a_channel_that_is_new_counts_as_having_heard_of_up_and_of_nothing_else() {
    use Verdict::{Fail, Pass};
    let delivered = |verdicts: &[(Verdict, &str)], name: &str| {
        let row = routed_row(verdicts);
        let channel = ChannelId::parse(name).expect("a channel");
        let Delivered { seq, health, .. } = row.delivered_to(&channel);
        (row.confirmed.seq, seq, health, row.pending_since(&channel).is_some())
    };
    // It comes while the monitor is UP, and hears of what follows.
    let up = [(Pass, "a"), (Fail, "a b"), (Fail, "a b")];
    assert_eq!(delivered(&up, "b"), (1, 0, Health::Up, true));
    // It comes while it is DOWN: that is pending, also once it is over.
    let down = [(Pass, "a"), (Fail, "a"), (Fail, "a"), (Fail, "a b")];
    assert_eq!(delivered(&down, "b"), (1, 0, Health::Up, true));
    let over = [&down[..], &[(Pass, "a b")]].concat();
    assert_eq!(delivered(&over, "b"), (2, 0, Health::Up, true));
}

#[test]
fn a_channel_that_is_notified_no_longer_is_forgotten_unless_people_wait_for_an_end() {
    use Verdict::{Fail, Pass};
    let row = routed_row(&[(Pass, "a b"), (Fail, "a")]);
    assert_eq!(row.delivered.into_keys().collect::<BTreeSet<_>>(), channels("a"));
    let mut row = routed_row(&[(Pass, "a b"), (Fail, "a b"), (Fail, "a b")]);
    let b = ChannelId::parse("b").expect("a channel");
    row.acknowledge(&b, &Heard::Delivered(Delivered::new(1, Health::Down, row.confirmed.since)));
    let (delivered, edits) = rerouted(&row, &channels("a"));
    assert!(delivered.contains_key(&b) && edits.is_empty(), "{delivered:?}");
    row.acknowledge(&b, &Heard::Closed { seq: 1 });
    assert!(!row.delivered.contains_key(&b));
}
