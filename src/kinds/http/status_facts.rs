//! What the expected status says about the rest of an answer: an interim answer is never the last one, 204 and 304 have
//! no body, and a redirect is followed. Pure.

use super::answer::{Answer, AnswerReader};
use crate::assert::{Actual, Assertion, CodeClass, Consequence, Measured, holds};
use crate::value::Budget;
use crate::written::{Code, Path, Violation};

/// Complains of rules that cannot hold, or cannot fail, with the status that is expected. `redirects` is how many are
/// followed.
pub fn check(assertions: &[Assertion], redirects: u8, violations: &mut Vec<Violation>) {
    let classes: Vec<CodeClass> =
        down(assertions).flat_map(Assertion::codes).flat_map(|set| &set.0).copied().collect();
    let all = |is: &dyn Fn(CodeClass) -> bool| !classes.is_empty() && classes.iter().all(|class| is(*class));
    if all(&is_interim) {
        violations.push(
            Violation::never_passes("expect.status", "a 1xx is never the final answer")
                .help("write the status of the final answer, such as `status: 200`"),
        );
    } else if all(&|class| is_interim(class) || is_without_body(class)) {
        without_body(assertions, violations);
    }
    if redirects > 0 && all(&is_redirect) {
        violations.push(
            Violation::new(
                Code::FollowedRedirect,
                "expect.status",
                "a redirect is followed before its status counts",
            )
            .label("not the last answer")
            .help("write `redirects: 0`, or expect the status of the final page"),
        );
    }
}

/// An endpoint that answers that it is broken would be UP.
pub fn server_error(assertions: &[Assertion], violations: &mut Vec<Violation>) {
    let is_error = |class: &CodeClass| match class {
        CodeClass::Code(code) => *code >= 500,
        CodeClass::Hundred(hundred) => *hundred >= 5,
    };
    if down(assertions).flat_map(Assertion::codes).flat_map(|set| &set.0).any(is_error) {
        violations.push(
            Violation::new(Code::AcceptsServerError, "expect.status", "a server error passes")
                .label("5xx means that the endpoint is broken")
                .help("remove it; for planned downtime write `maintenance:`"),
        );
    }
}

/// What makes a monitor DOWN.
fn down(assertions: &[Assertion]) -> impl Iterator<Item = &Assertion> {
    assertions.iter().filter(|assertion| assertion.consequence == Consequence::Down)
}

fn is_interim(class: CodeClass) -> bool {
    match class {
        CodeClass::Code(code) => (100..=199).contains(&code),
        CodeClass::Hundred(hundred) => hundred == 1,
    }
}

/// RFC 9110, 15.3.5 and 15.4.5.
fn is_without_body(class: CodeClass) -> bool {
    matches!(class, CodeClass::Code(204 | 304))
}

fn is_redirect(class: CodeClass) -> bool {
    matches!(class, CodeClass::Code(300..=303 | 307 | 308) | CodeClass::Hundred(3))
}

/// A value is held against each rule on the body; what has to stand in the body does not.
fn without_body(assertions: &[Assertion], violations: &mut Vec<Violation>) {
    const MESSAGE: &str = "an answer with this status has no body";
    let answer = Answer { status: 204, body: Some(Vec::new()), ..Answer::default() };
    let reader = AnswerReader::new(&answer);
    let of_body = down(assertions).filter(|assertion| assertion.subject.reads_body());
    for assertion in of_body {
        let path = Path::from("expect").key(assertion.subject.field());
        let because = |violation: Violation| violation.also("expect.status", "because of this");
        let measured = reader.measure(assertion, &str::to_owned);
        let Measured::Text(text) = measured else {
            if violations.iter().all(|known| known.path != path) {
                violations.push(because(Violation::never_passes(path, MESSAGE).on_key()));
            }
            continue;
        };
        for comparison in &assertion.must {
            let path = path.key(comparison.key());
            violations.push(because(match holds(comparison, Actual::Text(&text), &mut Budget::default()) {
                Ok(true) => Violation::never_fails(path, MESSAGE),
                Ok(false) => Violation::never_passes(path, MESSAGE),
                Err(_) => continue,
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Code, SourceFile, load};

    #[test]
    fn a_status_that_is_never_last_or_has_no_body_is_held_against_the_other_rules() {
        use Code::{FollowedRedirect, NeverFails, NeverPasses};
        for (fields, expected) in [
            ("expect: { status: 1xx }", &[NeverPasses][..]),
            ("expect: { status: [100, 103] }", &[NeverPasses]),
            ("expect: { status: [1xx, 200] }", &[]),
            ("expect: { status: 204, body: { contains: ok } }", &[NeverPasses]),
            ("expect: { status: 204, body: { not_contains: error } }", &[NeverFails]),
            ("expect: { status: 204, body: { equals: '' } }", &[NeverFails]),
            ("expect: { status: [204, 304], json: [{ path: $.a, exists: false }] }", &[NeverPasses]),
            ("expect: { status: [200, 204], body: { not_contains: error } }", &[]),
            ("expect: { status: 205, body: { contains: ok } }", &[]),
            ("expect: { status: 204, headers: { x-a: b } }", &[]),
            ("expect: { status: 301 }", &[FollowedRedirect]),
            ("expect: { status: 3xx }", &[FollowedRedirect]),
            ("redirects: 5\nexpect: { status: [302, 307] }", &[FollowedRedirect]),
            ("redirects: 0\nexpect: { status: 301 }", &[]),
            ("expect: { status: [200, 301] }", &[]),
            ("expect: { status: 304 }", &[]),
        ] {
            let text = format!("id: a\nurl: https://a.example\n{fields}\n");
            let file = SourceFile { path: "a.yaml".into(), group: String::new(), bytes: text.into_bytes() };
            let found: Vec<_> = load(&[file], None).diagnostics.into_iter().map(|found| found.code).collect();
            assert_eq!(found, expected, "{fields}");
        }
    }
}
