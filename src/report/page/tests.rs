//! The files of a small page.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::*;
use crate::page::{Indexing, MaintenanceTime, NoticeStatus};
use crate::view::{
    ComponentState, ComponentView, DayBar, Impact, NoticeGroup, NoticeView, PageIncident, PublicCause,
};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

pub fn view() -> PageView {
    let day = DayBar {
        date: jiff::civil::date(2026, 11, 29),
        down: 1,
        degraded: 0,
        unknown: 0,
        maintenance: 0,
        observed: 18_720,
    };
    let component = ComponentView {
        id: "pay".to_owned(),
        name: "Pay <b> & \"go\"".to_owned(),
        group: None,
        state: ComponentState::Down,
        since: Some(at("2026-11-29T04:24:00Z")),
        days: vec![day],
        availability: Some("99.99 %".to_owned()),
        error_budget: None,
        observed_share: None,
        latency: Vec::new(),
    };
    let notice = NoticeView {
        at: at("2026-11-29T04:30:00Z"),
        status: NoticeStatus::Identified,
        title: None,
        markdown: "We *know* <script>alert(1)</script>".to_owned(),
    };
    let incident = PageIncident {
        id: "one".to_owned(),
        components: vec!["pay".to_owned(), "gone".to_owned()],
        impact: Impact::Down,
        cause: PublicCause::NotReachable,
        opened: at("2026-11-29T04:24:00Z"),
        closed: None,
        notices: vec![notice],
    };
    PageView {
        title: "Acme".to_owned(),
        url: "https://status.acme.example".to_owned(),
        indexing: Indexing::Refused,
        now: at("2026-11-29T05:12:00Z"),
        last_run: Some(at("2026-11-29T05:11:00Z")),
        stale_after: SignedDuration::from_mins(10),
        maintenance_time: MaintenanceTime::Excluded,
        slo: None,
        components: vec![component],
        incidents: vec![incident],
        notices: Vec::new(),
        maintenance: Vec::new(),
    }
}

fn content(view: &PageView, path: &str) -> String {
    let files = page_files(view).expect("the templates fit");
    files.into_iter().find(|file| file.path == path).expect("the file").content
}

#[test]
fn a_page_consists_of_html_badges_an_api_and_at_last_a_feed() {
    let files = page_files(&view()).expect("the templates fit");
    let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "index.html",
            "incident/one.html",
            "badge/pay.svg",
            "badge/pay.json",
            "api/v2/summary.json",
            "api/v2/status.json",
            "api/v2/components.json",
            "api/v2/incidents.json",
            "api/v2/scheduled-maintenances.json",
            "feed.atom",
        ]
    );
}

#[test]
fn nothing_that_people_wrote_becomes_markup() {
    // In JSON the text stays as it was written.
    let files = page_files(&view()).expect("the templates fit");
    for file in files.into_iter().filter(|file| file.media_type != "application/json") {
        for markup in ["<script>alert", "Pay <b>"] {
            assert!(!file.content.contains(markup), "{markup} in {}", file.path);
        }
    }
}

#[test]
fn a_page_is_listed_by_search_engines_only_if_that_is_allowed() {
    let noindex = "<meta name=\"robots\" content=\"noindex\">";
    assert!(content(&view(), "index.html").contains(noindex));
    let listed = PageView { indexing: Indexing::Allowed, ..view() };
    assert!(!content(&listed, "index.html").contains(noindex));
}

#[test]
fn a_day_with_an_open_incident_is_not_called_quiet() {
    let page = content(&view(), "index.html");
    assert!(page.contains("<h3>29 November</h3>\n<ul>"), "{page}");
    assert!(page.contains("<h3>16 – 28 November</h3>\n<p class=\"none\">No incidents</p>"), "{page}");
}

#[test]
fn the_summary_has_the_shape_of_statuspage() {
    let summary: Value = serde_json::from_str(&content(&view(), "api/v2/summary.json")).expect("JSON");
    assert_eq!(summary["status"]["indicator"], "critical");
    assert_eq!(summary["components"][0]["status"], "major_outage");
    assert_eq!(summary["incidents"][0]["status"], "identified");
    assert_eq!(summary["incidents"][0]["incident_updates"][0]["display_at"], "2026-11-29T04:30:00Z");
    assert_eq!(summary["incidents"][0]["components"][0]["id"], "pay");
    assert_eq!(summary["scheduled_maintenances"], serde_json::json!([]));
}

#[test]
fn a_badge_is_an_endpoint_of_shields() {
    let badge: Value = serde_json::from_str(&content(&view(), "badge/pay.json")).expect("JSON");
    assert_eq!(badge["schemaVersion"], 1);
    assert_eq!(badge["message"], "down");
}

#[test]
fn a_feed_can_be_read_again() {
    let feed: atom_syndication::Feed = content(&view(), "feed.atom").parse().expect("a feed");
    let entry = feed.entries().first().expect("an entry");
    assert_eq!(entry.id(), "https://status.acme.example/incident/one.html");
    assert_eq!(entry.updated().to_rfc3339(), "2026-11-29T04:30:00+00:00");
}

/// The same page after another run that found the same.
fn a_run_later(view: &PageView) -> PageView {
    let later = SignedDuration::from_mins(2);
    PageView {
        now: view.now + later,
        last_run: view.last_run.map(|last_run| last_run + later),
        ..view.clone()
    }
}

#[test]
fn a_run_that_finds_the_same_changes_only_html() {
    let before = PageView { notices: vec![reported(NoticeStatus::Monitoring)], ..view() };
    let [before, after] =
        [before.clone(), a_run_later(&before)].map(|view| page_files(&view).expect("files"));
    let changed = before.iter().zip(&after).filter(|(one, two)| one != two).map(|(one, _)| one.path.as_str());
    assert_eq!(changed.collect::<Vec<_>>(), ["index.html", "incident/one.html"]);
    // A page without any incident is the hard case.
    let quiet = PageView { incidents: Vec::new(), ..view() };
    let [before, after] = [quiet.clone(), a_run_later(&quiet)].map(|view| page_files(&view).expect("files"));
    let changed = before.iter().zip(&after).filter(|(one, two)| one != two).map(|(one, _)| one.path.as_str());
    assert_eq!(changed.collect::<Vec<_>>(), ["index.html"]);
}

/// A matter that no monitor saw.
fn reported(status: NoticeStatus) -> NoticeGroup {
    let notice = |at: Timestamp, status, markdown: &str| NoticeView {
        at,
        status,
        title: None,
        markdown: markdown.to_owned(),
    };
    NoticeGroup {
        id: "late-receipts".to_owned(),
        title: Some("Receipts <i>arrive</i> late".to_owned()),
        components: vec!["pay".to_owned()],
        notices: vec![
            notice(at("2026-11-28T18:00:00Z"), status, "The *provider* delivers again."),
            notice(at("2026-11-28T14:00:00Z"), NoticeStatus::Investigating, "Receipts arrive late."),
        ],
    }
}

#[test]
fn what_people_report_is_shown_as_open_until_it_is_resolved() {
    let with = |status| PageView { incidents: Vec::new(), notices: vec![reported(status)], ..view() };
    let open = content(&with(NoticeStatus::Monitoring), "index.html");
    let heading = open.find("<h2 id=\"open\">").expect("a section");
    let shown = open.find("id=\"n-late-receipts\"").expect("the matter");
    assert!(heading < shown && shown < open.find("<h2 id=\"components\">").expect("a section"), "{open}");
    assert!(open.contains("Receipts &#60;i&#62;arrive&#60;/i&#62; late"), "{open}");
    // The day on which it began is not called quiet, and an address leads to one place.
    let day = open.find("<h3>28 November</h3>\n<ul>").expect("the day on which it began");
    assert!(open.get(day..).is_some_and(|rest| rest.contains("arrive&#60;/i&#62; late")), "{open}");
    assert_eq!(open.matches("id=\"n-late-receipts\"").count(), 1, "{open}");
    let resolved = content(&with(NoticeStatus::Resolved), "index.html");
    assert!(!resolved.contains("<h2 id=\"open\">"), "{resolved}");
    let day = resolved.find("<h3>28 November</h3>").expect("the day on which it began");
    assert!(day < resolved.find("id=\"n-late-receipts\"").expect("the matter"), "{resolved}");

    let json =
        |view: &PageView, path: &str| -> Value { serde_json::from_str(&content(view, path)).expect("JSON") };
    let listed = json(&with(NoticeStatus::Resolved), "api/v2/incidents.json");
    let [one] = listed["incidents"].as_array().expect("a list").as_slice() else { panic!("{listed}") };
    assert_eq!((&one["impact"], &one["status"]), (&"none".into(), &"resolved".into()));
    assert_eq!(one["resolved_at"], "2026-11-28T18:00:00Z");
    let summary = json(&with(NoticeStatus::Resolved), "api/v2/summary.json");
    assert_eq!(summary["incidents"], serde_json::json!([]));
    let summary = json(&with(NoticeStatus::Monitoring), "api/v2/summary.json");
    assert_eq!(summary["incidents"][0]["id"], "late-receipts");

    let feed: atom_syndication::Feed =
        content(&with(NoticeStatus::Resolved), "feed.atom").parse().expect("a feed");
    let entry = feed.entries().first().expect("an entry");
    assert_eq!(entry.title().value, "Resolved: Receipts <i>arrive</i> late");
    assert_eq!(entry.updated().to_rfc3339(), "2026-11-28T18:00:00+00:00");
}

#[test]
fn the_feed_and_the_list_of_incidents_have_at_most_fifty() {
    let incident = view().incidents.remove(0);
    let numbered = |number: i64| PageIncident {
        id: format!("i-{number}"),
        opened: incident.opened - SignedDuration::from_hours(number),
        notices: Vec::new(),
        ..incident.clone()
    };
    let many = PageView { incidents: (0..60).map(numbered).collect(), ..view() };
    let feed: atom_syndication::Feed = content(&many, "feed.atom").parse().expect("a feed");
    assert_eq!(feed.entries().len(), 50);
    assert!(feed.entries()[0].id().ends_with("/incident/i-0.html"));
    let listed: Value = serde_json::from_str(&content(&many, "api/v2/incidents.json")).expect("JSON");
    assert_eq!(listed["incidents"].as_array().map(Vec::len), Some(50));
}

#[test]
fn a_page_says_whether_maintenance_counts() {
    let index = |maintenance_time| content(&PageView { maintenance_time, ..view() }, "index.html");
    assert!(index(MaintenanceTime::Excluded).contains("Maintenance does not count."));
    let included = index(MaintenanceTime::Included);
    assert!(included.contains("Maintenance counts as any other time."));
    assert!(!included.contains("does not count"));
}

/// So many components under one heading, all well but one.
fn grouped(number: usize, state: ComponentState) -> PageView {
    let sample = view().components.remove(0);
    let component = |n: usize| ComponentView {
        id: format!("c{n}"),
        group: (n > 0).then(|| if n < 4 { "Europe <eu>".to_owned() } else { "Asia".to_owned() }),
        state: if n == 5 { state } else { ComponentState::Operational },
        ..sample.clone()
    };
    PageView { incidents: Vec::new(), components: (0..number).map(component).collect(), ..view() }
}

#[test]
fn a_large_page_folds_the_sections_in_which_all_is_well() {
    let index = |number, state| content(&grouped(number, state), "index.html");
    let page = index(30, ComponentState::Degraded);
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is not in {page}"));
    let order = [
        "id=\"c-c0\"",
        "<details class=\"group\"><summary><h3>Europe &#60;eu&#62;</h3>",
        "id=\"c-c1\"",
        "<details class=\"group\" open><summary><h3>Asia</h3>",
        "1 degraded, 25 operational",
        "id=\"c-c4\"",
    ];
    assert!(order.map(place).is_sorted(), "{page}");
    assert_eq!(page.matches("<details").count(), page.matches("</details>").count());
    let well = index(30, ComponentState::Operational);
    assert!(!well.contains("<details class=\"group\" open>"), "{well}");
    let small = index(8, ComponentState::Operational);
    assert_eq!(small.matches("<details class=\"group\" open>").count(), 2);
}

#[test]
fn an_objective_is_shown_with_what_is_left_of_it() {
    let mut promised = PageView { slo: crate::page::SloPercent::parse("99.9"), ..view() };
    promised.components[0].error_budget = Some(-65_000);
    let index = content(&promised, "index.html");
    assert!(index.contains("The objective of 99.9 % is missed: 1 min too much downtime."), "{index}");
    assert!(index.contains("<dt>Objective</dt><dd>At least 99.9 %"), "{index}");
    assert!(!content(&view(), "index.html").contains("bjective"));
}
