//! Which variables of its environment a machine offers to the monitors that name them. Pure.
//!
//! A repository only names secrets: the author of a file must not be able to choose which of the machine's own
//! credentials goes out.

use std::fmt;

use super::{SecretRef, fits};

/// The variable that lists what a machine offers.
pub const OFFER_VARIABLE: &str = "MONITORCTL_SECRETS";

/// Beginnings of names that are never offered, whatever is listed: what a machine or a CI job is known by, and the
/// settings of monitorctl itself.
const RESERVED_PREFIXES: &[&str] = &[
    "AWS_",
    "GITHUB_",
    "ACTIONS_",
    "MONITORCTL_",
    // Runners of GitHub, and the inputs of an action, among which is its token.
    "RUNNER_",
    "INPUT_",
    // The credentials of a container on ECS.
    "ECS_CONTAINER_",
    // Jobs of GitLab: CI_JOB_TOKEN, CI_REGISTRY_PASSWORD, CI_DEPLOY_PASSWORD and their like.
    "CI_JOB_",
    "CI_REGISTRY_",
    "CI_DEPLOY_",
    "CI_DEPENDENCY_PROXY_",
    // Variables and credentials of Terraform.
    "TF_TOKEN_",
];

/// Names of the same kind that have no beginning in common.
const RESERVED_NAMES: &[&str] =
    &["GH_TOKEN", "GH_ENTERPRISE_TOKEN", "SYSTEM_ACCESSTOKEN", "BUILDKITE_AGENT_TOKEN"];

/// The variables that a machine offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    /// `None`: every name that is not reserved.
    listed: Option<Vec<String>>,
}

/// Why a variable is not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOffered {
    /// Its name is one that is never offered.
    Reserved,
    /// The machine does not list it.
    Unlisted,
}

/// A list that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name of a variable; separate names by commas, such as PAYMENTS_TOKEN,SHOP_*")]
pub struct OfferError(String);

impl Offer {
    /// Every name that is not reserved: for a machine whose files are its user's own.
    pub fn everything() -> Self {
        Self { listed: None }
    }

    /// No name at all.
    pub fn nothing() -> Self {
        Self { listed: Some(Vec::new()) }
    }

    /// Names divided by commas; `*` stands for any part of a name. Blanks around a name and empty entries mean
    /// nothing.
    pub fn parse(text: &str) -> Result<Self, OfferError> {
        let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '*'));
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        let listed: Result<_, _> = names
            .map(|name| if is_name(name) { Ok(name.to_owned()) } else { Err(OfferError(name.to_owned())) })
            .collect();
        Ok(Self { listed: Some(listed?) })
    }

    /// Whether the variable `name` may be filled in.
    pub fn check(&self, name: &str) -> Result<(), NotOffered> {
        if is_reserved(name) {
            return Err(NotOffered::Reserved);
        }
        match &self.listed {
            None => Ok(()),
            Some(listed) if listed.iter().any(|pattern| fits(pattern, name)) => Ok(()),
            Some(_) => Err(NotOffered::Unlisted),
        }
    }

    /// The same for any reference: what AWS keeps is offered by the rights of the machine's role, and not here.
    pub fn check_reference(&self, secret: &SecretRef) -> Result<(), NotOffered> {
        match secret {
            SecretRef::Env(name) => self.check(name),
            SecretRef::Ssm(_) | SecretRef::SecretsManager { .. } => Ok(()),
        }
    }
}

/// Whether a variable is never offered. The case does not count: on some systems it makes no other variable.
pub fn is_reserved(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    RESERVED_NAMES.contains(&name.as_str()) || RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

impl fmt::Display for NotOffered {
    /// The end of a sentence that begins with the reference.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reserved => f.write_str("is reserved for the machine itself"),
            Self::Unlisted => write!(f, "is not offered by this machine: add it to {OFFER_VARIABLE}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // P10
    #[test]
    fn a_machine_offers_what_it_lists_and_never_what_it_is_known_by() {
        let listed = |text: &str| Offer::parse(text).expect("a list");
        for (offer, name, expected) in [
            (listed("TOKEN"), "TOKEN", Ok(())),
            (listed("TOKEN"), "TOKENS", Err(NotOffered::Unlisted)),
            (listed("TOKEN"), "token", Err(NotOffered::Unlisted)),
            (listed(" A , ,SHOP_*,"), "SHOP_KEY", Ok(())),
            (listed("A,SHOP_*"), "SHOP", Err(NotOffered::Unlisted)),
            (listed("*_TOKEN"), "SHOP_TOKEN", Ok(())),
            (listed("*_TOKEN"), "_TOKEN", Ok(())),
            (listed("S*_T*N"), "SHOP_TOKEN", Ok(())),
            (listed("S*_T*N"), "SHOP_TOKENS", Err(NotOffered::Unlisted)),
            (listed("*"), "ANYTHING", Ok(())),
            (listed(","), "ANYTHING", Err(NotOffered::Unlisted)),
            (Offer::nothing(), "ANYTHING", Err(NotOffered::Unlisted)),
            (Offer::everything(), "ANYTHING", Ok(())),
            (Offer::everything(), "MY_AWS_TOKEN", Ok(())),
            (Offer::everything(), "CI_TOKEN", Ok(())),
        ] {
            assert_eq!(offer.check(name), expected, "{offer:?} {name}");
        }
        for name in [
            "AWS_SECRET_ACCESS_KEY",
            "aws_session_token",
            "GITHUB_TOKEN",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
            "MONITORCTL_SECRETS",
            "GH_TOKEN",
            "RUNNER_TOKEN",
            "INPUT_TOKEN",
            "CI_JOB_TOKEN",
        ] {
            for offer in [Offer::everything(), listed("*"), listed(name)] {
                assert_eq!(offer.check(name), Err(NotOffered::Reserved), "{offer:?} {name}");
            }
        }
    }

    #[test]
    fn a_pattern_of_many_stars_takes_no_long_time() {
        let offer = Offer::parse(&"A*".repeat(200)).expect("a list");
        assert_eq!(offer.check(&format!("{}B", "A".repeat(5_000))), Ok(()));
        let strict = Offer::parse(&format!("{}C", "*A".repeat(200))).expect("a list");
        assert_eq!(strict.check(&"A".repeat(5_000)), Err(NotOffered::Unlisted));
    }

    #[test]
    fn what_is_no_name_is_no_list() {
        for text in ["A B", "${env:A}", "A;B", "A-B", "/a"] {
            assert!(Offer::parse(text).is_err(), "{text}");
        }
    }
}
