//! The rules and the dashboard of `infra/prometheus` name metrics that a run writes, and no others.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use super::*;

const RULES: &str = include_str!("../../../../infra/prometheus/alerts.yml");
const DASHBOARD: &str = include_str!("../../../../infra/prometheus/dashboard.json");

/// The metrics of a query: the words that are no function, no operator, no label and no text.
fn metrics(query: &str) -> BTreeSet<String> {
    let strip = |text: String, pattern: &str| {
        Regex::new(pattern).expect("a pattern").replace_all(&text, " ").into_owned()
    };
    let bare = [r#""[^"]*""#, r"\{[^}]*\}", r"\[[^\]]*\]", r"\b(by|on|group_left)\s*\([^)]*\)"]
        .iter()
        .fold(query.to_owned(), |text, pattern| strip(text, pattern));
    let words = Regex::new(r"([a-z_:][a-z0-9_:]*)\s*(\()?").expect("a pattern");
    let found = words.captures_iter(&bare).filter(|word| word.get(2).is_none());
    let found = found.map(|word| word[1].to_owned());
    found.filter(|word| !["and", "or", "unless"].contains(&word.as_str())).collect()
}

/// The value of each `key:` of the rules, also one of several lines.
fn values(key: &str) -> Vec<String> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let lines: Vec<_> = RULES.lines().collect();
    let starts = lines.iter().enumerate().filter_map(|(number, line)| {
        let value = line.trim_start().trim_start_matches("- ").strip_prefix(key)?.strip_prefix(": ")?;
        Some((number, value))
    });
    let whole = starts.map(|(number, value)| match value {
        "|" => {
            let inside = lines[number + 1..].iter().take_while(|line| indent(line) > indent(lines[number]));
            inside.copied().collect::<Vec<_>>().join("\n")
        }
        value => value.to_owned(),
    });
    whole.collect()
}

/// Every value of this key, however deep.
fn texts(value: &Value, key: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get(key).and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| texts(value, key, found));
        }
        Value::Array(array) => array.iter().for_each(|value| texts(value, key, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn declared() -> BTreeSet<String> {
    FAMILIES.iter().map(|(name, _)| (*name).to_owned()).collect()
}

#[test]
fn the_metrics_of_a_query_are_found() {
    let query =
        r#"max by (shard, x) (a_b{c="d"} and on (e) rate(f[5m]) or time() - g:h) > 360 unless i offset 1"#;
    let found = metrics(query);
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), ["a_b", "f", "g:h", "i", "offset"]);
}

#[test]
fn the_alert_rules_name_metrics_that_a_run_writes() {
    let queries = values("expr");
    assert_eq!(queries.len(), values("alert").len() + values("record").len(), "{queries:#?}");
    let recorded = values("record");
    let named: BTreeSet<_> = queries.iter().flat_map(|query| metrics(query)).collect();
    for metric in [RUN_AT, BLIND, PENDING, HEALTH] {
        assert!(named.contains(metric), "{metric}: {named:?}");
    }
    let known: BTreeSet<_> = declared().into_iter().chain(recorded).collect();
    assert!(named.is_subset(&known), "{:?}", named.difference(&known));
}

#[test]
fn the_dashboard_names_metrics_that_a_run_writes() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).expect("JSON");
    let mut queries = Vec::new();
    texts(&dashboard["panels"], "expr", &mut queries);
    let mut variables = Vec::new();
    texts(&dashboard["templating"], "definition", &mut variables);
    assert_eq!((queries.len(), variables.len()), (13, 2));
    // `label_values(METRIC, LABEL)`
    queries.extend(variables.iter().filter_map(|text| {
        let (metric, _) = text.strip_prefix("label_values(")?.rsplit_once(',')?;
        Some(metric.to_owned())
    }));
    assert_eq!(queries.len(), 15);
    let named: BTreeSet<_> = queries.iter().flat_map(|query| metrics(query)).collect();
    let known = declared();
    assert!(named.len() > 6 && named.is_subset(&known), "{:?}", named.difference(&known));
}
