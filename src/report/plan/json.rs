//! A plan for programs. The shape has a version of its own and a schema: fields are added, never changed.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

use super::Review;
use super::forecast::forecast_json;
use super::json_cause::{GroupRecord, each_cause};
use super::json_change::{ChangeRecord, FieldRecord, each_change};
use super::refusal::code;
use super::words::digest;
use crate::plan::{
    ActiveMonitors, Blocker, Change, Counts, LeftOut, Plan, Refusal, RenameCandidate, Risk, Unread,
    loss_limit,
};
use crate::report::workflow::InertJson;
use crate::report::{BacktestRecord, probe_preview_json};

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
/// The output of `monitorctl diff --format json`: what sync would change, why, and whether the safety limits allow it.
/// Every field is always present, null without a value; a later version may add fields.
#[derive(Serialize, JsonSchema)]
struct PlanRecord<'a> {
    /// Version of this format; it changes when a field changes its meaning or disappears.
    format_version: u32,
    owner: String,
    heading: HeadingRecord,
    /// Catalog generation of the plan; null before the first sync, or if the catalog head is unreadable.
    generation: Option<u64>,
    /// Digest over every write and the value it replaces, `sha256:…`; null for what no sync can be held to.
    digest: Option<String>,
    has_changes: bool,
    summary: SummaryRecord,
    active_monitors: ActiveMonitorsRecord,
    guard: GuardRecord,
    not_touched: NotTouchedRecord,
    /// Items that this version cannot read; sync keeps them unchanged.
    unreadable: Vec<UnreadableRecord>,
    /// Changes that such an item blocks, by id. sync applies the rest and exits with 4.
    left_out: Vec<LeftOutRecord>,
    /// Changes of the catalog settings.
    settings: Vec<FieldRecord>,
    /// The changes by their causes, as people read them; every change is in one of them.
    #[serde(serialize_with = "each_cause")]
    #[schemars(with = "Vec<GroupRecord>")]
    causes: &'a Plan,
    /// Losses first, then weakened monitors; removals before updates before creations; by id.
    #[serde(serialize_with = "each_change")]
    #[schemars(with = "Vec<ChangeRecord>")]
    changes: &'a [Change],
    /// Removals and creations that look like renames.
    rename_candidates: Vec<RenameCandidateRecord>,
    /// Monthly cost and worst-case time to alert, before and after; null if nothing changes.
    forecast: Option<Value>,
    /// Probe results of the added and changed monitors; null without --probe.
    probed: Option<Value>,
    /// Alerts about the stored results before and after the plan; null without --backtest, or if the history is
    /// unreadable.
    backtest: Option<BacktestRecord>,
    /// Facts that the plan could not determine, one sentence each.
    notes: Vec<String>,
}

/// Subject of the plan.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Heading")]
struct HeadingRecord {
    environment: Option<String>,
    /// Base commit of the comparison, such as `main@1f3c9aa01f2e`.
    base: Option<String>,
    /// Commit of the files.
    head: Option<String>,
    /// Selector that limits the plan.
    only: Option<String>,
}

/// Numbers of monitors, except `settings`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Summary")]
struct SummaryRecord {
    creates: usize,
    updates: usize,
    /// Updates with the same effect, such as a default that is now written out. They are not in `updates`.
    rewrites: usize,
    /// Updates that only keep an edit in the table, because the files have it. They are not in `updates`.
    kept_edits: usize,
    removals: usize,
    moves: usize,
    adoptions: usize,
    /// Changes that only revert an edit in the table.
    drift: usize,
    /// Monitors that are no longer watched, or of which no channel takes a DOWN any more.
    losses: usize,
    /// Those of `losses` of which no channel takes a DOWN any more, because the settings change.
    unnotified: usize,
    /// Changes that weaken a monitor.
    weaker: usize,
    /// Changes that send a stored secret to a new host.
    secret_hosts: usize,
    /// Monitors whose alerts go to another place, because the settings change a channel. The safety limit of weakened
    /// monitors counts each once.
    rerouted: usize,
    unchanged: usize,
    /// Changed fields of the catalog settings.
    settings: usize,
    /// Changes outside the selector.
    outside: usize,
}

/// Active monitors of this owner.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ActiveMonitors")]
struct ActiveMonitorsRecord {
    before: usize,
    after: usize,
}

/// Whether the safety limits allow the plan.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Guard")]
struct GuardRecord {
    ok: bool,
    /// Number of monitors that one sync may lose.
    limit: usize,
    /// Options that raise the limits, as typed.
    allowed: Option<String>,
    /// Every reason not to apply the plan.
    violations: Vec<ViolationRecord>,
    /// Command that applies this plan with the necessary overrides; null if no override allows it.
    unblock: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Violation")]
struct ViolationRecord {
    /// `nothing_desired`, `losses`, `unnotified`, `protected`, `weakenings`, `secret_hosts`, `rollback`, `diverged`,
    /// `order_unknown`, `first_sync`, `claimed`, `unmanaged`, `owner_renamed`,
    /// `other_environment`, `table_claim` or `blocked`.
    code: &'static str,
    message: String,
    /// How to resolve it without an override.
    help: String,
    /// Option that allows exactly this; null if none does.
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

/// A change that sync leaves out, because a stored item is unreadable.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LeftOut")]
struct LeftOutRecord {
    id: String,
    unreadable: UnreadableWord,
    /// Id under which it is stored, if it would move from there.
    moved_from: Option<String>,
}

/// Which item is unreadable.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Blocker")]
enum UnreadableWord {
    /// The item under the id of the monitor.
    Item,
    /// The item under the former id of the monitor.
    Origin,
    /// The item of a monitor that is in no file any more.
    Removal,
}

/// A removed monitor and a new one that look alike.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RenameCandidate")]
struct RenameCandidateRecord {
    from: String,
    to: String,
    percent: u8,
}

impl<'a> PlanRecord<'a> {
    fn new(review: &Review<'a>) -> Self {
        let Review { plan, refusals, heading, notes, placed_notes, forecast, probe_previews, backtest } =
            review;
        let Counts { creates, updates, rewrites, kept_edits, removals, moves, adoptions, drift } =
            plan.counts();
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
            digest: digest(review),
            has_changes: !plan.is_empty(),
            summary: SummaryRecord {
                creates,
                updates,
                rewrites,
                kept_edits,
                removals,
                moves,
                adoptions,
                drift,
                losses: plan.count_lost(),
                unnotified: plan.unnotified.len(),
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
            causes: plan,
            changes: &plan.changes,
            rename_candidates: plan.rename_candidates.iter().map(RenameCandidateRecord::new).collect(),
            forecast: forecast.map(|(forecast, prices)| forecast_json(forecast, prices)),
            probed: probe_previews.map(probe_preview_json),
            backtest: backtest.map(BacktestRecord::new),
            notes: {
                let placed = placed_notes.iter().map(ToString::to_string);
                heading.warning.iter().chain(*notes).cloned().chain(placed).collect()
            },
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
