//! A finding: what was looked at, how it is, and the command that puts it right.

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub about: Area,
    pub outcome: FindingOutcome,
    /// What was found, as part of a sentence.
    pub what: String,
    /// A command that can be pasted.
    pub fix: Option<String>,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingOutcome {
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
pub enum Area {
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
    pub fn ok(about: Area, what: impl Into<String>) -> Self {
        Self { about, outcome: FindingOutcome::Ok, what: what.into(), fix: None }
    }

    pub fn warning(about: Area, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { about, outcome: FindingOutcome::Warning, what: what.into(), fix: Some(fix.into()) }
    }

    pub fn failed(about: Area, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { about, outcome: FindingOutcome::Failed, what: what.into(), fix: Some(fix.into()) }
    }

    pub fn denied(about: Area, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { about, outcome: FindingOutcome::Denied, what: what.into(), fix: Some(fix.into()) }
    }

    pub fn skipped(about: Area, what: impl Into<String>) -> Self {
        Self { about, outcome: FindingOutcome::Skipped, what: what.into(), fix: None }
    }

    /// With a command that sees or does what this one could not.
    #[must_use]
    pub fn or(self, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..self }
    }
}

impl FindingOutcome {
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

impl Area {
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
