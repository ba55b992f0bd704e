//! What a run saw, as far as it speaks of the network of the machine that it ran on. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Sum;

use jiff::Timestamp;

use super::Row;
use crate::observation::{Fault, Reach, Transport};
use crate::transition::Health;
use crate::verdict::{Judgement, Verdict};

/// Fewer failures are bad luck, however few monitors there are.
const FEWEST: usize = 3;

/// What a run saw, as far as it speaks of the network.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunEvidence {
    /// Those that got no answer.
    pub cut_off: Groups,
    /// The same, without those of a kind of address of which another monitor got an answer since.
    pub doubted: Groups,
    /// Whether at least one endpoint answered.
    pub answered: bool,
    /// When the first of those that got no answer was asked.
    pub since: Option<Timestamp>,
    /// When the last answer came from an address of this kind.
    pub(super) answers: BTreeMap<Reach, Timestamp>,
    /// The kinds of addresses of which every https endpoint fails, and not all of them for want of a connection: a proxy
    /// that breaks TLS on its way does that.
    pub(super) intercepted: BTreeSet<Reach>,
}

/// Monitors in groups, each of which is looked at by itself: one group must not hide the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Groups {
    /// Those that were good before: up, or degraded.
    pub good: FailureRatio,
    /// Those that were never seen to be anything: on a new machine without a network that is all of them.
    pub new: FailureRatio,
    /// Those that were good before, by the kind of their address.
    pub by_reach: BTreeMap<Reach, FailureRatio>,
}

/// Some monitors, and those of them that got no answer because of DNS, the connection or the time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FailureRatio {
    pub cut_off: usize,
    pub of: usize,
}

/// What a judgement says of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NetworkSign {
    Answered,
    /// Nothing came back: DNS, the connection or the time.
    CutOff,
    /// The connection was reset or TLS failed, before there was an answer.
    Broken,
    /// A server was reached.
    Other,
}

impl FailureRatio {
    fn is_mass(self) -> bool {
        self.cut_off >= FEWEST && self.is_half()
    }

    fn is_half(self) -> bool {
        self.cut_off * 2 >= self.of
    }

    fn add(&mut self, is_cut_off: bool) {
        self.of += 1;
        self.cut_off += usize::from(is_cut_off);
    }
}

impl Sum for FailureRatio {
    fn sum<I: Iterator<Item = Self>>(ratios: I) -> Self {
        ratios.fold(Self::default(), |sum, Self { cut_off, of }| Self {
            cut_off: sum.cut_off + cut_off,
            of: sum.of + of,
        })
    }
}

impl Groups {
    /// Both, whatever the address.
    pub fn all(&self) -> FailureRatio {
        [self.good, self.new].into_iter().sum()
    }

    fn is_mass(&self) -> bool {
        self.good.is_mass() || self.new.is_mass() || self.by_reach.values().any(|ratio| ratio.is_mass())
    }

    fn add(&mut self, health: Health, reach: Reach, is_cut_off: bool) {
        match health {
            Health::Up | Health::Degraded => {
                self.good.add(is_cut_off);
                self.by_reach.entry(reach).or_default().add(is_cut_off);
            }
            Health::New => self.new.add(is_cut_off),
            // That it still gets no answer is no change.
            Health::Down => {}
        }
    }
}

impl RunEvidence {
    /// Each judgement comes with the row that the monitor had before. What was not reached, or broke here, is no
    /// evidence of anything.
    pub fn of<'a>(judged: impl Iterator<Item = (Option<&'a Row>, &'a Judgement)>) -> Self {
        let health = |row: Option<&Row>| row.map_or(Health::New, |row| row.confirmed.health);
        let judged: Vec<_> = judged
            .filter(|(_, judgement)| judgement.verdict.is_evidence())
            .map(|(row, judgement)| (health(row), judgement))
            .collect();
        let mut evidence = Self { intercepted: intercepted(&judged), ..Self::default() };
        for (_, judgement) in &judged {
            if sign(judgement) == NetworkSign::Answered {
                evidence.answered = true;
                let end = judgement.at.saturating_add(judgement.latency.unwrap_or_default());
                let end = end.unwrap_or(judgement.at);
                let last = evidence.answers.entry(reach(judgement)).or_insert(end);
                *last = (*last).max(end);
            }
        }
        for (health, judgement) in &judged {
            let (is_cut_off, is_doubted) = (evidence.is_cut_off(judgement), evidence.is_doubted(judgement));
            evidence.cut_off.add(*health, reach(judgement), is_cut_off);
            evidence.doubted.add(*health, reach(judgement), is_doubted);
            if is_cut_off && *health != Health::Down {
                evidence.since = Some(evidence.since.map_or(judgement.at, |since| since.min(judgement.at)));
            }
        }
        evidence
    }

    /// Whether many fail alike.
    pub fn is_mass(&self) -> bool {
        self.cut_off.is_mass()
    }

    /// Whether many fail alike, and no answer of others speaks against it.
    pub fn is_doubtful_mass(&self) -> bool {
        self.doubted.is_mass()
    }

    /// Whether it looks as it would if the network were still cut. Fewer than at first are enough: a run may have few
    /// monitors to probe.
    pub fn is_as_before(&self) -> bool {
        match self.doubted.all() {
            FailureRatio { of: 0, .. } => !self.answered,
            ratio => ratio.is_half(),
        }
    }

    /// Whether something on the way breaks every TLS session. Then an answer over http proves nothing.
    pub fn is_intercepted(&self) -> bool {
        !self.intercepted.is_empty()
    }

    /// Whether a result says nothing of its endpoint if the network is cut.
    pub fn is_doubted(&self, judgement: &Judgement) -> bool {
        match sign(judgement) {
            // An answer that came after this was asked has passed the same network.
            NetworkSign::CutOff => {
                self.answers.get(&reach(judgement)).is_none_or(|answer| *answer < judgement.at)
            }
            NetworkSign::Broken => self.is_cut_off(judgement),
            NetworkSign::Answered | NetworkSign::Other => false,
        }
    }

    fn is_cut_off(&self, judgement: &Judgement) -> bool {
        match sign(judgement) {
            NetworkSign::CutOff => true,
            NetworkSign::Broken => judgement.peer.uses_tls && self.intercepted.contains(&reach(judgement)),
            NetworkSign::Answered | NetworkSign::Other => false,
        }
    }
}

fn intercepted(judged: &[(Health, &Judgement)]) -> BTreeSet<Reach> {
    let mut https: BTreeMap<Reach, Vec<NetworkSign>> = BTreeMap::new();
    for (health, judgement) in judged.iter().filter(|(_, judgement)| judgement.peer.uses_tls) {
        let sign = sign(judgement);
        // What was DOWN before says something only by an answer.
        if *health != Health::Down || sign == NetworkSign::Answered {
            https.entry(reach(judgement)).or_default().push(sign);
        }
    }
    let is_lost = |sign: &NetworkSign| matches!(sign, NetworkSign::CutOff | NetworkSign::Broken);
    https.retain(|_, signs| {
        signs.len() >= FEWEST && signs.iter().all(is_lost) && signs.contains(&NetworkSign::Broken)
    });
    https.into_keys().collect()
}

fn sign(judgement: &Judgement) -> NetworkSign {
    if judgement.is_answered() {
        return NetworkSign::Answered;
    }
    if judgement.is_cut_off() {
        return NetworkSign::CutOff;
    }
    let is_broken = |transport| matches!(transport, Transport::Tls | Transport::Protocol);
    let any = judgement.faults.iter().filter_map(Fault::transport).any(is_broken);
    if judgement.verdict == Verdict::Fail && any { NetworkSign::Broken } else { NetworkSign::Other }
}

/// A name that leads nowhere is taken for one of the internet, as most are.
fn reach(judgement: &Judgement) -> Reach {
    judgement.peer.reach.unwrap_or(Reach::Public)
}
