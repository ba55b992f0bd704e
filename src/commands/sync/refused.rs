//! Plans that are not applied: what the guard refuses, and what carries a risk and is not what was reviewed.

use crate::cli::Sync;
use crate::commands::catalog::Reviewed;
use crate::commands::context::Context;
use crate::commands::environment::variable;
use crate::commands::failure::Failure;
use crate::commands::plan_request::PlanRequest;
use crate::commands::suggested_command::{Again, approving_command};
use crate::exit::Exit;
use crate::monitor::count;
use crate::plan::{Promise, review_needs};
use crate::source::MonitorFolders;

/// What is known of a review before the merge.
#[derive(Debug)]
pub enum PriorReview {
    /// `--reviewed` was not passed: the guard alone decides.
    NotAsked,
    Unknown,
    Of(Promise),
}

/// How a plan stands to that review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    AsReviewed,
    NoReview,
    Moved,
}

impl PriorReview {
    /// As typed.
    pub fn of(args: &Sync) -> Result<Self, Failure> {
        match args.reviewed.as_deref() {
            None => Ok(Self::NotAsked),
            Some("") => Ok(Self::Unknown),
            Some(digest) => super::reviewed::of_digest(digest).map(Self::Of),
        }
    }

    fn standing(&self, digest: &str) -> Standing {
        match self {
            Self::NotAsked => Standing::AsReviewed,
            Self::Unknown => Standing::NoReview,
            Self::Of(promise) if promise.is_kept_by(digest) => Standing::AsReviewed,
            Self::Of(_) => Standing::Moved,
        }
    }
}

/// Refuses what the guard refuses, and a plan with a risk that is not the reviewed one. `folders` are where the files
/// are, if they are what is applied.
pub fn refuse(
    context: &Context,
    request: &PlanRequest,
    reviewed: &Reviewed,
    review: &PriorReview,
    folders: Option<&MonitorFolders>,
) -> Result<(), Failure> {
    let Reviewed { plan, refusals, succession, .. } = reviewed;
    let standing = review.standing(&plan.digest());
    let needs: Vec<_> = match standing {
        Standing::AsReviewed => Vec::new(),
        Standing::NoReview | Standing::Moved => {
            review_needs(plan, succession).iter().map(ToString::to_string).collect()
        }
    };
    if refusals.is_empty() && needs.is_empty() {
        return Ok(());
    }
    let why = match standing {
        Standing::AsReviewed => None,
        Standing::NoReview => Some("no review of this plan is known"),
        Standing::Moved => Some("main has moved since the review, so this is not the reviewed plan"),
    };
    let message = match (refusals.len(), why) {
        (0, why) => format!("{}; it {}", why.unwrap_or_default(), needs.join(", ")),
        (number, None) => format!("the plan was refused for {}", count(number, "reason")),
        (number, Some(why)) => {
            format!("the plan was refused for {}; {why}", count(number, "reason"))
        }
    };
    let failure = Failure::new(Exit::Refused, message).before_writing();
    // Beside the refusals the plan has shown the command already; a job is not where it is typed.
    let again = folders.map(|folders| Again::Files(folders, plan));
    let command = again.and_then(|again| approving_command(again, context.called(), request));
    let can_be_approved = refusals.iter().all(|refusal| refusal.flag().is_some());
    Err(match command.filter(|_| can_be_approved && (is_workflow() || refusals.is_empty())) {
        None => failure,
        Some(command) => {
            let numbers = request.overrides.raised(refusals).text();
            let numbers = numbers.map(|numbers| format!(" ({numbers})")).unwrap_or_default();
            let input = format!("run the workflow with the input `approve`: sha256:{}", plan.digest());
            let input = if is_workflow() { format!("\n  on GitHub, {input}") } else { String::new() };
            failure.help(format!("to approve exactly this plan{numbers}: {command}{input}"))
        }
    })
}

fn is_workflow() -> bool {
    variable("GITHUB_ACTIONS").as_deref() == Some("true")
}
