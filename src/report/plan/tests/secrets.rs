//! P10: a hand may have written a credential into the table. No form of a plan shows it, whichever field it is in.

use serde_json::{Value, json};

use super::super::{PlanDetail, github, markdown, text};
use super::world::{live, senseless, shown, spec, stored};
use super::{as_json, plain};
use crate::config::edit::secret_paths;
use crate::monitor::{Place, Spec};
use crate::plan::{CatalogSettings, Live, Plan, Scope, SpecReading, Stored, StoredHead, plan};

const SECRETS: &str = include_str!("../../../../tests/fixtures/credentials/secrets.yaml");

/// Every credential of the fixture, which marks them.
fn secrets() -> Vec<String> {
    let (_, marked) = SECRETS.split_once("\nid:").expect("a comment and documents");
    let parts = marked.split('«').skip(1).filter_map(|rest| Some(rest.split_once('»')?.0.replace('¦', "")));
    // A short one may be a part of an ordinary word, and one of several lines stands in a body of its own.
    parts.filter(|part| part.len() >= 8 && !part.contains(['\n', '«', '"', '\'', '%'])).collect()
}

/// A monitor with a credential in one of its fields.
type Placed = fn(&str) -> Value;

/// Fields in which the name says what a value is.
const NAMED: [(&str, Placed); 8] = [
    ("authorization", |secret| json!({"headers": {"authorization": format!("Bearer {secret}")}})),
    ("api key", |secret| json!({"headers": {"x-api-key": secret}})),
    ("a number", |_| json!({"headers": {"x-api-key": 123_456_789}})),
    (
        "beside a reference",
        |secret| json!({"headers": {"authorization": format!("Basic {secret}${{env:A}}")}}),
    ),
    ("a cookie", |secret| json!({"headers": {"cookie": format!("session={secret}; b=${{env:A}}")}})),
    ("a password in the URL", |secret| json!({"url": format!("https://me:{secret}@a.example/")})),
    ("a key in the URL", |secret| json!({"url": format!("https://a.example/?api_key={secret}")})),
    ("JSON", |secret| json!({"json": {"user": {"password": secret}}})),
];

/// Fields in which only its own form says what a value is.
const FORMED: [(&str, Placed); 10] = [
    ("name", |secret| json!({"name": format!("shop {secret}")})),
    ("team", |secret| json!({"team": secret})),
    ("tags", |secret| json!({"tags": ["a", secret]})),
    ("body", |secret| json!({"body": format!("one\ntwo {secret}\nthree")})),
    ("a list in JSON", |secret| json!({"json": {"list": [{"a": secret}]}})),
    ("a header", |secret| json!({"headers": {"x-other": secret}})),
    ("expectation", |secret| json!({"expect": {"body": {"contains": secret}}})),
    ("JSON expectation", |secret| json!({"expect": {"json": [{"path": "$.a", "equals": secret}]}})),
    ("runbook", |secret| json!({"runbook": format!("https://wiki.example/{secret}")})),
    ("a field that no monitor has", |secret| json!({"bogus": {"deep": secret}})),
];

fn planned(wanted: &[(String, Spec)], items: &[Stored]) -> Plan {
    let wanted: Vec<_> = wanted
        .iter()
        .map(|(id, spec)| {
            let desired = senseless(id, "monitors/a.yaml", json!({}));
            std::sync::Arc::new(crate::plan::Desired {
                spec: spec.clone(),
                place: Place { file: format!("monitors/{id}.yaml"), line: 1 },
                ..desired
            })
        })
        .collect();
    let head = StoredHead { owner: "acme".into(), ..StoredHead::default() };
    let live = live(items, Some(&head), &[]);
    let reading = SpecReading { secrets: secret_paths, spelling: Spec::clone, ..live.reading };
    plan("acme", &CatalogSettings::default(), &wanted, Live { reading, ..live }, &Scope::default())
}

/// A plan in which each credential comes, goes, stays and changes into another one.
fn plan_with(field: Placed, secrets: &[String]) -> Plan {
    let clean = || spec(json!({"url": "https://a.example/"}));
    let (mut items, mut wanted) = (Vec::new(), Vec::new());
    for (n, secret) in secrets.iter().enumerate() {
        let with = |secret: &str| {
            let mut value = field(secret);
            let fields = value.as_object_mut().expect("an object");
            fields.entry("url").or_insert_with(|| "https://a.example/".into());
            value
        };
        let other = secrets.get(n + 1).unwrap_or(secret);
        let mut stays = with(secret);
        stays["interval"] = "5m".into();
        for (kind, before, after) in [
            ("goes", Some(with(secret)), Some(clean())),
            ("comes", Some(json!({"url": "https://a.example/"})), Some(spec(with(secret)))),
            ("changes", Some(with(secret)), Some(spec(with(other)))),
            ("stays", Some(with(secret)), Some(spec(stays))),
            ("new", None, Some(spec(with(secret)))),
            ("removed", Some(with(secret)), None),
        ] {
            let id = format!("{kind}-{n}");
            items.extend(before.map(|value| stored(&id, Some("acme"), value)));
            wanted.extend(after.map(|spec| (id, spec)));
        }
    }
    planned(&wanted, &items)
}

fn check(name: &str, field: Placed, secrets: &[String]) {
    // Few at a time, so that the comment has room for all that there is to say.
    for secrets in secrets.chunks(4) {
        let plan = plan_with(field, secrets);
        let forms = [
            plain(&shown(&plan, &[], |review| text(review, PlanDetail::Changes))),
            plain(&shown(&plan, &[], |review| text(review, PlanDetail::Everything))),
            shown(&plan, &[], markdown),
            shown(&plan, &[], github),
            shown(&plan, &[], as_json),
        ];
        assert!(forms[1].contains("***"), "{name}: {}", forms[1]);
        for (form, secret) in forms.iter().flat_map(|form| secrets.iter().map(move |secret| (form, secret))) {
            assert!(!form.contains(secret.as_str()), "{name}: {secret} in {form}");
        }
        assert!(forms.iter().all(|form| !form.contains("123456789")), "{name}");
    }
}

#[test]
fn no_form_shows_a_credential_whose_field_says_what_it_is() {
    let secrets = secrets();
    assert!(secrets.len() >= 30, "{}", secrets.len());
    // Names and words around a credential are not what is looked for here.
    let values: Vec<_> = secrets
        .into_iter()
        .filter(|secret| !secret.contains([' ', '/', ';', '&', '=', ':', '@', '?', '#']))
        .collect();
    for (name, field) in NAMED {
        check(name, field, &values);
    }
}

#[test]
fn no_form_shows_a_credential_that_is_known_by_its_form() {
    let known = |secret: &String| !secret_paths(&spec(json!({"name": secret}))).is_empty();
    let secrets: Vec<_> = secrets().into_iter().filter(known).collect();
    assert!(secrets.len() >= 15, "{}", secrets.len());
    for (name, field) in FORMED {
        check(name, field, &secrets);
    }
}
