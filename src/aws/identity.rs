//! Whose credentials are in use. STS tells everybody, whatever else is allowed.

use std::error::Error;

use super::{Aws, Trouble};
use crate::doctor::{Identity, Look};

impl Aws {
    /// The region, if one is set anywhere.
    pub async fn region(&self) -> Option<String> {
        self.config().await.region().map(ToString::to_string)
    }

    pub async fn identity(&self) -> Look<Identity> {
        let client = aws_sdk_sts::Client::new(self.config().await);
        match client.get_caller_identity().send().await {
            Ok(answer) => Look::Seen(Identity { arn: answer.arn.unwrap_or_default() }),
            Err(error) => look(Trouble::of(&error), &error),
        }
    }
}

/// A look that failed, as a fact.
pub fn look<T>(trouble: Trouble, error: &(dyn Error + 'static)) -> Look<T> {
    let why = root(error).to_string();
    match trouble {
        Trouble::Credentials => Look::Stranger(why),
        Trouble::Denied => Look::Hidden,
        Trouble::Missing => Look::Missing,
        Trouble::Throttled | Trouble::Unavailable | Trouble::Refused => Look::Failed(why),
    }
}

/// The last cause is the one that says something; what the SDK wraps around it repeats that there is one.
pub fn root<'a>(mut error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    while let Some(cause) = error.source() {
        error = cause;
    }
    error
}
