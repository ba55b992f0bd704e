//! Shares as people read them, never rounded in our favour. Pure.

use std::fmt;

/// A share in hundredths of a per cent, rounded down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Proportion(u64);

/// A promised availability, in thousandths of a per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slo(u32);

/// Why a text is no objective.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no objective: it is a per cent number above 0 and below 100, with at most three decimals, such as 99.95"
)]
pub struct SloError(String);

impl Proportion {
    /// `part` of `whole`; `None` of nothing.
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        Some(Self(part.saturating_mul(10_000).checked_div(whole)?.min(10_000)))
    }

    pub fn is_below(self, per_cent: u64) -> bool {
        self.0 < per_cent * 100
    }
}

impl fmt::Display for Proportion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02} %", self.0 / 100, self.0 % 100)
    }
}

/// A share as it is printed: a dash if there is none.
pub fn printed(share: Option<Proportion>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| share.to_string())
}

impl Slo {
    /// Reads `99.9` or `99.9%`.
    pub fn parse(text: &str) -> Result<Self, SloError> {
        let error = || SloError(text.to_owned());
        let digits = text.strip_suffix('%').unwrap_or(text).trim_end();
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(decimals) || whole.len() > 2 || decimals.len() > 3 {
            return Err(error());
        }
        let thousandths = format!("{whole}{decimals:0<3}").parse().map_err(|_| error())?;
        if thousandths == 0 { Err(error()) } else { Ok(Self(thousandths)) }
    }

    /// How many of `seconds` may be bad, in milliseconds, rounded down.
    pub fn allowed_millis(self, seconds: u64) -> u64 {
        let bad = u64::from(100_000_u32.saturating_sub(self.0));
        seconds.saturating_mul(1_000).saturating_mul(bad) / 100_000
    }
}

impl fmt::Display for Slo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:03}", self.0 % 1_000);
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{} %", self.0 / 1_000),
            decimals => write!(f, "{}.{decimals} %", self.0 / 1_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_100_only_if_nothing_is_missing() {
        let printed = |part, whole| printed(Proportion::of(part, whole));
        assert_eq!(printed(31_535_999, 31_536_000), "99.99 %");
        assert_eq!(printed(31_536_000, 31_536_000), "100.00 %");
        assert_eq!(printed(1, 3), "33.33 %");
        assert_eq!(printed(0, 5), "0.00 %");
        assert_eq!(printed(0, 0), "–");
    }

    #[test]
    fn an_objective_has_up_to_three_decimals() {
        let parse = |text| Slo::parse(text).map(|slo| slo.to_string()).ok();
        assert_eq!(parse("99.9"), Some("99.9 %".to_owned()));
        assert_eq!(parse("99.995%"), Some("99.995 %".to_owned()));
        assert_eq!(parse("95 %"), Some("95 %".to_owned()));
        for text in ["", "100", "99.9999", "0", "0.000", "-1", "1e1", "99,9", ".5", "99."] {
            assert_eq!(parse(text), None, "{text}");
        }
        let slo = Slo::parse("99.9").expect("an objective");
        assert_eq!(slo.allowed_millis(2_592_000), 2_592_000);
        assert_eq!(slo.allowed_millis(1), 1);
    }
}
