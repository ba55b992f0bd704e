//! When a run is blind, and what follows.

use proptest::prelude::*;

use super::super::evidence::Groups;
use super::*;
use crate::monitor::{ChannelId, MonitorId};
use crate::observation::{FaultKind, Peer, Reach};
use crate::transition::Confirmed;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in range")
}

fn share(cut_off: usize, of: usize) -> FailureRatio {
    FailureRatio { cut_off, of }
}

fn evidence(good: (usize, usize), new: (usize, usize)) -> RunEvidence {
    let (good, new) = (share(good.0, good.1), share(new.0, new.1));
    let all: FailureRatio = [good, new].into_iter().sum();
    let groups = Groups { good, new, ..Groups::default() };
    let since = (all.cut_off > 0).then(|| at(60));
    RunEvidence {
        cut_off: groups.clone(),
        doubted: groups,
        answered: all.cut_off < all.of,
        since,
        ..RunEvidence::default()
    }
}

/// `a` answers, `s` is silent, `b` is barred.
fn canaries(letters: &str) -> Vec<CanaryResult> {
    let outcome = |letter| match letter {
        'a' => CanaryOutcome::Answer,
        's' => CanaryOutcome::Silence("no such name: a.example".to_owned()),
        _ => CanaryOutcome::Barred("10.0.0.1 (private)".to_owned()),
    };
    let canary = |(n, letter)| CanaryResult {
        canary: Canary::parse(&format!("https://{n}.example/")).expect("a canary"),
        outcome: outcome(letter),
    };
    letters.chars().enumerate().map(canary).collect()
}

fn row(health: Health) -> Row {
    let by = Decider { holder: "run", epoch: 1, now: at(0) };
    let row = assumed_up(by, &Monitor::prober("host-1"), at(0));
    Row { confirmed: Confirmed { health, ..row.confirmed }, ..row }
}

fn fault(kind: impl Into<FaultKind>) -> Judgement {
    let faults = vec![Fault::new(kind, "none", "an answer")];
    Judgement { faults, ..Judgement::without_evidence(Verdict::Fail, at(60)) }
}

fn answer(verdict: Verdict) -> Judgement {
    Judgement { code: Some(200), ..Judgement::without_evidence(verdict, at(60)) }
}

#[test]
fn half_of_those_that_were_good_and_no_fewer_than_three_make_a_run_ask_the_canaries() {
    for (good, new, asks) in [
        ((0, 0), (0, 0), false),
        ((2, 2), (0, 0), false),
        ((3, 3), (0, 0), true),
        ((3, 6), (0, 0), true),
        ((3, 7), (0, 0), false),
        ((4, 7), (0, 0), true),
        ((500, 1000), (0, 0), true),
        ((499, 1000), (0, 0), false),
        // Neither group hides the other.
        ((4, 4), (0, 20), true),
        ((0, 20), (3, 3), true),
        ((2, 2), (2, 2), false),
    ] {
        assert_eq!(needs_canaries(&evidence(good, new), None), asks, "{good:?} {new:?}");
        assert_eq!(needs_canaries(&evidence(good, new), Some(&row(Health::Up))), asks, "{good:?} {new:?}");
        assert!(needs_canaries(&evidence(good, new), Some(&row(Health::Down))), "it is blind until it sees");
    }
}

// Trap 9: the prober's own network dies and everything is DOWN.
#[test]
fn a_run_is_blind_if_many_fail_alike_and_no_canary_answers() {
    let many = || evidence((1000, 1000), (0, 0));
    let (before, blind) = (row(Health::Up), row(Health::Down));
    for (evidence, prober, outcome, prober_health) in [
        (many(), &before, "ss", ProberHealth::Blind),
        (many(), &before, "sb", ProberHealth::Blind),
        (many(), &before, "sa", ProberHealth::Vouched),
        (many(), &before, "a", ProberHealth::Vouched),
        // A canary out of reach says nothing, and none at all says no more.
        (many(), &before, "b", ProberHealth::Unvouched),
        (many(), &before, "", ProberHealth::Unvouched),
        (evidence((2, 1000), (0, 0)), &before, "", ProberHealth::Clear),
        (evidence((1, 1), (0, 0)), &before, "", ProberHealth::Unproven),
        (RunEvidence::default(), &before, "", ProberHealth::Unproven),
        // It is blind until a canary answers, or most endpoints do.
        (evidence((1, 1), (0, 0)), &blind, "s", ProberHealth::Blind),
        (RunEvidence::default(), &blind, "s", ProberHealth::Blind),
        (RunEvidence { answered: true, ..RunEvidence::default() }, &blind, "s", ProberHealth::Clear),
        (evidence((1, 10), (0, 0)), &blind, "s", ProberHealth::Clear),
        (evidence((1, 1), (0, 0)), &blind, "a", ProberHealth::Vouched),
        (RunEvidence::default(), &blind, "a", ProberHealth::Vouched),
        // There is no one left to ask.
        (evidence((1, 10), (0, 0)), &blind, "", ProberHealth::Clear),
        (evidence((1, 1), (0, 0)), &blind, "", ProberHealth::Unproven),
    ] {
        let found = SelfCheck::new(evidence.clone(), Some(prober), canaries(outcome)).prober_health;
        assert_eq!(found, prober_health, "{evidence:?} {:?} {outcome}", prober.confirmed.health);
    }
}

#[test]
fn only_what_got_no_answer_counts_and_only_of_what_was_not_down() {
    let cases = [
        (Some(Health::Up), fault(Transport::Dns), "good"),
        (Some(Health::Up), fault(Transport::Connect), "good"),
        (Some(Health::Degraded), fault(Transport::Timeout), "good"),
        (Some(Health::New), fault(Transport::Connect), "new"),
        (None, fault(Transport::Connect), "new"),
        (Some(Health::Up), fault(Transport::Tls), "other"),
        (Some(Health::Up), fault(Transport::Secret), "other"),
        (Some(Health::Up), answer(Verdict::Fail), "answer"),
        (Some(Health::Up), answer(Verdict::Pass), "answer"),
        (Some(Health::Down), fault(Transport::Connect), "nothing"),
        (Some(Health::Up), Judgement::without_evidence(Verdict::Skipped, at(0)), "nothing"),
        (Some(Health::Up), Judgement::without_evidence(Verdict::Unknown, at(0)), "nothing"),
    ];
    for (health, judgement, said) in cases {
        let row = health.map(row);
        let found = RunEvidence::of([(row.as_ref(), &judgement)].into_iter());
        let since = Some(at(60));
        let expected = match said {
            "good" => (share(1, 1), share(0, 0), since, false),
            "new" => (share(0, 0), share(1, 1), since, false),
            "other" => (share(0, 1), share(0, 0), None, false),
            "answer" => (share(0, 1), share(0, 0), None, true),
            _ => (share(0, 0), share(0, 0), None, false),
        };
        let RunEvidence { cut_off, since, answered, .. } = found;
        assert_eq!((cut_off.good, cut_off.new, since, answered), expected, "{health:?} {judgement:?}");
    }
}

#[test]
fn one_blind_run_is_written_down_and_one_that_sees_closes_it_and_what_is_unproven_changes_nothing() {
    let prober = Monitor::prober("host-1");
    let many = || evidence((3, 3), (0, 0));
    let mut stored: Option<Row> = None;
    let healths = ["", "a", "s", "s", "", "a", "a"].into_iter().zip(1u64..).map(|(outcome, epoch)| {
        let found = SelfCheck::new(many(), stored.as_ref(), canaries(outcome));
        let by = Decider { holder: "run", epoch, now: at(i64::try_from(epoch).expect("small") * 120) };
        let write = found.decide(by, stored.as_ref(), &prober, || [ChannelId::of_machine()].into());
        if let Some(write) = &write {
            assert_eq!(matches!(write, Write::Create(_)), stored.is_none());
            stored = Some(write.row().clone());
        }
        (write.is_some(), stored.as_ref().map(|row| (row.confirmed.health, row.confirmed.seq, row.revision)))
    });
    let (blind, sees) = (Some((Health::Down, 1, 1)), Some((Health::Up, 2, 2)));
    let expected = [
        (false, None),
        (false, None),
        (true, blind),
        (false, blind),
        (false, blind),
        (true, sees),
        (false, sees),
    ];
    assert_eq!(healths.collect::<Vec<_>>(), expected);
    let row = stored.expect("it was blind");
    assert_eq!(row.monitor, MonitorId::prober());
    let incident = row.confirmed.incident.expect("it was blind");
    assert_eq!((incident.opened_at, incident.closed_at), (at(60), Some(at(720))));
    assert_eq!(
        incident.cause,
        "cannot reach the network: the canary does not answer, nor do 3 of 3 monitors, expected an answer"
    );
}

fn any_judgement() -> impl Strategy<Value = Judgement> {
    prop_oneof![
        Just(answer(Verdict::Pass)),
        Just(answer(Verdict::Degraded)),
        Just(answer(Verdict::Fail)),
        proptest::sample::select(Transport::ALL.to_vec()).prop_map(fault),
        Just(Judgement::without_evidence(Verdict::Skipped, at(60))),
        Just(Judgement::without_evidence(Verdict::Unknown, at(60))),
    ]
}

fn any_health() -> impl Strategy<Value = Option<Health>> {
    proptest::option::of(proptest::sample::select(vec![
        Health::New,
        Health::Up,
        Health::Degraded,
        Health::Down,
    ]))
}

/// So many monitors that were good, each with this end of its probe and this peer.
fn saw(groups: &[(usize, Judgement, Peer)]) -> RunEvidence {
    let up = row(Health::Up);
    let all: Vec<_> = groups
        .iter()
        .flat_map(|(number, judgement, peer)| {
            std::iter::repeat_n(Judgement { peer: *peer, ..judgement.clone() }, *number)
        })
        .collect();
    RunEvidence::of(all.iter().map(|judgement| (Some(&up), judgement)))
}

fn peer(reach: Reach, uses_tls: bool) -> Peer {
    Peer { reach: Some(reach), uses_tls }
}

// P5, and its other side.
#[test]
fn fresh_answers_of_the_same_kind_of_address_speak_against_blindness() {
    let (public, private) = (peer(Reach::Public, true), peer(Reach::Private, false));
    let unknown = Peer::default();
    let lost = || fault(Transport::Connect);
    let nameless = || fault(Transport::Dns);
    let pass = || answer(Verdict::Pass);
    let early = || Judgement { at: at(10), ..answer(Verdict::Pass) };
    let slow = || Judgement { latency: Some(std::time::Duration::from_secs(55)), ..early() };
    for (groups, prober_health) in [
        (vec![(4, lost(), public)], ProberHealth::Blind),
        (vec![(4, lost(), public), (1, pass(), public)], ProberHealth::Vouched),
        // The way into the own network is another one.
        (vec![(4, lost(), public), (1, pass(), private)], ProberHealth::Blind),
        (vec![(4, lost(), private), (1, pass(), public)], ProberHealth::Blind),
        // A name without an address is one of the internet.
        (vec![(4, nameless(), unknown), (1, pass(), private)], ProberHealth::Blind),
        (vec![(4, nameless(), unknown), (1, pass(), public)], ProberHealth::Vouched),
        // What answered before the network was cut proves nothing of the time after.
        (vec![(4, lost(), public), (4, early(), public)], ProberHealth::Blind),
        (vec![(4, lost(), public), (4, slow(), public)], ProberHealth::Vouched),
        // One kind does not hide the other: 4 of 4 public ones are lost among 10.
        (vec![(4, lost(), public), (6, pass(), private)], ProberHealth::Blind),
        (vec![(2, lost(), public), (8, pass(), private)], ProberHealth::Clear),
    ] {
        let check = SelfCheck::new(saw(&groups), None, canaries("ss"));
        assert_eq!(check.prober_health, prober_health, "{groups:?}");
        let answers = check.believed(Judgement { peer: private, ..pass() });
        assert_eq!(answers.verdict, Verdict::Pass);
    }
}

// P5: a proxy that puts itself into every TLS session is trouble of the network, not of the endpoints.
#[test]
fn every_https_endpoint_that_breaks_at_once_counts_like_a_cut_network() {
    let (https, http) = (peer(Reach::Public, true), peer(Reach::Public, false));
    let (tls, reset) = (|| fault(Transport::Tls), || fault(Transport::Protocol));
    let pass = || answer(Verdict::Pass);
    let broken = |canary: &str| {
        let canary = Canary::parse(canary).expect("a canary");
        vec![CanaryResult { canary, outcome: CanaryOutcome::Broken("a self-signed certificate".to_owned()) }]
    };
    let answers = |url: &str| {
        vec![CanaryResult { canary: Canary::parse(url).expect("a canary"), outcome: CanaryOutcome::Answer }]
    };
    for (groups, canaries, prober_health) in [
        (vec![(3, tls(), https)], broken("https://a.example/"), ProberHealth::Blind),
        (vec![(2, tls(), https), (1, reset(), https)], broken("https://a.example/"), ProberHealth::Blind),
        (vec![(2, tls(), https), (1, fault(Transport::Timeout), https)], canaries("s"), ProberHealth::Blind),
        // The page of the proxy answers to http, and proves nothing.
        (vec![(3, tls(), https), (2, pass(), http)], broken("https://a.example/"), ProberHealth::Blind),
        (vec![(3, tls(), https)], answers("http://a.example/"), ProberHealth::Unvouched),
        (vec![(3, tls(), https)], answers("https://a.example/"), ProberHealth::Vouched),
        // One https endpoint that answers, and it is none.
        (vec![(3, tls(), https), (1, pass(), https)], broken("https://a.example/"), ProberHealth::Clear),
        // Two are bad luck, and a fault of the answer is none of the way.
        (vec![(2, tls(), https)], broken("https://a.example/"), ProberHealth::Unproven),
        (vec![(3, fault(Transport::Redirect), https)], broken("https://a.example/"), ProberHealth::Unproven),
    ] {
        let check = SelfCheck::new(saw(&groups), None, canaries);
        assert_eq!(check.prober_health, prober_health, "{groups:?}");
        let believed = check.believed(Judgement { peer: https, ..tls() }).verdict;
        assert_eq!(believed == Verdict::Unknown, prober_health == ProberHealth::Blind, "{groups:?}");
    }
    // While the network is cut for another reason, a certificate that does not verify is what it is.
    let cut = SelfCheck::new(saw(&[(3, fault(Transport::Dns), Peer::default())]), None, canaries("s"));
    assert_eq!(cut.believed(Judgement { peer: https, ..tls() }).verdict, Verdict::Fail);
}

proptest! {
    // P5, and its other side: an answering canary hides no outage.
    #[test]
    fn what_is_believed_is_what_was_seen_unless_no_canary_answers(
        judged in proptest::collection::vec((any_health(), any_judgement()), 0..40),
        outcome in "[asb]{0,5}",
        blind in proptest::bool::ANY,
    ) {
        let rows: Vec<_> = judged.iter().map(|(health, _)| health.map(row)).collect();
        let evidence = RunEvidence::of(rows.iter().map(Option::as_ref).zip(judged.iter().map(|(_, it)| it)));
        let prober = blind.then(|| row(Health::Down));
        let check = SelfCheck::new(evidence, prober.as_ref(), canaries(&outcome));
        if outcome.contains('a') || !outcome.contains('s') {
            prop_assert!(!check.is_blind(), "{check:?}");
        }
        let up_and_cut_off = judged.iter().filter(|(health, it)| *health == Some(Health::Up) && it.is_cut_off());
        let others = judged.iter().filter(|(health, it)| {
            matches!(health, Some(Health::Up | Health::Degraded)) && it.verdict <= Verdict::Fail && !it.is_cut_off()
        });
        let cut_off = up_and_cut_off.count();
        // An answer of any of them, at the time of the others, passed the same network.
        let is_contradicted = judged.iter().any(|(_, it)| it.is_answered());
        if is_contradicted && !blind {
            prop_assert!(!check.is_blind(), "{check:?}");
        }
        if cut_off >= 3
            && cut_off >= others.count()
            && !is_contradicted
            && outcome.contains('s')
            && !outcome.contains('a')
        {
            prop_assert!(check.is_blind(), "{check:?}");
        }
        for (_, judgement) in judged {
            let believed = check.believed(judgement.clone());
            if check.is_blind() && judgement.is_cut_off() && !is_contradicted {
                prop_assert_eq!(believed.verdict, Verdict::Unknown);
            } else {
                prop_assert_eq!(believed, judgement);
            }
        }
    }
}
