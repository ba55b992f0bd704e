//! Which removal and which creation look like one rename. Suggested, never assumed: a wrong guess would give one
//! monitor the history of another.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::fields::{differences, leaves};
use super::{Action, Change};
use crate::monitor::{MonitorId, Spec};

/// From how many percent on a pair is worth a word.
const SUGGESTED: u8 = 60;

/// How much of the likeness is the address; the rest is every other field. Monitors of one folder share most of their
/// fields, so those alone say little.
const ADDRESS: usize = 60;

/// A monitor that goes and one that comes, and how alike they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameCandidate {
    pub from: MonitorId,
    pub to: MonitorId,
    pub percent: u8,
}

/// The pairs that are most alike, each monitor in one at most, sorted by the one that goes.
pub fn rename_candidates(changes: &[Change]) -> Vec<RenameCandidate> {
    let mut created: BTreeMap<&str, Vec<(&MonitorId, &Spec)>> = BTreeMap::new();
    for change in changes {
        if let Action::Create { desired, .. } = &change.action {
            created.entry(host(&desired.spec)).or_default().push((&desired.id, &desired.spec));
        }
    }
    let mut pairs = Vec::new();
    for change in changes {
        let Action::Remove { stored } = &change.action else { continue };
        for (id, spec) in created.get(host(&stored.spec)).into_iter().flatten() {
            let percent = alike(&stored.spec, spec);
            if percent >= SUGGESTED {
                pairs.push((std::cmp::Reverse(percent), &stored.id, *id));
            }
        }
    }
    pairs.sort();
    let (mut gone, mut come) = (BTreeSet::new(), BTreeSet::new());
    let mut found: Vec<_> = pairs
        .into_iter()
        .filter(|(_, from, to)| {
            !gone.contains(from) && !come.contains(to) && gone.insert(*from) && come.insert(*to)
        })
        .map(|(percent, from, to)| RenameCandidate { from: from.clone(), to: to.clone(), percent: percent.0 })
        .collect();
    found.sort_by(|one, two| one.from.cmp(&two.from));
    found
}

/// 0 to 100.
fn alike(one: &Spec, two: &Spec) -> u8 {
    // Both have the same host already.
    let address = if address(one) == address(two) { ADDRESS } else { ADDRESS / 2 };
    let differing = differences(one, two).iter().filter(|field| field.path != "url").count();
    let all = leaves(one).max(leaves(two)).saturating_sub(1);
    let same = all.saturating_sub(differing);
    let others = (100 - ADDRESS) * same / all.max(1);
    let others = if all == 0 { 100 - ADDRESS } else { others };
    u8::try_from(address + others).unwrap_or(100)
}

fn address(spec: &Spec) -> &str {
    spec.fields().get("url").and_then(Value::as_str).unwrap_or_default()
}

/// Scheme and authority.
fn host(spec: &Spec) -> &str {
    let url = address(spec);
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    &url[..end]
}
