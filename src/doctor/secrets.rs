//! The secrets that monitors and channels refer to: whether `check` gets them. Their values are no part of a fact.

use super::finding::{Area, Finding};
use super::local::quoted;
use super::rights::Role;
use crate::installation::Look;
use crate::monitor::{NotOffered, OFFER_VARIABLE, SecretRef, count, is_or_are};

/// What was seen of one secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFacts {
    pub reference: SecretRef,
    /// That there is a value, and nothing of it.
    pub value: Look<()>,
    /// Whether the machine lets monitors name it.
    pub offered: Result<(), NotOffered>,
}

/// Whether the credentials read what no monitor names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachFacts {
    /// A reference that does not exist, far from every prefix that a role is given.
    pub reference: SecretRef,
    /// `Missing` says that it may be read, if it were there.
    pub value: Look<()>,
}

/// A role that may read any secret gives any secret to every author of a monitor file.
pub fn reach(facts: &[ReachFacts]) -> Vec<Finding> {
    let finding = |ReachFacts { reference, value }: &ReachFacts| {
        let (service, list) = match reference {
            SecretRef::Env(_) => return None,
            SecretRef::Ssm(_) => ("Systems Manager parameters", "secret_parameters"),
            SecretRef::SecretsManager { .. } => ("Secrets Manager secrets", "secret_ids"),
        };
        Some(match value {
            Look::Hidden => {
                Finding::ok(Area::Secret, format!("{service} outside {list} are denied, as required"))
            }
            Look::Seen(()) | Look::Missing => Finding::warning(
                Area::Secret,
                format!(
                    "{service} outside {list} are readable: an edited monitor file could send any of them \
                     anywhere"
                ),
                "terraform -chdir=infra/terraform apply -target=module.monitorctl.aws_iam_policy.check",
            ),
            Look::Stranger(why) | Look::Failed(why) => Finding::skipped(
                Area::Secret,
                format!("could not test the access to {service} outside {list}: {why}"),
            ),
        })
    };
    facts.iter().filter_map(finding).collect()
}

/// One line for all that can be read, and one for each that cannot.
pub fn secrets(role: Option<Role>, facts: &[SecretFacts]) -> Vec<Finding> {
    let is_readable = |facts: &&SecretFacts| facts.offered.is_ok() && facts.value == Look::Seen(());
    let readable = facts.iter().filter(is_readable).count();
    let mut findings = Vec::new();
    if readable > 0 {
        let secrets = count(readable, "secret");
        let what = format!("{secrets} {} readable", is_or_are(readable));
        findings.push(Finding::ok(Area::Secret, what));
    }
    findings.extend(facts.iter().filter_map(|facts| unreadable(role, facts)));
    findings
}

fn unreadable(role: Option<Role>, facts: &SecretFacts) -> Option<Finding> {
    let SecretFacts { reference, value, offered } = facts;
    if let Err(why) = offered {
        let fix = match (why, reference) {
            (NotOffered::Unlisted, SecretRef::Env(name)) => {
                format!("export {OFFER_VARIABLE}=\"${OFFER_VARIABLE},{name}\"")
            }
            (NotOffered::Unlisted | NotOffered::Reserved, _) => "monitorctl validate".to_owned(),
        };
        return Some(Finding::failed(Area::Secret, format!("{reference} {why}"), fix));
    }
    Some(match value {
        Look::Seen(()) => return None,
        Look::Missing => {
            let what = match reference {
                SecretRef::Env(_) => "is not set",
                SecretRef::Ssm(_) | SecretRef::SecretsManager { .. } => "does not exist",
            };
            Finding::failed(Area::Secret, format!("{reference} {what}"), create(reference))
        }
        Look::Hidden => denied(role, reference),
        Look::Stranger(why) => Finding::denied(
            Area::Secret,
            format!("{reference} cannot be read: {why}"),
            "aws sts get-caller-identity",
        ),
        Look::Failed(why) => {
            Finding::failed(Area::Secret, format!("{reference} cannot be read: {why}"), describe(reference))
        }
    })
}

/// For `check` that is fatal to the monitors that use it. Others need no secret, and the role may be unknown.
fn denied(role: Option<Role>, reference: &SecretRef) -> Finding {
    let what = format!("{reference} cannot be read: access to it or to its key is denied");
    match role {
        Some(Role::Check) => {
            let list = match reference {
                SecretRef::Ssm(_) | SecretRef::Env(_) => "secret_parameters",
                SecretRef::SecretsManager { .. } => "secret_ids",
            };
            Finding::denied(
                Area::Secret,
                format!("{what}; add it to {list} or secret_kms_key_arns in terraform.tfvars"),
                "terraform -chdir=infra/terraform apply -target=module.monitorctl.aws_iam_policy.check",
            )
        }
        Some(Role::Diff | Role::Sync) | None => {
            Finding::warning(Area::Secret, what, "monitorctl doctor --role check")
        }
    }
}

/// The value is typed or piped in, so that it is in no history of a shell.
fn create(reference: &SecretRef) -> String {
    match reference {
        SecretRef::Env(name) => format!("read -rs {name} && export {name}"),
        SecretRef::Ssm(name) => format!(
            "aws ssm put-parameter --type SecureString --name {} --value file:///dev/stdin",
            quoted(parameter(name))
        ),
        // AWS chooses the end of an ARN, so one that is not there is looked for.
        SecretRef::SecretsManager { id, key: _ } if id.starts_with("arn:") => {
            "aws secretsmanager list-secrets".to_owned()
        }
        SecretRef::SecretsManager { id, key: _ } => {
            format!(
                "aws secretsmanager create-secret --name {} --secret-string file:///dev/stdin",
                quoted(id)
            )
        }
    }
}

/// What can be seen of a secret without its value.
fn describe(reference: &SecretRef) -> String {
    match reference {
        SecretRef::Env(name) => format!("printenv {name} | wc -c"),
        SecretRef::Ssm(name) => format!(
            "aws ssm get-parameter --with-decryption --query Parameter.ARN --name {}",
            quoted(parameter(name))
        ),
        SecretRef::SecretsManager { id, key: _ } => {
            format!("aws secretsmanager describe-secret --secret-id {}", quoted(id))
        }
    }
}

/// The name without the version or the label that may follow it.
fn parameter(name: &str) -> &str {
    name.split(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::super::finding::FindingOutcome;
    use super::*;

    fn ssm() -> SecretRef {
        SecretRef::Ssm("/prod/token:3".to_owned())
    }

    fn kept(id: &str) -> SecretRef {
        SecretRef::SecretsManager { id: id.to_owned(), key: Some("password".to_owned()) }
    }

    fn one(role: Option<Role>, reference: SecretRef, value: Look<()>) -> Finding {
        let [finding] = secrets(role, &[SecretFacts { reference, value, offered: Ok(()) }])
            .try_into()
            .expect("one finding");
        finding
    }

    #[test]
    fn all_that_can_be_read_is_one_line_and_no_secret_is_none() {
        let seen = |reference| SecretFacts { reference, value: Look::Seen(()), offered: Ok(()) };
        let findings = secrets(None, &[seen(ssm()), seen(kept("a"))]);
        assert_eq!(findings, [Finding::ok(Area::Secret, "2 secrets are readable")]);
        assert_eq!(secrets(Some(Role::Check), &[]), []);
    }

    #[test]
    fn a_secret_that_cannot_be_read_is_a_line_with_a_command() {
        let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf";
        for (reference, value, outcome, fix) in [
            (
                ssm(),
                Look::Missing,
                FindingOutcome::Failed,
                "aws ssm put-parameter --type SecureString --name /prod/token --value file:///dev/stdin",
            ),
            (
                kept("prod/db"),
                Look::Missing,
                FindingOutcome::Failed,
                "aws secretsmanager create-secret --name prod/db --secret-string file:///dev/stdin",
            ),
            (kept(arn), Look::Missing, FindingOutcome::Failed, "aws secretsmanager list-secrets"),
            (
                ssm(),
                Look::Hidden,
                FindingOutcome::Denied,
                "terraform -chdir=infra/terraform apply -target=module.monitorctl.aws_iam_policy.check",
            ),
            (ssm(), Look::Stranger("expired".into()), FindingOutcome::Denied, "aws sts get-caller-identity"),
            // Anybody who writes to the table may have written it, and the command is meant to be pasted.
            (
                kept("$(reboot)"),
                Look::Failed("it has no key `password`".into()),
                FindingOutcome::Failed,
                "aws secretsmanager describe-secret --secret-id '$(reboot)'",
            ),
            (
                ssm(),
                Look::Failed("AWS throttles".into()),
                FindingOutcome::Failed,
                "aws ssm get-parameter --with-decryption --query Parameter.ARN --name /prod/token",
            ),
        ] {
            let finding = one(Some(Role::Check), reference.clone(), value);
            assert!(finding.what.starts_with(&reference.to_string()), "{}", finding.what);
            assert_eq!((finding.outcome, finding.fix.as_deref()), (outcome, Some(fix)), "{}", finding.what);
        }
    }

    #[test]
    fn a_variable_that_the_machine_does_not_offer_or_have_says_so() {
        let env = || SecretRef::Env("TOKEN".to_owned());
        let finding = |value, offered| {
            let facts = [SecretFacts { reference: env(), value, offered }];
            let [finding] = secrets(None, &facts).try_into().expect("one finding");
            finding
        };
        let unlisted = finding(Look::Seen(()), Err(NotOffered::Unlisted));
        assert!(unlisted.what.starts_with("${env:TOKEN} is not offered by this machine"), "{unlisted:?}");
        assert_eq!(unlisted.fix.as_deref(), Some("export MONITORCTL_SECRETS=\"$MONITORCTL_SECRETS,TOKEN\""));
        let reserved = finding(Look::Seen(()), Err(NotOffered::Reserved));
        assert!(
            reserved.outcome == FindingOutcome::Failed
                && reserved.what.contains("is reserved for the machine itself"),
            "{reserved:?}"
        );
        assert_eq!(finding(Look::Missing, Ok(())).what, "${env:TOKEN} is not set");
    }

    // A role is proven by what it is refused.
    #[test]
    fn a_role_that_reads_what_no_one_names_is_a_warning() {
        let facts = |value| [ReachFacts { reference: ssm(), value }];
        for (value, outcome) in [
            (Look::Hidden, FindingOutcome::Ok),
            (Look::Missing, FindingOutcome::Warning),
            (Look::Seen(()), FindingOutcome::Warning),
            (Look::Failed("AWS throttles".into()), FindingOutcome::Skipped),
        ] {
            assert_eq!(reach(&facts(value))[0].outcome, outcome);
        }
    }

    #[test]
    fn who_may_not_read_a_secret_is_in_trouble_only_as_check() {
        assert_eq!(one(None, kept("a"), Look::Hidden).outcome, FindingOutcome::Warning);
        let finding = one(Some(Role::Check), kept("a"), Look::Hidden);
        assert!(
            finding.outcome == FindingOutcome::Denied && finding.what.contains("secret_ids"),
            "{finding:?}"
        );
    }
}
