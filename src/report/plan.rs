//! A plan, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};

use super::paint::{BAD, FAINT, GOOD, STRONG, WARN, column, count, paint};
use crate::monitor::{MonitorId, is_hidden};
use crate::plan::{Change, Counts, FieldChange, Plan, Refusal, Unread};

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

/// For people: what goes, what changes, what comes, what is left alone.
pub fn text(plan: &Plan, refusals: &[Refusal]) -> String {
    let mut text = String::new();
    let width = plan.changes.iter().map(|change| change.id().as_str().len()).max().unwrap_or(0).min(48);
    for change in &plan.changes {
        change_text(&mut text, change, width);
    }
    if !plan.settings.fields.is_empty() {
        let _ = writeln!(text, "{} {}", paint(WARN, "~"), paint(STRONG, "settings of the catalog"));
        fields_text(&mut text, &plan.settings.fields);
    }
    if !plan.is_empty() {
        text.push('\n');
    }
    if let Some(others) = left_alone(plan) {
        let _ = writeln!(text, "{}", paint(FAINT, &others));
    }
    for Unread { why, help, .. } in &plan.unread {
        let _ = writeln!(text, "{} {why}\n         {}", paint(WARN, "warning:"), paint(FAINT, help));
    }
    // A plan that is refused is not "as desired", however little is in it.
    if refusals.is_empty() || !plan.is_empty() {
        let _ = writeln!(text, "{}", summary(plan));
    }
    for refusal in refusals {
        let _ =
            writeln!(text, "{} {refusal}\n         {}", paint(BAD, "refused:"), paint(FAINT, refusal.help()));
    }
    text
}

/// `Plan: 1 to add, 1 to change, 1 to remove, 118 unchanged`
pub fn summary(plan: &Plan) -> String {
    let Counts { creates, updates, removals } = plan.counts();
    let unchanged = plan.unchanged;
    if plan.is_empty() {
        return format!(
            "No changes: {} as desired.",
            if unchanged == 1 { "1 monitor is".to_owned() } else { format!("{unchanged} monitors are") }
        );
    }
    let settings = match plan.settings.fields.len() {
        0 => String::new(),
        number => format!(" {} to change.", count(number, "setting")),
    };
    format!(
        "{} {creates} to add, {updates} to change, {removals} to remove, {unchanged} unchanged.{settings}",
        paint(STRONG, "Plan:")
    )
}

fn left_alone(plan: &Plan) -> Option<String> {
    let mut parts: Vec<_> = plan
        .foreign
        .iter()
        .map(|(owner, number)| format!("{} of {owner}", count(*number, "monitor")))
        .collect();
    if plan.unmanaged > 0 {
        parts.push(format!("{} without an owner", count(plan.unmanaged, "monitor")));
    }
    (!parts.is_empty()).then(|| format!("Not touched: {}.", parts.join(", ")))
}

fn change_text(text: &mut String, change: &Change, width: usize) {
    let mut head = |sign: &str, style, id: &MonitorId, place: String| {
        let _ = writeln!(
            text,
            "{} {}  {}",
            paint(style, sign),
            column(STRONG, id.as_str(), width),
            paint(FAINT, &place)
        );
    };
    match change {
        Change::Remove { stored } => {
            let was = stored.source.as_ref().map(|source| format!("was {source}")).unwrap_or_default();
            head("-", BAD, &stored.id, was);
        }
        Change::Update { desired, fields, hidden, before: _ } => {
            head("~", WARN, &desired.id, desired.place.to_string());
            fields_text(text, fields);
            if *hidden > 0 {
                let _ = writeln!(
                    text,
                    "    {}",
                    paint(FAINT, &format!("{} not shown", count(*hidden, "unchanged field")))
                );
            }
        }
        Change::Create { desired, fields, before: _ } => {
            head("+", GOOD, &desired.id, desired.place.to_string());
            fields_text(text, fields);
        }
    }
}

fn fields_text(text: &mut String, fields: &[FieldChange]) {
    let width = fields.iter().map(|field| field.path.len()).max().unwrap_or(0).min(40);
    // What is watched comes before how it is watched.
    let (url, others): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.path == "url");
    for FieldChange { path, before, after } in url.into_iter().chain(others) {
        match (before, after) {
            (Some(Value::String(before)), Some(Value::String(after)))
                if is_long(before) || is_long(after) =>
            {
                let _ = writeln!(text, "    {path}");
                lines_text(text, before, after);
            }
            (before, after) => {
                let sides: Vec<_> = match (before, after) {
                    (None, Some(after)) => vec![paint(GOOD, &shown(after))],
                    (Some(before), None) => vec![paint(BAD, &shown(before)), paint(FAINT, "(removed)")],
                    (before, after) => {
                        let side = |side: &Option<Value>| side.as_ref().map(shown).unwrap_or_default();
                        vec![paint(BAD, &side(before)), paint(FAINT, "→"), paint(GOOD, &side(after))]
                    }
                };
                let _ = writeln!(text, "    {path:<width$}  {}", sides.join(" "));
            }
        }
    }
}

/// Long texts are compared line by line.
fn lines_text(text: &mut String, before: &str, after: &str) {
    for change in TextDiff::from_lines(before, after).iter_all_changes() {
        let (sign, style) = match change.tag() {
            ChangeTag::Delete => ("-", BAD),
            ChangeTag::Insert => ("+", GOOD),
            ChangeTag::Equal => (" ", FAINT),
        };
        let line = safe(change.value().trim_end_matches('\n'));
        let _ = writeln!(text, "      {}", paint(style, &format!("{sign} {line}")));
    }
}

fn is_long(text: &str) -> bool {
    text.contains('\n')
}

/// A value as YAML would have it on one line; strings without quotes unless they would read as something else.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() || serde_json::from_str::<Value>(text).is_ok() => {
            format!("\"{}\"", safe(text))
        }
        Value::String(text) => safe(text),
        Value::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(name, value)| format!("{}: {}", safe(name), shown(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// No hidden character of a file reaches a terminal (trap 17).
fn safe(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// For programs.
pub fn json(plan: &Plan, refusals: &[Refusal]) -> Value {
    let Counts { creates, updates, removals } = plan.counts();
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
        "refusals": refusals.iter().map(|refusal| json!({"message": refusal.to_string(), "help": refusal.help()})).collect::<Vec<_>>(),
    })
}

fn fields_json(fields: &[FieldChange]) -> Vec<Value> {
    fields.iter().map(|f| json!({"path": f.path, "before": f.before, "after": f.after})).collect()
}

fn change_json(change: &Change) -> Value {
    match change {
        Change::Remove { stored } => json!({
            "action": "remove",
            "id": stored.id.as_str(),
            "span": null,
            "was": stored.source,
            "fields": [],
        }),
        Change::Update { desired, fields: changed, hidden, before: _ } => json!({
            "action": "update",
            "id": desired.id.as_str(),
            "span": { "file": desired.place.file, "line": desired.place.line },
            "fields": fields_json(changed),
            "unchanged_fields": hidden,
        }),
        Change::Create { desired, fields: set, before: _ } => json!({
            "action": "create",
            "id": desired.id.as_str(),
            "span": { "file": desired.place.file, "line": desired.place.line },
            "fields": fields_json(set),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::Place;
    use crate::monitor::{Spec, TopicArn};
    use crate::plan::{CatalogSettings, Desired, Live, Stored, plan, refusals};

    fn spec(value: Value) -> Spec {
        let Value::Object(fields) = value else { unreachable!("the tests give objects") };
        Spec::new(fields)
    }

    fn stored(id: &str, owner: Option<&str>, value: Value) -> Stored {
        let spec = spec(value);
        Stored {
            id: MonitorId::parse(id).expect("valid"),
            fingerprint: Some(spec.fingerprint()),
            spec,
            owner: owner.map(str::to_owned),
            source: Some("monitors/auth.yaml:40".into()),
            commit: None,
            generation: None,
            synced_at: None,
            retired_at: None,
        }
    }

    fn desired(id: &str, value: Value) -> Desired {
        let place = Place { file: "monitors/payments.yaml".into(), line: 14 };
        Desired { id: MonitorId::parse(id).expect("valid"), spec: spec(value), place }
    }

    fn sample() -> Plan {
        let live = [
            stored("legacy-login", Some("acme"), json!({"url": "https://login.example.com"})),
            stored(
                "payments-api",
                Some("acme"),
                json!({
                    "url": "https://pay.example.com", "interval": "1m", "expect": {"status": 200}, "team": "pay",
                    "headers": {"authorization": "${env:OLD}"}, "body": "line one\nline two\n",
                }),
            ),
            stored("search", Some("other"), json!({"url": "https://s.example.com"})),
            stored("by-hand", None, json!({"url": "https://h.example.com"})),
        ];
        let wanted = [
            desired(
                "payments-api",
                json!({
                    "url": "https://pay.example.com", "interval": "5m", "expect": {"status": "2xx"}, "tags": ["a\u{1b}[31m"],
                    "headers": {"authorization": "${env:NEW}"}, "body": "line one\nline 2\n",
                }),
            ),
            desired(
                "checkout-eu",
                json!({"url": "https://c.example.com/health", "expect": {"latency": {"down": "5s"}}}),
            ),
            desired("search", json!({"url": "https://mine.example.com"})),
        ];
        let broken = Unread {
            key: "broken".into(),
            head_of: None,
            why: "item `broken` is malformed: `spec` is missing".into(),
            help: "put it right in the table",
        };
        let arn = TopicArn::parse("arn:aws:sns:eu-west-1:123456789012:oncall").expect("an ARN");
        let settings = CatalogSettings { topics: [("oncall".to_owned(), arn)].into() };
        plan("acme", &settings, &wanted, Live { items: &live, head: None, unread: &[broken] })
    }

    #[test]
    fn people_see_what_goes_changes_and_comes() {
        let plan = sample();
        insta::assert_snapshot!(anstream::adapter::strip_str(&text(&plan, &refusals(&plan))).to_string());
    }

    #[test]
    fn a_plan_that_is_refused_is_not_said_to_change_nothing() {
        let live = [stored("a", Some("other"), json!({"url": "https://a.example.com"}))];
        let wanted = [desired("a", json!({"url": "https://a.example.com"}))];
        let settings = CatalogSettings::default();
        let plan = plan("acme", &settings, &wanted, Live { items: &live, head: None, unread: &[] });
        let text = text(&plan, &refusals(&plan));
        assert!(text.contains("refused:") && !text.contains("No changes"), "{text}");
    }

    #[test]
    fn programs_get_before_and_after_with_the_place() {
        let plan = sample();
        insta::assert_snapshot!(serde_json::to_string_pretty(&json(&plan, &refusals(&plan))).expect("JSON"));
    }
}
