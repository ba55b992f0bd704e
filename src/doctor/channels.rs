//! The channels: whether they ever took a notification, and whether they take them now.

use super::finding::{Area, Finding};
use super::rights::Role;

/// What is known of one channel of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelFacts {
    pub name: String,
    pub record: ChannelHistory,
}

/// What runs found of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelHistory {
    /// It accepted a notification, and no later one was refused.
    Proven,
    /// It never accepted one with the definition that it has.
    Unproven,
    /// It takes none, for this reason.
    Down(String),
}

/// One line for all that work, and one for each other. Only the machine that runs `check` can test a channel.
pub fn channels(role: Option<Role>, facts: &[ChannelFacts]) -> Vec<Finding> {
    match role {
        Some(Role::Check) | None => {}
        Some(Role::Diff | Role::Sync) => return Vec::new(),
    }
    let mut findings = Vec::new();
    let mut proven = Vec::new();
    for ChannelFacts { name, record } in facts {
        let test = format!("monitorctl notify test {name}");
        match record {
            ChannelHistory::Proven => proven.push(name.as_str()),
            ChannelHistory::Unproven => findings.push(Finding::warning(
                Area::Alerts,
                format!("the channel {name} was never proven: it never accepted a notification"),
                test,
            )),
            ChannelHistory::Down(why) => {
                findings.push(Finding::failed(Area::Alerts, format!("the channel {name} {why}"), test));
            }
        }
    }
    if !proven.is_empty() {
        let names = proven.join(", ");
        findings.insert(0, Finding::ok(Area::Alerts, format!("accepted a notification: {names}")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::finding::FindingOutcome;
    use super::*;

    #[test]
    fn a_channel_that_was_never_proven_or_takes_nothing_has_a_line() {
        let known = |name: &str, record| ChannelFacts { name: name.to_owned(), record };
        let why = "refuses notifications since 14:02 UTC: HTTP 404: no_service";
        let facts = [
            known("chat", ChannelHistory::Down(why.to_owned())),
            known("oncall", ChannelHistory::Proven),
            known("sms", ChannelHistory::Unproven),
        ];
        let found = channels(None, &facts);
        let lines: Vec<_> = found.iter().map(|finding| (finding.outcome, finding.what.as_str())).collect();
        assert_eq!(
            lines,
            [
                (FindingOutcome::Ok, "accepted a notification: oncall"),
                (FindingOutcome::Failed, format!("the channel chat {why}").as_str()),
                (
                    FindingOutcome::Warning,
                    "the channel sms was never proven: it never accepted a notification"
                ),
            ]
        );
        assert_eq!(found[2].fix.as_deref(), Some("monitorctl notify test sms"));
        assert!(channels(None, &[]).is_empty());
        assert!(channels(Some(Role::Sync), &facts).is_empty(), "it cannot send");
    }
}
