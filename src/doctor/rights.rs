//! What the role at hand must be allowed, and what it must be refused.
//!
//! Each right is tried by a request that AWS answers as it would answer a real one, and that changes nothing: a
//! write has a condition that no item can meet. The table is that of `infra/terraform/module/iam.tf`.

use super::finding::{Area, Finding};
use crate::installation::{Access, AwsIdentity, RequestKind, RightFacts, RightsTest, Table};

/// A command's role in the Terraform module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Check,
    Diff,
    Sync,
}

/// What a role is to get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Demand {
    Must,
    MustNot,
    /// Not needed, and no harm.
    May,
}

use Demand::{May, Must, MustNot};

/// For `check`, `diff` and `sync`. Only reads of one's own are free: no role scans, none deletes, and `sync`
/// writes under the head of the catalog or not at all.
const DEMANDS: &[(RequestKind, Table, [Demand; 3])] = &[
    (RequestKind::Query, Table::Configs, [Must, Must, Must]),
    (RequestKind::Scan, Table::Configs, [MustNot, MustNot, MustNot]),
    (RequestKind::UpdateItem, Table::Configs, [MustNot, MustNot, MustNot]),
    (RequestKind::UpdateInTransaction, Table::Configs, [MustNot, MustNot, Must]),
    (RequestKind::PutInTransaction, Table::Configs, [MustNot, MustNot, MustNot]),
    (RequestKind::DeleteItem, Table::Configs, [MustNot, MustNot, MustNot]),
    (RequestKind::Query, Table::States, [Must, May, May]),
    (RequestKind::GetItem, Table::States, [Must, May, May]),
    (RequestKind::BatchGetItem, Table::States, [Must, May, May]),
    (RequestKind::Scan, Table::States, [MustNot, MustNot, MustNot]),
    (RequestKind::UpdateItem, Table::States, [Must, MustNot, MustNot]),
    (RequestKind::PutInTransaction, Table::States, [Must, MustNot, MustNot]),
    (RequestKind::DeleteItem, Table::States, [MustNot, MustNot, MustNot]),
    (RequestKind::Query, Table::History, [Must, May, May]),
    (RequestKind::Scan, Table::History, [MustNot, MustNot, MustNot]),
    (RequestKind::UpdateItem, Table::History, [Must, MustNot, MustNot]),
    (RequestKind::BatchWriteItem, Table::History, [Must, MustNot, MustNot]),
    (RequestKind::DeleteItem, Table::History, [MustNot, MustNot, MustNot]),
];

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Diff => "diff",
            Self::Sync => "sync",
        }
    }

    fn demand(self, demands: [Demand; 3]) -> Demand {
        let [check, diff, sync] = demands;
        match self {
            Self::Check => check,
            Self::Diff => diff,
            Self::Sync => sync,
        }
    }

    /// Whether alerts are this role's business.
    pub fn publishes(self) -> bool {
        match self {
            Self::Check => true,
            Self::Diff | Self::Sync => false,
        }
    }
}

/// The role that an identity has by its name, as Terraform gives it: `monitorctl-check`.
pub fn guess(identity: &AwsIdentity) -> Option<Role> {
    let name = identity.name();
    [Role::Check, Role::Diff, Role::Sync].into_iter().find(|role| {
        name.strip_suffix(role.as_str()).is_some_and(|front| front.is_empty() || front.ends_with('-'))
    })
}

/// What is to be tried for a role.
pub fn rights_tests(role: Role) -> Vec<RightsTest> {
    let demanded = DEMANDS.iter().filter(|(_, _, demands)| role.demand(*demands) != May);
    demanded.map(|(action, table, _)| RightsTest { action: *action, table: *table }).collect()
}

/// What there is to say of a role's rights: a line for each table, and one for each right that is not as it should be.
pub fn rights(role: Role, facts: &[RightFacts]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for table in Table::ALL {
        let here: Vec<_> = facts.iter().filter(|facts| facts.rights_test.table == table).collect();
        for (wanted, about) in [(Must, Area::Permission), (MustNot, Area::Denial)] {
            let answer = if wanted == Must { Access::Allowed } else { Access::Refused };
            let (as_wanted, others): (Vec<&RightFacts>, Vec<&RightFacts>) = here
                .iter()
                .copied()
                .filter(|facts| demand(role, facts.rights_test) == wanted)
                .partition(|facts| facts.answer == answer);
            if let Some(first) = as_wanted.first() {
                let words: Vec<_> = as_wanted.iter().map(|facts| facts.rights_test.action.as_str()).collect();
                let verb = if wanted == Must { "allowed" } else { "denied, as required" };
                findings.push(Finding::ok(about, format!("{}: {verb}: {}", first.name, words.join(", "))));
            }
            findings.extend(others.into_iter().map(|facts| deviation(role, about, facts)));
        }
    }
    findings
}

/// Whether alerts can be sent is not tried: every message has a reader.
pub fn publishing(role: Role, identity: Option<&AwsIdentity>, topic: Option<&str>) -> Option<Finding> {
    let topic = topic?;
    let about = if role.publishes() { Area::Permission } else { Area::Denial };
    let word = if role.publishes() { "must be allowed" } else { "must be denied" };
    let found = Finding::skipped(about, format!("sns:Publish {word}, but cannot be tested without sending"));
    let source = identity.map(|identity| identity.role_arn().unwrap_or_else(|| identity.arn.clone()))?;
    Some(found.or(format!(
        "aws iam simulate-principal-policy --policy-source-arn {source} \
         --action-names sns:Publish --resource-arns {topic}"
    )))
}

fn demand(role: Role, rights_test: RightsTest) -> Demand {
    let found = DEMANDS
        .iter()
        .find(|(action, table, _)| (*action, *table) == (rights_test.action, rights_test.table));
    found.map_or(May, |(_, _, demands)| role.demand(*demands))
}

fn deviation(role: Role, about: Area, facts: &RightFacts) -> Finding {
    let RightFacts { rights_test, name, answer } = facts;
    let attachment = match role {
        Role::Check => "-target=module.monitorctl.aws_iam_role_policy_attachment.check".to_owned(),
        // These two are GitHub's, and quoted for the shell.
        Role::Diff | Role::Sync => {
            format!(
                "'-target=module.monitorctl.aws_iam_role_policy_attachment.github[\"{}\"]'",
                role.as_str()
            )
        }
    };
    let (role, what) = (role.as_str(), rights_test.action.as_str());
    let policy =
        format!("terraform -chdir=infra/terraform apply -target=module.monitorctl.aws_iam_policy.{role}");
    match answer {
        Access::Refused => Finding::denied(
            about,
            format!("{name}: {what} is denied, but `{role}` needs it"),
            format!("{policy} {attachment}"),
        ),
        Access::Allowed => Finding::warning(
            about,
            format!(
                "{name}: {what} is allowed, but `{role}` must not have it (policy aws_iam_policy.{role})"
            ),
            policy,
        ),
        Access::Unclear(why) => Finding::skipped(about, format!("{name}: could not test {what}: {why}")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::FindingOutcome;
    use super::*;

    const ROLES: [Role; 3] = [Role::Check, Role::Diff, Role::Sync];

    /// Facts as they are where the policies hold.
    fn as_demanded(role: Role) -> Vec<RightFacts> {
        let facts = |rights_test| {
            let answer = if demand(role, rights_test) == Must { Access::Allowed } else { Access::Refused };
            RightFacts { rights_test, name: "things".into(), answer }
        };
        rights_tests(role).into_iter().map(facts).collect()
    }

    #[test]
    fn a_role_is_guessed_by_the_end_of_its_name() {
        let role = |name: &str| {
            guess(&AwsIdentity { arn: format!("arn:aws:sts::123456789012:assumed-role/{name}/session") })
        };
        assert_eq!(role("monitorctl-check"), Some(Role::Check));
        assert_eq!(role("prod-monitors-sync"), Some(Role::Sync));
        assert_eq!(role("diff"), Some(Role::Diff));
        assert_eq!(role("healthcheck"), None);
        assert_eq!(role("admin"), None);
    }

    #[test]
    fn policies_that_hold_are_a_line_a_table() {
        for role in ROLES {
            let findings = rights(role, &as_demanded(role));
            assert!(findings.iter().all(|finding| finding.outcome == FindingOutcome::Ok), "{findings:#?}");
        }
        assert_eq!(rights(Role::Check, &as_demanded(Role::Check)).len(), 6);
    }

    #[test]
    fn an_administrator_is_too_much_for_every_role_and_a_stranger_too_little() {
        for role in ROLES {
            let all = |answer: &Access| -> Vec<_> {
                let facts = as_demanded(role).into_iter();
                let facts: Vec<_> =
                    facts.map(|facts| RightFacts { answer: answer.clone(), ..facts }).collect();
                rights(role, &facts).into_iter().map(|finding| finding.outcome).collect()
            };
            let allowed = all(&Access::Allowed);
            assert!(allowed.contains(&FindingOutcome::Warning) && !allowed.contains(&FindingOutcome::Denied));
            let refused = all(&Access::Refused);
            assert!(refused.contains(&FindingOutcome::Denied) && !refused.contains(&FindingOutcome::Warning));
            assert!(all(&Access::Unclear("throttled".into())).iter().all(|o| *o == FindingOutcome::Skipped));
        }
    }

    #[test]
    fn a_denial_that_does_not_hold_names_the_policy() {
        let rights_test = RightsTest { action: RequestKind::Scan, table: Table::States };
        let facts = RightFacts { rights_test, name: "states".into(), answer: Access::Allowed };
        let [finding] = rights(Role::Check, &[facts]).try_into().expect("one finding");
        assert_eq!(
            finding.what,
            "states: Scan is allowed, but `check` must not have it (policy aws_iam_policy.check)"
        );
        assert_eq!(
            finding.fix.as_deref(),
            Some("terraform -chdir=infra/terraform apply -target=module.monitorctl.aws_iam_policy.check")
        );
    }

    #[test]
    fn publishing_is_asked_of_iam() {
        let identity =
            AwsIdentity { arn: "arn:aws:sts::123456789012:assumed-role/monitorctl-sync/gh".to_owned() };
        let finding = publishing(Role::Sync, Some(&identity), Some("arn:topic")).expect("a finding");
        assert_eq!(finding.outcome, FindingOutcome::Skipped);
        let fix = finding.fix.expect("a command");
        assert!(fix.contains("--policy-source-arn arn:aws:iam::123456789012:role/monitorctl-sync "), "{fix}");
    }
}
