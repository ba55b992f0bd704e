//! Status pages with their faults and places, beside a catalog.

use crate::config::{Code, Diagnostic, LoadedPages, SourceFile, is_status_page, load_pages};
use crate::monitor::Traits;
use crate::page::{Combine, Indexing, MaintenanceTime, StatusPage};

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), group: String::new(), bytes: text.as_bytes().to_vec() }
}

fn catalog() -> Vec<Traits<'static>> {
    let traits = |id, tags| Traits { id, group: "eu", team: Some("pay"), tags };
    vec![traits("payments-api", vec!["checkout"]), traits("search", vec![])]
}

fn places(found: &[Diagnostic]) -> Vec<(Code, usize, usize)> {
    found.iter().map(|one| (one.code, one.span.line, one.span.column)).collect()
}

fn loaded(text: &str) -> LoadedPages {
    load_pages(&[file("status.yaml", text)], Some(&catalog()))
}

const PAGE: &str = "id: public
title: Acme
url: https://status.acme.example/
components:
  - { name: Payments, monitors: [payments-api, \"tag:checkout\"], combine: all, group: Europe }
  - { name: Search (EU), monitors: [\"group:eu,!payments-*\"] }
slo: 99.9
stale_after: 5m
maintenance: include
index: true
";

#[test]
fn a_page_is_what_is_written_and_the_rest_is_implied() {
    let LoadedPages { pages, diagnostics } = loaded(PAGE);
    assert_eq!(diagnostics, []);
    let [(path, page)] = pages.as_slice() else { panic!("{pages:?}") };
    let StatusPage { id, title, url, components, days, slo, stale_after, maintenance, indexing } = page;
    assert_eq!((path.as_str(), id.as_str(), title.as_str()), ("status.yaml", "public", "Acme"));
    assert_eq!(url, "https://status.acme.example");
    assert_eq!(slo.map(|slo| slo.to_string()).as_deref(), Some("99.9"));
    assert_eq!((*days, stale_after.as_secs()), (90, 300));
    assert_eq!((*maintenance, *indexing), (MaintenanceTime::Included, Indexing::Allowed));
    let parts = components.iter().map(|one| {
        let taken: Vec<_> = catalog().into_iter().filter(|monitor| one.takes(monitor)).collect();
        assert_eq!(one.group.as_deref(), (one.id.as_str() == "payments").then_some("Europe"));
        (one.id.as_str(), one.combine, taken.into_iter().map(|monitor| monitor.id).collect::<Vec<_>>())
    });
    let expected =
        [("payments", Combine::All, vec!["payments-api"]), ("search-eu", Combine::Worst, vec!["search"])];
    assert_eq!(parts.collect::<Vec<_>>(), expected);
}

#[test]
fn a_selector_that_matches_no_monitor_is_an_error_at_its_place() {
    let page = |monitors: &str| PAGE.replace("[payments-api, \"tag:checkout\"]", monitors);
    for (monitors, column) in [
        ("[payments-api, payment-api]", 48),
        ("[\"tag:chekout\"]", 34),
        ("[\"team:search\"]", 34),
        ("[search, \"!search\"]", 33),
    ] {
        let LoadedPages { pages, diagnostics } = loaded(&page(monitors));
        assert_eq!(places(&diagnostics), [(Code::UnknownMonitor, 5, column)], "{monitors}");
        assert!(pages.is_empty());
    }
    let misspelt = loaded(&page("[payment-api]")).diagnostics;
    assert_eq!(misspelt[0].help.as_deref(), Some("did you mean `payments-api`?"));
    // Without the catalog, which monitors there are is not known.
    let alone = load_pages(&[file("status.yaml", &page("[payment-api]"))], None);
    assert_eq!((alone.pages.len(), alone.diagnostics), (1, Vec::new()));
}

#[test]
fn two_components_with_one_id_are_an_error_at_what_gives_the_second_its_id() {
    let second = |second: &str| {
        let text = PAGE.replace("name: Search (EU),", second);
        let found = loaded(&text).diagnostics;
        let related = found.first().and_then(|one| one.related.first()).map(|one| one.span.line);
        (places(&found), related)
    };
    assert_eq!(second("name: payments!,"), (vec![(Code::DuplicateId, 6, 13)], Some(5)));
    assert_eq!(second("name: Search, id: payments,"), (vec![(Code::DuplicateId, 6, 25)], Some(5)));
    assert_eq!(second("name: Payments, id: eu,").0, []);
}

#[test]
fn two_pages_with_one_id_are_an_error_in_the_second() {
    let files = [file("eu.status.yaml", PAGE), file("status.yaml", PAGE)];
    let LoadedPages { pages, diagnostics } = load_pages(&files, None);
    assert_eq!(places(&diagnostics), [(Code::DuplicateId, 1, 5)]);
    assert_eq!(diagnostics[0].file, "status.yaml");
    assert_eq!(diagnostics[0].related[0].file, "eu.status.yaml");
    assert_eq!(pages.len(), 2);
}

#[test]
fn one_fault_of_a_page_hides_no_other() {
    let text = "id: public\nid: public\ntitel: Acme\nurl: https://status.acme.example\ncomponents:\n  \
                - { name: A, monitors: [a, search], combine: best }\ndays: 400\nslo: 0.999\nindex: yes\n";
    let expected = [
        (Code::MissingKey, 1, 1),
        (Code::DuplicateKey, 2, 1),
        (Code::UnknownKey, 3, 1),
        (Code::UnknownMonitor, 6, 27),
        (Code::UnknownValue, 6, 48),
        (Code::OutOfBounds, 7, 7),
        (Code::OutOfBounds, 8, 6),
        (Code::WrongType, 9, 8),
    ];
    assert_eq!(places(&loaded(text).diagnostics), expected);
}

#[test]
fn a_file_without_a_page_and_one_with_two_are_errors() {
    assert_eq!(places(&loaded("# nothing\n").diagnostics), [(Code::EmptyFile, 1, 1)]);
    let two = loaded(&format!("{PAGE}---\n{}", PAGE.replace("public", "other")));
    assert_eq!(places(&two.diagnostics), [(Code::SeveralDocuments, 12, 1)]);
    assert!(two.pages.is_empty());
}

#[test]
fn a_status_page_is_known_by_its_name_beside_the_settings() {
    for (name, is_page) in [
        ("status.yaml", true),
        ("status.yml", true),
        ("eu.status.yaml", true),
        (".status.yaml", false),
        ("status.json", false),
        ("mystatus.yaml", false),
        ("status.yaml.bak", false),
        ("monitorctl.yaml", false),
    ] {
        assert_eq!(is_status_page(name), is_page, "{name}");
    }
    assert!(!is_status_page("monitors/status.yaml"));
}

/// The rows of the table of fields: name, what it takes, default.
fn documented() -> Vec<[&'static str; 3]> {
    let guide = include_str!("../../../docs/status-page.md");
    let (_, table) = guide.split_once("| field | takes | default | |\n|---|---|---|---|\n").expect("a table");
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        [cells[0].trim_matches('`'), cells[1], cells[2].trim_matches('`')]
    })
    .collect()
}

#[test]
fn the_guide_has_every_field_with_its_default() {
    let schema = &crate::config::schema::compiled(crate::config::FileKind::Page).schema;
    let default = |field: &serde_json::Value| match &field["default"] {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut fields = Vec::new();
    for (key, field) in schema["properties"].as_object().expect("fields") {
        fields.push((key.clone(), default(field)));
        let inner = field["items"]["properties"].as_object().into_iter().flatten();
        fields.extend(inner.map(|(inner, field)| (format!("{key}[].{inner}"), default(field))));
    }
    let rows = documented();
    let found: Vec<_> =
        rows.iter().map(|[name, _, default]| ((*name).to_owned(), (*default).to_owned())).collect();
    assert_eq!(found, fields);
}
