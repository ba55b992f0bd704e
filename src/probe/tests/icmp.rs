//! Pings to this machine, as far as it permits them. `tests/peers` sets what it permits, in a network of its own.

use std::fs;
use std::time::Duration;

use super::observe;
use crate::kinds::icmp::{PingRule, Pings};
use crate::kinds::{Ask, Evidence};
use crate::monitor::{Expectations, Monitor};
use crate::observation::{FaultKind, Observation, Transport};
use crate::verdict::{Verdict, judge};

fn pinging(url: &str, count: u8) -> Monitor {
    let ask = Ask::Icmp(PingRule { count, degraded: None, down: 100 });
    Monitor { ask, expect: Expectations::of(Vec::new()), ..super::monitor(url) }
}

fn pings(observation: &Observation) -> &Pings {
    match observation.result.as_ref().expect("replies") {
        Evidence::Icmp(pings) => pings,
        other => panic!("{other:?}"),
    }
}

/// Whether the kernel lets the group of this process send pings.
fn is_permitted() -> bool {
    let Ok(range) = fs::read_to_string("/proc/sys/net/ipv4/ping_group_range") else { return true };
    let bounds: Vec<u32> = range.split_whitespace().filter_map(|bound| bound.parse().ok()).collect();
    let status = fs::read_to_string("/proc/self/status").expect("the status of this process");
    let ids = |line: &str| {
        let found = status.lines().find_map(|own| own.strip_prefix(line));
        found.unwrap_or_default().split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>()
    };
    let groups = [ids("Gid:"), ids("Groups:")].concat();
    groups.iter().any(|group| bounds.first() <= Some(group) && Some(group) <= bounds.last())
}

#[tokio::test]
async fn this_machine_answers_its_own_pings_or_says_that_it_does_not_permit_them() {
    for url in ["icmp://127.0.0.1", "icmp://localhost"] {
        let monitor = pinging(url, 2);
        let observation = observe(&monitor).await;
        let judgement = judge(&monitor, &observation, &str::to_owned);
        if is_permitted() {
            let pings = pings(&observation);
            assert_eq!((pings.sent, pings.replies.len()), (2, 2), "{url}");
            assert_eq!((judgement.verdict, judgement.latency), (Verdict::Pass, Some(pings.latency())));
            assert!(observation.phases.get("ping").is_some());
        } else {
            let fault = observation.result.expect_err("it is not permitted");
            assert_eq!(fault.kind, FaultKind::Prober);
            assert_eq!(
                fault.to_string(),
                "this machine does not permit pings, expected the group of monitorctl within \
                 net.ipv4.ping_group_range"
            );
            assert_eq!(judgement.verdict, Verdict::Unknown, "nothing is known of the host");
        }
    }
}

// Trap 18
#[tokio::test]
async fn a_host_out_of_reach_is_not_pinged() {
    let observation = observe(&pinging("icmp://169.254.169.254", 1)).await;
    assert_eq!(observation.result.expect_err("a fault").kind, Transport::Blocked.into());
}

#[tokio::test]
async fn a_name_that_leads_nowhere_is_a_fault_of_its_name() {
    let mut prober = super::prober();
    let nothing = super::server::name_server(|_, _| Err(hickory_resolver::proto::op::ResponseCode::NXDomain));
    prober.net.resolver = crate::net::Resolver::asking(nothing.await);
    let monitor = Monitor { timeout: Duration::from_secs(2), ..pinging("icmp://gone.example", 1) };
    let observation = super::observe_with(&prober, &monitor).await;
    assert!(observation.phases.get("dns").is_some());
    assert_eq!(observation.result.expect_err("a fault").kind, Transport::Dns.into());
}
