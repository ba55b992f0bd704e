//! A plan for programs. The shape has a version of its own and a schema: fields are added, never changed.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

use super::Review;
use super::forecast::forecast_json;
use super::json_change::{ChangeRecord, FieldRecord, each_change};
use super::words::{code, digest};
use crate::plan::{
    ActiveMonitors, Blocker, Change, Counts, LeftOut, Refusal, RenameCandidate, Risk, Unread, loss_limit,
};
use crate::report::probe_preview_json;
use crate::report::workflow::InertJson;

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

/// Bytes that are written at once.
const CHUNK: usize = 64 << 10;

/// For programs. A plan of ten thousand changes is some forty megabytes, so it is written as it is made.
///
/// # Errors
/// If `out` takes no more.
pub fn json(review: &Review<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(CHUNK, out);
    serde_json::to_writer_pretty(InertJson(&mut out), &PlanRecord::new(review))?;
    out.write_all(b"\n")?;
    out.flush()
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
struct PlanRecord<'a> {
    /// Version of this shape; it changes when a field changes its meaning or goes.
    format_version: u32,
    owner: String,
    heading: HeadingRecord,
    /// The generation of the catalog that the plan was made against; null before the first sync, or if the head of the
    /// catalog does not read.
    generation: Option<u64>,
    /// The name of this plan: `sha256:` and what it would write over what.
    digest: String,
    has_changes: bool,
    summary: SummaryRecord,
    active_monitors: ActiveMonitorsRecord,
    guard: GuardRecord,
    not_touched: NotTouchedRecord,
    /// Items that this version cannot read; they are left as they are.
    unreadable: Vec<UnreadableRecord>,
    /// What sync does not do because such an item stands in the way: it does the rest, and exits with 4. Sorted by id.
    left_out: Vec<LeftOutRecord>,
    /// What changes in the settings of the catalog.
    settings: Vec<FieldRecord>,
    /// What is lost first, then what is watched less closely; removals before updates before creations; by id.
    #[serde(serialize_with = "each_change")]
    #[schemars(with = "Vec<ChangeRecord>")]
    changes: &'a [Change],
    /// Removals and creations that look like renames.
    rename_candidates: Vec<RenameCandidateRecord>,
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
    /// Those of the others that send a stored secret to a host that it did not go to before.
    secret_hosts: usize,
    /// Monitors whose alerts go to another topic, because the settings give its name another ARN or none. The guard
    /// counts each with those of `weaker`, once.
    rerouted: usize,
    unchanged: usize,
    /// Fields of the settings of the catalog.
    settings: usize,
    /// Changes that the selector leaves out.
    outside: usize,
}

/// Monitors of this owner that are watched.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ActiveMonitors")]
struct ActiveMonitorsRecord {
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
    /// `nothing_desired`, `losses`, `protected`, `weakenings`, `secret_hosts`, `rollback`, `order_unknown`,
    /// `first_sync`, `claimed`, `unmanaged` or `blocked`.
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

/// A monitor that does not become what is desired.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LeftOut")]
struct LeftOutRecord {
    id: String,
    unreadable: UnreadableWord,
    /// The id that it has now, if it is that item which does not read.
    moved_from: Option<String>,
}

/// Which item does not read.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Blocker")]
enum UnreadableWord {
    /// That of the id.
    Item,
    /// That of the id which it was moved from.
    Origin,
    /// That of the id, which is in no file any more.
    Removal,
}

/// A monitor that goes and one that comes.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RenameCandidate")]
struct RenameCandidateRecord {
    from: String,
    to: String,
    percent: u8,
}

impl<'a> PlanRecord<'a> {
    fn new(review: &Review<'a>) -> Self {
        let Review { plan, refusals, heading, notes, forecast, probe_previews } = review;
        let Counts { creates, updates, removals, moves, adoptions, drift } = plan.counts();
        let ActiveMonitors { before, after } = plan.active_monitors;
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
                secret_hosts: plan.secret_senders().count(),
                rerouted: plan.rerouted.len(),
                unchanged: plan.unchanged,
                settings: plan.settings.fields.len(),
                outside: plan.outside,
            },
            active_monitors: ActiveMonitorsRecord { before, after },
            guard: GuardRecord {
                ok: refusals.is_empty(),
                limit: loss_limit(before),
                allowed: heading.allowed.clone(),
                violations: refusals.iter().map(ViolationRecord::new).collect(),
                unblock: heading.suggested_command.clone(),
            },
            not_touched: NotTouchedRecord { foreign: plan.foreign.clone(), unmanaged: plan.unmanaged },
            unreadable: plan.unread.iter().map(UnreadableRecord::new).collect(),
            left_out: plan.left_out.iter().map(LeftOutRecord::new).collect(),
            settings: plan.settings.fields.iter().map(FieldRecord::new).collect(),
            changes: &plan.changes,
            rename_candidates: plan.rename_candidates.iter().map(RenameCandidateRecord::new).collect(),
            forecast: forecast.map(|(forecast, prices)| forecast_json(forecast, prices)),
            probed: probe_previews.map(probe_preview_json),
            notes: notes.to_vec(),
        }
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

impl LeftOutRecord {
    fn new(left_out: &LeftOut) -> Self {
        let unreadable = match left_out.blocker {
            Blocker::Item => UnreadableWord::Item,
            Blocker::Origin(_) => UnreadableWord::Origin,
            Blocker::Removal => UnreadableWord::Removal,
        };
        let moved_from = left_out.origin().map(ToString::to_string);
        Self { id: left_out.id.to_string(), unreadable, moved_from }
    }
}

impl UnreadableRecord {
    fn new(Unread { key, head_of: _, why, help, holder: _ }: &Unread) -> Self {
        Self { key: key.clone(), message: why.clone(), help: (*help).to_owned() }
    }
}

impl RenameCandidateRecord {
    fn new(RenameCandidate { from, to, percent }: &RenameCandidate) -> Self {
        Self { from: from.to_string(), to: to.to_string(), percent: *percent }
    }
}
