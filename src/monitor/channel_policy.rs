//! Which alerts a channel takes.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{AlertPolicy, ChannelName, Severity};

/// Which alerts a channel gets, of those that are routed to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelPolicy {
    /// Never empty.
    pub severities: BTreeSet<Severity>,
    /// How long a DOWN lasts before it is sent, from its opening.
    pub after: Option<Duration>,
    pub reminders: bool,
}

impl Default for ChannelPolicy {
    fn default() -> Self {
        let severities = BTreeSet::from([Severity::Info, Severity::Warning, Severity::Critical]);
        Self { severities, after: None, reminders: true }
    }
}

impl ChannelPolicy {
    /// Whether a DOWN of this severity is sent as soon as it is confirmed.
    pub fn takes_down_at_once(&self, severity: Severity) -> bool {
        self.after.is_none() && self.severities.contains(&severity)
    }
}

impl AlertPolicy {
    /// Whether a channel takes a DOWN as soon as it is confirmed. `policy` is that of a channel, as far as it is defined. A
    /// name without one stands for the default, and a default without one for what the machine has, which takes everything.
    pub fn is_notified(&self, policy: impl Fn(&ChannelName) -> Option<ChannelPolicy>) -> bool {
        let default = policy(&ChannelName::default());
        let takes = |name| policy(name).or_else(|| default.clone());
        self.to.iter().any(|name| takes(name).is_none_or(|policy| policy.takes_down_at_once(self.severity)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_down_is_notified_if_a_channel_takes_its_severity_and_does_not_wait() {
        use Severity::{Critical, Info};
        let all = ChannelPolicy::default();
        let policies = [
            ("all", all.clone()),
            ("critical", ChannelPolicy { severities: [Critical].into(), ..all.clone() }),
            ("later", ChannelPolicy { after: Some(Duration::from_mins(30)), ..all }),
        ];
        let is_notified = |to: &str, severity, default: Option<&str>| {
            let named = |name: &str| {
                policies.iter().find(|(known, _)| *known == name).map(|(_, policy)| policy.clone())
            };
            let policy =
                |name: &ChannelName| if name.is_default() { named(default?) } else { named(name.as_str()) };
            let to = to.split(' ').map(|name| ChannelName::parse(name).expect("a name")).collect();
            AlertPolicy { severity, to, ..AlertPolicy::default() }.is_notified(policy)
        };
        for (to, severity, default, expected) in [
            ("all", Info, None, true),
            ("critical", Critical, None, true),
            ("critical", Info, None, false),
            ("later", Critical, None, false),
            ("later critical", Critical, None, true),
            ("later critical", Info, None, false),
            // What the machine has takes everything.
            ("default", Info, None, true),
            ("unknown", Info, None, true),
            ("default", Info, Some("critical"), false),
            ("unknown", Info, Some("critical"), false),
            ("unknown", Info, Some("all"), true),
        ] {
            assert_eq!(is_notified(to, severity, default), expected, "{to} {severity} {default:?}");
        }
    }
}
