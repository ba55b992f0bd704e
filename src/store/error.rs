//! Why the store could not do its work, sorted by what a person does about it.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use super::unreadable::Unreadable;
use crate::aws::{Trouble, said};

type ErrorSource = Box<dyn Error + Send + Sync>;

/// The error code of a request that waited in vain for a lock; its message is the path of the file.
pub const LOCKED_CODE: &str = "MonitorctlStoreLocked";

/// The store could not do its work. A refused condition is no error but an answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("no AWS region is set")]
    NoRegion,
    /// No server has such a name, so none was asked.
    #[error("the AWS region {region:?} has an invalid character")]
    OddRegion { region: String },
    #[error("the AWS credentials are missing, invalid or expired")]
    Credentials(#[source] ErrorSource),
    #[error("access to table `{table}` is denied")]
    Denied { table: String, source: ErrorSource },
    #[error("table `{table}` does not exist")]
    NoTable { table: String },
    #[error("table `{table}` is throttled, after all retries")]
    Throttled { table: String, source: ErrorSource },
    /// Transactions of others touched the same item each time.
    #[error("other writers of table `{table}` interfered on every attempt")]
    Contended { table: String, source: ErrorSource },
    #[error("table `{table}` cannot be reached, after all retries")]
    Unavailable { table: String, source: ErrorSource },
    #[error("the store file {} cannot be used", path.display())]
    File { path: PathBuf, source: ErrorSource },
    /// Another process has locked the file, and keeps it so.
    #[error("the store file {} is locked by another process", path.display())]
    Locked { path: PathBuf },
    #[error("the file {} is not a monitorctl store, or is damaged", path.display())]
    NotAStore { path: PathBuf },
    /// The one item that a whole run depends on, `@run`, is not ours to write.
    #[error(transparent)]
    Unreadable(Unreadable),
    /// Nothing of the batch was written.
    #[error("table `{table}` rejects {}", named(rejected))]
    Rejected {
        table: String,
        /// Empty where the table does not say which item it means.
        rejected: Vec<Rejected>,
        source: ErrorSource,
    },
    #[error("table `{table}` gave an unexpected answer")]
    Unexpected { table: String, source: ErrorSource },
}

/// An item that a table does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its place in the transaction, from 0.
    pub position: usize,
    /// Its sort key: a monitor's id, or one of our own items.
    pub key: String,
    /// As the table says it.
    pub why: String,
}

/// Whether another transaction touched the same item at the same moment. Nothing was written, and the SDK
/// does not ask again.
pub fn is_conflict<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.code() == Some("TransactionConflictException")
}

/// Whether a signature was too old or too new, which good credentials are as well.
fn is_of_the_clock(source: &(dyn Error + 'static)) -> bool {
    let said = source.to_string();
    ["Signature expired", "Signature not yet current"].iter().any(|words| said.contains(words))
}

fn named(rejected: &[Rejected]) -> String {
    if rejected.is_empty() {
        return "an item of the batch".to_owned();
    }
    let named: Vec<_> = rejected.iter().map(ToString::to_string).collect();
    named.join("; ")
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({})", self.key, self.why)
    }
}

impl StoreError {
    /// What to do about it, if that is known.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::NoRegion => Some("set AWS_REGION, or a region in the AWS profile"),
            Self::OddRegion { .. } => Some("write it like AWS_REGION=eu-central-1"),
            Self::Credentials(source) if is_of_the_clock(&**source) => {
                Some("set the clock of this machine: `sudo timedatectl set-ntp true`")
            }
            Self::Credentials(source) if source.to_string().starts_with("no credentials") => Some(
                "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; `aws configure` writes a profile",
            ),
            Self::Credentials(_) => Some(
                "`aws sts get-caller-identity` shows which identity is in use; a region that is not \
                 enabled for the account also refuses valid credentials",
            ),
            Self::Denied { .. } => {
                Some("the role needs the DynamoDB actions that the error names on this table")
            }
            Self::NoTable { .. } => Some(
                "check the region (AWS_REGION), the account (AWS_PROFILE) and the name (DDB_CONFIG_TABLE, DDB_STATE_TABLE, DDB_HISTORY_TABLE); Terraform creates the tables (infra/terraform)",
            ),
            Self::File { .. } => Some(
                "make the directory writable and free space on the disk, or name another file with `--store embedded:PATH`",
            ),
            Self::NotAStore { .. } => Some(
                "move a damaged file away and sync again, or name another file with `--store embedded:PATH`",
            ),
            Self::Locked { .. } => Some("end or resume the process that uses the store, and try again"),
            Self::Unreadable(unreadable) => Some(unreadable.help()),
            Self::Rejected { .. } => Some("`monitorctl validate` shows what a table rejects"),
            Self::Unavailable { .. } => {
                Some("check the network of this machine, and whether AWS_REGION is the region of the tables")
            }
            Self::Throttled { .. } | Self::Contended { .. } | Self::Unexpected { .. } => None,
        }
    }

    pub(super) fn file(path: &Path, source: impl Into<ErrorSource>) -> Self {
        Self::File { path: path.to_owned(), source: source.into() }
    }

    pub(super) fn unexpected(table: &str, source: impl Into<ErrorSource>) -> Self {
        Self::Unexpected { table: table.to_owned(), source: source.into() }
    }

    pub(super) fn contended(table: &str, source: impl Into<ErrorSource>) -> Self {
        Self::Contended { table: table.to_owned(), source: source.into() }
    }

    pub(super) fn throttled(table: &str, source: impl Into<ErrorSource>) -> Self {
        Self::Throttled { table: table.to_owned(), source: source.into() }
    }

    /// Translates what the SDK gave up with.
    #[expect(clippy::needless_pass_by_value, reason = "the error ends here, and only its words go on")]
    pub(super) fn from_sdk<E>(table: &str, error: SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        if error.code() == Some(LOCKED_CODE) {
            return Self::Locked { path: error.message().unwrap_or_default().into() };
        }
        let table = table.to_owned();
        let trouble = Trouble::of(&error);
        let source: ErrorSource = said(&error).into();
        match trouble {
            Trouble::Credentials => Self::Credentials(source),
            Trouble::Denied => Self::Denied { table, source },
            Trouble::Missing => Self::NoTable { table },
            Trouble::Throttled => Self::Throttled { table, source },
            Trouble::Unavailable => Self::Unavailable { table, source },
            Trouble::Refused => Self::Unexpected { table, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_credential_types::provider::ProvideCredentials;
    use aws_credential_types::provider::error::CredentialsError;
    use aws_credential_types::provider::future::ProvideCredentials as ProvideFuture;
    use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Region};

    use super::super::testing::{Failure, Shared};
    use super::super::{Store, TableNames};
    use super::*;
    use crate::clock::Clock;
    use crate::state::Shard;

    async fn failed(store: &Store) -> StoreError {
        store.state_reader(&Shard::sample()).run().await.expect_err("the request fails")
    }

    #[tokio::test]
    async fn failures_are_distinguished() {
        let shared = Shared::new(Clock::system());
        let store = shared.open();
        shared.plug().fail(1, Failure::Denied, 1);
        assert!(matches!(failed(&store).await, StoreError::Denied { .. }));
        assert_eq!(shared.plug().requests(), 1);
        for (failure, text) in [
            (Failure::Throttled, "table `api_health_states` is throttled, after all retries"),
            (Failure::Internal, "table `api_health_states` cannot be reached, after all retries"),
            (Failure::Unreachable, "table `api_health_states` cannot be reached, after all retries"),
        ] {
            shared.plug().fail(1, failure, 4);
            assert_eq!(failed(&store).await.to_string(), text);
        }
        assert_eq!(shared.plug().requests(), 1 + 3 * 4);
    }

    #[tokio::test]
    async fn a_missing_table_is_named_with_the_way_to_make_it() {
        let names = TableNames { states: "nowhere".to_owned(), ..TableNames::default() };
        let error = failed(&Shared::new(Clock::system()).open_with(names)).await;
        assert_eq!(error.to_string(), "table `nowhere` does not exist");
        assert!(error.help().expect("there is a way").contains("infra/terraform"));
        assert!(error.source().is_none(), "the service says nothing that is not said here");
    }

    #[tokio::test]
    async fn credentials_that_do_not_load_are_reported_as_such() {
        let config = Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("eu-central-1"))
            .endpoint_url("http://127.0.0.1:9")
            .credentials_provider(NoCredentials);
        let client = aws_sdk_dynamodb::Client::from_conf(config.build());
        let error = client.list_tables().send().await.expect_err("the request is not signed");
        assert!(matches!(StoreError::from_sdk("t", error), StoreError::Credentials(_)));
    }

    #[derive(Debug)]
    struct NoCredentials;

    impl ProvideCredentials for NoCredentials {
        fn provide_credentials<'a>(&'a self) -> ProvideFuture<'a>
        where
            Self: 'a,
        {
            ProvideFuture::ready(Err(CredentialsError::not_loaded("no profile")))
        }
    }
}
