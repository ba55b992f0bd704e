//! One change of a plan, for programs.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::monitor::Place;
use crate::plan::{Action, Cause, Change, FieldChange, Risk, SecretHost};

/// What would happen to one monitor.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Change")]
pub(super) struct ChangeRecord {
    id: String,
    action: ActionWord,
    /// Null if nobody knows what was there before.
    cause: Option<CauseWord>,
    risk: RiskWord,
    /// Stored secrets that it sends to hosts that they did not go to before; the guard refuses that unasked.
    secret_hosts: Vec<SecretHostRecord>,
    /// That the stored item is not what was applied.
    drift: Option<DriftRecord>,
    /// Where the monitor stands in the files; null if it does not any more.
    span: Option<SpanRecord>,
    /// Where it stood when it was applied: `monitors/auth.yaml:40`
    was: Option<String>,
    /// The id that it has now, if it moves.
    moved_from: Option<String>,
    /// Whose it is now, if it is taken over from another owner.
    taken_from: Option<String>,
    /// Sorted by path.
    fields: Vec<FieldRecord>,
    unchanged_fields: usize,
}

/// A secret, and a host that it did not go to before.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SecretHost")]
struct SecretHostRecord {
    /// `${env:TOKEN}`
    secret: String,
    host: String,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Drift")]
struct DriftRecord {
    /// When sync wrote it last, RFC 3339; it was changed after that.
    since: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Span")]
struct SpanRecord {
    file: String,
    /// From 1.
    line: usize,
}

/// One field that differs, down to the smallest one. Values of headers that carry credentials are `***`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Field")]
pub(super) struct FieldRecord {
    /// `expect.status`; a list is one field.
    path: String,
    before: Option<Value>,
    after: Option<Value>,
    risk: RiskWord,
    /// Where the new value stands, if that is not in the monitor's own document.
    inherited: Option<SpanRecord>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Action")]
enum ActionWord {
    Remove,
    Update,
    /// It goes on under another id, with its state and history.
    Move,
    /// An item of somebody else, or of nobody, becomes ours.
    Adopt,
    Create,
}

/// Why a monitor is not as the files want it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Cause")]
enum CauseWord {
    /// The files differ from those of the base commit.
    ThisChange,
    /// The base commit says the same; it was merged and not applied.
    NotApplied,
    /// The files are as applied; the table is not.
    LiveDrift,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Risk")]
enum RiskWord {
    None,
    /// It is watched less closely, or people are told later, or others are.
    Weaker,
    /// It is not watched any more.
    Loss,
}

pub(super) fn each_change<S: Serializer>(changes: &[Change], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(changes.iter().map(ChangeRecord::new))
}

impl ChangeRecord {
    fn new(change: &Change) -> Self {
        let Change { id, action, fields, unchanged, risk, secret_hosts, cause, drift } = change;
        let (action, moved_from, taken_from) = match action {
            Action::Remove { .. } => (ActionWord::Remove, None, None),
            Action::Update { .. } => (ActionWord::Update, None, None),
            Action::Move { from, .. } => (ActionWord::Move, Some(from.id.to_string()), None),
            Action::Adopt { stored, .. } => (ActionWord::Adopt, None, stored.owner.clone()),
            Action::Create { .. } => (ActionWord::Create, None, None),
        };
        Self {
            id: id.to_string(),
            action,
            cause: cause.map(CauseWord::from),
            risk: (*risk).into(),
            secret_hosts: secret_hosts.iter().map(SecretHostRecord::new).collect(),
            drift: drift.map(|drift| DriftRecord { since: drift.since.map(|since| since.to_string()) }),
            span: change.place().map(SpanRecord::new),
            was: change.stored().and_then(|stored| stored.source.clone()),
            moved_from,
            taken_from,
            fields: fields.iter().map(FieldRecord::new).collect(),
            unchanged_fields: *unchanged,
        }
    }
}

impl SecretHostRecord {
    fn new(SecretHost { secret, host }: &SecretHost) -> Self {
        Self { secret: secret.to_string(), host: host.to_string() }
    }
}

impl FieldRecord {
    pub(super) fn new(field: &FieldChange) -> Self {
        let FieldChange { path, before, after, risk, inherited } = field;
        Self {
            path: path.clone(),
            before: before.clone(),
            after: after.clone(),
            risk: (*risk).into(),
            inherited: inherited.as_ref().map(SpanRecord::new),
        }
    }
}

impl SpanRecord {
    fn new(Place { file, line }: &Place) -> Self {
        Self { file: file.clone(), line: *line }
    }
}

impl From<Risk> for RiskWord {
    fn from(risk: Risk) -> Self {
        match risk {
            Risk::None => Self::None,
            Risk::Weaker => Self::Weaker,
            Risk::Loss => Self::Loss,
        }
    }
}

impl From<Cause> for CauseWord {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::ThisChange => Self::ThisChange,
            Cause::NotApplied => Self::NotApplied,
            Cause::LiveDrift => Self::LiveDrift,
        }
    }
}
