//! A reason not to apply a plan, as people and programs read it.

use super::View;
use crate::monitor::{clip, safe};
use crate::plan::{Claim, Refusal};

/// A reason not to apply the plan.
pub struct RefusalView<'a> {
    pub refusal: &'a Refusal,
    /// In a few words, for a title.
    pub label: String,
    pub message: String,
    pub help: &'static str,
    /// What allows exactly this.
    pub flag: Option<String>,
}

impl<'a> RefusalView<'a> {
    pub fn of(refusal: &'a Refusal, view: View) -> Self {
        // What is not compared with the table is not what a sync would be allowed.
        let flag = match view {
            View::Plan | View::Drift => refusal.flag(),
            View::Offline => None,
        };
        Self {
            refusal,
            label: label(refusal),
            message: safe(&refusal.to_string()),
            help: refusal.help(),
            flag: flag.map(|flag| safe(&flag)),
        }
    }
}

impl RefusalView<'_> {
    /// The message in so many characters. It names fewer secrets then, but cuts no name of one.
    pub fn within(&self, most: usize) -> String {
        let briefer = self.refusal.briefer().map(|brief| safe(&brief.to_string()));
        let fitting = { briefer }.find(|brief| brief.chars().count() <= most);
        fitting.unwrap_or_else(|| clip(&self.message, most))
    }
}

fn label(refusal: &Refusal) -> String {
    let words = match refusal {
        Refusal::OtherEnvironment { stored, .. } => {
            return format!("the table belongs to the environment {}", safe(stored));
        }
        Refusal::NothingDesired { .. } => "no monitor in the files",
        Refusal::Losses { .. } => "too many losses",
        Refusal::Unnotified { .. } => "too many monitors without a notification",
        Refusal::Protected { .. } => "protected monitor",
        Refusal::Weakenings { .. } => "too many weakenings",
        Refusal::SecretHosts { .. } => "new host for a stored secret",
        Refusal::Rollback { .. } => "older than the applied commit",
        Refusal::Diverged { .. } => "undoes a newer commit",
        Refusal::OrderUnknown { .. } => "order of commits unknown",
        Refusal::FirstSync { .. } => "removals by another repository",
        Refusal::OwnerRenamed { .. } => "new name of the owner",
        Refusal::TableClaim { .. } => "claim of a table",
        Refusal::Claimed(Claim { holder: Some(_), .. }) => "id of another owner",
        Refusal::Claimed(Claim { holder: None, .. }) => "id without an owner",
        Refusal::Blocked(_) => "head of the catalog unreadable",
    };
    words.to_owned()
}

/// A refusal for programs.
pub fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NothingDesired { .. } => "nothing_desired",
        Refusal::Losses { .. } => "losses",
        Refusal::Unnotified { .. } => "unnotified",
        Refusal::Protected { .. } => "protected",
        Refusal::Weakenings { .. } => "weakenings",
        Refusal::SecretHosts { .. } => "secret_hosts",
        Refusal::Rollback { .. } => "rollback",
        Refusal::Diverged { .. } => "diverged",
        Refusal::OrderUnknown { .. } => "order_unknown",
        Refusal::FirstSync { .. } => "first_sync",
        Refusal::OwnerRenamed { .. } => "owner_renamed",
        Refusal::OtherEnvironment { .. } => "other_environment",
        Refusal::TableClaim { .. } => "table_claim",
        Refusal::Claimed(Claim { holder: Some(_), .. }) => "claimed",
        Refusal::Claimed(Claim { holder: None, .. }) => "unmanaged",
        Refusal::Blocked(_) => "blocked",
    }
}
