//! What newcomers write, as other tools have it, and how the program answers.

use crate::config::{Code, SourceFile, load};

/// `line:column code: message; help` of everything that is wrong with a monitor that has these lines.
fn said(lines: &str) -> Vec<String> {
    let text = format!("id: a\nurl: https://a\n{lines}\n");
    let file = SourceFile { path: "a.yaml".into(), group: String::new(), bytes: text.into_bytes() };
    let found = load(&[file], None).diagnostics;
    let line = |one: crate::config::Diagnostic| {
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
    check(
        "alert: { topics: }",
        &[
            "3:10 unknown_key: unknown key `topics`; write `to: [NAME]`, and in monitorctl.yaml `channels: { NAME: { kind: sns, topic: \"arn:aws:sns:…\" } }`",
        ],
    );
}

#[test]
fn a_duration_without_a_unit_is_asked_for_it() {
    for (line, help) in [
        ("interval: 120", "write `interval: 2m`"),
        ("interval: '120'", "write `interval: 2m`"),
        ("interval: 2 minutes", "write `interval: 2m`"),
        ("interval: 1.5h", "write `interval: 1h30m`"),
        ("interval: PT2M", "write `interval: 2m`"),
        ("timeout: 5000", "write `timeout: 5s`"),
        ("timeout: 5", "write `timeout: 5s`"),
        ("retry: { wait: 2 }", "write `wait: 2s`"),
        ("expect: { latency: { down: 800 } }", "write `down: 800ms`"),
        ("expect: { certificate: { degraded: 21 } }", "write `degraded: 21d`"),
        ("alert: { remind: 4 }", "write `remind: 4h`"),
        ("maintenance: [{ starts: 2026-12-01T02:00, for: 120 }]", "write `for: 2h`"),
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
        let file = SourceFile { path: "a.yaml".into(), group: String::new(), bytes: text.into_bytes() };
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

#[test]
fn what_is_no_yaml_is_answered_with_what_most_likely_stands_there() {
    for (lines, help) in [
        ("name: a: b", "quote a value that contains a colon and a space"),
        ("name: @x", "quote a value that begins with this character"),
        ("name: *x", "quote it to make it a string"),
        ("<<<<<<< HEAD\nname: a\n=======\nname: b\n>>>>>>> x", "unresolved git conflict"),
        ("name: {{ x }}{% if %}: y", "fill in the template first"),
    ] {
        let found = said(lines);
        assert!(found.iter().any(|found| found.contains(help)), "{lines}: {found:?}");
    }
    let deep = said(&(0..70).map(|level| format!("{}a:", " ".repeat(level))).collect::<Vec<_>>().join("\n"));
    assert!(deep.iter().any(|found| found.contains("more than 64 levels deep")), "{deep:?}");
    check(
        "<<: { name: x }\n<<: { team: y }",
        &["4:1 duplicate_key: duplicate key `<<`; merge both at once: `<<: [*one, *two]`"],
    );
    check(
        "expect:\n\u{a0}\u{a0}status: 200",
        &[
            "4:1 unknown_key: unknown key `\u{a0}\u{a0}status`; it contains an invisible or space-like character; retype the key",
        ],
    );
}

#[test]
fn a_file_in_utf_16_is_one_fault() {
    let text = "\u{feff}id: a\nurl: https://a\n";
    for bytes in [
        text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
        text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    ] {
        let file = SourceFile { path: "a.yaml".into(), group: String::new(), bytes };
        let found = load(&[file], None).diagnostics;
        assert!(found.len() == 1 && found[0].message == "this file is UTF-16 text", "{found:?}");
    }
}

// A `defaults.yml` beside it had taken its place, and hidden what was wrong in it.
#[test]
fn a_second_file_of_defaults_in_a_folder_is_an_error_and_hides_nothing() {
    let file = |path: &str, text: &str| SourceFile {
        path: path.into(),
        group: String::new(),
        bytes: text.as_bytes().to_vec(),
    };
    let files = [
        file("a.yaml", "id: a\nurl: https://a\n"),
        file("defaults.yaml", "bogus: 1\ntimeout: 7h\n"),
        file("defaults.yml", "team: x\nodd: 1\n"),
    ];
    let found: Vec<_> = load(&files, None)
        .diagnostics
        .into_iter()
        .map(|found| (found.file, found.span.line, found.code))
        .collect();
    let at = |file: &str, line, code| (file.to_owned(), line, code);
    for expected in [
        at("defaults.yaml", 1, Code::UnknownKey),
        at("defaults.yaml", 2, Code::OutOfBounds),
        at("defaults.yml", 1, Code::SeveralDocuments),
        at("defaults.yml", 2, Code::UnknownKey),
    ] {
        assert!(found.contains(&expected), "{expected:?} {found:?}");
    }
}

// Each monitor has a copy: 3,000 of them below 60 KB of defaults took 2.6 GB.
#[test]
fn what_monitors_inherit_is_bounded_in_all() {
    let file =
        |path: &str, text: String| SourceFile { path: path.into(), group: String::new(), bytes: text.into() };
    let headers = |number: usize| {
        let lines: Vec<_> = (0..number).map(|i| format!("  x-{i}: a\n")).collect();
        file("defaults.yaml", format!("headers:\n{}", lines.concat()))
    };
    let monitors = |number: usize| {
        let documents: Vec<_> = (0..number).map(|i| format!("id: m{i}\nurl: https://a\n")).collect();
        file("a.yaml", documents.join("---\n"))
    };
    let found = |number| load(&[monitors(number), headers(1_000)], None).diagnostics;
    assert_eq!(found(100), []);
    let many = found(1_000);
    let places: Vec<_> =
        many.iter().map(|found| (found.file.as_str(), found.span.line, found.code)).collect();
    assert_eq!(places, [("defaults.yaml", 1, Code::TooLarge)]);
}

#[test]
fn settings_are_answered_once_at_the_place_of_the_fault() {
    let said = |text: &str| {
        let file = SourceFile {
            path: "monitorctl.yaml".into(),
            group: String::new(),
            bytes: text.as_bytes().to_vec(),
        };
        let found = crate::config::settings(&file).1;
        found.into_iter().map(|found| (found.span.line, found.message)).collect::<Vec<_>>()
    };
    let negative = said("owner: a/b\nprices: { reads: -1, writes: 1 }\n");
    assert!(
        matches!(negative.as_slice(), [(2, message)] if message.contains("prices.reads")),
        "{negative:?}"
    );
    let list = said("- a\n");
    assert!(matches!(list.as_slice(), [(1, message)] if message.contains("must be a map")), "{list:?}");
    // Two tables in one would have each other's items.
    for (tables, line) in [
        ("config: abc\n  state: abc", Some(3)),
        ("history: api_health_configs", Some(2)),
        ("config: abc\n  state: abd", None),
    ] {
        let found = said(&format!("tables:\n  {tables}\n"));
        assert_eq!(found.first().map(|found| found.0), line, "{tables} {found:?}");
    }
    for (canary, is_asked) in [
        ("http://169.254.169.254/", false),
        ("http://[fe80::1]/", false),
        ("http://0.0.0.0/", false),
        ("https://1.1.1.1/", true),
        ("https://one.one.one.one/", true),
    ] {
        assert_eq!(said(&format!("canaries: ['{canary}']\n")).is_empty(), is_asked, "{canary}");
    }
}

#[test]
fn a_secret_may_be_the_port_of_an_address() {
    let found = |url: &str| {
        let text = format!("id: a\nurl: '{url}'\n");
        let file = SourceFile { path: "a.yaml".into(), group: String::new(), bytes: text.into_bytes() };
        load(&[file], None).diagnostics.len()
    };
    assert_eq!(found("https://a.example:${env:PORT}/"), 0);
    assert_eq!(found("https://a.example:x${env:PORT}/"), 1);
}
