//! A plan for programs. The shape has a version of its own and a schema: fields are added, never changed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

use super::Review;
use super::forecast::forecast_json;
use super::words::{code, digest};
use crate::monitor::Place;
use crate::plan::{
    Action, Cause, Change, Counts, Coverage, FieldChange, Likeness, Refusal, Risk, Unread, loss_limit,
};
use crate::report::trial_json;
use crate::report::workflow::inert_json;

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

/// For programs.
pub fn json(review: &Review<'_>) -> String {
    let record = serde_json::to_value(PlanRecord::new(review)).unwrap_or_default();
    format!("{}\n", inert_json(&format!("{record:#}")))
}

/// The JSON Schema of [`json`], as it is committed.
pub fn schema() -> String {
    let schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<PlanRecord>();
    format!("{:#}\n", schema.to_value())
}

/// # Plan
///
/// What `monitorctl diff --format json` says: what sync would change, why, and whether it may. Every field is always
/// there, null where there is nothing to say; a later version may add fields.
#[derive(Serialize, JsonSchema)]
struct PlanRecord {
    /// Version of this shape; it changes when a field changes its meaning or goes.
    format_version: u32,
    owner: String,
    heading: HeadingRecord,
    /// The generation of the catalog that the plan was made against; null before the first sync.
    generation: Option<u64>,
    /// The name of this plan: `sha256:` and what it would write over what.
    digest: String,
    has_changes: bool,
    summary: SummaryRecord,
    coverage: CoverageRecord,
    guard: GuardRecord,
    not_touched: NotTouchedRecord,
    /// Items that this version cannot read; they are left as they are.
    unreadable: Vec<UnreadableRecord>,
    /// What changes in the settings of the catalog.
    settings: Vec<FieldRecord>,
    /// What is lost first, then what is watched less closely; removals before updates before creations; by id.
    changes: Vec<ChangeRecord>,
    /// Removals and creations that look like renames.
    likenesses: Vec<LikenessRecord>,
    /// What it costs a month and how soon people are told, before and after; null where nothing changes.
    forecast: Option<Value>,
    /// What the added and changed monitors said when they were probed for this plan; null if they were not.
    probed: Option<Value>,
    /// What could not be found out, a sentence each.
    notes: Vec<String>,
}

/// What the plan is of.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Heading")]
struct HeadingRecord {
    environment: Option<String>,
    /// The commit that the files are compared with, such as `main@1f3c9aa01f2e`.
    base: Option<String>,
    /// The commit of the files.
    head: Option<String>,
    /// The selector that narrows the plan.
    only: Option<String>,
}

/// Numbers of monitors, but for `settings`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Summary")]
struct SummaryRecord {
    creates: usize,
    updates: usize,
    removals: usize,
    moves: usize,
    adoptions: usize,
    /// Those of the others that only take back an edit in the table.
    drift: usize,
    /// Those of the others after which a monitor is not watched any more.
    losses: usize,
    /// Those of the others after which a monitor is watched less closely.
    weaker: usize,
    unchanged: usize,
    /// Fields of the settings of the catalog.
    settings: usize,
    /// Changes that the selector leaves out.
    outside: usize,
}

/// Monitors of this owner that are watched.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Coverage")]
struct CoverageRecord {
    before: usize,
    after: usize,
}

/// Whether the plan may be applied.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Guard")]
struct GuardRecord {
    ok: bool,
    /// How many monitors one sync may lose.
    limit: usize,
    /// What was allowed beyond the limits, as it was typed.
    allowed: Option<String>,
    /// Every reason not to apply the plan.
    violations: Vec<ViolationRecord>,
    /// The command that applies the plan in spite of what can be allowed.
    unblock: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Violation")]
struct ViolationRecord {
    /// `nothing_desired`, `losses`, `protected`, `weakenings`, `rollback`, `order_unknown`, `claimed`, `unmanaged` or
    /// `blocked`.
    code: &'static str,
    message: String,
    /// The way out that is no override.
    help: String,
    /// What allows exactly this; null if nothing does.
    flag: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NotTouched")]
struct NotTouchedRecord {
    /// Monitors of other owners, counted by owner.
    foreign: BTreeMap<String, usize>,
    /// Monitors without an owner.
    unmanaged: usize,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Unreadable")]
struct UnreadableRecord {
    key: String,
    message: String,
    help: String,
}

/// What would happen to one monitor.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Change")]
struct ChangeRecord {
    id: String,
    action: ActionWord,
    /// Null if nobody knows what was there before.
    cause: Option<CauseWord>,
    risk: RiskWord,
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
struct FieldRecord {
    /// `expect.status`; a list is one field.
    path: String,
    before: Option<Value>,
    after: Option<Value>,
    risk: RiskWord,
    /// Where the new value stands, if that is not in the monitor's own document.
    inherited: Option<SpanRecord>,
}

/// A monitor that goes and one that comes.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Likeness")]
struct LikenessRecord {
    from: String,
    to: String,
    percent: u8,
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
    /// It is watched less closely, or people are told later.
    Weaker,
    /// It is not watched any more.
    Loss,
}

impl PlanRecord {
    fn new(review: &Review<'_>) -> Self {
        let Review { plan, refusals, heading, notes, forecast, trials } = review;
        let Counts { creates, updates, removals, moves, adoptions, drift } = plan.counts();
        let Coverage { before, after } = plan.coverage;
        Self {
            format_version: FORMAT_VERSION,
            owner: plan.owner.clone(),
            heading: HeadingRecord {
                environment: heading.environment.clone(),
                base: heading.base.clone(),
                head: heading.head.clone(),
                only: heading.only.clone(),
            },
            generation: plan.base.map(|generation| generation.0),
            digest: digest(plan),
            has_changes: !plan.is_empty(),
            summary: SummaryRecord {
                creates,
                updates,
                removals,
                moves,
                adoptions,
                drift,
                losses: plan.count_risk(Risk::Loss),
                weaker: plan.count_risk(Risk::Weaker),
                unchanged: plan.unchanged,
                settings: plan.settings.fields.len(),
                outside: plan.outside,
            },
            coverage: CoverageRecord { before, after },
            guard: GuardRecord {
                ok: refusals.is_empty(),
                limit: loss_limit(before),
                allowed: heading.allowed.clone(),
                violations: refusals.iter().map(ViolationRecord::new).collect(),
                unblock: heading.way_out.clone(),
            },
            not_touched: NotTouchedRecord { foreign: plan.foreign.clone(), unmanaged: plan.unmanaged },
            unreadable: plan.unread.iter().map(UnreadableRecord::new).collect(),
            settings: plan.settings.fields.iter().map(FieldRecord::new).collect(),
            changes: plan.changes.iter().map(ChangeRecord::new).collect(),
            likenesses: plan.likenesses.iter().map(LikenessRecord::new).collect(),
            forecast: forecast.map(|(forecast, prices)| forecast_json(forecast, prices)),
            probed: trials.map(trial_json),
            notes: notes.to_vec(),
        }
    }
}

impl ChangeRecord {
    fn new(change: &Change) -> Self {
        let Change { id, action, fields, unchanged, risk, cause, drift } = change;
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

impl FieldRecord {
    fn new(field: &FieldChange) -> Self {
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

impl ViolationRecord {
    fn new(refusal: &Refusal) -> Self {
        Self {
            code: code(refusal),
            message: refusal.to_string(),
            help: refusal.help().to_owned(),
            flag: refusal.flag(),
        }
    }
}

impl UnreadableRecord {
    fn new(Unread { key, head_of: _, why, help }: &Unread) -> Self {
        Self { key: key.clone(), message: why.clone(), help: (*help).to_owned() }
    }
}

impl LikenessRecord {
    fn new(Likeness { from, to, percent }: &Likeness) -> Self {
        Self { from: from.to_string(), to: to.to_string(), percent: *percent }
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
