//! What an unquoted YAML scalar means: the core schema of YAML 1.2, as editors read it.
//!
//! `no`, `on` and `yes` are texts; so are dates and `1_000`.

use serde_json::Number;

use super::tree::Tree;

/// `None` for a number that JSON does not have: infinity or "not a number".
pub fn resolve(text: &str) -> Option<Tree> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Tree::Null),
        "true" | "True" | "TRUE" => return Some(Tree::Bool(true)),
        "false" | "False" | "FALSE" => return Some(Tree::Bool(false)),
        _ => {}
    }
    if is_not_finite(text) {
        return None;
    }
    Some(match integer(text).or_else(|| float(text)) {
        Some(number) => Tree::Number(number),
        None => Tree::Text(text.to_owned()),
    })
}

fn is_not_finite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

fn integer(text: &str) -> Option<Number> {
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from)).ok()
}

fn radix(digits: &str, radix: u32) -> Option<Number> {
    let plain = digits.chars().all(|digit| digit.is_digit(radix));
    plain.then(|| u64::from_str_radix(digits, radix).ok()).flatten().map(Number::from)
}

/// A float without a fraction becomes an integer, since to JSON Schema `5.0` is one.
fn float(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let shaped = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
        && digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    if !shaped {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return format!("{value:.0}").parse::<i64>().ok().map(Number::from);
    }
    Number::from_f64(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_plain_scalar_means_what_yaml_1_2_says() {
        for (text, value) in [
            ("", json!(null)),
            ("~", json!(null)),
            ("no", json!("no")),
            ("on", json!("on")),
            ("True", json!(true)),
            ("200", json!(200)),
            ("-7", json!(-7)),
            ("+7", json!(7)),
            ("0x1F", json!(31)),
            ("0o17", json!(15)),
            ("0x", json!("0x")),
            ("5.0", json!(5)),
            ("1e3", json!(1000)),
            (".5", json!(0.5)),
            ("1.5e-3", json!(0.0015)),
            ("2xx", json!("2xx")),
            ("1_000", json!("1_000")),
            ("2026-12-01", json!("2026-12-01")),
            ("e5", json!("e5")),
            ("-", json!("-")),
            (".", json!(".")),
            ("18446744073709551615", json!(u64::MAX)),
            ("99999999999999999999", json!(1e20)),
        ] {
            let tree = resolve(text).expect(text);
            let value_of =
                super::super::tree::Node::new(tree, super::super::tree::Place { file: 0, start: 0, end: 0 });
            assert_eq!(value_of.to_json(), value, "{text}");
        }
        assert_eq!(resolve("-.inf"), None);
        assert_eq!(resolve(".nan"), None);
    }
}
