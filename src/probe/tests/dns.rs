//! Lookups at name servers that say what a test tells them to.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, MX, TXT};
use hickory_resolver::proto::rr::{RData, Record};
use tokio::net::UdpSocket;

use super::dns_server::{a, alias, answer, bytes, code, framed, name, saying, saying_over_tcp};
use super::server::name_server;
use super::{observe, observe_with, prober};
use crate::assert::Unmet;
use crate::kinds::dns::{AnswerRule, DnsReply, LookupOutcome, LookupRule, Rcode, ServerName, WarningRule};
use crate::kinds::{Ask, Evidence};
use crate::monitor::{Expectations, Monitor};
use crate::net::{AddressPolicy, Resolver};
use crate::observation::{Fault, Observation, Transport};

fn rule() -> LookupRule {
    LookupRule {
        rcodes: vec![Rcode::NOERROR],
        answers: None,
        agree_with: Vec::new(),
        warn: WarningRule::default(),
    }
}

fn asking(url: &str, rule: LookupRule) -> Monitor {
    Monitor { ask: Ask::Dns(rule), expect: Expectations::of(Vec::new()), ..super::monitor(url) }
}

/// A monitor of the A records of www.a.example.
fn www(server: SocketAddr) -> Monitor {
    asking(&format!("dns://{server}/www.a.example?type=A"), rule())
}

fn reply(observation: &Observation) -> DnsReply {
    match observation.result.as_ref().expect("an answer") {
        Evidence::Dns(LookupOutcome::Replied(reply)) => (**reply).clone(),
        other => panic!("{other:?}"),
    }
}

fn records(observation: &Observation) -> Vec<String> {
    reply(observation).said.records.into_iter().collect()
}

fn unmet(monitor: &Monitor, observation: &Observation) -> Option<(&'static str, Unmet)> {
    let evidence = observation.result.as_ref().expect("an answer");
    monitor.ask.unmet(evidence, &str::to_owned).map(|(subject, unmet)| (subject.word(), unmet))
}

/// The reason in one line.
fn why(monitor: &Monitor, observation: &Observation) -> String {
    let (word, Unmet { actual, expected }) = unmet(monitor, observation).expect("it is not met");
    format!("{word}: {actual}, expected {expected}")
}

fn quick(monitor: Monitor) -> Monitor {
    Monitor { timeout: Duration::from_millis(300), ..monitor }
}

async fn fault(monitor: &Monitor) -> Fault {
    observe(monitor).await.result.expect_err("a fault")
}

#[tokio::test]
async fn the_records_of_a_name_come_as_a_set_without_repeats() {
    let server = saying(|question| {
        let records =
            vec![a("WWW.a.example.", 2), a("www.a.example.", 1), a("www.a.example.", 2), a("x.example.", 9)];
        vec![bytes(&answer(question, records))]
    });
    let monitor = www(server.await);
    let observation = observe(&monitor).await;
    assert_eq!(records(&observation), ["192.0.2.1", "192.0.2.2"]);
    assert_eq!(unmet(&monitor, &observation), None);
    let phases: Vec<_> = observation.phases.iter().map(|(phase, _)| phase).collect();
    assert_eq!(phases, ["lookup", "ask"]);
}

#[tokio::test]
async fn aliases_are_followed_within_the_answer_and_a_circle_of_them_has_an_end() {
    let server = saying(|question| {
        let records = match question.queries[0].name().to_ascii().as_str() {
            "www.a.example." => vec![
                a("end.a.example.", 7),
                alias("mid.a.example.", "END.a.example."),
                alias("www.a.example.", "mid.a.example."),
            ],
            "open.a.example." => vec![alias("open.a.example.", "gone.b.example.")],
            _ => vec![alias("c.a.example.", "d.a.example."), alias("d.a.example.", "c.a.example.")],
        };
        vec![bytes(&answer(question, records))]
    })
    .await;
    let observation = observe(&www(server)).await;
    assert_eq!(records(&observation), ["192.0.2.7"]);
    assert_eq!(reply(&observation).said.alias.as_deref(), Some("end.a.example"));
    for (name, said) in [
        ("open.a.example", "answers: no A record of its alias gone.b.example, expected at least one"),
        ("c.a.example", "answers: no A record of its alias c.a.example, expected at least one"),
    ] {
        let monitor = asking(&format!("dns://{server}/{name}?type=A"), rule());
        assert_eq!(why(&monitor, &observe(&monitor).await), said);
    }
    let monitor = asking(&format!("dns://{server}/open.a.example?type=CNAME"), rule());
    assert_eq!(records(&observe(&monitor).await), ["gone.b.example"]);
}

#[tokio::test]
async fn a_response_code_is_said_in_words_and_may_be_what_is_expected() {
    for (said, words) in [
        (ResponseCode::NXDomain, "rcode: NXDOMAIN (no such name), expected NOERROR"),
        (ResponseCode::ServFail, "rcode: SERVFAIL (the server could not find out), expected NOERROR"),
        (ResponseCode::Refused, "rcode: REFUSED (the server refuses to answer), expected NOERROR"),
        (ResponseCode::FormErr, "rcode: FORMERR (the server could not read the question), expected NOERROR"),
    ] {
        let monitor = www(saying(move |question| vec![code(question, said)]).await);
        let observation = observe(&monitor).await;
        assert_eq!(why(&monitor, &observation), words);
        let expected = Rcode(said.into());
        assert_eq!(observation.result.as_ref().map(Evidence::code), Ok(expected.0));
        let accepting = Monitor { ask: Ask::Dns(LookupRule { rcodes: vec![expected], ..rule() }), ..monitor };
        assert_eq!(unmet(&accepting, &observation), None);
    }
}

#[tokio::test]
async fn an_answer_without_records_fails_unless_none_are_expected() {
    let monitor = www(saying(|question| vec![bytes(&answer(question, Vec::new()))]).await);
    let observation = observe(&monitor).await;
    assert_eq!(why(&monitor, &observation), "answers: no A record, expected at least one");
    let none = AnswerRule { count: Some(0), ..AnswerRule::default() };
    let monitor = Monitor { ask: Ask::Dns(LookupRule { answers: Some(none), ..rule() }), ..monitor };
    assert_eq!(unmet(&monitor, &observation), None);
}

#[tokio::test]
async fn texts_are_one_text_and_a_mail_exchanger_has_its_preference() {
    let server = saying(|question| {
        let owner = question.queries[0].name().clone();
        let data = match question.queries[0].query_type().to_string().as_str() {
            "TXT" => RData::TXT(TXT::new(vec!["v=spf1 ".to_owned(), "-all".to_owned()])),
            _ => RData::MX(MX::new(10, name("Mail.a.example."))),
        };
        vec![bytes(&answer(question, vec![Record::from_rdata(owner, 60, data)]))]
    })
    .await;
    for (kind, record) in [("TXT", "v=spf1 -all"), ("MX", "10 mail.a.example")] {
        let monitor = asking(&format!("dns://{server}/a.example?type={kind}"), rule());
        assert_eq!(records(&observe(&monitor).await), [record]);
    }
}

#[tokio::test]
async fn answers_to_other_questions_are_passed_over() {
    let server = saying(|question| {
        let good = bytes(&answer(question, vec![a("www.a.example.", 1)]));
        let mut other_id = bytes(&answer(question, vec![a("www.a.example.", 6)]));
        other_id[0] ^= 0xff;
        let mut other_name = answer(question, vec![a("www.a.example.", 6)]);
        other_name.queries[0].set_name(name("w3w.a.example."));
        vec![b"garbage".to_vec(), Vec::new(), other_id, bytes(&other_name), bytes(question), good]
    });
    assert_eq!(records(&observe(&www(server.await)).await), ["192.0.2.1"]);
}

#[tokio::test]
async fn an_answer_from_another_address_is_no_answer() {
    let stranger = Arc::new(std::net::UdpSocket::bind("127.0.0.1:0").expect("a free port"));
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let address = socket.local_addr().expect("bound");
    tokio::spawn(async move {
        let mut packet = [0; 1500];
        while let Ok((read, client)) = socket.recv_from(&mut packet).await {
            let question = Message::from_vec(&packet[..read]).expect("a question");
            let forged = bytes(&answer(&question, vec![a("www.a.example.", 6)]));
            drop(stranger.send_to(&forged, client));
        }
    });
    let fault = fault(&quick(www(address))).await;
    assert_eq!(fault.kind, Transport::Timeout.into());
    assert_eq!(fault.actual, "no answer after 300ms, in the phase ask");
}

// Trap 11: nothing that is read is without bounds.
#[tokio::test]
async fn a_flood_of_answers_and_an_answer_of_too_many_records_end_the_attempt() {
    let flood = saying(|question| {
        let mut other = bytes(&answer(question, Vec::new()));
        other[1] ^= 0xff;
        vec![other; 300]
    });
    let said = fault(&www(flood.await)).await;
    assert_eq!(said.actual, "more than 100 answers to other questions");
    let bomb = saying_over_tcp(|question| {
        let many = (0..2000_u32).map(|number| {
            let address = Ipv4Addr::from(0x0a00_0000 + number);
            Record::from_rdata(name("www.a.example."), 60, RData::A(A(address)))
        });
        framed(&bytes(&answer(question, many.collect())))
    });
    let said = fault(&www(bomb.await)).await;
    assert_eq!(
        (said.actual.as_str(), said.expected.as_str()),
        ("an answer with 2000 records", "at most 256")
    );
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_a_fault_of_the_server() {
    let server = saying(|question| {
        let mut broken = bytes(&answer(question, vec![a("www.a.example.", 1)]));
        broken.truncate(broken.len() - 2);
        vec![broken]
    });
    let fault = fault(&www(server.await)).await;
    assert_eq!(
        (fault.kind, fault.actual.as_str()),
        (Transport::Protocol.into(), "an answer that cannot be read")
    );
}

#[tokio::test]
async fn a_question_is_sent_again_when_it_gets_lost() {
    let asked = AtomicUsize::new(0);
    let server = saying(move |question| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => Vec::new(),
        _ => vec![bytes(&answer(question, vec![a("www.a.example.", 1)]))],
    });
    assert_eq!(records(&observe(&www(server.await)).await), ["192.0.2.1"]);
}

#[tokio::test]
async fn a_server_from_before_extensions_is_asked_without_them() {
    let server = saying(|question| match &question.edns {
        Some(edns) => {
            assert_eq!(edns.max_payload(), 1232);
            vec![code(question, ResponseCode::FormErr)]
        }
        None => vec![bytes(&answer(question, vec![a("www.a.example.", 1)]))],
    });
    assert_eq!(records(&observe(&www(server.await)).await), ["192.0.2.1"]);
}

#[tokio::test]
async fn what_does_not_fit_into_a_datagram_is_asked_for_over_tcp() {
    let server = saying_over_tcp(|question| framed(&bytes(&answer(question, vec![a("www.a.example.", 3)]))));
    let observation = observe(&www(server.await)).await;
    assert_eq!(records(&observation), ["192.0.2.3"]);
    assert!(observation.phases.get("tcp").is_some());
    for (says, said) in [
        (
            (|_| vec![0xff, 0xff, 1, 2]) as fn(&Message) -> Vec<u8>,
            "connection closed during the answer over TCP",
        ),
        (|_| framed(b"garbage"), "an answer over TCP to another question"),
        (
            |question| {
                let mut cut = bytes(&answer(question, Vec::new()));
                cut[2] |= 0x02;
                framed(&cut)
            },
            "an answer over TCP that is cut off",
        ),
    ] {
        let fault = fault(&www(saying_over_tcp(says).await)).await;
        assert_eq!((fault.kind, fault.actual.as_str()), (Transport::Protocol.into(), said));
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let free = UdpSocket::bind("127.0.0.1:0").await.expect("a free port").local_addr().expect("bound");
    let said = fault(&www(free)).await;
    assert_eq!(said.kind, Transport::Connect.into());
    assert_eq!(crate::net::unmarked(&said.actual), format!("connection refused by {free}"));
    let mut prober = prober();
    let nothing = name_server(|_, _| Err(ResponseCode::NXDomain)).await;
    prober.net.resolver = Resolver::asking(nothing);
    let monitor = asking("dns://ns.gone.example/a.example", rule());
    let fault = observe_with(&prober, &monitor).await.result.expect_err("a fault");
    assert_eq!(fault.kind, Transport::Dns.into());
    assert_eq!(crate::net::unmarked(&fault.actual), "no such name: ns.gone.example");
}

#[tokio::test]
async fn without_a_server_those_of_the_machine_are_asked_and_the_next_if_one_cannot_find_out() {
    let failing = saying(|question| vec![code(question, ResponseCode::ServFail)]).await;
    let good = name_server(|_, _| Ok(vec![IpAddr::V4(Ipv4Addr::new(192, 0, 2, 4))])).await;
    let mut prober = prober();
    let monitor = asking("dns:///www.a.example?type=A", rule());
    for servers in [vec![good], vec![failing, good]] {
        prober.net.resolver = Resolver::asking_all(&servers);
        let observation = observe_with(&prober, &monitor).await;
        assert_eq!(records(&observation), ["192.0.2.4"]);
        assert_eq!(observation.phases.get("lookup"), None);
    }
    prober.net.resolver = Resolver::asking_all(&[failing, failing]);
    let observation = observe_with(&prober, &monitor).await;
    assert_eq!(reply(&observation).said.rcode, Rcode(2));
}

// Trap 18
#[tokio::test]
async fn a_server_out_of_reach_is_not_asked_and_the_machine_may_ask_its_own_all_the_same() {
    let good = name_server(|_, _| Ok(vec![IpAddr::V4(Ipv4Addr::new(192, 0, 2, 4))])).await;
    let mut prober = prober();
    prober.net.policy = AddressPolicy::default();
    prober.net.resolver = Resolver::asking(good);
    let own = asking("dns:///www.a.example", rule());
    assert_eq!(records(&observe_with(&prober, &own).await), ["192.0.2.4"]);
    for url in [format!("dns://{good}/www.a.example"), "dns://169.254.169.254/a.example".to_owned()] {
        let fault = observe_with(&prober, &asking(&url, rule())).await.result.expect_err("a fault");
        assert_eq!(fault.kind, Transport::Blocked.into(), "{url}");
    }
    let other = ServerName::parse("169.254.169.254").expect("a server");
    let comparing = asking("dns:///www.a.example", LookupRule { agree_with: vec![other], ..rule() });
    let observation = observe_with(&prober, &comparing).await;
    let said = why(&comparing, &observation);
    assert!(
        said.starts_with("agreement: 169.254.169.254 gave no answer: 169.254.169.254 (link-local)"),
        "{said}"
    );
}

#[tokio::test]
async fn servers_that_differ_or_say_nothing_are_named() {
    let saying_address =
        |last| saying(move |question| vec![bytes(&answer(question, vec![a("www.a.example.", last)]))]);
    let (first, same, other) = (saying_address(1).await, saying_address(1).await, saying_address(2).await);
    let nothing = saying(|_| Vec::new()).await;
    let without = saying(|question| vec![code(question, ResponseCode::Refused)]).await;
    let comparing = |others: &[SocketAddr]| {
        let agree_with =
            others.iter().map(|other| ServerName::parse(&other.to_string()).expect("one")).collect();
        quick(asking(&format!("dns://{first}/www.a.example"), LookupRule { agree_with, ..rule() }))
    };
    let monitor = comparing(&[same]);
    let observation = observe(&monitor).await;
    assert_eq!(unmet(&monitor, &observation), None);
    assert!(observation.phases.get("agree").is_some());
    for (others, said) in [
        (
            vec![same, other],
            format!("agreement: {other} says 192.0.2.2, expected 192.0.2.1, as {first} says"),
        ),
        (vec![without], format!("agreement: {without} says REFUSED, expected 192.0.2.1, as {first} says")),
        (
            vec![nothing, same],
            format!(
                "agreement: {nothing} gave no answer: nothing within 300ms, expected 192.0.2.1, as {first} says"
            ),
        ),
    ] {
        let monitor = comparing(&others);
        assert_eq!(why(&monitor, &observe(&monitor).await), said);
    }
}

#[tokio::test]
async fn every_attempt_asks_anew() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let server = saying(move |question| {
        counted.fetch_add(1, Ordering::Relaxed);
        vec![bytes(&answer(question, vec![a("www.a.example.", 1)]))]
    })
    .await;
    let prober = prober();
    let sets: BTreeSet<_> =
        [observe_with(&prober, &www(server)).await, observe_with(&prober, &www(server)).await]
            .iter()
            .map(records)
            .collect();
    assert_eq!((sets.len(), asked.load(Ordering::Relaxed)), (1, 2));
}
