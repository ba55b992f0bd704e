//! Whose credentials are in use. STS answers everyone, whatever else is allowed.

use std::error::Error;

use super::Aws;
use super::cause::cause;
use super::trouble::Trouble;
use crate::installation::{AwsIdentity, Look};

impl Aws {
    /// The region, if one is set anywhere.
    pub async fn region(&self) -> Option<String> {
        self.config().await.region().map(ToString::to_string)
    }

    pub async fn identity(&self) -> Look<AwsIdentity> {
        let client = aws_sdk_sts::Client::new(self.config().await);
        match client.get_caller_identity().send().await {
            Ok(answer) => Look::Seen(AwsIdentity { arn: answer.arn.unwrap_or_default() }),
            Err(error) => look(Trouble::of(&error), &error),
        }
    }
}

/// A look that failed, as a fact.
pub fn look<T>(trouble: Trouble, error: &(dyn Error + 'static)) -> Look<T> {
    let why = cause(error);
    match trouble {
        Trouble::Credentials => Look::Stranger(why),
        Trouble::Denied => Look::Hidden,
        Trouble::Missing => Look::Missing,
        Trouble::Throttled | Trouble::Unavailable | Trouble::Refused => Look::Failed(why),
    }
}
