//! The AWS that this process belongs to: region, credentials and time limits, for every edge that talks to it.
//!
//! The SDK takes them from the usual places (environment, profile, container, instance). Nothing is read before
//! the first use: a machine without AWS never looks for an instance's metadata.

mod cause;
mod identity;
mod role;
mod signed;
mod trouble;

use std::sync::Arc;
use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use tokio::sync::OnceCell;

pub use cause::root;
pub use identity::look;
pub use role::RoleCredentials;
pub use signed::S3Signer;
pub use trouble::{Trouble, said};

/// What the SDK does by default. Dated, so that an update of the SDK changes nothing unseen.
pub const BEHAVIOR: fn() -> BehaviorVersion = BehaviorVersion::v2026_01_12;

/// The region and the credentials of this process; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Aws {
    config: Arc<OnceCell<SdkConfig>>,
    /// Instead of the one that the SDK finds.
    region: Option<Region>,
}

impl Aws {
    /// The same in this region; `None`: in the one that the SDK finds.
    pub fn in_region(region: Option<String>) -> Self {
        Self { region: region.map(Region::new), ..Self::default() }
    }

    /// The same, as if nothing was read yet: credentials in files may be other ones by now.
    #[must_use]
    pub fn unread(&self) -> Self {
        Self { region: self.region.clone(), ..Self::default() }
    }

    /// What a client of a service starts from. Each service says itself how often it tries.
    pub async fn config(&self) -> &SdkConfig {
        self.config.get_or_init(|| load(self.region.clone())).await
    }
}

async fn load(region: Option<Region>) -> SdkConfig {
    let identities = IdentityCache::lazy().load_timeout(Duration::from_secs(5)).build();
    let loader = aws_config::defaults(BEHAVIOR()).timeout_config(timeouts()).identity_cache(identities);
    match region {
        Some(region) => loader.region(region).load().await,
        None => loader.load().await,
    }
}

/// The SDK itself has no limit for an operation.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(12))
        .build()
}

#[cfg(test)]
mod tests {
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use aws_smithy_runtime_api::client::http::HttpClient;

    use super::*;

    impl Aws {
        /// AWS inside a test: all services come to `client`, with the time limits of the real one.
        pub fn served_by(client: impl HttpClient + 'static) -> Self {
            let credentials = Credentials::builder()
                .access_key_id("test")
                .secret_access_key("test")
                .provider_name("test")
                .build();
            let config = SdkConfig::builder()
                .behavior_version(BEHAVIOR())
                .region(Region::from_static("eu-central-1"))
                .credentials_provider(SharedCredentialsProvider::new(credentials))
                .timeout_config(timeouts())
                .http_client(client)
                .build();
            Self { config: Arc::new(OnceCell::new_with(Some(config))), region: None }
        }
    }
}
