//! A plan for programs.

use serde_json::{Value, json};

use super::{Review, forecast_json};
use crate::plan::{Action, Change, Counts, FieldChange};
use crate::report::trial_json;

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

/// For programs.
pub fn json(review: &Review<'_>) -> Value {
    let Review { plan, refusals, heading: _, notes: _, forecast, trials } = review;
    let Counts { creates, updates, removals, moves: _, adoptions: _, drift: _ } = plan.counts();
    json!({
        "format_version": FORMAT_VERSION,
        "owner": plan.owner,
        "generation": plan.base.map(|generation| generation.0),
        "digest": format!("sha256:{}", plan.digest()),
        "summary": {
            "creates": creates,
            "updates": updates,
            "removals": removals,
            "unchanged": plan.unchanged,
            "settings": plan.settings.fields.len(),
        },
        "not_touched": { "foreign": plan.foreign, "unmanaged": plan.unmanaged },
        "unreadable": plan.unread.iter().map(|item| json!({"key": item.key, "message": item.why, "help": item.help})).collect::<Vec<_>>(),
        "settings": fields_json(&plan.settings.fields),
        "changes": plan.changes.iter().map(change_json).collect::<Vec<_>>(),
        "forecast": forecast.map(|(forecast, prices)| forecast_json(forecast, prices)),
        "probed": trials.map(trial_json),
        "refusals": refusals.iter().map(|refusal| json!({"message": refusal.to_string(), "help": refusal.help()})).collect::<Vec<_>>(),
    })
}

fn fields_json(fields: &[FieldChange]) -> Vec<Value> {
    fields.iter().map(|f| json!({"path": f.path, "before": f.before, "after": f.after})).collect()
}

fn change_json(change: &Change) -> Value {
    match &change.action {
        Action::Remove { stored } => json!({
            "action": "remove",
            "id": stored.id.as_str(),
            "span": null,
            "was": stored.source,
            "fields": [],
        }),
        Action::Update { desired, .. } | Action::Adopt { desired, .. } | Action::Move { desired, .. } => {
            json!({
                "action": "update",
                "id": desired.id.as_str(),
                "span": { "file": desired.place.file, "line": desired.place.line },
                "fields": fields_json(&change.fields),
                "unchanged_fields": change.unchanged,
            })
        }
        Action::Create { desired, .. } => json!({
            "action": "create",
            "id": desired.id.as_str(),
            "span": { "file": desired.place.file, "line": desired.place.line },
            "fields": fields_json(&change.fields),
        }),
    }
}
