//! What holds for every edit: the file reads as what is stored, no comment is lost, and what did not change is not
//! touched.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::{DefinedVariables, Definitions, SourceFile, load};
use super::drawn::{anything, fields};
use super::emit;
use super::layouts::Writer;
use super::outline::outline;
use super::{amend, document, inherited, prove_new};
use crate::monitor::{MonitorId, Spec};

fn file(path: &str, folder: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), group: folder.to_owned(), bytes: text.as_bytes().to_vec() }
}

fn id(text: &str) -> MonitorId {
    MonitorId::parse(text).expect("an id")
}

fn loaded(files: &[SourceFile]) -> Option<BTreeMap<String, (Spec, crate::monitor::Place)>> {
    let loaded = load(files, Some(&BTreeMap::new()));
    let of = |one: super::super::LoadedMonitor| (one.monitor.id.to_string(), (one.spec, one.place));
    (!loaded.is_invalid()).then(|| loaded.monitors.into_iter().map(of).collect())
}

/// A valid monitor as it is stored, or `None` if the fields contradict each other.
fn stored(fields: &Map<String, Value>, group: &str) -> Option<Spec> {
    let text = document(&id("b"), &Spec::new(fields.clone()), None);
    loaded(&[file("new.yaml", group, &text)])?.remove("b").map(|(spec, _)| spec)
}

/// With a URL, and without what contradicts it or the rest.
fn with_url(mut fields: Map<String, Value>) -> Map<String, Value> {
    if fields.contains_key("json") {
        fields.shift_remove("body");
    }
    fields.entry("url").or_insert_with(|| "https://a.example/".into());
    fields
}

/// The expected headers are those of the request and more, so that an alias can stand for them.
fn share(fields: &mut Map<String, Value>) {
    let mut headers = fields.get("headers").and_then(Value::as_object).cloned().unwrap_or_default();
    headers.retain(|_, value| value.as_str().is_some_and(|text| !text.contains("${")));
    fields.insert("headers".to_owned(), Value::Object(headers.clone()));
    headers.insert("x-three".to_owned(), json!({"contains": "x"}));
    if let Value::Object(expect) = fields.entry("expect").or_insert_with(|| json!({})) {
        expect.insert("headers".to_owned(), Value::Object(headers));
    }
}

fn comments(text: &str) -> Vec<String> {
    let mut found: Vec<_> = outline(text)
        .expect("readable")
        .comments
        .into_iter()
        .map(|comment| text[comment].trim_end().to_owned())
        .collect();
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::testing::cases(150), max_global_rejects: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn a_live_edit_written_back_loads_to_what_is_stored(
        own in fields(), other in fields(), live in fields(), above in fields(), below in fields(),
        draws in prop::collection::vec(any::<u8>(), 60..120), crlf in prop::bool::weighted(0.1),
    ) {
        let mut writer = Writer::new(draws);
        let (mut own, mut above, mut below) = (own, above, below);
        if writer.draw(2) == 0 { share(&mut own); }
        above.shift_remove("url");
        if writer.draw(3) == 0 { below.clear(); }
        if writer.draw(3) == 0 { above.clear(); }
        above.retain(|key, _| !matches!(key.as_str(), "body" | "json"));
        below.retain(|key, _| !matches!(key.as_str(), "body" | "json"));
        let mut documents = [("b", own), ("a", other.clone()), ("c", other)]
            .map(|(id, fields)| writer.document(id, &with_url(fields)));
        let others = [documents[1].clone(), documents[2].clone()];
        let turn = usize::from(writer.draw(3));
        documents.rotate_left(turn);
        let mut text = documents.join(if writer.draw(2) == 0 { "---\n" } else { "\n--- # next\n" });
        if crlf { text = text.replace('\n', "\r\n"); }
        let files = [
            file("defaults.yaml", "", &emit::after_colon(&Value::Object(above.clone()), 0)),
            file("eu/defaults.yaml", "eu", &emit::after_colon(&Value::Object(below.clone()), 0)),
            file("eu/shop.yaml", "eu", &text),
        ];
        let (Some(before), Some(live)) = (loaded(&files), stored(&with_url(live), "eu")) else {
            return Err(TestCaseError::reject("the fields contradict each other"));
        };
        let place = &before["b"].1;
        let amended = amend(&files, Definitions { channels: Some(&BTreeMap::new()), variables: None }, &id("b"), place, &live);
        prop_assert!(amended.is_ok(), "{amended:?}\n{text}\n{live:#?}");
        let amended = amended.expect("just looked at").text;
        prop_assert_eq!(comments(&text), comments(&amended));
        let [one, two, _] = files;
        let after = loaded(&[one, two, file("eu/shop.yaml", "eu", &amended)]).expect("valid");
        prop_assert_eq!(&after["b"].0, &live);
        prop_assert_eq!((&after["a"].0, &after["c"].0), (&before["a"].0, &before["c"].0));
        for other in others {
            let other = if crlf { other.replace('\n', "\r\n") } else { other };
            prop_assert!(amended.contains(other.trim_end()), "{other}\n\n{amended}");
        }
        if before["b"].0 == live {
            prop_assert_eq!(text, amended, "nothing to change");
        }
    }

    #[test]
    fn a_new_document_loads_to_what_is_stored_below_any_defaults(live in fields(), above in fields()) {
        let above = emit::after_colon(&Value::Object(above), 0);
        let Some(live) = stored(&with_url(live), "") else {
            return Err(TestCaseError::reject("the fields contradict each other"));
        };
        let defaults = [file("defaults.yaml", "", &above)];
        prop_assume!(!load(&defaults, Some(&BTreeMap::new())).is_invalid());
        let text = document(&id("b"), &live, inherited(&defaults, "new.yaml", &DefinedVariables::default()).as_ref());
        let new = file("new.yaml", "", &text);
        let proven = prove_new(&defaults, Definitions { channels: Some(&BTreeMap::new()), variables: None }, &new, &id("b"), &live);
        prop_assert!(proven.is_ok(), "{proven:?}\n{text}");
    }

    #[test]
    fn every_value_reads_back_as_itself(value in anything()) {
        let expected = json!({"id": "b", "json": value});
        for text in [format!("{}\n", emit::inline(&expected)), format!("id: b\njson:{}\n", emit::after_colon(&value, 2))] {
            let parsed = crate::config::yaml::parse(&text, 0);
            prop_assert!(parsed.faults.is_empty(), "{text}");
            prop_assert_eq!(parsed.documents[0].root.to_json(), expected.clone(), "{}", text);
            prop_assert!(!text.contains(|c| c != '\n' && crate::monitor::is_hidden(c)), "{:?}", text);
        }
    }
}
