//! What a reviewer has to know before anything else: what is lost, which secrets go elsewhere, what is weakened.

use super::change::Gravity;
use super::group::{GroupView, field_words};
use super::words::{FEW, SECRET_HOST, some};
use crate::monitor::{count, safe};
use crate::plan::{Plan, Risk};

/// Points of a headline that stand for a longer list.
const POINTS: usize = 3;

/// One thing to know.
pub struct Headline {
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
    fn new(gravity: Gravity, label: String, points: impl Iterator<Item = Point>) -> Self {
        let mut points: Vec<_> = points.collect();
        let more = points.len().saturating_sub(POINTS);
        points.truncate(POINTS);
        Self { gravity, label, points, more }
    }
}

/// Losses, then secrets, then weakenings; nothing of a plan without a risk.
pub fn headlines(plan: &Plan, groups: &[GroupView<'_>]) -> Vec<Headline> {
    let mut headlines = Vec::new();
    let lost: Vec<_> = plan.changes.iter().filter(|change| change.risk == Risk::Loss).collect();
    if !lost.is_empty() {
        let ids = some(lost.iter().map(|change| change.id.as_str()), FEW);
        let label = format!("{} lost", count(lost.len(), "monitor"));
        let points = std::iter::once(Point { what: ids, whom: String::new() });
        headlines.push(Headline::new(Gravity::Loses, label, points));
    }
    let senders: Vec<_> = groups.iter().filter(|group| group.sends_secret()).collect();
    if !senders.is_empty() {
        let points = senders.iter().map(|group| Point { what: group.secret_hosts(), whom: group.whom() });
        headlines.push(Headline::new(Gravity::SendsSecret, SECRET_HOST.to_owned(), points));
    }
    let weaker: Vec<_> = groups.iter().filter(|group| group.risk == Risk::Weaker).collect();
    if !weaker.is_empty() {
        let label = format!("{} weakened", count(plan.count_risk(Risk::Weaker), "monitor"));
        let whom = |group: &GroupView<'_>| match weaker.as_slice() {
            // The label has counted them.
            [_] if group.single().is_none() => String::new(),
            [] | [..] => group.whom(),
        };
        let points = weaker.iter().map(|group| Point { what: group.weakening(), whom: whom(group) });
        headlines.push(Headline::new(Gravity::Ordinary, label, points));
    }
    if !plan.rerouted.is_empty() {
        let label = format!("alerts of {} rerouted", count(plan.rerouted.len(), "monitor"));
        let fields = plan.settings.fields.iter().filter(|field| field.risk != Risk::None);
        let points = fields.map(|field| Point { what: safe(&field_words(field)), whom: String::new() });
        headlines.push(Headline::new(Gravity::Ordinary, label, points));
    }
    headlines
}
