//! A reviewed plan against the one that is made now. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::{FieldChange, Plan};

/// What was reviewed: the digest of a plan, and what its JSON form says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Promise {
    digest: String,
    /// By the ids of the changes; `None` if only the digest is known.
    changes: Option<BTreeMap<String, ReviewedFields>>,
}

/// Before and after, by the paths of fields.
type ReviewedFields = BTreeMap<String, (Value, Value)>;

/// How the plan of now differs from the reviewed one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deviation {
    /// Reviewed, and not in the plan of now.
    Gone { id: String },
    /// In the plan of now, and not reviewed.
    New { id: String },
    /// In both, with a field that is not as reviewed.
    Differs { id: String, path: String, reviewed: Option<String>, now: Option<String> },
}

impl Promise {
    /// From `sha256:` and 64 hex digits. Part of a digest is not enough: two plans with the same beginning are soon
    /// found by those who look for them.
    pub fn of_digest(text: &str) -> Option<Self> {
        let digest = text.strip_prefix("sha256:")?;
        let is_hex = digest.len() == 64 && digest.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        is_hex.then(|| Self { digest: digest.to_owned(), changes: None })
    }

    /// From the JSON form of a plan.
    pub fn of_json(plan: &Value) -> Option<Self> {
        let promise = Self::of_digest(plan.get("digest")?.as_str()?)?;
        let changes = plan.get("changes")?.as_array()?.iter();
        let changes: Option<_> = changes
            .map(|change| {
                let id = change.get("id")?.as_str()?.to_owned();
                let fields = change.get("fields").and_then(Value::as_array).map(Vec::as_slice);
                Some((id, fields.unwrap_or_default().iter().filter_map(field).collect()))
            })
            .collect();
        Some(Self { changes: Some(changes?), ..promise })
    }

    pub fn is_kept_by(&self, digest: &str) -> bool {
        self.digest == digest
    }

    /// What differs, as far as it is known; sorted.
    pub fn deviations(&self, plan: &Plan) -> Vec<Deviation> {
        let Some(reviewed) = &self.changes else { return Vec::new() };
        let now: BTreeMap<String, ReviewedFields> = plan
            .changes
            .iter()
            .map(|change| (change.id.to_string(), change.fields.iter().map(both).collect()))
            .collect();
        let ids: BTreeSet<_> = reviewed.keys().chain(now.keys()).collect();
        let compare = |id: &String| match (reviewed.get(id), now.get(id)) {
            (Some(_), None) => vec![Deviation::Gone { id: id.clone() }],
            (None, _) => vec![Deviation::New { id: id.clone() }],
            (Some(reviewed), Some(now)) => differing(id, reviewed, now),
        };
        let mut found: Vec<_> = ids.into_iter().flat_map(compare).collect();
        found.sort();
        found
    }
}

fn differing(id: &str, reviewed: &ReviewedFields, now: &ReviewedFields) -> Vec<Deviation> {
    let paths: BTreeSet<_> = reviewed.keys().chain(now.keys()).collect();
    let shown = |side: Option<&(Value, Value)>| {
        side.map(|side| match side {
            (Value::Null, after) => after.to_string(),
            (before, Value::Null) => format!("{before} → nothing"),
            (before, after) => format!("{before} → {after}"),
        })
    };
    let differs = |path: &String| {
        let (reviewed, now) = (reviewed.get(path), now.get(path));
        (reviewed != now).then(|| Deviation::Differs {
            id: id.to_owned(),
            path: path.clone(),
            reviewed: shown(reviewed),
            now: shown(now),
        })
    };
    paths.into_iter().filter_map(differs).collect()
}

fn field(field: &Value) -> Option<(String, (Value, Value))> {
    let side = |name| field.get(name).cloned().unwrap_or_default();
    Some((field.get("path")?.as_str()?.to_owned(), (side("before"), side("after"))))
}

fn both(field: &FieldChange) -> (String, (Value, Value)) {
    let side = |side: &Option<Value>| side.clone().unwrap_or_default();
    (field.path.clone(), (side(&field.before), side(&field.after)))
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone { id } => write!(f, "{id}: reviewed, but no longer changes"),
            Self::New { id } => write!(f, "{id}: not reviewed"),
            Self::Differs { id, path, reviewed: Some(reviewed), now: Some(now) } => {
                write!(f, "{id}: {path} was reviewed as {reviewed}, but is now {now}")
            }
            Self::Differs { id, path, reviewed: Some(reviewed), now: None } => {
                write!(f, "{id}: {path} was reviewed as {reviewed}, but no longer changes")
            }
            Self::Differs { id, path, reviewed: None, now } => {
                write!(f, "{id}: {path} was not reviewed: {}", now.as_deref().unwrap_or_default())
            }
        }
    }
}
