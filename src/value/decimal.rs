//! Decimal numbers with every digit that was written. Pure.
//!
//! As floating point, 101767182266078306730 and 101767182266078310000 are one number, and a wei or an id of a
//! chain has more digits than that. So a number stays the text it was, and two are compared digit by digit.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Deserializer, de};
use serde_json::{Number, Value};

/// Significant digits that DynamoDB keeps of a number.
const MOST_DIGITS: usize = 38;

/// Places of the point in front of which the first digit stands: 1e-130 to 9.99…e125 is what DynamoDB keeps.
const STORABLE: std::ops::RangeInclusive<i64> = -129..=126;

/// Whole numbers up to here, and fractions down to here, are spelled without an exponent.
const PLAIN: std::ops::RangeInclusive<i64> = -5..=21;

/// Beyond this, an exponent counts as this one: no number of a file comes near it.
const MOST_EXPONENT: i64 = 1_000_000_000_000_000_000;

/// A number as it was written: `0.<digits> × 10^<point>`. Equal numbers are equal values: 1, 1.0 and 1e0 are one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    /// Without zeros at either end; empty for zero.
    digits: String,
    /// 0 for zero.
    point: i64,
}

impl Decimal {
    /// Reads what JSON, and the core schema of YAML 1.2, call a decimal number: `-1.5e3`, and of YAML `+1`, `.5`,
    /// `1.`, `012`. `None` for anything else. Time and memory grow with the text, never with the exponent.
    pub fn parse(text: &str) -> Option<Self> {
        let negative = text.starts_with('-');
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let all = format!("{whole}{fraction}");
        let from_first = all.trim_start_matches('0');
        let digits = from_first.trim_end_matches('0');
        if digits.is_empty() {
            return Some(Self::default());
        }
        let length = |text: &str| i64::try_from(text.len()).unwrap_or(MOST_EXPONENT);
        let point = length(whole) - (length(&all) - length(from_first));
        Some(Self { negative, digits: digits.to_owned(), point: point.saturating_add(exponent) })
    }

    pub fn of_number(number: &Number) -> Option<Self> {
        Self::parse(number.as_str())
    }

    /// Whether a table gives it back with every digit.
    pub fn is_storable(&self) -> bool {
        self.digits.is_empty() || (self.digits.len() <= MOST_DIGITS && STORABLE.contains(&self.point))
    }

    /// This number in its one spelling.
    pub fn to_number(&self) -> Number {
        // What is displayed is a JSON number, which a test proves.
        self.to_string().parse().unwrap_or_else(|_| Number::from(0))
    }

    /// How far it is from zero, against another.
    fn magnitude(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            // Both begin with a digit that is not zero, so the point decides, then the digits from the first one on.
            (false, false) => (self.point, &self.digits).cmp(&(other.point, &other.digits)),
        }
    }
}

fn exponent_of(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = digits.parse::<i64>().unwrap_or(MOST_EXPONENT).min(MOST_EXPONENT);
    Some(if text.starts_with('-') { -value } else { value })
}

/// Every number of a value, at every depth, in its one spelling: two that are equal are equal texts afterwards.
pub fn respell(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(decimal) = Decimal::of_number(number) {
                *number = decimal.to_number();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(respell),
        Value::Object(fields) => fields.values_mut().for_each(respell),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl From<i64> for Decimal {
    fn from(whole: i64) -> Self {
        Self::parse(&whole.to_string()).unwrap_or_default()
    }
}

/// The one spelling of a number: plain up to 21 digits before the point, with an exponent beyond, as JavaScript and
/// `serde_json` spell it.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { negative, digits, point } = self;
        if digits.is_empty() {
            return f.write_str("0");
        }
        if *negative {
            f.write_str("-")?;
        }
        if !PLAIN.contains(point) {
            let (first, rest) = digits.split_at(1);
            let dot = if rest.is_empty() { "" } else { "." };
            return write!(f, "{first}{dot}{rest}e{:+}", point.saturating_sub(1));
        }
        match usize::try_from(*point) {
            Ok(point) if point >= digits.len() => write!(f, "{digits:0<point$}"),
            Ok(point) if point > 0 => {
                let (whole, fraction) = digits.split_at(point);
                write!(f, "{whole}.{fraction}")
            }
            Ok(_) | Err(_) => {
                let zeros = usize::try_from(point.unsigned_abs()).unwrap_or_default();
                write!(f, "0.{:0<zeros$}{digits}", "")
            }
        }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Number::deserialize(deserializer)?;
        Self::of_number(&number).ok_or_else(|| de::Error::custom(format!("{number} is not a number")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
    }

    #[test]
    fn one_number_has_one_spelling() {
        for (texts, spelling) in [
            (&["0", "-0", "0.0", "-0.0", "0e9", "00", "+0", ".0", "0."][..], "0"),
            (&["1", "1.0", "1e0", "10e-1", "0.1e1", "+1", "01", "1."], "1"),
            (&["-12.50", "-1.25e1", "-0.125E+2"], "-12.5"),
            (&["0.0015", "1.5e-3", ".0015"], "0.0015"),
            (&["0.000001", "1e-6"], "0.000001"),
            (&["0.0000001", "1e-7"], "1e-7"),
            (&["10000000000000000", "1e16", "1E+16"], "10000000000000000"),
            (&["18446744073709551615"], "18446744073709551615"),
            (&["100000000000000000000", "1e20"], "100000000000000000000"),
            (&["1e21", "1000000000000000000000.0"], "1e+21"),
            (&["10000000000000000000000", "1e22", "1E22"], "1e+22"),
            (&["-12345678901234567890123"], "-1.2345678901234567890123e+22"),
        ] {
            for text in texts {
                assert_eq!(decimal(text).to_string(), spelling, "{text}");
                assert_eq!(decimal(text), decimal(spelling), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_decimal_number_is_none() {
        for text in [
            "", "-", "+", ".", "-.", "e5", "1e", "1e+", "1_000", "0x10", "0o7", ".inf", ".nan", "inf", "NaN",
            " 1", "1 ", "1.2.3", "1e1.5", "--1", "+-1", "1e5e5", "١",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text:?}");
        }
    }

    // An endpoint may send any exponent: nothing is written out to compare it.
    #[test]
    fn a_huge_exponent_is_compared_without_being_written_out() {
        let huge = decimal("1e999999999");
        assert!(huge > decimal("1") && decimal("-1e999999999") < decimal("-1"));
        assert!(decimal("1e-999999999") > decimal("0") && decimal("1e-999999999") < decimal("1e-130"));
        assert!(decimal("1e99999999999999999999999999") > huge);
        assert_eq!(decimal("0e99999999999999999999999999"), decimal("0"));
        assert_eq!(huge.to_string(), "1e+999999999");
    }

    #[test]
    fn a_table_keeps_38_digits_between_its_bounds() {
        let nines = "9".repeat(38);
        for (text, is_storable) in [
            ("0".to_owned(), true),
            (nines.clone(), true),
            (format!("{nines}0"), true),
            (format!("{nines}9"), false),
            (format!("9.{}e125", &nines[1..]), true),
            ("1e126".to_owned(), false),
            ("-1e125".to_owned(), true),
            ("1e-130".to_owned(), true),
            ("1e-131".to_owned(), false),
        ] {
            assert_eq!(decimal(&text).is_storable(), is_storable, "{text}");
        }
    }

    #[test]
    fn every_number_of_a_value_is_spelled_anew_and_no_text() {
        let mut value: Value =
            serde_json::from_str(r#"{"a": [1.0, 1E+22, "1.0", {"b": -0}]}"#).expect("JSON");
        respell(&mut value);
        assert_eq!(value.to_string(), r#"{"a":[1,1e+22,"1.0",{"b":0}]}"#);
    }

    proptest! {
        #[test]
        fn the_order_is_that_of_the_numbers(a in -9999_i128..9999, p in 0_u32..8, b in -9999_i128..9999, q in 0_u32..8) {
            let (one, two) = (decimal(&format!("{a}e{p}")), decimal(&format!("{b}e{q}")));
            prop_assert_eq!(one.cmp(&two), (a * 10_i128.pow(p)).cmp(&(b * 10_i128.pow(q))));
            // And the same below the point.
            let (one, two) = (decimal(&format!("{a}e-{p}")), decimal(&format!("{b}e-{q}")));
            let scaled = |number: i128, power: u32| number * 10_i128.pow(8 - power);
            prop_assert_eq!(one.cmp(&two), scaled(a, p).cmp(&scaled(b, q)));
        }

        #[test]
        fn the_spelling_is_the_same_number_and_a_json_number(text in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?(e[+-]?[0-9]{1,3})?") {
            let number = decimal(&text);
            prop_assert_eq!(&decimal(&number.to_string()), &number);
            prop_assert_eq!(number.to_number().to_string(), number.to_string());
            if let (Ok(float), Ok(spelled)) = (text.parse::<f64>(), number.to_string().parse::<f64>()) {
                prop_assert_eq!(float.abs().to_bits(), spelled.abs().to_bits());
            }
        }
    }
}
