//! Where a monitor is written down.

use std::fmt;

use jiff::Timestamp;

/// Where a monitor was written down, as far as known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// `monitors/payments.yaml:14`, relative to the repository's root.
    pub source: Option<String>,
    /// Git commit that was applied when it changed last.
    pub commit: Option<String>,
    /// When that was.
    pub synced_at: Option<Timestamp>,
}

/// Where in the repository a monitor is written down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Relative to the repository's root, with `/`.
    pub file: String,
    /// From 1.
    pub line: usize,
}

/// Where a value is set that the document of its monitor does not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueSource {
    pub place: Place,
    /// The variable of the settings that holds it: `vars.timeout`.
    pub variable: Option<String>,
}

impl fmt::Display for ValueSource {
    /// `monitors/defaults.yaml:2`; `monitorctl.yaml:7, vars.timeout`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, variable } = self;
        place.fmt(f)?;
        variable.as_ref().map_or(Ok(()), |variable| write!(f, ", {variable}"))
    }
}

impl fmt::Display for Place {
    /// `monitors/payments.yaml:14`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
