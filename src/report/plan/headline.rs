//! What a reviewer has to know before anything else: what is lost, which secrets go elsewhere, what is weakened.

use std::collections::BTreeMap;

use super::change::Gravity;
use super::group::{GroupView, field_words};
use super::headline_share::HeadlineShare;
use super::rerouting::rerouted_title;
use super::secret_swap::{SecretSwap, secret_swaps};
use super::words::{FEW, SECRET_HOST, some};
use crate::monitor::{MonitorId, count, safe};
use crate::plan::{Change, Plan, Risk};

/// Points of a headline that stand for a longer list.
const POINTS: usize = 3;

/// A secret must not hide behind a number.
const SECRETS: usize = 40;

/// One thing to know.
pub struct Headline {
    pub share: HeadlineShare,
    pub gravity: Gravity,
    /// `25 monitors weakened`
    pub label: String,
    /// The first points, the gravest first.
    pub points: Vec<Point>,
    /// How many more there are.
    pub more: usize,
}

/// One cause of a headline.
pub struct Point {
    /// `interval 2m → 5m`
    pub what: String,
    /// `25 monitors`; empty if that is said already.
    pub whom: String,
}

impl Headline {
    fn new(
        share: HeadlineShare,
        gravity: Gravity,
        label: String,
        points: impl Iterator<Item = Point>,
    ) -> Self {
        Self::of(POINTS, share, gravity, label, points)
    }

    /// With so many points.
    fn of(
        most: usize,
        share: HeadlineShare,
        gravity: Gravity,
        label: String,
        points: impl Iterator<Item = Point>,
    ) -> Self {
        let mut points: Vec<_> = points.collect();
        let more = points.len().saturating_sub(most);
        points.truncate(most);
        Self { share, gravity, label, points, more }
    }
}

/// Losses, then secrets, then weakenings, and the same of what is pending; nothing of a plan without a risk.
pub fn headlines(plan: &Plan, groups: &[GroupView<'_>]) -> Vec<Headline> {
    HeadlineShare::ALL.into_iter().flat_map(|share| headlines_of(share, plan, groups)).collect()
}

fn headlines_of(share: HeadlineShare, plan: &Plan, groups: &[GroupView<'_>]) -> Vec<Headline> {
    let mut headlines = Vec::new();
    let changes = || plan.changes.iter().filter(|change| HeadlineShare::of(change) == share);
    let groups: Vec<_> = groups
        .iter()
        .filter(|group| group.changes().any(|change| HeadlineShare::of(change) == share))
        .collect();
    let lost: Vec<_> = changes().filter(|change| change.risk == Risk::Loss).collect();
    if !lost.is_empty() {
        let ids = some(lost.iter().map(|change| change.id.as_str()), FEW);
        let label = format!("{} lost", count(lost.len(), "monitor"));
        let points = std::iter::once(Point { what: ids, whom: String::new() });
        headlines.push(Headline::new(share, Gravity::Loses, label, points));
    }
    if share == HeadlineShare::Own && !plan.unnotified.is_empty() {
        let monitors = count(plan.unnotified.len(), "monitor");
        let label = format!("{monitors} lost, because no channel takes their DOWN");
        let ids = some(plan.unnotified.iter().map(MonitorId::as_str), FEW);
        let points = std::iter::once(Point { what: ids, whom: String::new() });
        headlines.push(Headline::new(share, Gravity::Loses, label, points));
    }
    let senders: Vec<_> = groups.iter().copied().filter(|group| group.sends_secret()).collect();
    if !senders.is_empty() {
        let points = senders.iter().map(|group| Point { what: group.secret_hosts(), whom: group.whom() });
        headlines.push(Headline::of(SECRETS, share, Gravity::SendsSecret, SECRET_HOST.to_owned(), points));
    }
    headlines.extend(other_secrets(share, changes()));
    let weaker: Vec<_> = groups.iter().copied().filter(|group| group.risk == Risk::Weaker).collect();
    if !weaker.is_empty() {
        let number = changes().filter(|change| change.risk == Risk::Weaker).count();
        let label = format!("{} weakened", count(number, "monitor"));
        let whom = |group: &GroupView<'_>| match weaker.as_slice() {
            // The label has counted them.
            [_] if group.single().is_none() => String::new(),
            [] | [..] => group.whom(),
        };
        let points = weaker.iter().map(|group| Point { what: group.weakening(), whom: whom(group) });
        headlines.push(Headline::new(share, Gravity::Ordinary, label, points));
    }
    if share == HeadlineShare::Own && !plan.rerouted.is_empty() {
        let label = rerouted_title(plan);
        let fields = plan.settings.fields.iter().filter(|field| field.risk != Risk::None);
        let points = fields.map(|field| Point { what: safe(&field_words(field)), whom: String::new() });
        headlines.push(Headline::new(share, Gravity::Ordinary, label, points));
    }
    headlines
}

/// Which secrets are read in the place of others, and by how many monitors.
fn other_secrets<'a>(share: HeadlineShare, changes: impl Iterator<Item = &'a Change>) -> Option<Headline> {
    let mut by_swap: BTreeMap<SecretSwap, Vec<&MonitorId>> = BTreeMap::new();
    let mut monitors = 0;
    for change in changes {
        let swaps = secret_swaps(change);
        monitors += usize::from(!swaps.is_empty());
        for swap in swaps {
            by_swap.entry(swap).or_default().push(&change.id);
        }
    }
    let whom = |ids: &[&MonitorId]| match ids {
        [only] => only.to_string(),
        [] | [_, ..] => count(ids.len(), "monitor"),
    };
    let uses = if monitors == 1 { "uses" } else { "use" };
    let label = format!("{} {uses} another secret", count(monitors, "monitor"));
    let points =
        by_swap.into_iter().map(|(swap, ids)| Point { what: safe(&swap.to_string()), whom: whom(&ids) });
    (monitors > 0).then(|| Headline::of(SECRETS, share, Gravity::Ordinary, label, points))
}
