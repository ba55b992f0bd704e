//! What cannot hold or cannot fail is found, and its neighbours are left alone.

use super::*;
use crate::config::{SourceFile, load};

/// Kinds of faults in `expect`, with their lines.
fn found(expect: &str) -> Vec<(Code, usize)> {
    let text = format!("id: a\nurl: https://a.example\nexpect:\n{expect}\n");
    let file = SourceFile { path: "a.yaml".to_owned(), group: String::new(), bytes: text.into_bytes() };
    load(&[file], None).diagnostics.into_iter().map(|fault| (fault.code, fault.span.line)).collect()
}

fn json(assertion: &str) -> Vec<Code> {
    found(&format!("  json:\n    - {{ {assertion} }}")).into_iter().map(|(code, _)| code).collect()
}

#[test]
fn a_fault_in_one_assertion_moves_no_finding_to_another() {
    let found = found(
        "  json:\n    - { path: status, equals: up }\n    - { path: $.a, equals: up, matches: '^down' }\n    - { path: '$[?@.a == @.b]', exists: true }",
    );
    let expected = [
        (Code::BadFormat, 5),
        (Code::NeverPasses, 6),
        (Code::BelowTheTop, 7),
        (Code::MissingEqualsMissing, 7),
    ];
    assert_eq!(found, expected);
}

// Trap 27: an assertion that can never fail.
#[test]
fn a_path_that_finds_nothing_or_not_what_is_meant_is_warned_of() {
    use Code::{BelowTheTop, FindsNothing, MissingEqualsMissing, NeverFails};
    for (assertion, expected) in [
        ("path: '$[?@.a == @.b]', exists: true", &[BelowTheTop, MissingEqualsMissing][..]),
        ("path: '$[?length(@.users) == 3]', exists: true", &[BelowTheTop]),
        ("path: \"$[?@.status == 'down']\", exists: false", &[BelowTheTop]),
        ("path: '$.items[?@.a == @.b]', exists: false", &[MissingEqualsMissing]),
        ("path: '$.items[?@.a == 1 && @.a == 2]', exists: false", &[NeverFails]),
        ("path: '$.items[?@.a == 1 && @.a == 2]', exists: true", &[FindsNothing]),
        ("path: '$.items[?1 == 2]', exists: false", &[NeverFails]),
        ("path: '$.items[?length(@.a) == \"x\"]', exists: false", &[NeverFails]),
        ("path: '$.items[?count(@.*) < 0]', exists: false", &[NeverFails]),
        ("path: '$.items[?length(@) == -1]', exists: true", &[FindsNothing]),
        ("path: '$.items[?@.n > 5 && @.n < 3]', exists: false", &[NeverFails]),
        ("path: '$.items[::0]', exists: false", &[NeverFails]),
        ("path: '$.items[5:2]', exists: true", &[FindsNothing]),
        ("path: \"$.items[?@.state == 'up'].state\", equals: down", &[FindsNothing]),
        ("path: \"$.items[?@.state == 'up'].state\", matches: '^d'", &[FindsNothing]),
        // Their neighbours, which mean something.
        ("path: \"$.items[?@.state == 'up'].state\", equals: up", &[]),
        ("path: \"$.items[?@.state == 'up'].name\", matches: '^d'", &[]),
        ("path: '$.items[?@.a && @.a == @.b]', exists: false", &[]),
        ("path: '$.items[?@.lag > @.limit]', exists: false", &[]),
        ("path: '$.items[?@.n > 5 && @.n < 7]', exists: false", &[]),
        ("path: '$.items[?@.n > 0.1 && @.n < 0.2]', exists: false", &[]),
        ("path: '$.items[?!@.error]', exists: true", &[]),
        ("path: '$.items[?@.n >= 3 || @.m]', exists: true", &[]),
        ("path: '$.items[?length(@.tags) > 2]', exists: false", &[]),
        ("path: '$.items[?count(@.tags[*]) == 3]', exists: true", &[]),
        ("path: \"$.items[?count(@.tags[?@ == 'a']) == 2]\", exists: true", &[]),
        ("path: \"$.items[?value(@..name) == 'x']\", exists: true", &[]),
        ("path: \"$.items[?match(@.name, '[a-z]+-[0-9]{2}')].state\", equals: up", &[]),
        ("path: \"$.items[?search(@.name, '^api') && @.state != 'up']\", exists: false", &[]),
        ("path: '$.items[?@.id == $.leader].state', equals: up", &[]),
        ("path: '$.items[-2:]', exists: true", &[]),
        ("path: '$.items[1:5:2].a', less_than: 3", &[]),
        ("path: '$.items[5::-2]', exists: true", &[]),
        ("path: '$..items[?@.a[?@.b == 1]]', exists: false", &[]),
        ("path: '$.items[?@.used < @.size].used', less_than_path: $.limit", &[]),
        ("path: '$.items[*].state', equals: up", &[]),
        ("path: '$[?@ > 3]', exists: false", &[]),
        ("path: '$..[?@.a == 1]', exists: false", &[]),
    ] {
        assert_eq!(json(assertion), expected, "{assertion}");
    }
    let list = "  json:\n    - { path: \"$[?@.status == 'down']\", exists: false }\n    - { path: '$[0]', exists: true }";
    assert_eq!(found(list), [], "a body that is a list");
}

#[test]
fn what_excludes_itself_never_passes() {
    use Code::{NeverFails, NeverPasses};
    for (expect, expected) in [
        ("  body: { equals: up, matches: '^down' }", &[(NeverPasses, 4)][..]),
        ("  body: { equals: up, contains: p }", &[]),
        ("  body: { contains: errors, not_contains: error }", &[(NeverPasses, 4)]),
        ("  body: { contains: ok, not_contains: error, matches: '^\\{' }", &[]),
        ("  body: { matches: '.*' }", &[(NeverFails, 4)]),
        ("  body: { matches: '(?s)^.*$' }", &[(NeverFails, 4)]),
        ("  body: { matches: 'x*' }", &[(NeverFails, 4)]),
        ("  body: { matches: '(?s).' }", &[]),
        ("  body: { matches: '^$' }", &[]),
        ("  body: { matches: '$a' }", &[(NeverPasses, 4)]),
        ("  body: { matches: \"^ok$\\n\" }", &[(NeverPasses, 4)]),
        ("  headers: { x-a: { matches: 'a^' } }", &[(NeverPasses, 4)]),
        ("  json: [{ path: $.a, matches: '[^\\s\\S]' }]", &[(NeverPasses, 4)]),
        ("  json: [{ path: $, exists: false }]", &[(NeverPasses, 4)]),
        ("  json: [{ path: $, exists: true }]", &[]),
        ("  json: [{ path: $.a, less_than_path: $.b, greater_than_path: $.b }]", &[(NeverPasses, 4)]),
        ("  json: [{ path: $.a, less_than_path: $.b, not_equals_path: $.b }]", &[]),
        (
            "  json:\n    - { path: $.a, exists: false }\n    - { path: $.b, equals_path: $.a.c }",
            &[(NeverPasses, 6)],
        ),
        (
            "  json:\n    - { path: $.b, not_equals_path: $.a }\n    - { path: $.a, exists: false }",
            &[(NeverPasses, 5)],
        ),
        ("  json:\n    - { path: $.a.c, exists: false }\n    - { path: $.b, equals_path: $.a }", &[]),
        ("  body: { matches: ['^a', '.*'] }", &[(NeverFails, 4)]),
        ("  body: { not_matches: '.*' }", &[(NeverPasses, 4)]),
        ("  body: { not_matches: error, contains: [ok, fine] }", &[]),
        ("  body: { contains: [ok, errors], not_contains: [failed, error] }", &[(NeverPasses, 4)]),
        ("  body: { equals: up, not_matches: '^u' }", &[(NeverPasses, 4)]),
        ("  json: [{ path: $.a, not_matches: x, less_than: 3 }]", &[(NeverPasses, 4)]),
        ("  headers: { x-a: { equals: a, not_equals: a } }", &[(NeverPasses, 4)]),
        ("  headers: { x-a: { matches: '.*' } }", &[]),
        ("  headers: { X-A: ' a' }", &[(NeverPasses, 4)]),
        ("  headers: { x-a: { not_equals: 'a ' } }", &[(NeverFails, 4)]),
        ("  headers: { x-a: { not_contains: \"a\\nb\" } }", &[(NeverFails, 4)]),
        ("  json: [{ path: $.a, equals: 5, less_than: 3 }]", &[(NeverPasses, 4)]),
        ("  json: [{ path: $.a, equals: up, length: 3 }]", &[(NeverPasses, 4)]),
        ("  json: [{ path: $.a, equals: [1], contains: x }]", &[(NeverPasses, 4)]),
        ("  json: [{ path: $.a, contains: x, less_than: 3 }]", &[(NeverPasses, 4)]),
        ("  json: [{ path: $.a, matches: x, length: 3, not_equals: y }]", &[]),
        ("  json: [{ path: $.a, length: 3, shorter_than: 3 }]", &[(NeverPasses, 4)]),
        ("  json: [{ path: $.a, equals_path: \"$['a']\" }]", &[(NeverFails, 4)]),
        ("  json: [{ path: $.a, less_than_path: $.a }]", &[(NeverPasses, 4)]),
        (
            "  json:\n    - { path: $.a, equals: 1 }\n    - { path: \"$['a']\", equals: 2 }",
            &[(NeverPasses, 6)],
        ),
        (
            "  json:\n    - { path: $.a, less_than: 1 }\n    - { path: $.a, greater_than: 2 }",
            &[(NeverPasses, 6)],
        ),
        (
            "  json:\n    - { path: $.a, exists: false }\n    - { path: $.a.b, equals: 1 }",
            &[(NeverPasses, 6)],
        ),
        (
            "  json:\n    - { path: $.a.b, equals: 1 }\n    - { path: $.a, exists: false }",
            &[(NeverPasses, 5)],
        ),
        (
            "  json:\n    - { path: $.a, equals: {b: 1} }\n    - { path: $.a.b, equals: 2 }",
            &[(NeverPasses, 6)],
        ),
        ("  json:\n    - { path: $.a, equals: {b: 1} }\n    - { path: $.a.b, equals: 1 }", &[]),
        ("  json:\n    - { path: $.a, equals: x }\n    - { path: $.a.b, exists: false }", &[]),
        ("  json:\n    - { path: $.a, exists: false }\n    - { path: $.ab, equals: 1 }", &[]),
        ("  body: { equals: '{\"a\": 1}' }\n  json: [{ path: $.a, equals: 2 }]", &[(NeverPasses, 5)]),
        ("  body: { equals: '{\"a\": 1}' }\n  json: [{ path: $.a, equals: 1 }]", &[]),
    ] {
        assert_eq!(found(expect), expected, "{expect}");
    }
}
