//! The language of selectors, held against a few monitors.

use std::time::{Duration, Instant};

use super::*;

fn monitors() -> Vec<Traits<'static>> {
    let monitor = |id, group, team, tags: &[&'static str]| Traits { id, group, team, tags: tags.to_vec() };
    vec![
        monitor("payments-api", "web/eu", Some("pay"), &["checkout", "eu"]),
        monitor("payments-db", "web", Some("pay"), &["eu"]),
        monitor("search", "", None, &[]),
        monitor("search-eu", "web", Some("search"), &["eu"]),
        monitor("search-us", "web", Some("search"), &["us"]),
    ]
}

fn taken(selector: &Selector) -> Vec<&'static str> {
    monitors().iter().filter(|monitor| selector.takes(monitor)).map(|monitor| monitor.id).collect()
}

fn check(arguments: &[&str], expected: &[&str]) {
    let typed: Vec<_> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
    let selector = Selector::of(&typed).expect("a selector").expect("an argument");
    assert_eq!(taken(&selector), expected, "{arguments:?}");
    // Written down and read again it means the same.
    let text = selector.to_string();
    assert_eq!(taken(&Selector::parse(&text).expect("a selector")), expected, "{text}");
}

#[test]
fn values_of_one_kind_are_alternatives() {
    check(&["search"], &["search"]);
    check(&["search,payments-db"], &["payments-db", "search"]);
    check(&["payments-*"], &["payments-api", "payments-db"]);
    check(&["payments-?b"], &["payments-db"]);
    check(&["tag:us,tag:checkout"], &["payments-api", "search-us"]);
    check(&["group:web"], &["payments-api", "payments-db", "search-eu", "search-us"]);
    check(&["group:web/eu/"], &["payments-api"]);
    check(&["group:we"], &[]);
    check(&["payments.api"], &[]);
    check(&["team:pay , team:search"], &["payments-api", "payments-db", "search-eu", "search-us"]);
}

// Trap 36: a comma that means "or" silences everything.
#[test]
fn different_kinds_narrow() {
    check(&["team:search,tag:eu"], &["search-eu"]);
    check(&["team:search,team:pay,tag:eu"], &["payments-api", "payments-db", "search-eu"]);
    check(&["payments-*,tag:checkout"], &["payments-api"]);
    check(&["team:pay,search"], &[]);
    check(&["group:web,team:search,tag:us,*-us"], &["search-us"]);
}

#[test]
fn several_arguments_add_up() {
    check(&["team:pay", "search"], &["payments-api", "payments-db", "search"]);
    check(&["team:search,tag:eu", "team:pay,tag:checkout"], &["payments-api", "search-eu"]);
}

#[test]
fn what_is_turned_round_is_taken_away() {
    check(&["tag:eu,!tag:checkout"], &["payments-db", "search-eu"]);
    check(&["!team:pay"], &["search", "search-eu", "search-us"]);
    check(&["!team:pay,!tag:us"], &["search", "search-eu"]);
    // From its own argument, or by itself from all.
    check(&["team:search,!tag:us", "search-us"], &["search-eu", "search-us"]);
    check(&["team:search", "payments-*", "!tag:eu"], &["search-us"]);
    check(&["!team:pay", "!search"], &["search-eu", "search-us"]);
}

#[test]
fn what_matches_nothing_is_named() {
    for (text, expected) in [
        ("search,payments-db,!payments-*", None),
        ("shopp", Some("no monitor shopp")),
        ("tag:us,tag:ap", Some("no monitor matches tag:ap")),
        ("x-*", Some("no monitor matches x-*")),
        ("search,!tag:ap", Some("no monitor matches !tag:ap")),
        ("team:pay,tag:us", Some("no monitor matches all of team:pay,tag:us")),
        ("team:pay|!tag:eu", Some("team:pay|!tag:eu excludes every selected monitor")),
    ] {
        let idle = Selector::parse(text).expect("a selector").idle(&monitors());
        assert_eq!(idle.map(|idle| idle.to_string()).as_deref(), expected, "{text}");
    }
}

#[test]
fn what_is_no_selector_is_refused() {
    for text in ["", "a,,b", "tag:", "!", "a||b"] {
        assert_eq!(Selector::parse(text).err(), Some(SelectorError::Empty), "{text}");
    }
    assert_eq!(Selector::parse("tags:x").err(), Some(SelectorError::UnknownField("tags:x".to_owned())));
    assert_eq!(Selector::of(&[]).expect("nothing is wrong with it").map(|all| all.to_string()), None);
}

#[test]
fn a_selector_has_a_bound_and_the_worst_below_it_is_quick() {
    let most = "a".repeat(LENGTH);
    assert!(Selector::parse(&most).is_ok());
    assert_eq!(Selector::parse(&format!("{most}a")).err(), Some(SelectorError::TooLong(LENGTH + 1)));
    let many = vec!["a"; TERMS].join(",");
    assert!(Selector::parse(&many).is_ok());
    assert_eq!(Selector::parse(&format!("{many}|a")).err(), Some(SelectorError::TooManyTerms(TERMS + 1)));
    let id = "a".repeat(64);
    let monitor = Traits { id: &id, group: "", team: None, tags: Vec::new() };
    for worst in
        ["*a".repeat(499) + "b", "*?".repeat(500), "*".repeat(1_000) + "", vec!["*a*a*b"; TERMS].join(",")]
    {
        let worst = worst.get(..LENGTH.min(worst.len())).expect("ASCII").trim_end_matches(',').to_owned();
        let begun = Instant::now();
        let selector = Selector::parse(&worst).expect("a selector");
        for _ in 0..100 {
            selector.takes(&monitor);
        }
        // A backtracker would be at it for years.
        assert!(begun.elapsed() < Duration::from_secs(5), "{worst}: {:?}", begun.elapsed());
    }
}
