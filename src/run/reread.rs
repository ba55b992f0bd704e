//! A secret that was rotated while the run was on its way: a refused monitor says so, and is asked again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::probing::Judged;
use super::secret_provider::aws_references;
use crate::inventory::WatchedMonitor;
use crate::monitor::SecretRef;
use crate::secrets::Values;
use crate::verdict::Verdict;

/// The secrets of AWS that a refused monitor has used: an answer 401 or 403 that counts against it may be theirs.
pub fn suspects(judged: &[Judged]) -> BTreeSet<SecretRef> {
    judged
        .iter()
        .filter(|judged| is_refused(judged))
        .flat_map(|judged| aws_references(&judged.watched.monitor))
        .cloned()
        .collect()
}

/// The refused monitors one of whose secrets has another value by now.
pub fn outdated(judged: &[Judged], before: &Values, after: &Values) -> Vec<Arc<WatchedMonitor>> {
    let changed = |watched: &WatchedMonitor| {
        aws_references(&watched.monitor).any(|secret| before.differ(after, secret))
    };
    let refused = judged.iter().filter(|judged| is_refused(judged));
    refused.filter(|judged| changed(&judged.watched)).map(|judged| Arc::clone(&judged.watched)).collect()
}

/// What was judged again takes the place of what was judged with the old secret.
pub fn replace(judged: Vec<Judged>, again: Vec<Judged>) -> Vec<Judged> {
    let mut again: BTreeMap<_, _> =
        again.into_iter().map(|judged| (judged.watched.monitor.id.clone(), judged)).collect();
    judged.into_iter().map(|judged| again.remove(&judged.watched.monitor.id).unwrap_or(judged)).collect()
}

fn is_refused(judged: &Judged) -> bool {
    let judgement = &judged.judgement;
    judgement.verdict == Verdict::Fail && matches!(judgement.code, Some(401 | 403))
}
