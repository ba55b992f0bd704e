//! What only warns, and what is said once.

use serde_json::json;

use super::judge::{answer, check, header, with};
use crate::assert::{Assertion, Comparison, Consequence};
use crate::kinds::http;
use crate::verdict::Verdict;

#[test]
fn what_only_warns_makes_it_degraded_and_never_better_than_it_is() {
    let warn = |assertion: Assertion| Assertion { consequence: Consequence::Degraded, ..assertion };
    let slow = warn(header("x-cache", vec![Comparison::Equals(json!("HIT"))]));
    let expect = || {
        with(vec![
            warn(Assertion::new(http::BODY, "", vec![Comparison::Contains("ok".into())])),
            slow.clone(),
        ])
    };
    for (status, cache, body, verdict, faults) in [
        (200, "HIT", "ok", Verdict::Pass, &[][..]),
        (200, "MISS", "ok", Verdict::Degraded, &[r#"x-cache is "MISS", expected "HIT""#]),
        (
            503,
            "HIT",
            "no",
            Verdict::Fail,
            &["HTTP 503, expected 2xx", r#"body is "no", expected to contain "ok""#],
        ),
    ] {
        let seen = check(expect(), Ok(answer(status, &[("x-cache", cache)], body)));
        assert_eq!(seen, (verdict, faults.iter().map(ToString::to_string).collect()), "{status} {cache}");
    }
}

#[test]
fn a_body_that_is_not_json_is_one_fault_however_many_paths_are_looked_for() {
    let paths = ["$.a", "$.b"].map(|path| Assertion::new(http::JSON, path, vec![Comparison::Exists(true)]));
    assert_eq!(
        check(with(paths.into()), Ok(answer(200, &[], ""))).1,
        ["an empty body, expected a JSON body"]
    );
}
