//! The embedded store: DynamoDB's own client, served from a file (or from memory) inside this process.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use dynoxide::actions::query::QueryRequest;
use dynoxide::{Database, DynoxideError};
use http::StatusCode;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::connection::TableNames;
use super::error::{LOCKED_CODE, StoreError};
use super::file_lock::{insist, is_locked, lock_beside, lock_within};
use super::foreign_file::is_foreign;
use crate::clock::Clock;
use crate::installation::Table;

/// The server's time to the millisecond; `Date` has whole seconds.
pub const PRECISE_DATE: &str = "x-monitorctl-date-ms";

/// How long another process may keep the file locked. A lock is held for milliseconds, unless its process stands still.
const PATIENCE: Duration = Duration::from_secs(10);

/// Rows of one page, where the query does not say: about what 1 MB holds.
const ROWS_PER_PAGE: usize = 1_100;

/// Serves the SDK from a database.
#[derive(Clone)]
pub struct Embedded {
    database: Database,
    /// The file, if it is one.
    path: Option<PathBuf>,
    clock: Clock,
}

impl Embedded {
    /// Opens the file, and makes it and its tables where they are missing.
    ///
    /// Two processes must not make one file at once: a lock beside it, held for the few milliseconds that
    /// opening takes, puts them in a row. It is the kernel's and goes with its process.
    pub fn open(path: &Path, tables: &TableNames, clock: Clock) -> Result<Self, StoreError> {
        Self::open_within(PATIENCE, path, tables, clock)
    }

    fn open_within(
        patience: Duration,
        path: &Path,
        tables: &TableNames,
        clock: Clock,
    ) -> Result<Self, StoreError> {
        let broken = |error: std::io::Error| StoreError::file(path, error);
        let refused = |error: DynoxideError| match error {
            error if is_locked(&error) => StoreError::Locked { path: path.to_owned() },
            // So it says that SQLite does not know the file, in words for those who build with it.
            DynoxideError::InternalServerError(_) => StoreError::NotAStore { path: path.to_owned() },
            error => StoreError::file(path, error),
        };
        if is_foreign(path, patience).map_err(refused)? {
            return Err(StoreError::NotAStore { path: path.to_owned() });
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(broken)?;
        }
        let guard = File::create(lock_beside(path)).map_err(broken)?;
        lock_within(patience, &guard, path)?;
        let name = path.to_str().ok_or_else(|| StoreError::file(path, "its name is not UTF-8"))?.to_owned();
        let (sender, opened) = mpsc::channel();
        let tables = tables.clone();
        // SQLite waits longer than anybody at a terminal does. A thread that was given up ends with the process.
        thread::spawn(move || {
            let database = Database::new(&name);
            let database =
                database.and_then(|database| make_missing_tables(&database, &tables).map(|()| database));
            drop(sender.send(database));
        });
        let locked = || StoreError::Locked { path: path.to_owned() };
        let database = opened.recv_timeout(patience).map_err(|_| locked())?.map_err(refused)?;
        Ok(Self { path: Some(path.to_owned()), ..Self::serving(database, clock) })
    }

    /// Tables without an item, which are gone with the process.
    pub fn empty(tables: &TableNames, clock: Clock) -> Result<Self, StoreError> {
        let database = Database::memory();
        let database =
            database.and_then(|database| make_missing_tables(&database, tables).map(|()| database));
        let database = database.map_err(|error| StoreError::unexpected(&tables.configs, error))?;
        Ok(Self::serving(database, clock))
    }

    /// Serves a database that has its tables.
    pub fn serving(database: Database, clock: Clock) -> Self {
        Self { database, path: None, clock }
    }

    /// Does what a request asks for, on this thread.
    pub fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let (status, body) = match insist(PATIENCE, || dispatch(&self.database, request)) {
            Ok(body) => (200, body),
            Err(error) if is_locked(&error) => {
                let path = self.path.as_ref().map(|path| path.display().to_string());
                // A status that the SDK does not repeat: all the waiting was done here.
                (423, json!({"__type": LOCKED_CODE, "message": path}).to_string().into_bytes())
            }
            Err(error) => (error.status_code(), error.to_json().into_bytes()),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::new(status.into(), SdkBody::from(body));
        let now = self.clock.wall();
        let headers = response.headers_mut();
        headers.insert("content-type", "application/x-amz-json-1.0");
        headers.insert(PRECISE_DATE, now.as_millisecond().to_string());
        if let Ok(date) = DateTimePrinter::new().timestamp_to_rfc9110_string(&now) {
            headers.insert("date", date);
        }
        response
    }
}

impl HttpConnector for Embedded {
    /// Another process may hold the file's lock, and a commit waits for the disk: that is no work for a thread
    /// of the runtime.
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let embedded = self.clone();
        let answer = tokio::task::spawn_blocking(move || embedded.answer(&request));
        HttpConnectorFuture::new(async move {
            answer.await.map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

impl HttpClient for Embedded {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded").finish_non_exhaustive()
    }
}

/// The operation that a request asks for.
pub fn operation(request: &HttpRequest) -> &str {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    target.rsplit_once('.').map_or(target, |(_, operation)| operation)
}

/// Only what the store uses is served.
fn dispatch(database: &Database, request: &HttpRequest) -> Result<Vec<u8>, DynoxideError> {
    let body = request.body().bytes().unwrap_or_default();
    match operation(request) {
        "Query" => serve(body, |request| database.query(in_pages(request))),
        "GetItem" => serve(body, |request| database.get_item(request)),
        "BatchGetItem" => serve(body, |request| database.batch_get_item(request)),
        "UpdateItem" => serve(body, |request| database.update_item(request)),
        "TransactWriteItems" => serve(body, |request| database.transact_write_items(request)),
        "BatchWriteItem" => serve(body, |request| database.batch_write_item(request)),
        "DescribeTable" => serve(body, |request| database.describe_table(request)),
        "DescribeTimeToLive" => serve(body, |request| database.describe_time_to_live(request)),
        other => {
            Err(DynoxideError::ValidationException(format!("the embedded store does not serve {other}")))
        }
    }
}

/// The database fetches every row that a query finds, and then cuts the page at 1 MB: read page by page, a large
/// table would be fetched once for each of its pages.
fn in_pages(mut query: QueryRequest) -> QueryRequest {
    query.limit.get_or_insert(ROWS_PER_PAGE);
    query
}

fn serve<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    call: impl FnOnce(Q) -> dynoxide::Result<A>,
) -> Result<Vec<u8>, DynoxideError> {
    let request = serde_json::from_slice(body)
        .map_err(|error| DynoxideError::SerializationException(error.to_string()))?;
    serde_json::to_vec(&call(request)?).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

/// Makes those of the three tables that are not there.
pub fn make_missing_tables(database: &Database, names: &TableNames) -> dynoxide::Result<()> {
    for table in Table::ALL {
        let name = names.of(table);
        if database.get_table_metadata(name)?.is_some() {
            continue;
        }
        database.create_table(request(creation(table, name))?)?;
        if let Some(expiry) = expiry(table, name) {
            database.update_time_to_live(request(expiry)?)?;
        }
    }
    Ok(())
}

/// The request that makes a table.
pub fn creation(table: Table, name: &str) -> serde_json::Value {
    let [(partition, partition_type), (sort, sort_type)] = table.keys();
    json!({
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": partition, "AttributeType": partition_type},
            {"AttributeName": sort, "AttributeType": sort_type},
        ],
        "KeySchema": [
            {"AttributeName": partition, "KeyType": "HASH"},
            {"AttributeName": sort, "KeyType": "RANGE"},
        ],
    })
}

/// The request by which its items go by themselves, if they may.
pub fn expiry(table: Table, name: &str) -> Option<serde_json::Value> {
    let attribute = table.expires()?;
    Some(json!({
        "TableName": name,
        "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": true},
    }))
}

fn request<Q: DeserializeOwned>(body: serde_json::Value) -> Result<Q, DynoxideError> {
    serde_json::from_value(body).map_err(|error| DynoxideError::SerializationException(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::super::connect::{Store, StoreTarget};
    use super::super::run_writer::{Acquired, Ending};
    use super::super::testing::rows;
    use super::*;
    use crate::state::{Lease, Shard, Write};

    fn lease(holder: &str, slot: u64) -> Lease {
        Lease::sample(holder, slot)
    }

    async fn open(path: &Path) -> Store {
        let target = StoreTarget::Embedded(path.to_owned());
        Store::open(target, TableNames::default(), Clock::system()).await.expect("it opens")
    }

    /// Runs `work` as four processes would, each with its own connection to the file.
    fn four_at_once<T: Send>(work: impl Fn(usize) -> T + Sync) -> Vec<T> {
        let start = std::sync::Barrier::new(4);
        thread::scope(|scope| {
            let thread = |n| {
                let (start, work) = (&start, &work);
                scope.spawn(move || {
                    start.wait();
                    work(n)
                })
            };
            let threads: Vec<_> = (0..4).map(thread).collect();
            threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
        })
    }

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
    }

    #[test]
    fn four_processes_make_one_file_and_one_of_them_gets_the_lease() {
        for _ in 0..5 {
            let dir = tempfile::tempdir().expect("a directory");
            let path = dir.path().join("new/store.db");
            let granted = four_at_once(|n| {
                block_on(async {
                    let store = open(&path).await;
                    let answer = store.acquire(&lease(&format!("run{n}"), 1)).await.expect("it answers");
                    matches!(answer, Acquired::Granted { .. })
                })
            });
            assert_eq!(granted.iter().filter(|granted| **granted).count(), 1);
        }
    }

    #[test]
    fn a_check_writes_while_others_read() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("store.db");
        let seen = four_at_once(|n| {
            block_on(async {
                let store = open(&path).await;
                if n == 0 {
                    let Acquired::Granted { run, .. } =
                        store.acquire(&lease("run", 1)).await.expect("it answers")
                    else {
                        panic!("there is no other caller")
                    };
                    let rows = rows(300, run.holder(), run.epoch());
                    let writes: Vec<_> = rows.into_iter().map(Write::Create).collect();
                    let committed = run.commit(&writes).await;
                    assert_eq!(committed.written.len(), 300);
                    run.release(Ending::GivenUp).await.expect("it answers");
                }
                let mut seen = 0;
                while seen < 300 {
                    seen = store.state_reader(&Shard::sample()).read().await.expect("it reads").rows.len();
                    assert!([0, 99, 198, 297, 300].contains(&seen), "a batch was seen in part: {seen}");
                }
                seen
            })
        });
        assert_eq!(seen, [300; 4]);
    }

    #[tokio::test]
    async fn what_was_written_is_there_for_the_next_process() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("store.db");
        for slot in 1..4 {
            let store = open(&path).await;
            match store.acquire(&lease("run", slot)).await.expect("it answers") {
                Acquired::Granted { run, before } => {
                    assert_eq!((run.epoch(), before.map_or(0, |before| before.epoch)), (slot, slot - 1));
                    run.release(Ending::GivenUp).await.expect("it answers");
                }
                Acquired::Refused(held) => panic!("refused: {held:?}"),
            }
        }
    }

    #[test]
    fn a_lock_that_is_never_given_back_is_waited_for_and_then_named() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("store.db");
        let open = |patience| {
            Embedded::open_within(patience, &path, &TableNames::default(), Clock::system()).map(drop)
        };
        open(PATIENCE).expect("no other process has it");
        let other = File::open(lock_beside(&path)).expect("it is there");
        other.lock().expect("it is free");
        let error = open(Duration::from_millis(50)).expect_err("it is locked");
        assert!(matches!(&error, StoreError::Locked { path: locked } if *locked == path), "{error:?}");
        other.unlock().expect("it is ours");
        open(PATIENCE).expect("it is free again");
    }

    #[tokio::test]
    async fn other_table_names_in_the_same_file_are_other_tables() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("store.db");
        let store = open(&path).await;
        let Acquired::Granted { .. } = store.acquire(&lease("run", 1)).await.expect("it answers") else {
            panic!("the lease is free")
        };
        let names = TableNames { states: "others".to_owned(), ..TableNames::default() };
        let other = Store::open(StoreTarget::Embedded(path), names, Clock::system()).await.expect("it opens");
        assert_eq!(other.state_reader(&Shard::sample()).run().await.expect("it reads"), None);
    }

    #[tokio::test]
    async fn a_file_that_is_no_store_is_reported_with_its_path() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("store.db");
        fs::write(&path, "not a database, but long enough to be looked at as one").expect("it writes");
        for (path, words) in [
            (path, ["the file", "is not a monitorctl store, or is damaged"]),
            (dir.path().to_owned(), ["the store file", "cannot be used"]),
        ] {
            let target = StoreTarget::Embedded(path.clone());
            let error = Store::open(target, TableNames::default(), Clock::system()).await;
            let error = error.expect_err("it is no store");
            assert_eq!(error.to_string(), words.join(&format!(" {} ", path.display())));
            assert!(error.help().is_some_and(|help| help.contains("--store embedded:PATH")));
        }
    }
}
