//! One status page: what it shows, where it is published, and how its figures count. Pure.

use std::fmt;
use std::time::Duration;

use super::PageComponent;

/// A status page as it is configured.
#[derive(Debug, Clone)]
pub struct StatusPage {
    pub id: String,
    pub title: String,
    /// Where it is published, without a slash at the end.
    pub url: String,
    /// In the order of the page. There is at least one, and no two have the same id.
    pub components: Vec<PageComponent>,
    /// How many days of bars the page shows.
    pub days: u16,
    pub slo: Option<SloPercent>,
    /// From this age of the last run on, the page warns that it is not up to date.
    pub stale_after: Duration,
    pub maintenance: MaintenanceTime,
    pub indexing: Indexing,
}

/// Whether time in maintenance windows counts in figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaintenanceTime {
    Excluded,
    Included,
}

/// Whether search engines may list the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indexing {
    Allowed,
    Refused,
}

/// The availability that a team promises, such as 99.9 %. Exact to a thousandth of a per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SloPercent {
    thousandths: u32,
}

impl SloPercent {
    /// The lowest one: below it, most likely a share such as 0.999 was meant.
    pub const LEAST: u32 = 50;

    /// Reads `99.9`: 50 to 100, with three decimals at most.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |part: &str, most: usize| {
            (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let decimals = if decimals.len() > 3 { decimals.trim_end_matches('0') } else { decimals };
        if !is_number(whole, 3) || !is_number(decimals, 3) {
            return None;
        }
        let thousandths: u32 = format!("{whole}{decimals:0<3}").parse().ok()?;
        (Self::LEAST * 1000..=100_000).contains(&thousandths).then_some(Self { thousandths })
    }

    /// How many of `seconds` may be bad, in milliseconds, rounded down.
    pub fn allowed_millis(self, seconds: u64) -> u64 {
        let bad = u64::from(100_000_u32.saturating_sub(self.thousandths));
        seconds.saturating_mul(1_000).saturating_mul(bad) / 100_000
    }

    /// Of 100,000.
    pub fn thousandths(self) -> u32 {
        self.thousandths
    }
}

/// As people write it: `99.9`.
impl fmt::Display for SloPercent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:03}", self.thousandths % 1000);
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{}", self.thousandths / 1000),
            decimals => write!(f, "{}.{decimals}", self.thousandths / 1000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_slo_is_exact_to_a_thousandth_of_a_per_cent() {
        for (text, shown) in [
            ("99.9", Some("99.9")),
            ("99.999", Some("99.999")),
            ("99.90", Some("99.9")),
            ("99.9000", Some("99.9")),
            ("100", Some("100")),
            ("100.000", Some("100")),
            ("50", Some("50")),
            ("99.05", Some("99.05")),
            ("99.9999", None),
            ("100.001", None),
            ("49.999", None),
            ("0.999", None),
            ("1e2", None),
            ("-99", None),
            ("99.", None),
            ("", None),
        ] {
            let found = SloPercent::parse(text).map(|slo| slo.to_string());
            assert_eq!(found.as_deref(), shown, "{text}");
        }
        assert_eq!(SloPercent::parse("99.95").map(SloPercent::thousandths), Some(99_950));
    }
}
