//! All facts in, all findings out, in the order in which one thing rests on the other.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::account;
use super::canaries::{CanaryFacts, canaries};
use super::channels::{ChannelFacts, channels};
use super::finding::{Area, Finding};
use super::local::{LocalFacts, local};
use super::repository::{RepositoryFacts, repository};
use super::rights::{Role, publishing, rights};
use super::secrets::{ReachFacts, SecretFacts, reach, secrets};
use super::tables::{TableLocation, items, table};
use super::topics::{TopicFacts, TopicUse, topics};
use crate::installation::{AwsIdentity, ItemsFacts, Look, RightFacts, TableFacts, is_region};

/// Everything that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub place: StoreFacts,
    pub tables: Vec<TableFacts>,
    pub items: Vec<ItemsFacts>,
    /// What the monitors of the table refer to, where that is this role's business.
    pub secrets: Vec<SecretFacts>,
    /// What was tried beyond that, as `check` on AWS.
    pub reach: Vec<ReachFacts>,
    /// Asked from the machine that would ask them in a run.
    pub canaries: Vec<CanaryFacts>,
    /// Those that the table defines.
    pub channels: Vec<ChannelFacts>,
    /// What the files and the table do not have in common, in words; `None` if nothing, or one of the two was not seen.
    pub unsynced: Option<String>,
    /// Monitors of the table by owner; without one they were added by hand.
    pub owners: BTreeMap<Option<String>, usize>,
    /// The environment that the table belongs to, if it is not the chosen one.
    pub other_environment: Option<String>,
    /// When and by whom the catalog of this repository was synced, in words.
    pub last_sync: Option<String>,
    pub repository: RepositoryFacts,
}

/// Where the tables are, and what there is besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreFacts {
    Local(LocalFacts),
    Aws(AwsFacts),
}

/// What was seen of AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsFacts {
    pub region: Option<String>,
    /// `None`: STS was not asked, because there is no region to ask in.
    pub identity: Option<Look<AwsIdentity>>,
    pub ahead: Option<SignedDuration>,
    /// Named, or guessed by the identity's name.
    pub role: Option<Role>,
    pub rights: Vec<RightFacts>,
    /// What `SNS_TOPIC_ARN` says.
    pub default_topic: Option<String>,
    pub topic_use: TopicUse,
    pub topics: Vec<TopicFacts>,
}

/// What is wrong, and what is not.
pub fn examine(facts: &Facts) -> Vec<Finding> {
    let Facts {
        place,
        tables,
        items: read,
        secrets: named,
        reach: tried,
        canaries: asked,
        channels: defined,
        unsynced: left,
        owners: by_owner,
        other_environment,
        last_sync,
        repository: checkout,
    } = facts;
    let mut findings = match place {
        StoreFacts::Local(facts) => local(facts),
        StoreFacts::Aws(facts) => account_of(facts),
    };
    let location = match place {
        StoreFacts::Local(_) => TableLocation::default(),
        StoreFacts::Aws(facts) => facts.location(),
    };
    findings.extend(tables.iter().flat_map(|facts| table(facts, &location)));
    findings.extend(read.iter().flat_map(items));
    let role = match place {
        StoreFacts::Local(_) => None,
        StoreFacts::Aws(facts) => {
            findings.extend(beyond_tables(facts));
            facts.role
        }
    };
    findings.extend(channels(role, defined));
    findings.extend(secrets(role, named));
    findings.extend(reach(tried));
    findings.extend(canaries(asked));
    findings.extend(owners(by_owner));
    findings.extend(other_environment.as_deref().map(|stored| {
        let what =
            format!("the table belongs to the environment {stored}: check --env and the names of the tables");
        Finding::failed(Area::Items, what, format!("monitorctl doctor --env {stored}"))
    }));
    findings.extend(last_sync.as_ref().map(|words| Finding::ok(Area::Items, words)));
    findings.extend(left.as_ref().map(|left| Finding::warning(Area::Items, left, "monitorctl sync")));
    match place {
        StoreFacts::Local(facts) if facts.writable == Look::Missing && !checkout.is_checkout() => {
            findings.push(Finding::failed(
                Area::Settings,
                "no monitorctl.yaml, no monitors/ and no store: most likely the wrong directory; pass `-C DIR`",
                "monitorctl init",
            ));
        }
        StoreFacts::Local(_) | StoreFacts::Aws(_) => findings.extend(repository(role, checkout)),
    }
    findings
}

/// Whose monitors are in the table.
fn owners(owners: &BTreeMap<Option<String>, usize>) -> Option<Finding> {
    let of = |(owner, number): (&Option<String>, &usize)| match owner {
        Some(owner) if *number == 0 => format!("none of {owner}, which synced here before"),
        Some(owner) => format!("{number} of {owner}"),
        None => format!("{number} without an owner"),
    };
    let listed: Vec<_> = owners.iter().rev().map(of).collect();
    (!listed.is_empty())
        .then(|| Finding::ok(Area::Items, format!("monitors in the table: {}", listed.join(", "))))
}

fn account_of(facts: &AwsFacts) -> Vec<Finding> {
    let mut findings = vec![account::region(facts.region.as_deref())];
    findings.extend(facts.identity.as_ref().map(account::identity));
    if facts.trusted() {
        findings.push(account::clock(facts.ahead));
    }
    findings
}

fn beyond_tables(facts: &AwsFacts) -> Vec<Finding> {
    let AwsFacts {
        region: _,
        identity,
        ahead: _,
        role,
        rights: tried,
        default_topic,
        topic_use,
        topics: seen,
    } = facts;
    let mut findings = Vec::new();
    if facts.trusted() {
        match role {
            Some(role) => {
                let identity = match identity {
                    Some(Look::Seen(identity)) => Some(identity),
                    _ => None,
                };
                findings.extend(rights(*role, tried));
                findings.extend(publishing(*role, identity, default_topic.as_deref()));
            }
            None => findings.push(
                Finding::skipped(Area::Permission, "role unknown; pass --role check, diff or sync")
                    .or("monitorctl doctor --role check"),
            ),
        }
    }
    findings.extend(topics(*role, default_topic.as_deref(), topic_use, seen));
    findings
}

impl AwsFacts {
    fn location(&self) -> TableLocation<'_> {
        let account = match &self.identity {
            Some(Look::Seen(identity)) => identity.account(),
            Some(Look::Missing | Look::Hidden | Look::Stranger(_) | Look::Failed(_)) | None => None,
        };
        let account = account.map(|account| format!(" of account {account}")).unwrap_or_default();
        let region = self.region.as_deref();
        let place = region.map(|region| format!(" in region {region}{account}")).unwrap_or_default();
        let of_topic = self.default_topic.as_deref().and_then(region_of);
        TableLocation { place, topic_region: of_topic.filter(|of_topic| Some(*of_topic) != region) }
    }

    /// Without a region or with credentials that AWS rejects, nothing more was asked: every answer would be
    /// the same.
    pub fn trusted(&self) -> bool {
        match &self.identity {
            None | Some(Look::Stranger(_)) => false,
            Some(Look::Seen(_) | Look::Missing | Look::Hidden | Look::Failed(_)) => true,
        }
    }
}

/// The region that an ARN is of.
fn region_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(3).filter(|region| is_region(region))
}

#[cfg(test)]
mod tests {
    use super::super::finding::FindingOutcome;
    use super::super::repository::SettingsFacts;
    use super::*;

    fn facts(place: StoreFacts) -> Facts {
        let repository =
            RepositoryFacts { settings: SettingsFacts::Absent, schemas: vec![], files: Look::Missing };
        Facts {
            place,
            tables: vec![],
            items: vec![],
            secrets: vec![],
            reach: vec![],
            canaries: vec![],
            channels: vec![],
            unsynced: None,
            owners: BTreeMap::new(),
            other_environment: None,
            last_sync: None,
            repository,
        }
    }

    fn aws(identity: Option<Look<AwsIdentity>>, role: Option<Role>) -> Facts {
        facts(StoreFacts::Aws(AwsFacts {
            region: identity.as_ref().map(|_| "eu-central-1".to_owned()),
            identity,
            ahead: None,
            role,
            rights: vec![],
            default_topic: Some("arn:topic".to_owned()),
            topic_use: TopicUse::Spare,
            topics: vec![],
        }))
    }

    fn abouts(facts: &Facts) -> Vec<(Area, FindingOutcome)> {
        examine(facts).into_iter().map(|finding| (finding.about, finding.outcome)).collect()
    }

    #[test]
    fn nothing_rests_on_credentials_that_no_one_accepts() {
        assert_eq!(
            abouts(&aws(Some(Look::Stranger("expired".into())), None)),
            [
                (Area::Region, FindingOutcome::Ok),
                (Area::Identity, FindingOutcome::Denied),
                (Area::Settings, FindingOutcome::Skipped)
            ]
        );
        assert_eq!(
            abouts(&aws(None, None)),
            [(Area::Region, FindingOutcome::Denied), (Area::Settings, FindingOutcome::Skipped)]
        );
    }

    #[test]
    fn a_role_that_no_one_named_learns_how_to_be_named() {
        let identity = || Some(Look::Seen(AwsIdentity { arn: "arn:aws:iam::123456789012:user/ann".into() }));
        let findings = examine(&aws(identity(), None));
        let asked = findings.iter().find(|finding| finding.about == Area::Permission).expect("a finding");
        assert_eq!(asked.fix.as_deref(), Some("monitorctl doctor --role check"));
        let findings = examine(&aws(identity(), Some(Role::Check)));
        let asked = findings.iter().find(|finding| finding.about == Area::Permission).expect("a finding");
        assert!(asked.what.contains("sns:Publish"), "{}", asked.what);
    }
}
