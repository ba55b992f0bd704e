//! Where on AWS a command failed. The wrong region looks like a table that does not exist, or like a server that is not
//! there, so such a failure says the region, and the account where that is known.

use std::time::Duration;

use tokio::time::timeout;

use super::failure::{Failure, Whereabouts};
use crate::aws::Aws;
use crate::installation::Look;

/// How long a failure waits to learn whose account it happened in.
const ASKING: Duration = Duration::from_secs(3);

/// The same failure with the place, where that is of use.
pub async fn placed(failure: Failure, aws: &Aws) -> Failure {
    match failure.whereabouts() {
        Whereabouts::Irrelevant => failure,
        Whereabouts::Region => {
            let region = region(aws).await;
            failure.at_place(&format!("(region {region})"))
        }
        Whereabouts::RegionAndAccount => {
            let region = region(aws).await;
            let account = account(aws).await.map(|account| format!(" of account {account}"));
            failure.at_place(&format!("in region {region}{}", account.unwrap_or_default()))
        }
    }
}

async fn region(aws: &Aws) -> String {
    aws.region().await.unwrap_or_else(|| "unknown".to_owned())
}

async fn account(aws: &Aws) -> Option<String> {
    match timeout(ASKING, aws.identity()).await {
        Ok(Look::Seen(identity)) => identity.account().map(str::to_owned),
        Ok(Look::Missing | Look::Hidden | Look::Stranger(_) | Look::Failed(_)) | Err(_) => None,
    }
}
