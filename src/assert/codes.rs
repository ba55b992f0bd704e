//! Codes that an answer may have.

use std::fmt;

/// A set of codes, in the order written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSet(pub Vec<CodeClass>);

/// One code, or a hundred of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeClass {
    /// `204`
    Code(u16),
    /// `2xx`, held as 2.
    Hundred(u8),
}

impl CodeSet {
    pub fn contains(&self, code: u16) -> bool {
        self.0.iter().any(|class| match *class {
            CodeClass::Code(own) => own == code,
            CodeClass::Hundred(hundred) => u16::from(hundred) == code / 100,
        })
    }

    /// Whether every code of `other` is one of these.
    pub fn holds_all(&self, other: &Self) -> bool {
        let codes = |class: &CodeClass| match *class {
            CodeClass::Code(code) => code..=code,
            CodeClass::Hundred(hundred) => u16::from(hundred) * 100..=u16::from(hundred) * 100 + 99,
        };
        other.0.iter().flat_map(codes).all(|code| self.contains(code))
    }
}

impl fmt::Display for CodeClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Hundred(hundred) => write!(f, "{hundred}xx"),
        }
    }
}

impl fmt::Display for CodeSet {
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
    fn a_set_of_codes_holds_codes_and_hundreds() {
        let set = CodeSet(vec![CodeClass::Code(200), CodeClass::Hundred(3)]);
        for (status, held) in [(200, true), (201, false), (302, true), (399, true), (400, false)] {
            assert_eq!(set.contains(status), held, "{status}");
        }
        assert_eq!(set.to_string(), "200 or 3xx");
    }
}
