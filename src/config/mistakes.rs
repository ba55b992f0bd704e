//! What newcomers write, as other tools have it, and what they are told.

use super::{SourceFile, load};

/// `line:column code: message; help` of everything that is wrong with a monitor that has these lines.
fn said(lines: &str) -> Vec<String> {
    let text = format!("id: a\nurl: https://a\n{lines}\n");
    let file = SourceFile { path: "a.yaml".into(), folder: String::new(), bytes: text.into_bytes() };
    let found = load(&[file], None).diagnostics;
    let line = |one: super::Diagnostic| {
        let help = one.help.map(|help| format!("; {help}")).unwrap_or_default();
        format!("{}:{} {}: {}{help}", one.span.line, one.span.column, one.code, one.message)
    };
    found.into_iter().map(line).collect()
}

#[track_caller]
fn check(lines: &str, expected: &[&str]) {
    assert_eq!(said(lines), expected, "{lines}");
}

#[test]
fn a_rule_with_a_comma_between_braces_is_one_fault_that_says_to_quote_it() {
    check(
        "maintenance: [{ starts: 2026-12-01T02:00, for: 2h, repeats: FREQ=WEEKLY;BYDAY=SU,MO }]",
        &["3:82 unknown_key: unknown key `MO`; quote the rule: `repeats: \"FREQ=WEEKLY;BYDAY=SU,MO\"`"],
    );
    check(
        "maintenance: [{ repeats: FREQ=MONTHLY;BYMONTHDAY=1,15,-1, starts: 2026-12-01T02:00, for: 2h }]",
        &[
            "3:52 unknown_key: unknown key `15`; quote the rule: `repeats: \"FREQ=MONTHLY;BYMONTHDAY=1,15,-1\"`",
        ],
    );
    check("maintenance: [{ starts: 2026-12-01T02:00, for: 2h, repeats: 'FREQ=WEEKLY;BYDAY=SU,MO' }]", &[]);
    check(
        "expect: { body: { contains: a, b } }",
        &["3:32 unknown_key: unknown key `b`; quote the value: `contains: \"a,b\"`"],
    );
    // Who leaves out a value has not cut one off.
    check("alert: { topics: }", &["3:10 unknown_key: unknown key `topics`; did you mean `topic`?"]);
}

#[test]
fn a_duration_without_a_unit_is_asked_for_it() {
    for (line, help) in [
        ("interval: 120", "120 what? write 2m"),
        ("interval: '120'", "120 what? write 2m"),
        ("interval: 2 minutes", "write `interval: 2m`"),
        ("interval: 1.5h", "write `interval: 1h30m`"),
        ("interval: PT2M", "write `interval: 2m`"),
        ("timeout: 5000", "5000 what? write 5s"),
        ("timeout: 5", "5 what? write 5s"),
        ("retry: { wait: 2 }", "2 what? write 2s"),
        ("expect: { latency: { down: 800 } }", "800 what? write 800ms"),
        ("expect: { certificate: { degraded: 21 } }", "21 what? write 21d"),
        ("alert: { remind: 4 }", "4 what? write 4h"),
        ("maintenance: [{ starts: 2026-12-01T02:00, for: 120 }]", "120 what? write 2h"),
        ("interval: soon", "write it like `interval: 2m`"),
    ] {
        let found = said(line);
        assert!(found.len() == 1 && found[0].ends_with(&format!("; {help}")), "{line}: {found:?}");
    }
}

#[test]
fn a_range_of_codes_is_one_fault_that_names_the_hundred() {
    check(
        "expect: { status: [200-299] }",
        &[
            "3:20 bad_format: `expect.status[0]`: a status is a code from 100 to 599, or one of 1xx to 5xx; write 2xx",
        ],
    );
    for (value, meant) in
        [("200-299", "2xx"), ("2**", "2xx"), ("'200, 201'", "[200, 201]"), ("200-399", "[2xx, 3xx]")]
    {
        let found = said(&format!("expect: {{ status: {value} }}"));
        assert!(found.len() == 1 && found[0].ends_with(&format!("; write {meant}")), "{value}: {found:?}");
    }
    // A literal token elsewhere is found beside it.
    let both = said("expect: { status: [200-299] }\nheaders: { authorization: Bearer abcdef123 }");
    assert!(both.len() == 2 && both[1].contains("literal_credential"), "{both:?}");
}

#[test]
fn a_code_between_quotes_is_the_code() {
    let spec = |lines: &str| {
        let text = format!("id: a\nurl: https://a\n{lines}\n");
        let file = SourceFile { path: "a.yaml".into(), folder: String::new(), bytes: text.into_bytes() };
        let loaded = load(&[file], None);
        assert_eq!(loaded.diagnostics, [], "{lines}");
        loaded.monitors.into_iter().next().expect("a monitor").spec
    };
    for (written, canonical) in [
        ("\"200\"", "200"),
        ("2XX", "2xx"),
        ("\"2xx\"", "2xx"),
        ("[\"200\", 404]", "[200, 404]"),
        ("[\"200\", 200]", "200"),
    ] {
        let spec_of = |status: &str| spec(&format!("expect: {{ status: {status} }}"));
        assert_eq!(spec_of(written), spec_of(canonical), "{written}");
    }
}
