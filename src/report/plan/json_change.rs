//! One change of a plan, for programs.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::monitor::{Place, ValueSource};
use crate::plan::{Action, Cause, Change, EditFate, FieldChange, FieldEffect, Risk, SecretHost, TableEdit};

/// Change of one monitor.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Change")]
pub(super) struct ChangeRecord {
    id: String,
    action: ActionWord,
    /// Null if the earlier value is unknown.
    cause: Option<CauseWord>,
    risk: RiskWord,
    /// Stored secrets that it sends to new hosts; needs `--allow-secret-host`.
    secret_hosts: Vec<SecretHostRecord>,
    /// Set if the stored item differs from the applied one.
    drift: Option<DriftRecord>,
    /// Set if the table was edited, and the files do not simply restore what sync wrote before.
    edit: Option<EditRecord>,
    /// Place in the files; null if it is in none.
    span: Option<SpanRecord>,
    /// Place when it was applied: `monitors/auth.yaml:40`
    was: Option<String>,
    /// Its current id, if it moves.
    moved_from: Option<String>,
    /// Its current owner, if it is taken over.
    taken_from: Option<String>,
    /// Sorted by path.
    fields: Vec<FieldRecord>,
    unchanged_fields: usize,
}

/// A secret and its new host.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SecretHost")]
pub(super) struct SecretHostRecord {
    /// `${env:TOKEN}`
    secret: String,
    host: String,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Drift")]
struct DriftRecord {
    /// Time of the last sync, RFC 3339; the edit came later.
    since: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Edit")]
struct EditRecord {
    fate: FateWord,
    /// Whether the values before the edit are known. If so, the fields are compared with them.
    before_known: bool,
}

/// What becomes of an edit in the table.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "EditFate")]
enum FateWord {
    /// The files have the edit.
    Kept,
    /// The files have it in some fields.
    KeptInPart,
    Reverted,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Span")]
pub(super) struct SpanRecord {
    file: String,
    /// Line, counted from 1.
    line: usize,
}

/// Where a value is set outside the monitor's document.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Source")]
struct SourceRecord {
    file: String,
    line: usize,
    /// The variable of the settings that holds it, such as `vars.timeout`; null in a `defaults.yaml`.
    variable: Option<String>,
}

/// One changed field. Literal credentials are `***`; references such as `${env:TOKEN}` are whole.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Field")]
pub(super) struct FieldRecord {
    /// `expect.status`; a list is one field.
    path: String,
    before: Option<Value>,
    after: Option<Value>,
    risk: RiskWord,
    /// Whether the monitor is watched as before, because one side is the default of the other.
    same_effect: bool,
    /// Place of the new value, if it is outside the monitor's document.
    inherited: Option<SourceRecord>,
    /// Place of a removed value at the base commit, if it was outside the monitor's document.
    was: Option<SourceRecord>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Action")]
pub(super) enum ActionWord {
    Remove,
    Update,
    /// It moves to another id, with its state and history.
    Move,
    /// It is taken over from another owner, or adopted because it has none.
    Adopt,
    Create,
}

/// Cause of a change.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Cause")]
pub(super) enum CauseWord {
    /// The files differ from those of the base commit.
    ThisChange,
    /// The base commit has it too: merged, but not applied.
    NotApplied,
    /// The files are as applied; the table was edited.
    LiveDrift,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Risk")]
pub(super) enum RiskWord {
    None,
    /// It is weakened: fewer expectations, later alerts, or other channels.
    Weaker,
    /// It is no longer watched.
    Loss,
}

pub(super) fn each_change<S: Serializer>(changes: &[Change], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(changes.iter().map(ChangeRecord::new))
}

impl ChangeRecord {
    fn new(change: &Change) -> Self {
        let Change { id, action, fields, unchanged, risk, secret_hosts, cause, drift, unedited: _, edit } =
            change;
        let (moved_from, taken_from) = match action {
            Action::Move { from, .. } => (Some(from.id.to_string()), None),
            Action::Adopt { stored, .. } => (None, stored.owner.clone()),
            Action::Remove { .. } | Action::Update { .. } | Action::Create { .. } => (None, None),
        };
        Self {
            id: id.to_string(),
            action: ActionWord::of(action),
            cause: cause.map(CauseWord::from),
            risk: (*risk).into(),
            secret_hosts: secret_hosts.iter().map(SecretHostRecord::new).collect(),
            drift: drift.map(|drift| DriftRecord { since: drift.since.map(|since| since.to_string()) }),
            edit: edit.as_ref().map(EditRecord::new),
            span: change.place().map(SpanRecord::new),
            was: change.stored().and_then(|stored| stored.source.clone()),
            moved_from,
            taken_from,
            fields: fields.iter().map(FieldRecord::new).collect(),
            unchanged_fields: *unchanged,
        }
    }
}

impl ActionWord {
    pub(super) fn of(action: &Action) -> Self {
        match action {
            Action::Remove { .. } => Self::Remove,
            Action::Update { .. } => Self::Update,
            Action::Move { .. } => Self::Move,
            Action::Adopt { .. } => Self::Adopt,
            Action::Create { .. } => Self::Create,
        }
    }
}

impl EditRecord {
    fn new(TableEdit { before, fate }: &TableEdit) -> Self {
        let fate = match fate {
            EditFate::Kept => FateWord::Kept,
            EditFate::KeptInPart => FateWord::KeptInPart,
            EditFate::Reverted => FateWord::Reverted,
        };
        Self { fate, before_known: before.is_some() }
    }
}

impl SecretHostRecord {
    pub(super) fn new(SecretHost { secret, host }: &SecretHost) -> Self {
        Self { secret: secret.to_string(), host: host.to_string() }
    }
}

impl FieldRecord {
    pub(super) fn new(field: &FieldChange) -> Self {
        let FieldChange { path, before, after, risk, effect, inherited, was, variable: _ } = field;
        Self {
            path: path.clone(),
            before: before.clone(),
            after: after.clone(),
            risk: (*risk).into(),
            same_effect: *effect == FieldEffect::Same,
            inherited: inherited.as_ref().map(SourceRecord::new),
            was: was.as_ref().map(SourceRecord::new),
        }
    }
}

impl SourceRecord {
    fn new(ValueSource { place: Place { file, line }, variable }: &ValueSource) -> Self {
        Self { file: file.clone(), line: *line, variable: variable.clone() }
    }
}

impl SpanRecord {
    pub(super) fn new(Place { file, line }: &Place) -> Self {
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
