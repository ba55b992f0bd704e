//! Opens the store: the SDK's settings for DynamoDB and for the embedded store, in one place.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{
    Builder, ConfigBag, HttpClient, Intercept, Region, RuntimeComponents, StalledStreamProtectionConfig,
};
use aws_sdk_dynamodb::error::BoxError;
use aws_smithy_runtime_api::http::Headers;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::connection::{Connection, Pace, ROWS_PER_BATCH, TableNames};
use super::embedded::{Embedded, PRECISE_DATE};
use super::error::StoreError;
use super::meter::{Consumed, Meter};
use super::server_time::ServerTime;
use crate::aws::{self, Aws};
use crate::clock::Clock;
use crate::installation::is_region;

/// Where the tables are.
#[derive(Debug, Clone)]
pub enum StoreTarget {
    /// A file of this machine; it is made on first use.
    Embedded(PathBuf),
    /// An empty one in memory, in the place of a file that is not there.
    Empty,
    /// AWS, or what `AWS_ENDPOINT_URL` names.
    DynamoDb(Aws),
}

/// The three tables. Gives out handles, each of which can do one thing to them.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) connection: Arc<Connection>,
}

/// Attempts of one request, the first included.
const ATTEMPTS: u32 = 4;

impl Store {
    pub async fn open(target: StoreTarget, tables: TableNames, clock: Clock) -> Result<Self, StoreError> {
        match target {
            StoreTarget::Embedded(path) => {
                let (names, hand) = (tables.clone(), clock.clone());
                // Opening waits for locks of files.
                let opened = tokio::task::spawn_blocking(move || Embedded::open(&path, &names, hand)).await;
                let embedded = opened.map_err(|error| StoreError::unexpected(&tables.configs, error))??;
                Ok(Self::embedded(embedded, tables, clock))
            }
            StoreTarget::Empty => {
                let embedded = Embedded::empty(&tables, clock.clone())?;
                Ok(Self::embedded(embedded, tables, clock))
            }
            StoreTarget::DynamoDb(aws) => Self::dynamodb(&aws, tables, clock).await,
        }
    }

    /// The servers' time, in whole milliseconds. Once a response has come, it never steps back.
    ///
    /// Before that it is the local clock: a run reads its record first, so that its slot is the servers'.
    pub fn now(&self) -> Timestamp {
        self.connection.time.now()
    }

    /// How far the servers are ahead of the local clock; `None` before the first response.
    pub fn skew(&self) -> Option<SignedDuration> {
        self.connection.time.skew()
    }

    /// What was asked for since the store was opened.
    pub fn consumed(&self) -> Consumed {
        self.connection.meter.total()
    }

    async fn dynamodb(aws: &Aws, tables: TableNames, clock: Clock) -> Result<Self, StoreError> {
        let shared = aws.config().await;
        let region = shared.region().ok_or(StoreError::NoRegion)?.as_ref();
        // The SDK would find that out with each request.
        if !is_region(region) {
            return Err(StoreError::OddRegion { region: region.to_owned() });
        }
        // The SDK's shared bucket is empty after 35 retries of anybody; a large run may need more of its own.
        let bucket = TokenBucket::builder().capacity(2_000).build();
        let partition = RetryPartition::custom("monitorctl-store").token_bucket(bucket).build();
        let config = Builder::from(shared)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .retry_partition(partition);
        let pace = Pace {
            wait: Duration::from_millis(100),
            rows_per_second: Some(400),
            rows_per_batch: ROWS_PER_BATCH,
        };
        Ok(Self::over(config, tables, clock, pace))
    }

    /// A store that `client` serves from inside the process: nothing here reads the environment or the network.
    pub(super) fn embedded(client: impl HttpClient + 'static, tables: TableNames, clock: Clock) -> Self {
        let config = Builder::new()
            .behavior_version(aws::BEHAVIOR())
            .region(Region::from_static("embedded"))
            .endpoint_url("http://embedded.invalid")
            .allow_no_auth()
            .disable_clock_skew_correction(true)
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .timeout_config(TimeoutConfig::disabled())
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(ATTEMPTS)
                    .with_initial_backoff(Duration::from_millis(10)),
            )
            // A bucket of its own also in tests, where many stores live in one process.
            .retry_partition(
                RetryPartition::custom("monitorctl-embedded").token_bucket(TokenBucket::unlimited()).build(),
            )
            .http_client(client);
        let pace =
            Pace { wait: Duration::from_millis(5), rows_per_second: None, rows_per_batch: ROWS_PER_BATCH };
        Self::over(config, tables, clock, pace)
    }

    fn over(config: Builder, tables: TableNames, clock: Clock, pace: Pace) -> Self {
        let time = Arc::new(ServerTime::new(clock));
        let meter = Arc::new(Meter::default());
        let observer = Observer { time: Arc::clone(&time), meter: Arc::clone(&meter) };
        let client = Client::from_conf(config.interceptor(observer).build());
        Self {
            connection: Arc::new(Connection {
                client,
                tables,
                pace,
                room: Mutex::new(Instant::now()),
                time,
                meter,
            }),
        }
    }
}

/// Sees every attempt and every response.
#[derive(Debug)]
struct Observer {
    time: Arc<ServerTime>,
    meter: Arc<Meter>,
}

impl Intercept for Observer {
    fn name(&self) -> &'static str {
        "monitorctl::store::Observer"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.meter.request();
        Ok(())
    }

    fn read_after_transmit(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(date) = date(context.response().headers()) {
            self.time.note(date);
        }
        Ok(())
    }
}

/// When a response was made, as precisely as it says.
fn date(headers: &Headers) -> Option<Timestamp> {
    let precise = || Timestamp::from_millisecond(headers.get(PRECISE_DATE)?.parse().ok()?).ok();
    let whole = || jiff::fmt::rfc2822::parse(headers.get("date")?).ok().map(|date| date.timestamp());
    precise().or_else(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_says_when_it_was_made() {
        let mut headers = Headers::new();
        assert_eq!(date(&headers), None);
        headers.insert("date", "yesterday");
        assert_eq!(date(&headers), None);
        headers.insert("date", "Fri, 20 Nov 2026 10:00:00 GMT");
        assert_eq!(date(&headers), "2026-11-20T10:00:00Z".parse().ok());
        headers.insert(PRECISE_DATE, "1795168800123");
        assert_eq!(date(&headers), "2026-11-20T10:00:00.123Z".parse().ok());
    }
}
