//! Tables that several stores share, and a plug on each store's way to them.
//!
//! ```ignore
//! let shared = Shared::new(hand.clock());
//! let store = shared.open();
//! shared.plug().die_after(3);
//! tokio::select! {
//!     _ = run(&store) => panic!("it cannot come to its end"),
//!     () = shared.plug().died() => {} // `run` is dropped here, as if its process were killed
//! }
//! let next = shared.open(); // another process, on the same tables
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http::StatusCode;
use jiff::Timestamp;
use tokio::sync::watch;

use super::backing::Backing;
use super::connect::Store;
use super::connection::TableNames;
use super::embedded::operation;
use crate::clock::Clock;
use crate::monitor::{ChannelId, MonitorId};
use crate::state::{Delivered, FirstPending, IncidentKey, Row};
use crate::transition::{Confirmed, Health, Incident, RecentChanges};

/// One set of tables.
pub struct Shared {
    tables: Backing,
    clock: Clock,
    latest: Mutex<Plug>,
    /// Rows that the stores put into one transaction; `None` for as many as they may.
    rows_per_batch: Mutex<Option<usize>>,
}

/// The way from one store to the tables: counts what passes, and breaks on demand.
///
/// Requests are counted from 1, from the moment a break is asked for.
#[derive(Clone)]
pub struct Plug {
    state: Arc<Mutex<State>>,
    dead: watch::Sender<bool>,
    gate: watch::Sender<Gate>,
}

/// What stops a process that is frozen in the middle of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    /// No other run has come by yet.
    Shut,
    /// A request waits.
    Held,
    Open,
}

/// What a broken request is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The server is in trouble.
    Internal,
    Throttled,
    /// Nothing comes back; it was not executed.
    Unreachable,
    /// Permission is missing: not worth a retry.
    Denied,
    /// A write that met a transaction, or a transaction that met another one.
    Conflict,
    /// A batch of which nothing was written, without an error. For `BatchWriteItem` only.
    LeftOver,
}

#[derive(Debug, Clone, Copy)]
enum Break {
    DieBefore,
    DieAfter,
    LoseAnswer,
    LoseAnswerAndToken,
    Fail(Failure),
    HoldBefore,
    HoldAfter,
}

#[derive(Default)]
struct State {
    operations: Vec<String>,
    /// By the number of the request.
    breaks: BTreeMap<usize, Break>,
}

impl Shared {
    pub fn new(clock: Clock) -> Self {
        Self {
            tables: Backing::new(clock.clone()),
            clock,
            latest: Mutex::new(Plug::new()),
            rows_per_batch: Mutex::default(),
        }
    }

    /// Another process on the same tables, with a plug of its own.
    pub fn open(&self) -> Store {
        self.open_with(TableNames::default())
    }

    /// The same with other tables, which are not made.
    pub fn open_with(&self, names: TableNames) -> Store {
        let plug = Plug::new();
        *lock(&self.latest) = plug.clone();
        let tables = self.tables.clone();
        let mut store = Store::embedded(Plugged { tables, plug }, names, self.clock.clone());
        if let Some(rows) = *lock(&self.rows_per_batch) {
            Arc::get_mut(&mut store.connection).expect("it has no other owner yet").pace.rows_per_batch =
                rows;
        }
        store
    }

    /// Stores that are opened from now on commit so many rows at once.
    pub fn in_batches_of(&self, rows: usize) {
        *lock(&self.rows_per_batch) = Some(rows);
    }

    /// The plug of the store that was opened last.
    pub fn plug(&self) -> Plug {
        lock(&self.latest).clone()
    }

    /// Puts an item as JSON in DynamoDB's form, whatever was there.
    pub fn put(&self, table: &str, item: &serde_json::Value) {
        let request = serde_json::json!({"TableName": table, "Item": item});
        self.tables.act("PutItem", request);
    }

    /// Takes an item away, as a person with the console would.
    pub fn delete(&self, table: &str, monitor: &str) {
        let key = serde_json::json!({"shard": {"S": "0"}, "monitor": {"S": monitor}});
        let request = serde_json::json!({"TableName": table, "Key": key});
        self.tables.act("DeleteItem", request);
    }

    /// An item of the configs or the states table as JSON in DynamoDB's form.
    pub fn get(&self, table: &str, monitor: &str) -> Option<serde_json::Value> {
        self.get_in(table, "0", monitor)
    }

    /// The same in another partition.
    pub fn get_in(&self, table: &str, shard: &str, monitor: &str) -> Option<serde_json::Value> {
        let key = serde_json::json!({"shard": {"S": shard}, "monitor": {"S": monitor}});
        let request = serde_json::json!({"TableName": table, "Key": key});
        self.tables.act("GetItem", request).get("Item").cloned()
    }
}

/// `n` rows, `m000` and on, that a run decided to create.
pub fn rows(n: usize, run: &str, epoch: u64) -> Vec<Row> {
    let at = Timestamp::from_second(1_763_600_000).expect("a time");
    let incident_key = |n| IncidentKey::stored(format!("shop/m{n:03}/g1/1"));
    let row = |n| Row {
        monitor: MonitorId::parse(&format!("m{n:03}")).expect("an id"),
        incarnation: "g1".to_owned(),
        incident_key: incident_key(n),
        revision: 1,
        confirmed: Confirmed {
            health: Health::Down,
            since: at,
            seq: 1,
            incident: Some(Incident {
                n: 1,
                opened_at: at,
                closed_at: Some(at),
                cause: "HTTP 503".to_owned(),
                unwatched: None,
            }),
            streak: None,
            recent_changes: RecentChanges::default(),
        },
        delivered: [(ChannelId::of_machine(), Delivered::new(0, Health::New, at))].into(),
        first_pending: vec![FirstPending { seq: 1, since: at, incident_key: incident_key(n) }],
        epoch,
        why: "HTTP 503, expected 200".to_owned(),
        judged: "0123456789ab".to_owned(),
        run: run.to_owned(),
    };
    (0..n).map(row).collect()
}

impl Plug {
    fn new() -> Self {
        Self { state: Arc::default(), dead: watch::Sender::new(false), gate: watch::Sender::new(Gate::Shut) }
    }

    /// The `n`-th request from now is not executed and never answered, nor is any later one.
    pub fn die_before(&self, n: usize) {
        self.plan(n, Break::DieBefore);
    }

    /// The `n`-th request from now is executed and never answered; no later one is executed.
    pub fn die_after(&self, n: usize) {
        self.plan(n, Break::DieAfter);
    }

    /// The `n`-th request from now is executed, but the connection breaks before its answer.
    pub fn lose_answer(&self, n: usize) {
        self.plan(n, Break::LoseAnswer);
    }

    /// The same with tables that do not know the token of a transaction again: it is ten minutes old, or they never do.
    pub fn lose_answer_and_token(&self, n: usize) {
        self.plan(n, Break::LoseAnswerAndToken);
    }

    /// The `n`-th request from now and the `times - 1` after it fail. A retry is a request too.
    pub fn fail(&self, n: usize, failure: Failure, times: usize) {
        for n in n..n + times {
            self.plan(n, Break::Fail(failure));
        }
    }

    /// The `n`-th request from now is executed and answered only once it is released.
    pub fn hold_before(&self, n: usize) {
        self.plan(n, Break::HoldBefore);
    }

    /// The `n`-th request from now is executed, but answered only once it is released.
    pub fn hold_after(&self, n: usize) {
        self.plan(n, Break::HoldAfter);
    }

    /// Ready while a request is held.
    pub async fn held(&self) {
        self.wait_for(Gate::Held).await;
    }

    /// Lets the held request go on.
    pub fn release(&self) {
        self.gate.send_replace(Gate::Open);
    }

    async fn wait_for(&self, wanted: Gate) {
        let mut gate = self.gate.subscribe();
        gate.wait_for(|gate| *gate == wanted).await.expect("the plug itself keeps the channel open");
    }

    /// Ready once a request has died.
    pub async fn died(&self) {
        let mut dead = self.dead.subscribe();
        dead.wait_for(|dead| *dead).await.expect("the plug itself keeps the channel open");
    }

    /// The operations of all requests so far, died and failed ones included.
    pub fn operations(&self) -> Vec<String> {
        lock(&self.state).operations.clone()
    }

    pub fn requests(&self) -> usize {
        lock(&self.state).operations.len()
    }

    fn plan(&self, n: usize, at: Break) {
        let mut state = lock(&self.state);
        let number = state.operations.len() + n;
        state.breaks.insert(number, at);
    }

    fn pass(&self, operation: &str) -> Option<Break> {
        let mut state = lock(&self.state);
        state.operations.push(operation.to_owned());
        if *self.dead.borrow() {
            return Some(Break::DieBefore);
        }
        let number = state.operations.len();
        state.breaks.remove(&number)
    }
}

#[derive(Clone)]
struct Plugged {
    tables: Backing,
    plug: Plug,
}

impl Plugged {
    /// On this thread: memory never waits, and a test repeats exactly.
    fn answer(&self, request: HttpRequest) -> HttpConnectorFuture {
        match self.plug.pass(operation(&request)) {
            None => HttpConnectorFuture::ready(Ok(self.tables.answer(&request))),
            Some(Break::DieBefore) => self.die(),
            Some(Break::DieAfter) => {
                self.tables.answer(&request);
                self.die()
            }
            Some(Break::LoseAnswer) => {
                self.tables.answer(&request);
                HttpConnectorFuture::ready(Err(ConnectorError::io("the answer is lost".into())))
            }
            Some(Break::LoseAnswerAndToken) => {
                self.tables.answer(&without_token(&request));
                HttpConnectorFuture::ready(Err(ConnectorError::io("the answer is lost".into())))
            }
            Some(Break::Fail(failure)) => HttpConnectorFuture::ready(failure.answer(&request)),
            Some(Break::HoldBefore) => {
                let tables = self.tables.clone();
                self.hold(move || tables.answer(&request))
            }
            Some(Break::HoldAfter) => {
                let answer = self.tables.answer(&request);
                self.hold(|| answer)
            }
        }
    }

    fn hold(&self, answer: impl FnOnce() -> HttpResponse + Send + 'static) -> HttpConnectorFuture {
        let plug = self.plug.clone();
        plug.gate.send_replace(Gate::Held);
        HttpConnectorFuture::new(async move {
            plug.wait_for(Gate::Open).await;
            Ok(answer())
        })
    }

    fn die(&self) -> HttpConnectorFuture {
        self.plug.dead.send_replace(true);
        HttpConnectorFuture::new(pending())
    }
}

fn without_token(request: &HttpRequest) -> HttpRequest {
    let body = request.body().bytes().expect("the body is in memory");
    let mut body: serde_json::Value = serde_json::from_slice(body).expect("the body is JSON");
    body.as_object_mut().expect("an object").remove("ClientRequestToken");
    let mut request = request.try_clone().expect("the body is in memory");
    *request.body_mut() = SdkBody::from(body.to_string());
    request
}

impl Failure {
    fn answer(self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let (status, code) = match self {
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
            Self::Throttled => (StatusCode::BAD_REQUEST, "ProvisionedThroughputExceededException"),
            Self::Unreachable => return Err(ConnectorError::io("the server is gone".into())),
            Self::Denied => (StatusCode::BAD_REQUEST, "AccessDeniedException"),
            Self::Conflict if operation(request) == "TransactWriteItems" => {
                (StatusCode::BAD_REQUEST, "TransactionCanceledException")
            }
            Self::Conflict => (StatusCode::BAD_REQUEST, "TransactionConflictException"),
            Self::LeftOver => {
                let asked = request.body().bytes().expect("the body is in memory");
                let asked: serde_json::Value = serde_json::from_slice(asked).expect("the body is JSON");
                let body = serde_json::json!({"UnprocessedItems": asked["RequestItems"]}).to_string();
                return Ok(HttpResponse::new(StatusCode::OK.into(), SdkBody::from(body)));
            }
        };
        let body = serde_json::json!({
            "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"),
            "message": "asked for by a test",
            "CancellationReasons": [{"Code": "TransactionConflict"}, {"Code": "None"}],
        });
        Ok(HttpResponse::new(status.into(), SdkBody::from(body.to_string())))
    }
}

impl HttpConnector for Plugged {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.answer(request)
    }
}

impl HttpClient for Plugged {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl fmt::Debug for Plugged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plugged")
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
