//! The worst that a path can ask for ends at a bound. Tests count steps; `benches/judge` shows time and memory.

use super::*;
use crate::json::parse::{PATH_LENGTH, PATH_NESTING, PATH_PATTERNS, PATH_SELECTORS};
use crate::value::STEPS;

fn refused(text: &str) -> String {
    JsonPath::parse(text).err().unwrap_or_else(|| panic!("{text:.80} is taken")).message
}

fn nested(depth: usize) -> String {
    format!("$[?{}@.a{}]", "(".repeat(depth), ")".repeat(depth))
}

#[test]
fn a_path_is_as_long_as_its_bound_and_no_longer() {
    let long = |length: usize| format!("$.{}", "a".repeat(length - 2));
    assert!(JsonPath::parse(&long(PATH_LENGTH)).is_ok());
    assert!(refused(&long(PATH_LENGTH + 1)).contains("at most 1000 characters"));
}

// A stack that overflows ends the process, and with it the watch over every other monitor.
#[test]
fn a_path_is_as_deep_as_its_bound_and_no_deeper() {
    assert!(JsonPath::parse(&nested(PATH_NESTING - 1)).is_ok());
    let deeper = [
        nested(PATH_NESTING),
        nested(1_000),
        nested(480),
        format!("$[?{}", "(".repeat(900)),
        format!("$[?{}@{}]", "!(".repeat(300), ")".repeat(300)),
        format!("$[?{}@{} == 1]", "length(".repeat(100), ")".repeat(100)),
        format!("$[?{}@.a{}]", "@[?".repeat(24), "]".repeat(24)),
        format!("$[?{}@.a{}]", "count(@[?".repeat(24), "]) == 1".repeat(24)),
    ];
    for text in deeper {
        let message = refused(&text);
        assert!(message.contains("16 deep") || text.len() > PATH_LENGTH, "{text:.80}: {message}");
    }
}

#[test]
fn a_path_has_as_many_selectors_as_its_bound_and_no_more() {
    let stars = |number: usize| format!("$[{}]", vec!["*"; number].join(","));
    assert!(JsonPath::parse(&stars(PATH_SELECTORS)).is_ok());
    for text in [stars(PATH_SELECTORS + 1), stars(300), format!("$[?{}]", vec!["@.a"; 120].join("||"))] {
        assert!(refused(&text).contains("at most 100 selectors"), "{text:.80}");
    }
}

#[test]
fn a_path_has_as_many_patterns_as_its_bound_and_no_more() {
    let searches = |number: usize| format!("$.a[?{}]", vec!["search(@.a, 'b')"; number].join(" || "));
    assert!(JsonPath::parse(&searches(PATH_PATTERNS)).is_ok());
    assert!(refused(&searches(PATH_PATTERNS + 1)).contains("at most 10 patterns"));
}

/// A list of `number` times `item`.
fn list(item: &str, number: usize) -> String {
    format!("[{}]", vec![item; number].join(","))
}

#[test]
fn whatever_a_path_asks_of_a_body_ends_at_the_bound() {
    let numbers = list("1", 500_000);
    let texts = list(r#""abcdefghijklm""#, 60_000);
    let lists = list("[1,[2]]", 100_000);
    let deep = format!("{}{}", "[".repeat(1 << 19), "]".repeat(1 << 19));
    let long = format!(r#"["{0}","{0}",{1}]"#, "a".repeat(400_000), vec!["1"; 100_000].join(","));
    let escaped = format!(r#"{{"b":"{}","l":{}}}"#, r"\u0061".repeat(80_000), list(r#""a""#, 100_000));
    let named = format!("{{{}}}", (0..60_000).map(|i| format!(r#""k{i}":1"#)).collect::<Vec<_>>().join(","));
    let same = format!(
        "{{{}}}",
        (0..2_000)
            .map(|i| format!(r#""k{i}":[],{}"#, [r#""a":1"#; 70].join(",")))
            .collect::<Vec<_>>()
            .join(",")
    );
    let maps = {
        let members = |from: usize| -> String {
            (0..4_000).map(|i| format!(r#""k{}":0"#, (i * 7 + from) % 4_000)).collect::<Vec<_>>().join(",")
        };
        format!("[{{{}}},{{{}}}]", members(0), members(1))
    };
    let patterns: Vec<_> = (0..50_000).map(|i| format!(r#""{i}[a-z]{{9}}""#)).collect();
    let patterns = format!("[{}]", patterns.join(","));
    for (text, body) in [
        ("$[?$[?@==2]]", &numbers),
        ("$[?count($..*) > 1]", &numbers),
        ("$[?@ == $[-1]]", &numbers),
        ("$..[?$..[?@ == 3]]", &lists),
        ("$..*..*..*", &lists),
        ("$..*..*..*", &deep),
        ("$..[*,*,*,*,*,*,*,*,*,*]..[*,*,*,*,*,*,*,*,*,*]", &lists),
        ("$[?$[0] == $[1]]", &long),
        ("$[?length($[0]) == 3]", &long),
        ("$[?search($[0], 'a*b')]", &long),
        ("$.l[?@ == $.b]", &escaped),
        ("$.l[?length($.b) == 1]", &escaped),
        ("$[?$.b || $.b || $.b || $.b]", &named),
        ("$[?count($.*) == 1]", &same),
        ("$[?$[0] == $[1]]", &maps),
        ("$[?search('x', @)]", &patterns),
    ] {
        let (document, mut budget) = (read(body), Budget::default());
        let ended = select(&path(text), &document, &mut budget).map(|found| found.len());
        assert_eq!(ended, Err(Unjudged::TooManySteps), "{text} on {body:.40}");
        assert_eq!(budget.spent(), STEPS, "{text}");
    }
    // Compiled once, these are cheap.
    for text in [r"$[?search(@, '(a|b|c|d|e)[a-z]{0,200}x')]", r"$[?match(@, '\\p{L}{1,20}')]"] {
        let (document, mut budget) = (read(&texts), Budget::default());
        assert!(select(&path(text), &document, &mut budget).is_ok(), "{text}");
        assert!(budget.spent() < STEPS / 4, "{text}: {}", budget.spent());
    }
    let endless = path(r"$[?match(@, '\\p{L}{1,80}')]");
    let ended = select(&endless, &read(&texts), &mut Budget::default());
    assert!(matches!(ended, Err(Unjudged::Pattern(_))), "too large to be compiled");
}

#[test]
fn an_ordinary_path_on_a_body_of_1_mib_takes_a_fraction_of_the_bound() {
    let service = r#"{"name":"checkout-api","state":"up","lag":12,"region":"eu-west-1","tags":["a","b"]}"#;
    let body = format!(r#"{{"services":{},"status":"up"}}"#, list(service, (1 << 20) / 90));
    for text in [
        "$.status",
        "$.services[*].state",
        "$.services[-1].name",
        "$..state",
        "$.services[?@.state != 'up']",
        "$.services[?@.lag > 100 && search(@.name, '^check')].name",
        r"$.services[?match(@.name, '[a-z]+-api')]",
    ] {
        let (nodes, steps) = found(text, &body);
        assert!(nodes.is_ok() && steps < STEPS / 5, "{text}: {steps}");
    }
    let (_, steps) = found("$.data.status", r#"{"data": {"status": "up", "n": 5}, "b": [1, 2, 3]}"#);
    assert!(steps < 20, "{steps}");
}
