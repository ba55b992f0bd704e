//! The files of a small private page, with a monitor of each kind.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::config::monitor_from_spec;
use crate::history::{DAY, HOUR, HealthTimeline, Latencies, Stretch, Sum, Totals, second};
use crate::monitor::{MonitorId, Origin, Spec, Template};
use crate::page::{Indexing, MaintenanceTime, PRIVATE_MARK};
use crate::report::page::page_files;
use crate::report::page::tests::view as public_view;
use crate::view::{ChartPart, ComponentState, FigureWindow, Figures, IncidentView, PrivateMonitor};

fn figures(stretch: Stretch, answers: u64) -> Figures {
    let mut latencies = Latencies::default();
    (0..answers).for_each(|n| latencies.add(Some(Duration::from_millis(80 + n))));
    let sum = Sum::new(Totals { passed: 30, observed: stretch.seconds(), ..Totals::default() }, latencies);
    Figures::new(stretch, &sum, &HealthTimeline::default(), MaintenanceTime::Excluded)
}

fn monitor(id: &str, spec: Value, components: &[&str]) -> PrivateMonitor {
    let Value::Object(fields) = spec else { panic!("{spec}") };
    let origin = Origin { source: Some(format!("monitors/{id}.yaml:3")), ..Origin::default() };
    let id = MonitorId::parse(id).expect("an id");
    let monitor = monitor_from_spec(id, &Spec::new(fields), origin).expect("a monitor");
    let now = second(public_view().now);
    let hour = |n: i64| Stretch { from: now - (n + 1) * HOUR, to: now - n * HOUR };
    let answers = if monitor.ask.beat_rule().is_some() { 0 } else { 30 };
    let part = |n| ChartPart { stretch: hour(n), figures: figures(hour(n), answers) };
    let whole = figures(Stretch { from: now - DAY, to: now }, answers);
    PrivateMonitor {
        monitor,
        owner: Some("acme".to_owned()),
        components: components.iter().map(|id| (*id).to_owned()).collect(),
        state: ComponentState::Operational,
        since: Some(public_view().now - SignedDuration::from_hours(30)),
        why: String::new(),
        days: public_view().components.remove(0).days,
        availability: Some("99.99 %".to_owned()),
        figures: FigureWindow::ALL.map(|window| (window, whole.clone())).into(),
        hours: (0..24).rev().map(part).collect(),
        month: (0..24).rev().map(part).collect(),
        incidents: Vec::new(),
    }
}

fn incident(n: u64, opened: Timestamp, closed: Option<Timestamp>, cause: &str) -> IncidentView {
    IncidentView { n, opened, closed, cause: cause.to_owned(), reason: None, unwatched: None }
}

fn view() -> PrivateView {
    let page = public_view();
    let opened = page.incidents[0].opened;
    let mut api = monitor(
        "pay/api_v2",
        json!({"url": "https://pay.example/health?deep=1", "name": "Pay <i>API</i>", "team": "payments",
            "runbook": "https://wiki.example/pay", "description": "Takes payments.", "tags": ["eu"],
            "headers": {"authorization": "Bearer ${env:PAY_TOKEN}"}, "expect": {"body": {"contains": "up"}}}),
        &["pay"],
    );
    api.state = ComponentState::Down;
    api.incidents = vec![
        incident(2, opened, None, "HTTP 503, expected 2xx"),
        incident(
            1,
            opened - SignedDuration::from_hours(90),
            Some(opened - SignedDuration::from_hours(89)),
            "timeout after 10s",
        ),
    ];
    let others = [
        ("backup", json!({"heartbeat": {"every": "24h", "grace": "2h"}})),
        ("mail", json!({"url": "tcp://mail.example:25", "dialog": "smtp"})),
        ("edge", json!({"url": "tls://edge.example:443"})),
        ("zone", json!({"url": "dns://ns1.example/acme.example?type=MX"})),
        ("gateway", json!({"url": "icmp://gateway.example"})),
        ("ledger", json!({"url": "grpcs://ledger.example:443/ledger.v1"})),
        ("ticker", json!({"url": "wss://ticker.example/prices"})),
    ];
    let others = others.into_iter().map(|(id, spec)| monitor(id, spec, &[]));
    let mut monitors: Vec<_> = others.chain([api]).collect();
    monitors.sort_by(|one, other| one.monitor.id.cmp(&other.monitor.id));
    PrivateView { page, period: Duration::from_mins(2), monitors }
}

fn files(view: &PrivateView) -> Vec<PageFile> {
    private_page_files(view).expect("the templates fit")
}

fn content(view: &PrivateView, path: &str) -> String {
    files(view).into_iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path}")).content
}

#[test]
fn a_private_page_has_a_page_for_each_monitor_and_nothing_for_programs() {
    let paths: Vec<_> = files(&view()).into_iter().map(|file| file.path).collect();
    let monitors = ["backup", "edge", "gateway", "ledger", "mail", "pay_-api__v2", "ticker", "zone"]
        .map(|name| format!("monitor/{name}.html"));
    let rest = ["incident/one.html", "index.html"].map(str::to_owned);
    assert_eq!(paths, [&monitors[..], &rest[..]].concat());
}

#[test]
fn each_kind_says_what_is_asked_and_a_heartbeat_has_no_chart() {
    for (path, asked, charts) in [
        ("backup", "beat every 1d, grace 2h", 0),
        ("mail", "TCP mail.example:25 smtp", 2),
        ("edge", "TLS edge.example:443", 2),
        ("zone", "DNS MX acme.example at ns1.example", 2),
        ("gateway", "PING gateway.example", 2),
        ("ledger", "gRPC health grpcs://ledger.example:443/ledger.v1", 2),
        ("ticker", "WebSocket wss://ticker.example/prices", 2),
        ("pay_-api__v2", "GET https://pay.example/health?deep=1", 2),
    ] {
        let page = content(&view(), &format!("monitor/{path}.html"));
        assert!(page.contains(&format!("<p class=\"asked\">{asked}</p>")), "{page}");
        assert_eq!(page.matches("<svg class=\"chart\"").count(), charts, "{path}");
        assert_eq!(page.contains("A heartbeat has no latency"), charts == 0, "{path}");
    }
}

#[test]
fn every_file_is_marked_as_private_and_no_search_engine_lists_it() {
    let mut listed = view();
    listed.page.indexing = Indexing::Allowed;
    for file in files(&listed) {
        assert!(file.content.contains(PRIVATE_MARK), "{}", file.path);
        assert!(file.content.contains("<meta name=\"robots\" content=\"noindex\">"), "{}", file.path);
        assert!(!file.content.contains("feed.atom"), "{}", file.path);
    }
    for file in page_files(&listed.page).expect("the templates fit") {
        assert!(!file.content.contains(PRIVATE_MARK), "{}", file.path);
    }
}

#[test]
fn every_link_between_the_files_leads_to_a_file_and_to_a_place_in_it() {
    let files = files(&view());
    let mut followed = 0;
    for file in &files {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for target in file.content.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            if target.starts_with("https://") || target.starts_with("data:") || target.starts_with('#') {
                continue;
            }
            let (path, place) = target.split_once('#').unwrap_or((target, ""));
            let path = match (path.strip_prefix("../"), folder) {
                (Some(path), _) => path.to_owned(),
                (None, "") => path.to_owned(),
                (None, folder) => format!("{folder}/{path}"),
            };
            // A server shows the index of a folder.
            let path = if matches!(path.as_str(), "" | "./") { "index.html".to_owned() } else { path };
            let found = files
                .iter()
                .find(|file| file.path == path)
                .unwrap_or_else(|| panic!("{target} in {}", file.path));
            assert!(place.is_empty() || found.content.contains(&format!("id=\"{place}\"")), "{target}");
            followed += 1;
        }
    }
    assert!(followed > 30, "{followed}");
}

#[test]
fn an_incident_names_the_monitors_behind_it_with_what_was_stored() {
    let index = content(&view(), "index.html");
    let open = index
        .split("<h2 id=\"open\">")
        .nth(1)
        .and_then(|rest| rest.split("</section>").next())
        .expect("a section");
    assert!(open.contains("href=\"monitor/pay_-api__v2.html#i-2\""), "{open}");
    assert!(open.contains("HTTP 503, expected 2xx") && !open.contains("timeout after 10s"), "{open}");
    assert!(content(&view(), "incident/one.html").contains("HTTP 503, expected 2xx"));
    let page = content(&view(), "monitor/pay_-api__v2.html");
    for words in [
        "timeout after 10s",
        "Team",
        "payments",
        "monitors/pay/api_v2.yaml:3",
        "Takes payments.",
        "https://wiki.example/pay",
    ] {
        assert!(page.contains(words), "{words} is not in {page}");
    }
    // What is expected and how soon it alerts, in the words of `explain`.
    for words in ["expect.body: to contain &#34;up&#34;", "2m to 4m22s (worst case)", "headers authorization"]
    {
        assert!(page.contains(words), "{words} is not in {page}");
    }
}

#[test]
fn what_belongs_to_no_component_stands_under_a_heading_of_its_own_the_worst_first() {
    let mut view = view();
    view.monitors
        .iter_mut()
        .filter(|one| one.monitor.id.as_str() == "zone")
        .for_each(|one| one.state = ComponentState::Down);
    let index = content(&view, "index.html");
    let place = |text: &str| index.find(text).unwrap_or_else(|| panic!("{text} is not in {index}"));
    let order = [
        "href=\"monitor/pay_-api__v2.html\"",
        "Not on the public page",
        "monitor/zone.html",
        "monitor/backup.html",
    ];
    assert!(order.map(place).is_sorted(), "{index}");
}

#[test]
fn no_credential_is_shown_and_no_text_becomes_markup() {
    let mut view = view();
    // Only a hand in the table could have written it, and validation refuses it there too.
    let url = Template::parse("https://ops:hunter2@old.example/?token=hunter2-token").expect("a template");
    let runbook = "https://ops:hunter2@wiki.example/";
    let mut old = monitor("old", json!({"url": "https://old.example/", "runbook": runbook}), &["pay"]);
    old.monitor.url = url;
    old.incidents = vec![incident(
        1,
        view.page.incidents[0].opened,
        None,
        "no route to https://ops:hunter2@old.example/",
    )];
    view.monitors.push(old);
    for file in files(&view) {
        assert!(!file.content.contains("hunter2"), "{}: {}", file.path, file.content);
        assert!(!file.content.contains("<i>API"), "{}", file.path);
    }
    assert!(content(&view, "monitor/old.html").contains("GET https://ops:***@old.example/?token=***"));
}

#[test]
fn a_page_says_what_each_kind_expects_whom_it_trusts_and_who_gets_which_reference() {
    let cases = [
        (
            json!({"url": "dns:///a.example?type=TXT", "agree_with": ["192.0.2.1"],
                "expect": {"answers": {"matches": "^v=spf1"}}, "warn": {"answers": {"count": 1}}}),
            &[
                "rcode: NOERROR",
                "answers: a record that matches",
                "answers: 1 in all, or it is degraded",
                "192.0.2.1",
            ][..],
        ),
        (json!({"url": "dns:///gone.example?type=A", "expect": {"rcode": "NXDOMAIN"}}), &["rcode: NXDOMAIN"]),
        (
            json!({"url": "icmp://a.example", "count": 5, "expect": {"loss": {"degraded": 20, "down": 60}}}),
            &["loss: less than 60 % of 5 pings", "loss: less than 20 % of 5 pings, or it is degraded"],
        ),
        (json!({"url": "grpc://a.example:1/orders"}), &["serving: SERVING"]),
        (
            json!({"url": "tcp://a.example:1", "dialog": [{"expect": "^220"}]}),
            &["dialog: a line that matches"],
        ),
        (json!({"url": "tls://a.example:1", "expect": {"tls": {"min": "1.3"}}}), &["tls: at least TLS 1.3"]),
        (
            json!({"url": "https://a.example/", "proxy": "http://proxy.example:3128",
                "auth": {"oauth2": {"token_url": "https://id.example/t", "client_id": "me", "client_secret": "${env:S}"}},
                "tls": {"ca": "/etc/monitorctl/ca.pem", "server_name": "b.example", "min": "1.3"}}),
            &[
                "auth.oauth2 client_secret ${env:S} to https://id.example/t",
                "proxy http://proxy.example:3128",
                "only the certificates in /etc/monitorctl/ca.pem",
                "must be for b.example",
                "No version before TLS 1.3",
            ],
        ),
    ];
    for (spec, expected) in cases {
        let one = monitor("one", spec.clone(), &[]);
        let lines = policy_words::policy_lines(&one.monitor, Duration::from_mins(2), public_view().now);
        let text: Vec<_> = lines.into_iter().flat_map(|line| line.sentences).collect();
        let text = text.join("\n");
        for words in expected {
            assert!(text.contains(words), "{words} is not in\n{text}");
        }
    }
}
