//! The secrets that monitors refer to: whether `check` gets them. Their values are no part of a fact.

use super::finding::{About, Finding};
use super::local::quoted;
use super::look::Look;
use super::rights::Role;
use crate::monitor::SecretRef;

/// What was seen of one secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFacts {
    pub reference: SecretRef,
    /// That there is a value, and nothing of it.
    pub value: Look<()>,
}

/// One line for all that can be read, and one for each that cannot.
pub fn secrets(role: Option<Role>, facts: &[SecretFacts]) -> Vec<Finding> {
    let readable = facts.iter().filter(|facts| matches!(facts.value, Look::Seen(()))).count();
    let mut findings = Vec::new();
    if readable > 0 {
        let noun = if readable == 1 { "secret" } else { "secrets" };
        let what = format!("{readable} {noun} that monitors refer to can be read");
        findings.push(Finding::ok(About::Secret, what));
    }
    findings.extend(facts.iter().filter_map(|facts| unreadable(role, facts)));
    findings
}

fn unreadable(role: Option<Role>, facts: &SecretFacts) -> Option<Finding> {
    let SecretFacts { reference, value } = facts;
    Some(match value {
        Look::Seen(()) => return None,
        Look::Missing => {
            Finding::failed(About::Secret, format!("{reference} does not exist"), create(reference))
        }
        Look::Hidden => denied(role, reference),
        Look::Stranger(why) => Finding::denied(
            About::Secret,
            format!("{reference} cannot be read: {why}"),
            "aws sts get-caller-identity",
        ),
        Look::Failed(why) => {
            Finding::failed(About::Secret, format!("{reference} cannot be read: {why}"), describe(reference))
        }
    })
}

/// For `check` that is fatal to the monitors that use it. Others need no secret, and who this is nobody said.
fn denied(role: Option<Role>, reference: &SecretRef) -> Finding {
    let what = format!("{reference} cannot be read: access is denied, to it or to its key");
    match role {
        Some(Role::Check) => {
            let list = match reference {
                SecretRef::Ssm(_) | SecretRef::Env(_) => "secret_parameters",
                SecretRef::SecretsManager { .. } => "secret_ids",
            };
            Finding::denied(
                About::Secret,
                format!(
                    "{what}; {list} and secret_kms_key_arns in terraform.tfvars say what `check` may read"
                ),
                "terraform -chdir=infra/terraform apply -target=module.monitorctl.aws_iam_policy.check",
            )
        }
        Some(Role::Diff | Role::Sync) | None => {
            Finding::warning(About::Secret, what, "monitorctl doctor --role check")
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
    use super::super::finding::Outcome;
    use super::*;

    fn ssm() -> SecretRef {
        SecretRef::Ssm("/prod/token:3".to_owned())
    }

    fn kept(id: &str) -> SecretRef {
        SecretRef::SecretsManager { id: id.to_owned(), key: Some("password".to_owned()) }
    }

    fn one(role: Option<Role>, reference: SecretRef, value: Look<()>) -> Finding {
        let [finding] = secrets(role, &[SecretFacts { reference, value }]).try_into().expect("one finding");
        finding
    }

    #[test]
    fn all_that_can_be_read_is_one_line_and_no_secret_is_none() {
        let seen = |reference| SecretFacts { reference, value: Look::Seen(()) };
        let findings = secrets(None, &[seen(ssm()), seen(kept("a"))]);
        assert_eq!(findings, [Finding::ok(About::Secret, "2 secrets that monitors refer to can be read")]);
        assert_eq!(secrets(Some(Role::Check), &[]), []);
    }

    #[test]
    fn a_secret_that_cannot_be_read_is_a_line_with_a_command() {
        let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf";
        for (reference, value, outcome, fix) in [
            (
                ssm(),
                Look::Missing,
                Outcome::Failed,
                "aws ssm put-parameter --type SecureString --name /prod/token --value file:///dev/stdin",
            ),
            (
                kept("prod/db"),
                Look::Missing,
                Outcome::Failed,
                "aws secretsmanager create-secret --name prod/db --secret-string file:///dev/stdin",
            ),
            (kept(arn), Look::Missing, Outcome::Failed, "aws secretsmanager list-secrets"),
            (
                ssm(),
                Look::Hidden,
                Outcome::Denied,
                "terraform -chdir=infra/terraform apply -target=module.monitorctl.aws_iam_policy.check",
            ),
            (ssm(), Look::Stranger("expired".into()), Outcome::Denied, "aws sts get-caller-identity"),
            // Anybody who writes to the table may have written it, and the command is meant to be pasted.
            (
                kept("$(reboot)"),
                Look::Failed("it has no key `password`".into()),
                Outcome::Failed,
                "aws secretsmanager describe-secret --secret-id '$(reboot)'",
            ),
            (
                ssm(),
                Look::Failed("AWS throttles".into()),
                Outcome::Failed,
                "aws ssm get-parameter --with-decryption --query Parameter.ARN --name /prod/token",
            ),
        ] {
            let finding = one(Some(Role::Check), reference.clone(), value);
            assert!(finding.what.starts_with(&reference.to_string()), "{}", finding.what);
            assert_eq!((finding.outcome, finding.fix.as_deref()), (outcome, Some(fix)), "{}", finding.what);
        }
    }

    #[test]
    fn who_may_not_read_a_secret_is_in_trouble_only_as_check() {
        assert_eq!(one(None, kept("a"), Look::Hidden).outcome, Outcome::Warning);
        let finding = one(Some(Role::Check), kept("a"), Look::Hidden);
        assert!(finding.outcome == Outcome::Denied && finding.what.contains("secret_ids"), "{finding:?}");
    }
}
