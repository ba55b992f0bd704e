//! What many alerts have in common: the words of a message with too many names to read.

use std::collections::{BTreeMap, BTreeSet};

use super::{Alert, AlertKind};
use crate::message::cut;
use crate::monitor::MonitorId;

/// Alerts that share a reason, below which it says nothing.
const SHARED: usize = 3;

/// Monitors that all depend on and that are named as the cause.
const PARENTS: usize = 3;

/// UTF-16 units of a reason that many share.
const REASON: usize = 120;

/// What all or most of what broke has in common, if there is something: `14 DOWN, all depend on payments-db`, or `14 DOWN,
/// 9 of them: connection refused`. The first suspect is what those nine share, and not each of them.
pub fn common_cause(alerts: &[Alert]) -> Option<String> {
    let broke: Vec<_> =
        alerts.iter().filter(|alert| matches!(alert.kind, AlertKind::Down | AlertKind::NeverUp)).collect();
    let parents = most(broke.iter().flat_map(|alert| &alert.monitor.depends_on));
    // A dependency from the files says more than a text that many errors have. About some of them it
    // says little: were that one known to be DOWN, they would wait for it.
    if let Some((parents, count)) = parents
        && count >= SHARED
        && count == broke.len()
    {
        let parents: Vec<_> = parents.into_iter().take(PARENTS).map(MonitorId::as_str).collect();
        return Some(format!("{count} DOWN, all depend on {}", parents.join(" and ")));
    }
    let reasons = most(broke.iter().filter_map(|alert| reason(alert)));
    let (reasons, count) = reasons.filter(|(_, count)| *count >= SHARED && *count * 2 >= broke.len())?;
    let reason = reasons.into_iter().next()?;
    let sharing = broke.iter().filter(|alert| self::reason(alert).as_ref() == Some(&reason));
    let hosts: BTreeSet<_> = sharing.map(|alert| host(&alert.monitor.url.to_string())).collect();
    // The host says most where it is one and the same.
    let whose = match (hosts.len(), hosts.into_iter().next().flatten()) {
        (1, Some(host)) => format!(" ({host})"),
        _ => String::new(),
    };
    let those =
        if count == broke.len() { "all for one reason".to_owned() } else { format!("{count} of them") };
    Some(format!("{} DOWN, {those}: {reason}{whose}", broke.len()))
}

/// What comes most often, and how often: equals by name.
fn most<T: Ord>(all: impl Iterator<Item = T>) -> Option<(Vec<T>, usize)> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    Some((counts.into_iter().filter(|(_, count)| *count == most).map(|(one, _)| one).collect(), most))
}

fn reason(alert: &Alert) -> Option<String> {
    alert.reason().map(|reason| cut(&reason, REASON))
}

/// The host of a URL as it is written; none if a secret may be part of it.
fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    (!host.is_empty() && !host.contains('$')).then(|| host.to_owned())
}
