//! Shares as people read them, never rounded in our favour. Pure.

use std::fmt;

/// A share in hundredths of a per cent, rounded down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Proportion(u64);

impl Proportion {
    /// `part` of `whole`; `None` of nothing.
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        Some(Self(part.saturating_mul(10_000).checked_div(whole)?.min(10_000)))
    }

    pub fn is_below(self, per_cent: u64) -> bool {
        self.0 < per_cent * 100
    }

    /// For programs: `99.98`, rounded down like what people read.
    pub fn per_cent(self) -> f64 {
        f64::from(u32::try_from(self.0).unwrap_or(10_000)) / 100.0
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
}
