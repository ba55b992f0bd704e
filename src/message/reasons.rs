//! Alerts that share a kind and a reason: a storm has too many names to read one by one.

use std::collections::BTreeMap;

use super::line::cut;
use super::{AlertKind, AlertParts};

/// Reasons that are shown apart. More are too many to read, and a message has a limit of size.
const REASONS: usize = 20;

/// UTF-16 units of a reason that many share.
const REASON: usize = 120;

/// Alerts with the same kind and reason.
#[derive(Debug, Clone)]
pub struct AlertGroup<'a> {
    pub kind: AlertKind,
    pub word: &'static str,
    pub reason: Option<String>,
    /// Never empty.
    pub alerts: Vec<&'a AlertParts>,
}

/// The alerts by kind and reason: the gravest first, then the most. Beyond [`REASONS`], those of one kind share a group.
pub fn groups(alerts: &[AlertParts]) -> Vec<AlertGroup<'_>> {
    let mut shared: BTreeMap<(AlertKind, Option<String>), Vec<&AlertParts>> = BTreeMap::new();
    for alert in alerts {
        let reason = alert.record.reason.as_ref().map(|reason| cut(reason, REASON));
        shared.entry((alert.record.kind, reason)).or_default().push(alert);
    }
    let mut sorted: Vec<_> = shared.into_iter().collect();
    sorted.sort_by(|((kind, _), one), ((other, _), two)| (kind, two.len()).cmp(&(other, one.len())));
    let mut groups: Vec<AlertGroup<'_>> = Vec::new();
    for (number, ((kind, reason), alerts)) in sorted.into_iter().enumerate() {
        let rest = groups.last_mut().filter(|group| number >= REASONS && group.kind == kind);
        match (rest, alerts.first()) {
            (Some(group), _) => {
                group.reason = Some("several reasons".to_owned());
                group.alerts.extend(alerts);
            }
            (None, Some(first)) => groups.push(AlertGroup { kind, word: first.word, reason, alerts }),
            (None, None) => {}
        }
    }
    groups
}
