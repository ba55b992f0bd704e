//! What the channels of the settings change for the alerts of monitors that stay as they are.

use std::collections::BTreeSet;

use crate::channels::is_of_policy;
use crate::monitor::{count, safe};
use crate::plan::{Plan, Risk};

/// What becomes of these alerts.
enum Rerouting {
    /// They go to another channel.
    Elsewhere,
    /// The same channels take fewer of them, or later.
    Less(BTreeSet<String>),
    Both,
}

impl Rerouting {
    fn of(plan: &Plan) -> Self {
        let weaker = plan.settings.fields.iter().filter(|field| field.risk != Risk::None);
        let (mut less, mut elsewhere) = (BTreeSet::new(), false);
        for field in weaker {
            let named = field.path.strip_prefix("channels.").and_then(|rest| rest.rsplit_once('.'));
            match named.filter(|(_, field)| is_of_policy(field)) {
                Some((channel, _)) => {
                    less.insert(safe(channel));
                }
                None => elsewhere = true,
            }
        }
        match (elsewhere, less.is_empty()) {
            (false, false) => Self::Less(less),
            (true, false) => Self::Both,
            (_, true) => Self::Elsewhere,
        }
    }
}

/// Whose alerts the settings send elsewhere or hold back, if they do.
pub fn rerouted(plan: &Plan) -> Option<String> {
    let monitors = count(plan.rerouted.len(), "monitor");
    (!plan.rerouted.is_empty()).then(|| match Rerouting::of(plan) {
        Rerouting::Elsewhere => format!("the alerts of {monitors} go to another channel"),
        Rerouting::Less(channels) => format!("{} fewer alerts of {monitors}, or later ones", get(&channels)),
        Rerouting::Both => {
            format!("the alerts of {monitors} go to another channel, or a channel gets fewer or later ones")
        }
    })
}

/// The same as a title; it is asked only where there are such monitors.
pub fn rerouted_title(plan: &Plan) -> String {
    let monitors = count(plan.rerouted.len(), "monitor");
    match Rerouting::of(plan) {
        Rerouting::Elsewhere => format!("alerts of {monitors} rerouted"),
        Rerouting::Less(channels) => format!("{} less of {monitors}", get(&channels)),
        Rerouting::Both => format!("alerts of {monitors} rerouted or held back"),
    }
}

/// `channel chat gets`, `channels chat, mail get`
fn get(channels: &BTreeSet<String>) -> String {
    let names: Vec<_> = channels.iter().map(String::as_str).collect();
    match names.as_slice() {
        [only] => format!("channel {only} gets"),
        all => format!("channels {} get", all.join(", ")),
    }
}
