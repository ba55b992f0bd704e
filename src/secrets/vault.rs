//! One door to both services.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::fetched::{Fetched, Unavailable};
use super::{parameters, secrets_manager};
use crate::aws::{Aws, Trouble};
use crate::installation::Look;
use crate::monitor::SecretRef;

/// Where secrets are kept. Nothing is asked, and no credentials are looked for, before the first fetch.
#[derive(Debug, Clone)]
pub struct Vault {
    aws: Aws,
}

/// What was fetched: for each reference its value, or why there is none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Values(BTreeMap<SecretRef, Fetched>);

impl Vault {
    pub fn new(aws: Aws) -> Self {
        Self { aws }
    }

    /// The values of those `references` that AWS keeps; what has not come `within` this time has its reason.
    pub async fn fetch<'a>(
        &self,
        references: impl IntoIterator<Item = &'a SecretRef>,
        within: Duration,
    ) -> Values {
        let references: BTreeSet<_> = references.into_iter().filter(|secret| is_kept(secret)).collect();
        if references.is_empty() {
            return Values::default();
        }
        let until = Instant::now() + within;
        // Credentials and the region may have to be asked for as well.
        let Ok(aws) = timeout_at(until, self.aws.config()).await else {
            let none = |secret: &SecretRef| (secret.clone(), Err(Unavailable::Trouble(Trouble::Unavailable)));
            return Values(references.into_iter().map(none).collect());
        };
        if aws.region().is_none() {
            let none = |secret: &SecretRef| (secret.clone(), Err(Unavailable::NoRegion));
            return Values(references.into_iter().map(none).collect());
        }
        let names = references.iter().filter_map(|secret| match secret {
            SecretRef::Ssm(name) => Some(name.as_str()),
            SecretRef::SecretsManager { .. } | SecretRef::Env(_) => None,
        });
        let ids = references.iter().filter_map(|secret| match secret {
            SecretRef::SecretsManager { id, key: _ } => Some(id.as_str()),
            SecretRef::Ssm(_) | SecretRef::Env(_) => None,
        });
        let (parameters, secrets) = futures_util::future::join(
            parameters::fetch(aws, names.collect(), until),
            secrets_manager::fetch(aws, ids.collect(), until),
        )
        .await;
        let value = |secret: &SecretRef| match secret {
            SecretRef::Ssm(name) => parameters.get(name).cloned(),
            SecretRef::SecretsManager { id, key } => {
                secrets.get(id).cloned().map(|text| secrets_manager::pick(text?, key.as_deref()))
            }
            SecretRef::Env(_) => None,
        };
        Values(references.into_iter().filter_map(|secret| Some((secret.clone(), value(secret)?))).collect())
    }
}

impl Values {
    /// As if AWS had given these.
    #[cfg(test)]
    pub fn of(given: impl IntoIterator<Item = (SecretRef, &'static str)>) -> Self {
        Self(given.into_iter().map(|(secret, value)| (secret, Ok(value.to_owned()))).collect())
    }

    /// The value, or why there is none, as the end of a sentence.
    pub fn get(&self, secret: &SecretRef) -> Option<Result<String, String>> {
        self.0.get(secret).map(|fetched| fetched.clone().map_err(|unavailable| unavailable.to_string()))
    }

    /// Whether there is no value for a reason that may pass by itself.
    pub fn may_pass(&self, secret: &SecretRef) -> bool {
        match self.0.get(secret) {
            Some(Err(Unavailable::Trouble(trouble))) => trouble.may_pass(),
            Some(Err(Unavailable::NoRegion | Unavailable::Unfit(_)) | Ok(_)) | None => false,
        }
    }

    /// Which secrets can be read, without their values.
    pub fn looks(self) -> impl Iterator<Item = (SecretRef, Look<()>)> {
        let look = |fetched: Fetched| fetched.map_or_else(|error| error.look(), |_| Look::Seen(()));
        self.0.into_iter().map(move |(secret, fetched)| (secret, look(fetched)))
    }

    /// Whether `newer` has another value of the secret. One that cannot be read any more is not another value.
    pub fn differ(&self, newer: &Self, secret: &SecretRef) -> bool {
        newer.0.get(secret).is_some_and(|value| value.is_ok() && self.0.get(secret) != Some(value))
    }
}

impl fmt::Debug for Values {
    /// References only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys().map(ToString::to_string)).finish()
    }
}

/// Whether AWS keeps the secret, so that it may be another one a moment later.
pub fn is_kept(secret: &SecretRef) -> bool {
    match secret {
        SecretRef::Ssm(_) | SecretRef::SecretsManager { .. } => true,
        SecretRef::Env(_) => false,
    }
}
