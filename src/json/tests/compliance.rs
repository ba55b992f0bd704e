//! The suite that the authors of the standard keep: see the README beside it.

use serde_json::Value as Json;

use super::*;
use crate::json::equals;
use crate::value::Pattern;

#[test]
fn paths_mean_what_the_compliance_test_suite_of_rfc_9535_says() {
    let suite: Json =
        serde_json::from_str(include_str!("../../../tests/data/jsonpath/cts.json")).expect("JSON");
    let cases = suite["tests"].as_array().expect("a list");
    assert!(cases.len() > 600, "{} cases", cases.len());
    let wrong: Vec<String> = cases.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// What is wrong about one case.
fn wrong(case: &Json) -> Option<String> {
    let (name, text) = (&case["name"], case["selector"].as_str().expect("a path"));
    let path = match (JsonPath::parse(text), case["invalid_selector"].as_bool()) {
        (Err(_), Some(true)) => return None,
        (Ok(_), Some(true)) => return Some(format!("{name}: {text} is taken")),
        (Err(error), _) => return Some(format!("{name}: {text} is refused: {error}")),
        (Ok(path), _) => path,
    };
    let body = case["document"].to_string();
    let document = read(&body);
    let mut budget = Budget::default();
    let found = match select(&path, &document, &mut budget) {
        Ok(found) => found,
        Err(why) => return Some(format!("{name}: {text} {why}")),
    };
    if budget.spent() > 10_000 + 1_000 * body.len() {
        return Some(format!("{name}: {text} takes {} steps on {body}", budget.spent()));
    }
    let is_found = |result: &Json| {
        let result = result.as_array().expect("a list");
        let is_equal =
            |(node, value): (&NodeId, &Json)| equals(&document, *node, value, &mut Budget::default());
        found.len() == result.len() && found.iter().zip(result).all(|pair| is_equal(pair) == Ok(true))
    };
    let is_right = match case["results"].as_array() {
        // The order of an object's members is open: several results are right.
        Some(results) => results.iter().any(is_found),
        None => is_found(&case["result"]),
    };
    let raw: Vec<_> = found.iter().map(|node| document.raw(*node)).collect();
    (!is_right).then(|| format!("{name}: {text} finds {raw:?}"))
}

#[test]
fn a_fault_in_a_path_has_its_place() {
    for (text, error) in [
        ("", "expected `$` at character 1"),
        ("a", "expected `$` at character 1"),
        ("$a", "expected `.`, `[` or the end at character 2"),
        ("$.ä.", "expected a name or `*` at character 5"),
        ("$['a", "unclosed quote at character 3"),
        ("$[01]", "expected a whole number without leading zeros, below 2^53 at character 3"),
        ("$[?@.a = 1]", "expected `]` at character 8"),
        ("$[?@.a == b]", "a string needs quotes at character 11"),
        ("$[?@.* == 1]", "only a path to a single value can be compared at character 4"),
        ("$[?len(@.a) == 1]", "the functions are length, count, value, match and search at character 4"),
        ("$[?1]", "a value is not a condition; compare it with something at character 4"),
    ] {
        assert_eq!(JsonPath::parse(text).expect_err(text).to_string(), error, "{text}");
    }
}

#[test]
fn patterns_of_a_path_are_those_of_the_standard() {
    let texts = |text: &str| -> Vec<String> {
        path(text).patterns().iter().map(|pattern| pattern.as_str().to_owned()).collect()
    };
    assert_eq!(texts("$[?match(@.a, 'a.b') && search(@.b, '[.]\\\\.')]"), [r"\A(?:a[^\n\r]b)\z", r"[.]\."]);
    assert!(Pattern::parse(&texts("$[?search(@, '(')]")[0]).is_err());
}
