//! `--plan` and `--expect-plan`: what was reviewed is applied, or nothing.

use std::path::Path;

use serde_json::Value;

use crate::cli::Sync;
use crate::commands::catalog::Reviewed;
use crate::commands::failure::Failure;
use crate::exit::Exit;
use crate::plan::{Promise, StoredHead};

/// Deviations that are listed.
const LISTED: usize = 20;

/// How the plan of now stands to the reviewed one, where it may go on.
pub enum Promised {
    AsReviewed,
    /// It was applied already: a job that runs twice is done.
    AppliedBefore,
}

/// What was reviewed, if that is given.
pub fn promise(args: &Sync) -> Result<Option<Promise>, Failure> {
    match (&args.plan, &args.expect_plan) {
        (Some(file), _) => of_file(file).map(Some),
        (None, Some(digest)) => of_digest(digest).map(Some),
        (None, None) => Ok(None),
    }
}

/// As typed.
pub fn of_digest(digest: &str) -> Result<Promise, Failure> {
    Promise::of_digest(digest).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("{digest:?} is not the digest of a plan"))
            .help("pass the whole digest as `diff` prints it: sha256: and 64 digits")
    })
}

fn of_file(file: &Path) -> Result<Promise, Failure> {
    let name = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::new(Exit::Failed, format!("cannot read the plan {name}: {error}")))?;
    let plan: Option<Value> = serde_json::from_str(&text).ok();
    if plan.as_ref().and_then(|plan| plan.get("digest")).is_some_and(Value::is_null) {
        let why = format!("{name} has no digest: it was not compared with the table of this environment");
        return Err(Failure::new(Exit::Usage, why)
            .help("`monitorctl diff --format json > FILE`, without --offline and --drift, writes one"));
    }
    plan.as_ref().and_then(Promise::of_json).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("{name} is not a plan in JSON"))
            .help("`monitorctl diff --format json > FILE` writes one")
    })
}

/// Refuses another plan than the reviewed one, and shows what differs.
pub fn hold(promise: &Promise, reviewed: &Reviewed, head: Option<&StoredHead>) -> Result<Promised, Failure> {
    let Reviewed { plan, approved_by, .. } = reviewed;
    // What is approved may take over more than what it was approved by: it was compared before.
    if approved_by.is_some() || promise.is_kept_by(&plan.digest()) {
        return Ok(Promised::AsReviewed);
    }
    let applied = head.filter(|head| head.journal.is_none()).and_then(|head| head.plan_digest.as_ref());
    if plan.is_empty() && applied.is_some_and(|applied| promise.is_kept_by(applied)) {
        return Ok(Promised::AppliedBefore);
    }
    let deviations = promise.deviations(plan);
    let mut listed: Vec<_> = deviations.iter().take(LISTED).map(ToString::to_string).collect();
    if let Some(more @ 1..) = deviations.len().checked_sub(LISTED) {
        listed.push(format!("and {more} more"));
    }
    if listed.is_empty() {
        listed.push(format!("the current plan is sha256:{}", plan.digest()));
    }
    let listed = listed.join("\n  ");
    let message = format!("this is not the reviewed plan; nothing was written\n  {listed}");
    Err(Failure::new(Exit::Stale, message).help("review the new plan: `monitorctl diff`"))
}
