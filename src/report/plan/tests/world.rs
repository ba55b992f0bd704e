//! Plans to show.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::{Heading, Review, View};
use crate::config::{implied, monitor_from_spec, respelled};
use crate::monitor::{Canary, Monitor, MonitorId, Origin, Place, Selector, Spec, ValueSource};
use crate::plan::{
    CatalogSettings, Desired, Generation, Holder, Live, Overrides, Past, Plan, Scope, SpecReading, Stored,
    StoredHead, Succession, Unread, attribute, plan, refusals,
};

pub fn spec(value: Value) -> Spec {
    let Value::Object(fields) = value else { unreachable!("the tests give objects") };
    Spec::new(fields)
}

pub fn id(id: &str) -> MonitorId {
    MonitorId::parse(id).expect("valid")
}

pub fn stored(id: &str, owner: Option<&str>, value: Value) -> Stored {
    let spec = spec(value);
    Stored {
        id: self::id(id),
        fingerprint: Some(spec.fingerprint()),
        spec,
        owner: owner.map(str::to_owned),
        source: Some("monitors/auth.yaml:40".into()),
        commit: None,
        generation: None,
        synced_at: None,
        formerly: Vec::new(),
        retired_at: None,
        damage: None,
    }
}

/// What sync wrote, edited by hand.
fn edited(id: &str, written: Value, now: Value) -> Stored {
    let at: Timestamp = "2026-09-20T10:02:00Z".parse().expect("a time");
    Stored { spec: spec(now), synced_at: Some(at), ..stored(id, Some("acme"), written) }
}

pub fn desired(id: &str, value: Value) -> Desired {
    let place = Place { file: "monitors/payments.yaml".into(), line: 14 };
    let (id, spec) = (self::id(id), spec(value));
    let monitor = monitor_from_spec(id.clone(), &spec, Origin::default()).expect("a monitor");
    Desired { id, spec, monitor, place, moved_from: None, inherited: BTreeMap::new() }
}

/// A monitor in a file of its own that takes `interval` from the defaults of its folder.
pub fn inheriting(id: &str, value: Value) -> Desired {
    let place = Place { file: format!("monitors/search/{id}.yaml"), line: 1 };
    let defaults = Place { file: "monitors/search/defaults.yaml".into(), line: 2 };
    Desired {
        place,
        inherited: [("interval".to_owned(), vec![ValueSource { place: defaults, variable: None }])].into(),
        ..desired(id, value)
    }
}

/// A monitor whose words make no sense; the planner does not ask.
pub fn senseless(id: &str, file: &str, value: Value) -> Desired {
    let place = Place { file: file.to_owned(), line: 1 };
    let monitor = Monitor::sample(id, "https://a.example");
    Desired {
        id: self::id(id),
        spec: spec(value),
        monitor,
        place,
        moved_from: None,
        inherited: BTreeMap::new(),
    }
}

pub fn planned(settings: &CatalogSettings, wanted: &[Desired], items: &[Stored], unread: &[Unread]) -> Plan {
    let head = StoredHead {
        owner: "acme".into(),
        generation: Generation(412),
        commit: None,
        plan_digest: None,
        count: 0,
        settings: CatalogSettings::default(),
        ..StoredHead::default()
    };
    let wanted: Vec<_> = wanted.iter().cloned().map(std::sync::Arc::new).collect();
    plan("acme", settings, &wanted, live(items, Some(&head), unread), &Scope::default())
}

fn channel(topic: &str) -> serde_json::Map<String, Value> {
    let topic = format!("arn:aws:sns:eu-west-1:123456789012:{topic}");
    serde_json::json!({"kind": "sns", "topic": topic}).as_object().cloned().unwrap_or_default()
}

/// The plan of a catalog whose channels change.
pub fn resettled(
    before: &[(&str, &str)],
    after: &[(&str, &str)],
    wanted: &[Desired],
    items: &[Stored],
) -> Plan {
    let settings = |channels: &[(&str, &str)]| {
        let channels = channels.iter().map(|(name, topic)| ((*name).to_owned(), channel(topic)));
        CatalogSettings { channels: channels.collect(), ..CatalogSettings::default() }
    };
    let head = StoredHead { owner: "acme".into(), settings: settings(before), ..StoredHead::default() };
    let wanted: Vec<_> = wanted.iter().cloned().map(std::sync::Arc::new).collect();
    plan("acme", &settings(after), &wanted, live(items, Some(&head), &[]), &Scope::default())
}

pub fn live<'a>(items: &'a [Stored], head: Option<&'a StoredHead>, unread: &'a [Unread]) -> Live<'a> {
    let meaning = |id: &MonitorId, spec: &Spec| monitor_from_spec(id.clone(), spec, Origin::default()).ok();
    Live {
        items,
        head,
        unread,
        // Nothing is hidden: a hostile text may look like a credential, and is looked for as it is.
        reading: SpecReading { meaning, spelling: respelled, secrets: |_| Vec::new(), implied },
    }
}

/// A plan in one of the forms, with every reason not to apply it.
pub fn shown<T>(plan: &Plan, notes: &[String], form: impl FnOnce(&Review<'_>) -> T) -> T {
    let refusals = refusals(plan, &Overrides::default(), &Succession::Onwards);
    let flags: Vec<_> = refusals.iter().filter_map(crate::plan::Refusal::flag).collect();
    let heading = Heading {
        view: View::Plan,
        environment: Some("prod".into()),
        base: Some("main@1f3c9aa".into()),
        head: Some("8e02b71".into()),
        only: None,
        warning: None,
        undoes: None,
        way: String::new(),
        allowed: None,
        suggested_command: (!flags.is_empty())
            .then(|| format!("monitorctl sync monitors {}", flags.join(" "))),
    };
    form(&Review {
        plan,
        refusals: &refusals,
        heading: &heading,
        notes,
        placed_notes: &[],
        forecast: None,
        probe_previews: None,
        backtest: None,
    })
}

/// A part of the catalog, in one of the forms.
pub fn targeted<T>(form: impl FnOnce(&Review<'_>) -> T) -> T {
    let items: Vec<_> =
        ["a", "b", "c"].map(|id| stored(id, Some("acme"), json!({"url": "https://a.example.com"}))).into();
    let only = Selector::parse("a").expect("a selector");
    let scope = Scope { only: Some(only), ..Scope::default() };
    let plan = plan("acme", &CatalogSettings::default(), &[], live(&items, None, &[]), &scope);
    let heading =
        Heading { only: Some("a".into()), allowed: Some("--allow-loss 3".into()), ..Heading::default() };
    form(&Review {
        plan: &plan,
        refusals: &[],
        heading: &heading,
        notes: &[],
        placed_notes: &[],
        forecast: None,
        probe_previews: None,
        backtest: None,
    })
}

/// A line of each kind.
pub fn sample() -> (Plan, Vec<String>) {
    let login = json!({"url": "https://login.example.com/in", "interval": "1m", "timeout": "5s"});
    let cart = json!({"url": "https://cart.example.com"});
    let live = [
        stored("legacy-login", Some("acme"), login.clone()),
        stored(
            "payments-api",
            Some("acme"),
            json!({
                "url": "https://pay.example.com", "interval": "1m", "expect": {"status": 200}, "team": "pay",
                "headers": {"authorization": "${env:OLD}"}, "method": "POST", "runbook": "https://wiki.example.com",
                "body": "line one\nsay hello to all of them\nline three\n",
            }),
        ),
        edited(
            "search-api",
            json!({"url": "https://s.example.com", "timeout": "5s"}),
            json!({"url": "https://s.example.com", "timeout": "30s"}),
        ),
        stored("basket", Some("acme"), cart.clone()),
        stored("same", Some("acme"), cart.clone()),
        stored("search", Some("other"), json!({"url": "https://s.example.com"})),
        stored("by-hand", None, json!({"url": "https://h.example.com"})),
    ];
    let mut checkout =
        desired("checkout-eu", json!({"url": "https://c.example.com/health", "interval": "2m"}));
    let place = Place { file: "monitors/web/defaults.yaml".into(), line: 2 };
    checkout.inherited = [("interval".to_owned(), vec![ValueSource { place, variable: None }])].into();
    let mut renamed = desired("cart", cart.clone());
    renamed.moved_from = Some(id("basket"));
    let wanted = [
        desired(
            "login-v2",
            json!({"url": "https://login.example.com/in", "interval": "1m", "timeout": "4s"}),
        ),
        desired(
            "payments-api",
            json!({
                "url": "https://pay.example.com", "interval": "5m", "expect": {"status": "2xx"}, "tags": ["a\u{1b}[31m"],
                "headers": {"authorization": "${env:NEW}"}, "method": "POST", "runbook": "https://wiki.example.com",
                "body": "line one\nsay goodbye to all of them\nline three\n",
            }),
        ),
        desired("search-api", json!({"url": "https://s.example.com", "timeout": "5s"})),
        checkout,
        renamed,
        desired("same", cart.clone()),
        desired("search", json!({"url": "https://mine.example.com"})),
        desired("forgotten", cart.clone()),
    ];
    let broken = Unread {
        key: "broken".into(),
        head_of: None,
        why: "item `broken` is malformed: `spec` is missing".into(),
        help: "fix it in the table",
        holder: Holder::Owner("acme".into()),
    };
    let canary = Canary::parse("https://www.example.com/").expect("a canary");
    let settings = CatalogSettings {
        channels: [("oncall".to_owned(), channel("oncall"))].into(),
        canaries: [canary].into(),
        ..CatalogSettings::default()
    };
    let mut plan = planned(&settings, &wanted, &live, &[broken]);
    let base = [
        (id("search-api"), wanted[2].spec.clone()),
        (id("forgotten"), spec(cart)),
        (id("legacy-login"), spec(login)),
    ];
    attribute(&mut plan, Past { base: Some(&BTreeMap::from(base)), ..Past::default() });
    (plan, vec!["this commit is behind main; update it".to_owned()])
}

/// Every text that a file or the table can hold, full of what the formats obey.
pub fn hostile() -> Plan {
    let bad = "</code></details>\n```\n@octocat #1 | `x` <img src=x> ::stop-commands::x ##[group]\u{202e}";
    let live = [
        Stored { source: Some(format!("{bad}:7")), ..stored("gone", Some("acme"), json!({"url": bad})) },
        stored("changed", Some("acme"), json!({"url": "a", "body": "::error::x\nb\n```\n", "name": bad})),
        stored("taken", Some(bad), json!({"url": "a"})),
    ];
    let wanted = [
        senseless(
            "changed",
            bad,
            json!({"url": "a", "body": "::error::x\nc\n```\n", "headers": {bad: bad}, "tags": [bad]}),
        ),
        senseless("taken", bad, json!({"url": "a"})),
    ];
    let unread = Unread {
        key: "broken".into(),
        head_of: None,
        why: bad.into(),
        help: "fix it",
        holder: Holder::Unknown,
    };
    planned(&CatalogSettings::default(), &wanted, &live, &[unread])
}
