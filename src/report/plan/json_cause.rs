//! Changes with one cause, for programs.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::json_change::{ActionWord, CauseWord, FieldRecord, RiskWord, SecretHostRecord, SpanRecord};
use crate::monitor::MonitorId;
use crate::plan::{ChangeGroup, GroupOrigin, Plan, Risk, causes};

/// Changes with one cause.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Group")]
pub(super) struct GroupRecord {
    /// Null for the catalog settings.
    action: Option<ActionWord>,
    /// Null if the earlier value is unknown.
    cause: Option<CauseWord>,
    risk: RiskWord,
    /// Place of the change: a line that sets the values of all of the monitors, or the only monitor. Otherwise null.
    place: Option<SpanRecord>,
    /// File that contains all of the monitors, or the folder of their files. A folder ends with `/`. Otherwise null.
    within: Option<String>,
    /// Fields that change alike in all of the monitors, sorted by path. A variable that alone makes different values
    /// stands for its fields, such as `vars.domain`.
    fields: Vec<FieldRecord>,
    /// Stored secrets that the monitors send to new hosts.
    secret_hosts: Vec<SecretHostRecord>,
    /// The monitors, in the order of `changes`. For the catalog settings: the monitors whose alerts go to another place.
    ids: Vec<String>,
}

/// Every cause of a plan, one after the other.
pub(super) fn each_cause<S: Serializer>(plan: &Plan, serializer: S) -> Result<S::Ok, S::Error> {
    let groups = causes(&plan.changes);
    serializer.collect_seq(groups.iter().map(GroupRecord::new).chain(GroupRecord::of_settings(plan)))
}

impl GroupRecord {
    fn new(group: &ChangeGroup<'_>) -> Self {
        let ChangeGroup { changes, fields, origin } = group;
        let first = group.lead();
        let (place, within) = match origin {
            GroupOrigin::Own if changes.len() == 1 => (group.position(), None),
            // What goes from a line is set by no line of the files any more.
            GroupOrigin::Own | GroupOrigin::FormerLine(_) => (None, None),
            GroupOrigin::Line(source) => (Some(source.place.clone()), None),
            GroupOrigin::File(name) | GroupOrigin::Folder(name) => (None, Some(name.clone())),
        };
        let hosts = group.secret_hosts();
        Self {
            action: first.map(|first| ActionWord::of(&first.action)),
            cause: first.and_then(|first| first.cause).map(CauseWord::from),
            risk: group.gravest().map(|change| change.risk).unwrap_or_default().into(),
            place: place.as_ref().map(SpanRecord::new),
            within,
            fields: fields.iter().map(|field| FieldRecord::new(field)).collect(),
            secret_hosts: hosts.into_iter().map(SecretHostRecord::new).collect(),
            ids: changes.iter().map(|change| change.id.to_string()).collect(),
        }
    }

    fn of_settings(plan: &Plan) -> Option<Self> {
        let fields = &plan.settings.fields;
        let risk = fields.iter().map(|field| field.risk).max()?;
        Some(Self {
            action: None,
            cause: None,
            risk: Risk::into(risk),
            place: None,
            within: None,
            fields: fields.iter().map(FieldRecord::new).collect(),
            secret_hosts: Vec::new(),
            ids: plan.unnotified.iter().chain(&plan.rerouted).map(MonitorId::to_string).collect(),
        })
    }
}
