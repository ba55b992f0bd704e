//! Bodies as servers send them: what is asserted is read, whatever stands beside it.

use proptest::prelude::*;

use super::*;
use crate::json::{Broken, JsonValue};

#[test]
fn what_stands_beside_the_asserted_field_may_be_anything_that_jq_takes() {
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    for beside in [
        r#""\ud83d""#,
        r#""\ud83d and \ude00 apart""#,
        "1e400",
        "-1e99999999999999999999",
        "1234567890123456789012345678901234567890.5",
        "NaN",
        "[Infinity, -Infinity, nan]",
        "007",
        "[.5, -.5, 1., +1, 00, -01.50e1]",
        "\"a\tb\nc\"",
        deep.as_str(),
        r#"{"": {"": []}}"#,
    ] {
        for body in [format!(r#"{{"a": {beside}, "ok": true}}"#), format!(r#"{{"ok":true,"z":[{beside}]}}"#)]
        {
            assert_eq!(found("$.ok", &body).0, Ok(vec!["true".to_owned()]), "{body:.80}");
        }
    }
    for number in ["007", "+1", ".5", "1.", "nan", "-00"] {
        assert_eq!(read(number).value(JsonDocument::ROOT), JsonValue::NoNumber, "{number}");
    }
    assert_eq!(found("$.ok", "{\"ok\": true}\n\0\0").0, Ok(vec!["true".to_owned()]));
    let latin1 = b"\xef\xbb\xbf{\"note\": \"caf\xe9\", \"ok\": true}\r\n";
    let document = JsonDocument::read(latin1).expect("readable");
    let mut budget = Budget::default();
    let nodes = select(&path("$.*"), &document, &mut budget).expect("few steps");
    let values: Vec<_> = nodes.into_iter().map(|node| document.value(node)).collect();
    assert_eq!(values, [JsonValue::Text("caf\u{fffd}".into()), JsonValue::Bool(true)]);
}

#[test]
fn numbers_keep_their_digits() {
    for digits in ["101767182266078306730", "1e400", "-0.10", "1E+2"] {
        let document = read(digits);
        assert_eq!(document.value(JsonDocument::ROOT), JsonValue::Number(digits));
    }
}

#[test]
fn of_a_name_that_is_there_twice_the_last_one_counts() {
    let many: Vec<_> = (0..50).map(|i| format!(r#""k{i}": {i}"#)).collect();
    for (body, expected, names) in [
        (r#"{"a": 1, "a": 2}"#.to_owned(), "2", 1),
        (r#"{"a": {"b": 0}, "\u0061": 3, "b": 4}"#.to_owned(), "3", 2),
        (format!(r#"{{"a": 1, {}, "a": 5}}"#, many.join(", ")), "5", 51),
    ] {
        assert_eq!(found("$.a", &body).0, Ok(vec![expected.to_owned()]), "{body}");
        assert_eq!(found("$.*", &body).0.expect("few steps").len(), names, "{body}");
        assert_eq!(found("$..b", &body).0.expect("few steps").len(), usize::from(names == 2), "{body}");
        let length = format!("$[?length($) == {names}]");
        assert_eq!(found(&length, &body).0.expect("few steps").len(), names, "{body}");
    }
}

#[test]
fn a_broken_body_has_a_place_and_what_was_expected_there() {
    let broken = |body: &str| JsonDocument::read(body.as_bytes()).expect_err(body);
    for (body, line, column, found, expected) in [
        ("", 1, 1, None, "a value"),
        ("  ", 1, 3, None, "a value"),
        ("<html>", 1, 1, Some('<'), "a value"),
        (r#"{"a": 1,}"#, 1, 9, Some('}'), "a name in double quotes"),
        ("{\n  \"ä\": 1\n  \"b\": 2\n}", 3, 3, Some('"'), "`,` or `}`"),
        (r#"{"ä": 1"#, 1, 8, None, "`,` or `}`"),
        ("[1, 2", 1, 6, None, "`,` or `]`"),
        ("[1 2]", 1, 4, Some('2'), "`,` or `]`"),
        ("[1,]", 1, 4, Some(']'), "a value"),
        ("[1}", 1, 3, Some('}'), "`,` or `]`"),
        ("{'a': 1}", 1, 2, Some('\''), "a name in double quotes"),
        (r#"{"a" 1}"#, 1, 6, Some('1'), "`:`"),
        ("nul", 1, 1, Some('n'), "a value"),
        (".", 1, 2, None, "a digit"),
        ("-", 1, 2, None, "a digit"),
        ("+a", 1, 2, Some('a'), "a digit"),
        ("1.e", 1, 4, None, "a digit"),
        ("1 2", 1, 3, Some('2'), "nothing after the value"),
        ("1e+", 1, 4, None, "a digit"),
        ("{} {}", 1, 4, Some('{'), "nothing after the value"),
        (r#""a\x""#, 1, 4, Some('x'), "an escape such as \\n"),
        (r#""\u12g4""#, 1, 4, Some('1'), "four hexadecimal digits"),
        (r#"["abc"#, 1, 6, None, "the end of a string"),
        ("\u{fffd}", 1, 1, Some('\u{fffd}'), "a value"),
    ] {
        assert_eq!(broken(body), Broken { line, column, found, expected }, "{body}");
    }
}

#[test]
fn a_document_of_1_mib_is_read_however_deep_and_wide_it_is() {
    let half = 1 << 19;
    let mut wide = "[1".to_owned();
    wide.push_str(&",1".repeat(half - 2));
    wide.push(']');
    for (body, nodes) in [
        (format!("{}{}", "[".repeat(half), "]".repeat(half)), half),
        (wide, half),
        (format!("{}1{}", r#"{"":"#.repeat(200_000), "}".repeat(200_000)), 200_001),
    ] {
        let document = read(&body);
        assert_eq!(document.size(JsonDocument::ROOT), nodes);
        assert_eq!(document.descendants(JsonDocument::ROOT).count(), nodes);
    }
    assert!(JsonDocument::read("[".repeat(1 << 20).as_bytes()).is_err());
    assert!(JsonDocument::read(r#"{"a":"#.repeat(200_000).as_bytes()).is_err());
}

proptest! {
    /// A strict reader reads the same.
    #[test]
    fn what_serde_reads_is_read_and_is_equal(text in r#"[\[\]{}:, \\"a0-9.eE+\-nultrfs]{0,24}"#) {
        if let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) {
            let document = read(&text);
            let equal = crate::json::equals(&document, JsonDocument::ROOT, &value, &mut Budget::default());
            prop_assert_eq!(equal, Ok(true), "{}", text);
        }
    }

    #[test]
    fn any_bytes_and_any_path_are_read_without_a_panic(
        body in prop::collection::vec(prop_oneof![Just(b'"'), Just(b'\\'), Just(b'['), Just(b'{'), Just(b','), any::<u8>()], 0..40),
        text in r#"\$[.\[\]()@$?*!&|=<>,:'"\\a-c0-2 -]{0,24}"#,
    ) {
        let document = JsonDocument::read(&body).ok();
        if let (Some(document), Ok(path)) = (document, JsonPath::parse(&text)) {
            prop_assert!(select(&path, &document, &mut Budget::default()).is_ok());
        }
    }
}
