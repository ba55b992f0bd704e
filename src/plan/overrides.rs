//! What a person allows a plan in spite of the guard. Pure.

/// What a person has said that may happen all the same; exact, so that it covers what was seen and nothing more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    pub allow_loss: Option<usize>,
    pub allow_weaker: Option<usize>,
    pub allow_secret_host: Option<usize>,
    pub rollback: Rollback,
    /// The environment that may claim a table with monitors.
    pub claim_table: Option<String>,
    /// The name that the environment of the table had before.
    pub rename_environment: Option<String>,
}

/// Whether a commit may follow one that it does not contain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rollback {
    #[default]
    Refused,
    Allowed,
}

impl Overrides {
    /// As they are written down with what was applied; `None` if there are none.
    pub fn text(&self) -> Option<String> {
        let Self { allow_loss, allow_weaker, allow_secret_host, rollback, claim_table, rename_environment } =
            self;
        let mut parts = Vec::new();
        parts.extend(allow_loss.map(|number| format!("--allow-loss {number}")));
        parts.extend(allow_weaker.map(|number| format!("--allow-weaker {number}")));
        parts.extend(allow_secret_host.map(|number| format!("--allow-secret-host {number}")));
        match rollback {
            Rollback::Allowed => parts.push("--allow-rollback".to_owned()),
            Rollback::Refused => {}
        }
        parts.extend(claim_table.as_ref().map(|name| format!("--claim-table {name}")));
        parts.extend(rename_environment.as_ref().map(|name| format!("--rename-environment {name}")));
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}
