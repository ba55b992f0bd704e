//! Whose credentials are in use. STS answers everyone, whatever else is allowed.

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
    let why = cause(error);
    match trouble {
        Trouble::Credentials => Look::Stranger(why),
        Trouble::Denied => Look::Hidden,
        Trouble::Missing => Look::Missing,
        Trouble::Throttled | Trouble::Unavailable | Trouble::Refused => Look::Failed(why),
    }
}

/// What the last cause says, in one line. Where no credentials are found, it goes on with every place that was asked.
pub fn cause(error: &(dyn Error + 'static)) -> String {
    let text = root(error).to_string();
    let line = text.lines().next().unwrap_or_default();
    line.trim_end().trim_end_matches(" Attempted:").to_owned()
}

/// The last cause is the one that says something; what the SDK wraps around it repeats that there is one.
pub fn root<'a>(mut error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    while let Some(cause) = error.source() {
        error = cause;
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_one_line_without_the_places_that_were_asked() {
        for (said, shown) in [
            (
                "no credentials found in chain. Attempted:\n  Environment: not set\n  Profile: not enabled",
                "no credentials found in chain.",
            ),
            ("the token expired", "the token expired"),
            ("", ""),
        ] {
            assert_eq!(cause(&std::io::Error::other(said)), shown);
        }
    }
}
