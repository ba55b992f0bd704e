//! Notices with their faults and places.

use std::collections::BTreeSet;

use crate::config::{Code, LoadedNotices, SourceFile, load_notices};
use crate::page::{ComponentId, NoticeStatus, PublicNotice};

fn loaded_as(path: &str, text: &str) -> LoadedNotices {
    let known: BTreeSet<_> = ["payments", "search"].into_iter().filter_map(ComponentId::parse).collect();
    let file = SourceFile { path: path.to_owned(), group: String::new(), bytes: text.as_bytes().to_vec() };
    load_notices(&[file], Some(&known))
}

/// The faults of a notice with their places. A notice with a fault is none.
fn faults(text: &str) -> Vec<(Code, usize, usize)> {
    let LoadedNotices { notices, diagnostics } = loaded_as("notices/a.md", text);
    assert_eq!(notices.is_empty(), !diagnostics.is_empty(), "{text}");
    diagnostics.iter().map(|one| (one.code, one.span.line, one.span.column)).collect()
}

const NOTICE: &str = "---
components: [payments]
status: investigating
at: 2026-11-28T10:15+01:00
title: Payments fail
incident: 2026-11-28-payments
---

One payment in **five** fails.
";

#[test]
fn a_notice_is_its_front_matter_and_the_text_below() {
    for (text, newline) in [(NOTICE.to_owned(), "\n"), (NOTICE.replace('\n', "\r\n"), "\r\n")] {
        let LoadedNotices { notices, diagnostics } = loaded_as("notices/2026-11-28.payments_1.md", &text);
        assert_eq!(diagnostics, [], "{newline:?}");
        let [notice] = notices.as_slice() else { panic!("{notices:?}") };
        let PublicNotice { id, components, status, at, title, incident, markdown } = notice;
        assert_eq!(id, "2026-11-28.payments_1");
        assert_eq!(components.iter().map(ComponentId::as_str).collect::<Vec<_>>(), ["payments"]);
        assert_eq!((*status, at.to_string().as_str()), (NoticeStatus::Investigating, "2026-11-28T09:15:00Z"));
        assert_eq!(title.as_deref(), Some("Payments fail"));
        assert_eq!(incident.as_deref(), Some("2026-11-28-payments"));
        assert_eq!(markdown, "One payment in **five** fails.");
    }
    assert_eq!(faults(&format!("\u{feff}{NOTICE}---\nA line across.\n")), []);
}

#[test]
fn a_fault_of_the_front_matter_has_its_place_in_the_file() {
    let with = |from: &str, to: &str| faults(&NOTICE.replace(from, to));
    assert_eq!(with("status: investigating\n", ""), [(Code::MissingKey, 2, 1)]);
    assert_eq!(with("status: investigating", "status: fixed"), [(Code::UnknownValue, 3, 9)]);
    assert_eq!(with("[payments]", "[payment]"), [(Code::UnknownComponent, 2, 14)]);
    assert_eq!(with("[payments]", "[]"), [(Code::Empty, 2, 13)]);
    assert_eq!(with("[payments]", "[search, search]"), [(Code::Repeated, 2, 22)]);
    assert_eq!(with("title:", "tilte:"), [(Code::UnknownKey, 5, 1)]);
    assert_eq!(with("+01:00", ""), [(Code::BadFormat, 4, 5)]);
    assert_eq!(with("2026-11-28T10", "2026-11-31T10"), [(Code::BadFormat, 4, 5)]);
    assert_eq!(with("status: investigating", "status: [investigating"), [(Code::YamlSyntax, 4, 3)]);
    let misspelt = loaded_as("notices/a.md", &NOTICE.replace("[payments]", "[payment]")).diagnostics;
    assert_eq!(misspelt[0].help.as_deref(), Some("did you mean `payments`?"));
}

#[test]
fn a_file_that_is_no_notice_says_what_is_missing() {
    assert_eq!(faults(""), [(Code::MissingKey, 1, 1)]);
    assert_eq!(faults("We look into it.\n"), [(Code::MissingKey, 1, 1)]);
    assert_eq!(faults("---\n---\nWe look into it.\n"), [(Code::MissingKey, 2, 1)]);
    assert_eq!(faults("---\nstatus: resolved\n"), [(Code::YamlSyntax, 1, 1)]);
    assert_eq!(faults(&NOTICE.replace("One payment in **five** fails.\n", " \n")), [(Code::Empty, 8, 1)]);
    let long = format!("{NOTICE}{}", "long ".repeat(7000));
    assert_eq!(faults(&long), [(Code::TooLarge, 1, 1)]);
}

#[test]
fn the_name_of_a_file_can_stand_in_an_address() {
    for (path, is_name) in [
        ("notices/2026-11-28-payments.md", true),
        ("notices/a.b_c-1.md", true),
        ("notices/Payments.md", false),
        ("notices/pay ments.md", false),
        ("notices/-a.md", false),
        ("notices/\"><script>.md", false),
    ] {
        assert_eq!(loaded_as(path, NOTICE).diagnostics.is_empty(), is_name, "{path}");
    }
}

#[test]
fn without_the_pages_no_component_is_known_to_be_missing() {
    let text = NOTICE.replace("[payments]", "[anything]");
    let file = SourceFile { path: "notices/a.md".into(), group: String::new(), bytes: text.into_bytes() };
    assert_eq!(load_notices(&[file], None).diagnostics, []);
}
