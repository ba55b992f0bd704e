//! A finding: what was looked at, how it is, and the command that puts it right.

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub about: About,
    pub outcome: Outcome,
    /// What was found, as part of a sentence.
    pub what: String,
    /// A command that can be pasted.
    pub fix: Option<String>,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Ok,
    /// It works, and should not be like this.
    Warning,
    /// It does not work.
    Failed,
    /// It does not work for want of credentials or a permission.
    Denied,
    /// There is nothing to look at here, or it cannot be seen from here.
    Skipped,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Region,
    Identity,
    Clock,
    Store,
    Table,
    Items,
    Permission,
    Denial,
    Topic,
    Secret,
    Alerts,
    Canary,
    Settings,
    Schema,
    Modeline,
}

impl Finding {
    pub fn ok(about: About, what: impl Into<String>) -> Self {
        Self { about, outcome: Outcome::Ok, what: what.into(), fix: None }
    }

    pub fn warning(about: About, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { about, outcome: Outcome::Warning, what: what.into(), fix: Some(fix.into()) }
    }

    pub fn failed(about: About, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { about, outcome: Outcome::Failed, what: what.into(), fix: Some(fix.into()) }
    }

    pub fn denied(about: About, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { about, outcome: Outcome::Denied, what: what.into(), fix: Some(fix.into()) }
    }

    pub fn skipped(about: About, what: impl Into<String>) -> Self {
        Self { about, outcome: Outcome::Skipped, what: what.into(), fix: None }
    }

    /// With a command that sees or does what this one could not.
    #[must_use]
    pub fn or(self, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..self }
    }
}

impl Outcome {
    pub const ALL: [Self; 5] = [Self::Ok, Self::Warning, Self::Failed, Self::Denied, Self::Skipped];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Denied => "denied",
            Self::Skipped => "skipped",
        }
    }
}

impl About {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::Identity => "identity",
            Self::Clock => "clock",
            Self::Store => "store",
            Self::Table => "table",
            Self::Items => "items",
            Self::Permission => "permission",
            Self::Denial => "denial",
            Self::Topic => "topic",
            Self::Secret => "secret",
            Self::Alerts => "alerts",
            Self::Canary => "canary",
            Self::Settings => "settings",
            Self::Schema => "schema",
            Self::Modeline => "modeline",
        }
    }
}
