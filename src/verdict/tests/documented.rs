//! What the pages show of JSON assertions does what they say: each is met by one body and missed by another.

use super::judge::answer;
use super::semantics::monitor;
use crate::observation::Observation;
use crate::verdict::{Verdict, judge};

const PAGES: [&str; 3] = [
    include_str!("../../../docs/monitors.md"),
    include_str!("../../../docs/semantics.md"),
    include_str!("../../../README.md"),
];

/// An assertion as a page shows it, a body that meets it and one that does not.
const SHOWN: &[(&str, &str, &str)] = &[
    ("{ path: $.status, equals: up }", r#"{"status": "up"}"#, r#"{"status": "down"}"#),
    (
        "{ path: $.queue.length, less_than: 1000 }",
        r#"{"queue": {"length": 3}}"#,
        r#"{"queue": {"length": 1000}}"#,
    ),
    (
        r#"{ path: "$.services[*].state", matches: '^(up|starting)$' }"#,
        r#"{"services": [{"state": "up"}, {"state": "starting"}]}"#,
        r#"{"services": [{"state": "up"}, {"state": "gone"}]}"#,
    ),
    (r#"{ path: "$.errors[0]", exists: false }"#, r#"{"errors": []}"#, r#"{"errors": ["disk"]}"#),
    ("{ path: $.queue.depth, less_than: 100 }", r#"{"queue": {"depth": 3}}"#, r#"{"queue": {"depth": 100}}"#),
    ("{ path: $.users, length: 3 }", r#"{"users": [1, 2, 3]}"#, r#"{"users": [1, 2]}"#),
    (
        "{ path: $.replicas.ready, equals_path: $.replicas.wanted }",
        r#"{"replicas": {"ready": 3, "wanted": 3}}"#,
        r#"{"replicas": {"ready": 2, "wanted": 3}}"#,
    ),
    (
        r#"{ path: "$.nodes[?@.role == 'primary'].state", equals: up }"#,
        r#"{"nodes": [{"role": "primary", "state": "up"}, {"role": "replica"}]}"#,
        r#"{"nodes": [{"role": "replica", "state": "up"}]}"#,
    ),
    (
        r#"{ path: "$.nodes[?@.state == 'failed']", exists: false }"#,
        r#"{"nodes": [{"state": "up"}]}"#,
        r#"{"nodes": [{"state": "up"}, {"state": "failed"}]}"#,
    ),
    (
        r#"{ path: "$.nodes[?@.lag > @.limit]", exists: false }"#,
        r#"{"nodes": [{"lag": 1, "limit": 2}]}"#,
        r#"{"nodes": [{"lag": 3, "limit": 2}]}"#,
    ),
];

/// Every JSON assertion of the pages but those that show what is wrong.
fn shown() -> Vec<&'static str> {
    let lines = PAGES.iter().flat_map(|page| page.lines());
    let items = lines.filter_map(|line| {
        let item = line.trim().strip_prefix("- ").filter(|item| item.starts_with("{ path:"))?;
        let end = item.find(" }")? + " }".len();
        let (item, rest) = item.split_at(end);
        (!rest.contains("# error[")).then_some(item)
    });
    items.collect()
}

// Trap 27: an assertion that can never fail, shown as the way to do it.
#[test]
fn every_json_assertion_of_the_pages_is_met_by_one_body_and_missed_by_another() {
    let mut shown = shown();
    shown.sort_unstable();
    shown.dedup();
    let mut listed: Vec<_> = SHOWN.iter().map(|(assertion, _, _)| *assertion).collect();
    listed.sort_unstable();
    assert_eq!(listed, shown);
    for (assertion, meets, misses) in SHOWN {
        let monitor = monitor(&format!("{{json: [{assertion}]}}"));
        for (body, expected) in
            [(*meets, Verdict::Pass), (*misses, Verdict::Fail), ("{}", verdict_of_nothing(assertion))]
        {
            let observation: Observation = super::judge::observed(Ok(answer(200, &[], body)), 1);
            let judgement = judge(&monitor, &observation, &str::to_owned);
            assert_eq!(judgement.verdict, expected, "{assertion} on {body}: {}", judgement.why());
        }
    }
}

/// Of all, only absence is met by an empty body.
fn verdict_of_nothing(assertion: &str) -> Verdict {
    if assertion.contains("exists: false") { Verdict::Pass } else { Verdict::Fail }
}
