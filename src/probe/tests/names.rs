//! Names, and name servers that lie, hesitate or fail.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use hickory_resolver::proto::op::ResponseCode;

use super::server::{Zone, answering, name_server, ok, redirecting};
use super::{monitor, observe_with, prober};
use crate::monitor::{Monitor, Retry};
use crate::net::{AddressPolicy, Resolver};
use crate::observation::{Observation, Transport};
use crate::probe::Prober;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const METADATA: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254));
/// Of the documentation range, so out of reach.
const NOWHERE: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));

async fn prober_asking(zone: Zone) -> Prober {
    let mut prober = prober();
    prober.net.resolver = Resolver::asking(name_server(zone).await);
    prober
}

async fn observe(zone: Zone, url: &str) -> Observation {
    observe_with(&prober_asking(zone).await, &monitor(url)).await
}

#[tokio::test]
async fn a_name_is_looked_up_and_the_time_of_it_kept() {
    let (address, log) = answering(ok("", b"")).await;
    let url = format!("http://Name.Test:{}/", address.port());
    let observation = observe(|_, _| Ok(vec![LOOPBACK]), &url).await;
    assert!(observation.result.is_ok(), "{observation:?}");
    assert!(observation.phases.get("dns").is_some());
    let host = format!("host: name.test:{}\r\n", address.port());
    assert!(log.lock().expect("the log")[0].contains(&host));
}

// Trap 18
#[tokio::test]
async fn a_name_that_answers_with_metadata_is_blocked() {
    for zone in [|_: &str, _| Ok(vec![METADATA]), |_: &str, _| Ok(vec![METADATA, NOWHERE])] as [Zone; 2] {
        let observation = observe(zone, "http://rebound.test/").await;
        let fault = observation.result.expect_err("a fault");
        assert_eq!(fault.kind, Transport::Blocked.into());
        assert_eq!(
            (observation.phases.get("dns").is_some(), observation.phases.get("connect")),
            (true, None)
        );
    }
}

// Trap 18
#[tokio::test]
async fn a_redirect_to_a_name_that_answers_with_metadata_is_blocked() {
    let zone: Zone = |name, _| Ok(vec![if name == "good.test" { LOOPBACK } else { METADATA }]);
    let (address, log) = redirecting("http://evil.test/").await;
    let observation = observe(zone, &format!("http://good.test:{}/", address.port())).await;
    assert_eq!(observation.result.expect_err("a fault").kind, Transport::Blocked.into());
    assert_eq!(log.lock().expect("the log").len(), 1);
}

#[tokio::test]
async fn of_mixed_answers_only_those_in_reach_are_connected_to() {
    let (address, _) = answering(ok("", b"")).await;
    let url = format!("http://mixed.test:{}/", address.port());
    let observation = observe(|_, _| Ok(vec![NOWHERE, METADATA, LOOPBACK]), &url).await;
    assert!(observation.result.is_ok(), "{observation:?}");
}

#[tokio::test]
async fn an_address_that_does_not_answer_leaves_the_next_its_chance() {
    let (address, _) = answering(ok("", b"")).await;
    let url = format!("http://two.test:{}/", address.port());
    let zone: Zone = |_, _| Ok(vec![IpAddr::V4(Ipv4Addr::new(127, 9, 9, 9)), LOOPBACK]);
    assert!(observe(zone, &url).await.result.is_ok());
}

#[tokio::test]
async fn names_without_an_address_say_why() {
    for (zone, text) in [
        ((|_, _| Err(ResponseCode::NXDomain)) as Zone, "no such name: lost.test, expected an address"),
        (|_, _| Ok(vec![]), "a name without an address: lost.test, expected an address"),
        (
            |_, _| Err(ResponseCode::ServFail),
            "the name server says \"Server Failure\" for lost.test, expected an address",
        ),
    ] {
        let fault = observe(zone, "http://lost.test/").await.result.expect_err("a fault");
        assert_eq!((fault.kind, fault.to_string().as_str()), (Transport::Dns.into(), text));
    }
}

#[tokio::test]
async fn a_name_that_was_not_found_is_asked_for_again() {
    let (address, _) = answering(ok("", b"")).await;
    let zone: Zone = |_, nth| if nth == 0 { Err(ResponseCode::NXDomain) } else { Ok(vec![LOOPBACK]) };
    let retry = Retry { attempts: 1, wait: Duration::ZERO, ..Retry::default() };
    let twice = Monitor { retry, ..monitor(&format!("http://late.test:{}/", address.port())) };
    let observation = observe_with(&prober_asking(zone).await, &twice).await;
    assert_eq!((observation.attempts, observation.result.is_ok()), (2, true));
}

// Trap 18
#[tokio::test]
async fn loopback_is_out_of_reach_where_it_is_not_allowed() {
    let (address, log) = answering(ok("", b"")).await;
    let mut prober = prober_asking(|_, _| Ok(vec![LOOPBACK])).await;
    prober.net.policy = AddressPolicy::default();
    for host in ["127.0.0.1", "name.test", "[::1]", "[::ffff:127.0.0.1]"] {
        let url = format!("http://{host}:{}/", address.port());
        let fault = observe_with(&prober, &monitor(&url)).await.result.expect_err("a fault");
        assert_eq!(fault.kind, Transport::Blocked.into(), "{url}");
    }
    assert!(log.lock().expect("the log").is_empty());
}

#[tokio::test]
async fn many_names_are_looked_up_at_once() {
    let (address, _) = answering(ok("", b"")).await;
    let prober = prober_asking(|_, _| Ok(vec![LOOPBACK])).await;
    let monitors: Vec<_> =
        (0..300).map(|n| monitor(&format!("http://n{n}.test:{}/", address.port()))).collect();
    let lookups = monitors.iter().map(|monitor| observe_with(&prober, monitor));
    for observation in futures_util::future::join_all(lookups).await {
        assert!(observation.result.is_ok(), "{observation:?}");
    }
}

// P10: it would have the password of the proxy sent to another server.
#[tokio::test]
async fn the_name_server_of_a_monitor_does_not_say_where_the_proxy_of_the_machine_is() {
    let (proxy, log) = answering(ok("", b"")).await;
    let own = name_server(|_, _| Err(ResponseCode::NXDomain)).await;
    let named = name_server(|_, _| Ok(vec![LOOPBACK])).await;
    let url = format!("http://proxy.test:{}", proxy.port());
    let permits = crate::monitor::Permits::parse(None, None, Some(&url), None).expect("a proxy");
    let mut prober = prober().permitting(permits);
    prober.net.resolver = Resolver::asking(own);
    let mut asked = Monitor { resolver: Some(named), ..monitor("http://inside.test/") };
    asked.request().proxy = Some(super::template(&url));
    assert!(observe_with(&prober, &asked).await.result.is_err());
    assert!(log.lock().expect("the log").is_empty());
    // It does lead there, where the machine says so.
    prober.net.resolver = Resolver::asking(named);
    assert!(observe_with(&prober, &asked).await.result.is_ok());
}

#[tokio::test]
async fn the_name_server_of_a_monitor_is_asked_instead_of_those_of_the_machine() {
    let (address, _) = answering(ok("", b"")).await;
    let own = name_server(|_, _| Err(ResponseCode::NXDomain)).await;
    let named = name_server(|_, _| Ok(vec![LOOPBACK])).await;
    let mut prober = prober();
    prober.net.resolver = Resolver::asking(own).with_hosts("192.0.2.1 inside.test");
    let url = format!("http://inside.test:{}/", address.port());
    let monitor = Monitor { resolver: Some(named), ..monitor(&url) };
    assert!(observe_with(&prober, &monitor).await.result.is_ok());
    // Its own name server is no way around the rules for addresses.
    prober.net.policy = AddressPolicy::default();
    for resolver in [named, "169.254.169.254:53".parse().expect("an address")] {
        let monitor = Monitor { resolver: Some(resolver), ..monitor.clone() };
        let fault = observe_with(&prober, &monitor).await.result.expect_err("a fault");
        assert_eq!(fault.kind, Transport::Blocked.into(), "{resolver}");
    }
}
