//! Codes that an answer may have.

use std::fmt;

/// A set of codes, in the order written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusSet(pub Vec<StatusClass>);

/// One code, or a hundred of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusClass {
    /// `204`
    Code(u16),
    /// `2xx`, held as 2.
    Hundred(u8),
}

impl Default for StatusSet {
    fn default() -> Self {
        Self(vec![StatusClass::Hundred(2)])
    }
}

impl StatusSet {
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|class| match *class {
            StatusClass::Code(code) => code == status,
            StatusClass::Hundred(hundred) => u16::from(hundred) == status / 100,
        })
    }

    /// Whether every code of `other` is one of these.
    pub fn holds_all(&self, other: &Self) -> bool {
        let codes = |class: &StatusClass| match *class {
            StatusClass::Code(code) => code..=code,
            StatusClass::Hundred(hundred) => u16::from(hundred) * 100..=u16::from(hundred) * 100 + 99,
        };
        other.0.iter().flat_map(codes).all(|code| self.contains(code))
    }
}

impl fmt::Display for StatusClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Hundred(hundred) => write!(f, "{hundred}xx"),
        }
    }
}

impl fmt::Display for StatusSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, class) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(if i + 1 == self.0.len() { " or " } else { ", " })?;
            }
            class.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_set_holds_codes_and_hundreds() {
        let set = StatusSet(vec![StatusClass::Code(200), StatusClass::Hundred(3)]);
        for (status, held) in [(200, true), (201, false), (302, true), (399, true), (400, false)] {
            assert_eq!(set.contains(status), held, "{status}");
        }
        assert_eq!(set.to_string(), "200 or 3xx");
        assert_eq!(StatusSet::default().to_string(), "2xx");
    }
}
