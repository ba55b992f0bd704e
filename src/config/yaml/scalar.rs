//! What an unquoted YAML scalar means: the core schema of YAML 1.2, as editors read it.
//!
//! `no`, `on` and `yes` are texts; so are dates and `1_000`.

use crate::config::yaml::tree::YamlTree;
use crate::monitor::Decimal;

/// A number of YAML that is no value here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoValue {
    /// Infinity or "not a number", which JSON does not have.
    NotFinite,
    /// More digits, or further from 1, than a table keeps.
    OutOfRange,
}

/// Numbers keep every digit, in their one spelling.
pub fn resolve(text: &str) -> Result<YamlTree, NoValue> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(YamlTree::Null),
        "true" | "True" | "TRUE" => return Ok(YamlTree::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(YamlTree::Bool(false)),
        _ => {}
    }
    if is_not_finite(text) {
        return Err(NoValue::NotFinite);
    }
    let number = match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(digits), _) => radix(digits, 16)?,
        (None, Some(digits)) => radix(digits, 8)?,
        (None, None) => Decimal::parse(text),
    };
    match number {
        Some(number) if number.is_storable() => Ok(YamlTree::Number(number.to_number())),
        Some(_) => Err(NoValue::OutOfRange),
        None => Ok(YamlTree::Text(text.to_owned())),
    }
}

fn is_not_finite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// `None` for what is no number, such as `0x` alone.
fn radix(digits: &str, radix: u32) -> Result<Option<Decimal>, NoValue> {
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Ok(None);
    }
    let whole = u128::from_str_radix(digits, radix).map_err(|_| NoValue::OutOfRange)?;
    Ok(Decimal::parse(&whole.to_string()))
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
            // A number is held against others in this spelling, so each has one.
            ("012", json!(12)),
            ("-0", json!(0)),
            ("-0.0", json!(0)),
            ("1.", json!(1)),
            ("+.5", json!(0.5)),
            ("1e16", json!(10_000_000_000_000_000_u64)),
            ("0xFFFFFFFFFFFFFFFF", json!(u64::MAX)),
            ("-0x1F", json!("-0x1F")),
            ("0x1G", json!("0x1G")),
            ("0o8", json!("0o8")),
            ("1e", json!("1e")),
            ("..5", json!("..5")),
        ] {
            let tree = resolve(text).expect(text);
            let value_of = crate::config::yaml::tree::Node::new(
                tree,
                crate::config::yaml::tree::TextPlace { file: 0, start: 0, end: 0 },
            );
            assert_eq!(value_of.to_json(), value, "{text}");
        }
        for text in [".inf", "-.inf", "+.INF", ".Inf", ".nan", ".NaN"] {
            assert_eq!(resolve(text), Err(NoValue::NotFinite), "{text}");
        }
    }

    // Trap 26: what a table gives back differently would make its monitor unreadable.
    #[test]
    fn a_number_keeps_every_digit_or_is_refused() {
        for (text, kept) in [
            ("99999999999999999999", Some("99999999999999999999")),
            ("1000000000000000000000", Some("1e+21")),
            ("101767182266078306730", Some("101767182266078306730")),
            ("0.1234567890123456789012345678901234567", Some("0.1234567890123456789012345678901234567")),
            ("99999999999999999999999999999999999999", Some("9.9999999999999999999999999999999999999e+37")),
            ("999999999999999999999999999999999999999", None),
            ("1e125", Some("1e+125")),
            ("1e126", None),
            ("1e-130", Some("1e-130")),
            ("1e-131", None),
            ("1e999999999", None),
            ("0x4B3B4CA85A86C47A098A223FFFFFFFFF", Some("9.9999999999999999999999999999999999999e+37")),
            ("0x4B3B4CA85A86C47A098A224000000001", None),
            ("0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", None),
        ] {
            let found = match resolve(text) {
                Ok(YamlTree::Number(number)) => Some(number.to_string()),
                Ok(other) => panic!("{text} is {other:?}"),
                Err(why) => {
                    assert_eq!(why, NoValue::OutOfRange, "{text}");
                    None
                }
            };
            assert_eq!(found.as_deref(), kept, "{text}");
        }
    }
}
