//! What a reviewer has to know before anything else: what is lost, which secrets go elsewhere, what is weakened.

use super::change::Gravity;
use super::group::{GroupView, field_words};
use super::headline_share::HeadlineShare;
use super::words::{FEW, SECRET_HOST, some};
use crate::monitor::{MonitorId, count, safe};
use crate::plan::{Plan, Risk};

/// Points of a headline that stand for a longer list.
const POINTS: usize = 3;

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
        let mut points: Vec<_> = points.collect();
        let more = points.len().saturating_sub(POINTS);
        points.truncate(POINTS);
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
        headlines.push(Headline::new(share, Gravity::SendsSecret, SECRET_HOST.to_owned(), points));
    }
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
        let label = format!("alerts of {} rerouted", count(plan.rerouted.len(), "monitor"));
        let fields = plan.settings.fields.iter().filter(|field| field.risk != Risk::None);
        let points = fields.map(|field| Point { what: safe(&field_words(field)), whom: String::new() });
        headlines.push(Headline::new(share, Gravity::Ordinary, label, points));
    }
    headlines
}
