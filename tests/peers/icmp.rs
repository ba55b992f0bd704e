//! Pings in a network of its own, where a test may set what the machine permits and whether it answers.

use std::process::Command;

use serde_json::Value;

use crate::checked::fault;
use crate::support::Repository;

/// Lets the group of root ping, which is the only one of such a network.
const PERMITTED: &str = "echo 0 0 > /proc/sys/net/ipv4/ping_group_range";

/// Checks the monitor that `fields` make in a new network, after `setup`, and gives the whole report.
fn pinged(fields: &str, setup: &str) -> Value {
    let repository = Repository::new(&[(
        "monitors/peer.yaml",
        &format!("id: peer\ntimeout: 2s\nretry: {{ attempts: 0 }}\n{fields}"),
    )]);
    let program = env!("CARGO_BIN_EXE_monitorctl");
    let script =
        format!("ip link set lo up && {setup} && exec {program} check --dir monitors --format json --all");
    let inside = repository.shell(&script);
    let mut command = Command::new("unshare");
    command.env_clear().envs(inside.get_envs().filter_map(|(name, value)| Some((name, value?))));
    // Root of a user namespace of its own may make a network.
    command.args(["--map-root-user", "--net", "sh", "-c", &script]);
    command.current_dir(inside.get_current_dir().expect("a folder"));
    let output = command.output().expect("unshare of util-linux runs");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_host_that_answers_pings_passes_in_both_families() {
    for (host, count) in [("127.0.0.1", 1), ("[::1]", 5), ("localhost", 5)] {
        let report = pinged(&format!("url: icmp://{host}\ncount: {count}\n"), PERMITTED);
        let monitor = &report["monitors"][0];
        assert_eq!(monitor["verdict"], "pass", "{report:#}");
        assert!(monitor["phases"].to_string().contains("\"ping\""), "{report:#}");
        assert_eq!(report["problems"], serde_json::json!([]), "{report:#}");
    }
}

#[test]
fn a_host_that_does_not_answer_pings_is_a_timeout() {
    let deaf = format!("{PERMITTED} && echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all");
    let report = pinged("url: icmp://127.0.0.1\n", &deaf);
    assert_eq!(fault(&report["monitors"][0]), ("timeout", "no answer after 2s, in the phase ping"));
}

#[test]
fn a_machine_without_a_way_there_says_so() {
    let report = pinged("url: icmp://10.99.0.1\n", PERMITTED);
    assert_eq!(fault(&report["monitors"][0]), ("connect", "network unreachable for pings to 10.99.0.1"));
}

#[test]
fn a_machine_that_does_not_permit_pings_knows_nothing_and_says_what_helps() {
    // A new network permits them to no group.
    let report = pinged("url: icmp://127.0.0.1\n", "cat /proc/sys/net/ipv4/ping_group_range >&2");
    let monitor = &report["monitors"][0];
    assert_eq!(
        (&monitor["verdict"], &monitor["health"]),
        (&"unknown".into(), &"unknown".into()),
        "{report:#}"
    );
    assert_eq!(monitor["faults"][0]["kind"], "prober");
    let problem = "cannot probe peer: this machine does not permit pings, expected the group of monitorctl \
                   within net.ipv4.ping_group_range";
    assert_eq!(report["problems"], serde_json::json!([problem]), "{report:#}");
}
