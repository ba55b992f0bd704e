//! What the expected status says about the rest of an answer: an interim answer is never the last one, 204 and 304 have
//! no body, and a redirect is followed. Pure.

use crate::assert::{Actual, Assertion, Comparison, Consequence, StatusClass, Subject, holds};
use crate::value::Budget;
use crate::written::{Code, Path, Violation};

/// Complains of rules that cannot hold, or cannot fail, with the status that is expected. `redirects` is how many are
/// followed.
pub fn check(assertions: &[Assertion], redirects: u8, violations: &mut Vec<Violation>) {
    let statuses = of(assertions, Subject::STATUS).flat_map(|assertion| &assertion.must);
    let classes: Vec<StatusClass> = statuses
        .filter_map(|one| if let Comparison::OneOf(set) = one { Some(&set.0) } else { None })
        .flatten()
        .copied()
        .collect();
    let all =
        |is: &dyn Fn(StatusClass) -> bool| !classes.is_empty() && classes.iter().all(|class| is(*class));
    if all(&is_interim) {
        violations.push(
            Violation::new(Code::NeverPasses, "expect.status", "a 1xx is never the final answer")
                .label("never passes")
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

/// What makes a monitor DOWN, of one subject.
fn of(assertions: &[Assertion], subject: Subject) -> impl Iterator<Item = &Assertion> {
    assertions
        .iter()
        .filter(move |assertion| assertion.subject == subject && assertion.consequence == Consequence::Down)
}

fn is_interim(class: StatusClass) -> bool {
    match class {
        StatusClass::Code(code) => (100..=199).contains(&code),
        StatusClass::Hundred(hundred) => hundred == 1,
    }
}

/// RFC 9110, 15.3.5 and 15.4.5.
fn is_without_body(class: StatusClass) -> bool {
    matches!(class, StatusClass::Code(204 | 304))
}

fn is_redirect(class: StatusClass) -> bool {
    matches!(class, StatusClass::Code(300..=303 | 307 | 308) | StatusClass::Hundred(3))
}

/// An empty text is held against each rule on the body; no JSON stands in it.
fn without_body(assertions: &[Assertion], violations: &mut Vec<Violation>) {
    const MESSAGE: &str = "an answer with this status has no body";
    for comparison in of(assertions, Subject::BODY).flat_map(|assertion| &assertion.must) {
        let path = Path::from("expect.body").key(comparison.key());
        let (code, label) = match holds(comparison, Actual::Text(""), &mut Budget::default()) {
            Ok(true) => (Code::NeverFails, "always passes"),
            Ok(false) => (Code::NeverPasses, "never passes"),
            Err(_) => continue,
        };
        violations
            .push(Violation::new(code, path, MESSAGE).label(label).also("expect.status", "because of this"));
    }
    if of(assertions, Subject::JSON).next().is_some() {
        violations.push(
            Violation::new(Code::NeverPasses, "expect.json", MESSAGE)
                .on_key()
                .label("never passes")
                .also("expect.status", "because of this"),
        );
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
            let file = SourceFile { path: "a.yaml".into(), folder: String::new(), bytes: text.into_bytes() };
            let found: Vec<_> = load(&[file], None).diagnostics.into_iter().map(|found| found.code).collect();
            assert_eq!(found, expected, "{fields}");
        }
    }
}
