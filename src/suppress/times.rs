//! The times in which alerts of one monitor are suppressed.

use jiff::{SignedDuration, Timestamp};

use super::{StoredSilence, SuppressionReason};
use crate::monitor::{Monitor, Span};

/// How far the next window is looked for: more than a year.
const LOOKED_AT: SignedDuration = SignedDuration::from_hours(400 * 24);

/// One such time, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub span: Span,
    pub reason: SuppressionReason,
}

/// All that touch the time from `from` to `to`.
pub fn suppressions(
    monitor: &Monitor,
    silences: &[StoredSilence],
    from: Timestamp,
    to: Timestamp,
) -> Vec<Suppression> {
    let windows = monitor.maintenance.iter().flat_map(|window| {
        let reason =
            |span: &Span| SuppressionReason::Maintenance { reason: window.reason.clone(), until: span.to };
        let spans = window.between(from, to);
        spans.into_iter().map(move |span| Suppression { span, reason: reason(&span) })
    });
    let touches = |silence: &&StoredSilence| silence.starts <= to && from < silence.ends;
    let silences = silences.iter().filter(touches).filter(|silence| silence.takes(monitor));
    let silences = silences.map(|silence| {
        let StoredSilence { id, selector: _, starts: _, ends, reason, by } = silence;
        let reason = SuppressionReason::Silence {
            id: id.clone(),
            by: by.clone(),
            reason: reason.clone(),
            until: *ends,
        };
        Suppression { span: silence.span(), reason }
    });
    windows.chain(silences).collect()
}

/// The window that begins next, if one does in the time that is looked at, and its reason.
pub fn next_window(monitor: &Monitor, now: Timestamp) -> Option<(Span, Option<&str>)> {
    let until = now.checked_add(LOOKED_AT).ok()?;
    let windows = monitor.maintenance.iter().filter_map(|window| {
        let next = window.between(now, until).into_iter().find(|span| span.from > now)?;
        Some((next, window.reason.as_deref()))
    });
    windows.min_by_key(|(span, _)| *span)
}

/// Why an alert is suppressed at `now`: of several reasons the one that lasts longest.
pub fn reason_at(suppressions: &[Suppression], now: Timestamp) -> Option<&SuppressionReason> {
    let active = suppressions.iter().filter(|suppress| suppress.span.has(now));
    active.max_by_key(|suppress| suppress.span.to).map(|suppress| &suppress.reason)
}

/// Whether every moment from `from` to `to` lies inside one of them.
pub fn cover(suppressions: &[Suppression], from: Timestamp, to: Timestamp) -> bool {
    let mut spans: Vec<_> = suppressions.iter().map(|suppress| suppress.span).collect();
    spans.sort_unstable();
    let mut reached = from;
    for span in spans {
        if span.from > reached {
            break;
        }
        reached = reached.max(span.to);
    }
    reached > from && to <= reached
}
