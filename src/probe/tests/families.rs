//! Name servers that answer for one family only, and hosts files.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::RecordType;

use super::server::{Said, answering, name_server, naming, ok};
use super::{monitor, observe_with, prober};
use crate::monitor::{IpChoice, IpVersion, Monitor};
use crate::net::Resolver;
use crate::observation::{Observation, Transport};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Nothing listens there on the ports of these tests.
const SIX: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

type Families = fn(RecordType) -> Said;

async fn observe(families: Families, host: &str, port: u16) -> Observation {
    let server = naming(move |_, family, _| families(family)).await;
    observe_asking(Resolver::asking(server), host, port).await
}

async fn observe_asking(resolver: Resolver, host: &str, port: u16) -> Observation {
    let mut prober = prober();
    prober.net.resolver = resolver;
    let monitor = monitor(&format!("http://{host}:{port}/"));
    observe_with(&prober, &Monitor { timeout: Duration::from_secs(5), ..monitor }).await
}

// Trap 32
#[tokio::test]
async fn a_family_that_never_answers_does_not_delay_the_other() {
    let (address, _) = answering(ok("", b"")).await;
    let families: Families = |family| match family {
        RecordType::AAAA => Said::Nothing,
        _ => Said::Addresses(vec![LOOPBACK]),
    };
    let observation = observe(families, "name.test", address.port()).await;
    assert!(observation.result.is_ok(), "{observation:?}");
    let looked_up = observation.phases.get("dns").expect("a phase");
    assert!(looked_up >= Duration::from_millis(45), "IPv6 has its head start: {looked_up:?}");
    assert!(looked_up < Duration::from_secs(1), "{looked_up:?}");
    assert!(observation.phases.get("connect").is_some());
    assert!(observation.latency >= looked_up && observation.latency < Duration::from_secs(2));
}

// Trap 32
#[tokio::test]
async fn ipv6_is_connected_to_although_nothing_is_known_of_ipv4() {
    let families: Families = |family| match family {
        RecordType::AAAA => Said::Addresses(vec![SIX]),
        _ => Said::Nothing,
    };
    let observation = observe(families, "name.test", 1).await;
    let fault = observation.result.clone().expect_err("nothing listens there");
    assert_eq!(fault.kind, Transport::Connect.into(), "{fault}");
    assert!(fault.actual.ends_with(" by [::1]:1"), "{fault}");
    assert!(observation.phases.get("dns") < Some(Duration::from_secs(1)), "{:?}", observation.phases);
    assert!(observation.latency < Duration::from_secs(4), "the other family has a second: {observation:?}");
}

#[tokio::test]
async fn a_family_that_fails_leaves_the_other_its_chance() {
    let (address, _) = answering(ok("", b"")).await;
    for families in [
        (|family| match family {
            RecordType::AAAA => Said::Code(ResponseCode::ServFail),
            _ => Said::Addresses(vec![LOOPBACK]),
        }) as Families,
        |family| match family {
            RecordType::AAAA => Said::Code(ResponseCode::NXDomain),
            _ => Said::Addresses(vec![LOOPBACK]),
        },
        |family| match family {
            RecordType::AAAA => Said::Code(ResponseCode::NotImp),
            _ => Said::Addresses(vec![LOOPBACK]),
        },
        // The address of IPv6 refuses, that of IPv4 follows at once.
        |family| match family {
            RecordType::AAAA => Said::Addresses(vec![SIX]),
            _ => Said::Addresses(vec![LOOPBACK]),
        },
    ] {
        let observation = observe(families, "name.test", address.port()).await;
        assert!(observation.result.is_ok(), "{observation:?}");
        assert!(observation.latency < Duration::from_secs(2), "{observation:?}");
    }
}

#[tokio::test]
async fn of_two_families_without_an_address_the_one_that_failed_is_named() {
    let families: Families = |family| match family {
        RecordType::AAAA => Said::Addresses(Vec::new()),
        _ => Said::Code(ResponseCode::ServFail),
    };
    let fault = observe(families, "name.test", 1).await.result.expect_err("a fault");
    assert_eq!(fault.actual, "the name server says \"Server Failure\" for name.test");
}

#[tokio::test]
async fn an_attempt_without_any_answer_ends_with_its_time_in_the_phase_dns() {
    let server = naming(|_, _, _| Said::Nothing).await;
    let mut prober = prober();
    prober.net.resolver = Resolver::asking(server);
    let hasty = Monitor { timeout: Duration::from_millis(200), ..monitor("http://name.test/") };
    let observation = observe_with(&prober, &hasty).await;
    assert_eq!(observation.result.expect_err("a fault").actual, "no answer after 200ms, in the phase dns");
    assert_eq!(observation.phases.get("connect"), None);
}

// Trap 29: an underscore in a host name.
#[tokio::test]
async fn names_that_curl_resolves_are_resolved() {
    let (address, log) = answering(ok("", b"")).await;
    let label = "l".repeat(63);
    let two_labels = format!("{label}.{label}.test");
    for host in [
        "my_service.test",
        "_dmarc.test",
        "ends_.test",
        "my_service.test.",
        "-begins.test",
        "ends-.test",
        &two_labels,
    ] {
        let server = name_server(|_, _| Ok(vec![LOOPBACK]));
        let observation = observe_asking(Resolver::asking(server.await), host, address.port()).await;
        assert!(observation.result.is_ok(), "{host}: {observation:?}");
        assert!(log.lock().expect("the log").last().is_some_and(|asked| asked.contains(host)), "{host}");
    }
    let server = name_server(|name, _| {
        let is_known = name == "xn--bcher-kva.test" || name == "single";
        if is_known { Ok(vec![LOOPBACK]) } else { Err(ResponseCode::NXDomain) }
    })
    .await;
    for host in ["b\u{fc}cher.test", "xn--bcher-kva.test", "single", "B\u{dc}CHER.test"] {
        let observation = observe_asking(Resolver::asking(server), host, address.port()).await;
        assert!(observation.result.is_ok(), "{host}: {observation:?}");
    }
    let fault =
        observe_asking(Resolver::asking(server), &"l".repeat(64), 1).await.result.expect_err("a fault");
    assert_eq!(fault.kind, Transport::Dns.into());
    assert!(fault.actual.starts_with("a name that DNS cannot carry: "), "{fault}");
}

fn nowhere() -> Resolver {
    Resolver::asking(SocketAddr::new(LOOPBACK, 1))
}

// Trap 29: an underscore in a name of the hosts file.
#[tokio::test]
async fn the_hosts_file_goes_before_dns_and_through_the_policy() {
    let (address, _) = answering(ok("", b"")).await;
    let hosts = "127.0.0.1 my_service db.internal\n::1 both\n127.0.0.1 both\n169.254.169.254 rebound\n";
    for host in ["my_service", "MY_SERVICE.", "db.internal", "both", "localhost", "app.localhost"] {
        let observation = observe_asking(nowhere().with_hosts(hosts), host, address.port()).await;
        assert!(observation.result.is_ok(), "{host}: {observation:?}");
        assert!(observation.phases.get("dns").is_some(), "{host}");
    }
    let observation = observe_asking(nowhere().with_hosts(hosts), "rebound", 80).await;
    assert_eq!(observation.result.expect_err("a fault").kind, Transport::Blocked.into());
}

#[tokio::test]
async fn an_address_in_any_spelling_is_no_name() {
    let (address, _) = answering(ok("", b"")).await;
    for host in ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1."] {
        let observation = observe_asking(nowhere(), host, address.port()).await;
        assert!(observation.result.is_ok(), "{host}: {observation:?}");
        assert_eq!(observation.phases.get("dns"), None, "{host}");
    }
}

/// A name server that says this of every name.
async fn saying(says: fn() -> Said) -> SocketAddr {
    naming(move |_, _, _| says()).await
}

// Trap 29: the C library goes on to the next name server where one fails.
#[tokio::test]
async fn a_name_server_that_fails_leaves_the_next_its_chance() {
    let (address, _) = answering(ok("", b"")).await;
    let nothing: fn() -> Said = || Said::Nothing;
    let broken: fn() -> Said = || Said::Code(ResponseCode::ServFail);
    let refusing: fn() -> Said = || Said::Code(ResponseCode::Refused);
    let knowing: fn() -> Said = || Said::Addresses(vec![LOOPBACK]);
    let denying: fn() -> Said = || Said::Code(ResponseCode::NXDomain);
    for (servers, fault) in [
        (vec![broken, knowing], None),
        (vec![refusing, knowing], None),
        (vec![knowing, refusing], None),
        (vec![nothing, knowing], None),
        (vec![broken, nothing, refusing, knowing], None),
        (vec![nothing, denying], Some("no such name: name.test")),
        (vec![broken, denying], Some("no such name: name.test")),
        // The word of the first counts: it may be the only one that knows the names of this network.
        (vec![denying, knowing], Some("no such name: name.test")),
        (vec![broken, refusing], Some("the name server says \"Server Failure\" for name.test")),
    ] {
        let mut addresses = Vec::new();
        for says in servers {
            addresses.push(saying(says).await);
        }
        let observation = observe_asking(Resolver::asking_all(&addresses), "name.test", address.port()).await;
        let said = observation.result.as_ref().err().map(|fault| fault.actual.as_str());
        assert_eq!(said, fault, "{observation:?}");
        assert!(observation.latency < Duration::from_secs(3), "{observation:?}");
    }
}

// A name server in the next town answers before the one that knows the names of this network.
#[tokio::test]
async fn that_there_is_no_such_name_counts_once_no_name_server_before_may_know_it() {
    let (address, _) = answering(ok("", b"")).await;
    let servers =
        [saying(|| Said::Late(vec![LOOPBACK])).await, saying(|| Said::Code(ResponseCode::NXDomain)).await];
    let observation = observe_asking(Resolver::asking_all(&servers), "name.test", address.port()).await;
    assert!(observation.result.is_ok(), "{observation:?}");
}

#[tokio::test]
async fn a_name_server_that_is_gone_delays_only_the_first_lookup() {
    let (address, _) = answering(ok("", b"")).await;
    let servers = [saying(|| Said::Nothing).await, saying(|| Said::Addresses(vec![LOOPBACK])).await];
    let mut prober = prober();
    prober.net.resolver = Resolver::asking_all(&servers);
    let mut looked_up = Vec::new();
    for name in ["one", "two"] {
        let observation =
            observe_with(&prober, &monitor(&format!("http://{name}.test:{}/", address.port()))).await;
        assert!(observation.result.is_ok(), "{observation:?}");
        looked_up.extend(observation.phases.get("dns"));
    }
    assert!(looked_up[0] >= Duration::from_millis(190), "the first has its head start: {looked_up:?}");
    assert!(looked_up[1] < Duration::from_millis(190), "{looked_up:?}");
}

#[tokio::test]
async fn a_version_of_ip_that_is_chosen_is_the_only_one_that_is_asked_for_and_used() {
    let (address, _) = answering(ok("", b"")).await;
    let server = naming(|_, family, _| match family {
        RecordType::AAAA => Said::Addresses(vec![SIX]),
        _ => Said::Addresses(vec![LOOPBACK]),
    })
    .await;
    let over = async |version, host: &str| {
        let mut prober = prober();
        prober.net.resolver = Resolver::asking(server).with_hosts("127.0.0.1 four.test\n");
        let monitor = monitor(&format!("http://{host}:{}/", address.port()));
        observe_with(&prober, &Monitor { ip: IpChoice::Only(version), ..monitor }).await.result
    };
    assert!(over(IpVersion::V4, "name.test").await.is_ok());
    let refused = over(IpVersion::V6, "name.test").await.expect_err("nothing listens there");
    assert!(refused.actual.contains(" by [::1]:"), "{refused}");
    assert!(over(IpVersion::V4, "four.test").await.is_ok(), "the hosts file has it");
    for host in ["four.test", "127.0.0.1"] {
        let none = over(IpVersion::V6, host).await.expect_err("it has none");
        assert_eq!(none.actual, format!("a host without an IPv6 address: {host}"));
    }
}
