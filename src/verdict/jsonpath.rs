//! What an RFC 9535 path finds in a JSON document. Pure.

use serde_json::Value;
use serde_json_path::JsonPath;

/// The nodes that `path` finds in `document`; `None` if it is not a path.
pub fn select<'a>(path: &str, document: &'a Value) -> Option<Vec<&'a Value>> {
    JsonPath::parse(path).ok().map(|query| query.query(document).all())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The suite that the authors of the standard keep: see the README beside it.
    #[test]
    fn paths_mean_what_the_compliance_test_suite_of_rfc_9535_says() {
        let suite: Value =
            serde_json::from_str(include_str!("../../tests/data/jsonpath/cts.json")).expect("JSON");
        let cases = suite["tests"].as_array().expect("a list");
        assert!(cases.len() > 600, "{} cases", cases.len());
        let mut wrong = Vec::new();
        for case in cases {
            let (name, path) = (&case["name"], case["selector"].as_str().expect("a path"));
            let found = select(path, &case["document"]);
            let is_right = match (&found, case["invalid_selector"].as_bool()) {
                (found, Some(true)) => found.is_none(),
                (None, Some(false) | None) => false,
                (Some(found), Some(false) | None) => {
                    let is_found = |result: &Value| {
                        result.as_array().is_some_and(|result| found.iter().copied().eq(result))
                    };
                    match case["results"].as_array() {
                        // The order of an object's members is open: several results are right.
                        Some(results) => results.iter().any(is_found),
                        None => is_found(&case["result"]),
                    }
                }
            };
            if !is_right {
                wrong.push(format!("{name}: {path} finds {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    }
}
