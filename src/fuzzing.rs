//! Doors for the fuzzer: each function takes any bytes, and panics if something does not hold that must hold for all.
//!
//! `fuzz/` has a program for each. The tests below give them the inputs that it found to be of interest, so that they
//! are tried on a stable toolchain, without a fuzzer. These doors are built for tests and for fuzzers only.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::config::{self, Circumstances, Extent, SourceFile, monitor_from_spec};
use crate::kinds::Evidence;
use crate::kinds::http::Answer;
use crate::monitor::{MonitorId, Origin, Spec};
use crate::observation::{Observation, Peer, Phases};
use crate::store::{ConfigItem, fuzzing as store};
use crate::verdict::{Verdict, judge};

/// Files to a catalog: a file of monitors and, after a zero byte, the defaults of its folder.
///
/// Every monitor that is accepted comes back from an item of the table as it was, and a place is inside its file.
pub fn catalog(bytes: &[u8]) {
    let files: Vec<_> =
        ["a.yaml", "defaults.yaml"].into_iter().zip(bytes.splitn(2, |byte| *byte == 0)).collect();
    let length =
        |name: &str| files.iter().find(|(file, _)| *file == name).map_or(0, |(_, bytes)| bytes.len());
    let sources: Vec<_> = files
        .iter()
        .map(|(path, bytes)| SourceFile {
            path: (*path).to_owned(),
            group: String::new(),
            bytes: bytes.to_vec(),
        })
        .collect();
    let circumstances = Circumstances { period: Duration::from_mins(2), extent: Extent::Whole, offer: None };
    let loaded = config::load_with_lints(&sources, config::Definitions::default(), circumstances);
    for found in &loaded.diagnostics {
        let end = found.span.offset.saturating_add(found.span.length);
        // Bytes that are no UTF-8 are read as a character of three.
        assert!(end <= 3 * length(&found.file), "{found:?} is outside of its file");
        assert!(found.span.line >= 1 && found.span.column >= 1, "{found:?} has no place");
        assert!(!found.message.is_empty(), "{found:?} has no words");
    }
    for one in &loaded.monitors {
        let (id, origin) = (one.monitor.id.clone(), one.monitor.origin.clone());
        assert_eq!(
            monitor_from_spec(id, &one.spec, origin).as_ref(),
            Ok(&one.monitor),
            "the spec is the monitor"
        );
        let back = store::there_and_back(&one.spec);
        assert_eq!(back.as_ref(), Ok(&one.spec), "what was accepted comes back from the table");
        assert_eq!(back.map(|spec| spec.fingerprint()), Ok(one.spec.fingerprint()));
    }
}

/// An item of the configs table, as JSON, to a monitor. One that reads is written and read again without a change.
pub fn item(bytes: &[u8]) {
    let Ok(fields) = serde_json::from_slice::<Map<String, Value>>(bytes) else { return };
    let Ok(ConfigItem::Monitor(stored)) = store::decode(&fields) else { return };
    assert_eq!(store::there_and_back(&stored.spec).as_ref(), Ok(&stored.spec), "what reads can be written");
    let Ok(monitor) = monitor_from_spec(stored.id.clone(), &stored.spec, Origin::default()) else { return };
    assert!(!monitor.timeout.is_zero() && !monitor.interval.is_zero(), "{monitor:?}");
}

/// A monitor's expectations and the body of an answer to a verdict.
///
/// The first line is a JSON path, the second one a JSON object with what is expected of it, and the rest is the body. If
/// the first line is empty, the second one is all of `expect`.
pub fn judgement(bytes: &[u8]) {
    let mut parts = bytes.splitn(3, |byte| *byte == b'\n');
    let (Some(path), Some(expected), Some(body)) = (parts.next(), parts.next(), parts.next()) else { return };
    let (Ok(path), Ok(Value::Object(mut expected))) =
        (std::str::from_utf8(path), serde_json::from_slice(expected))
    else {
        return;
    };
    if !path.is_empty() {
        expected.insert("path".to_owned(), path.into());
        expected = Map::from_iter([("json".to_owned(), Value::Array(vec![Value::Object(expected)]))]);
    }
    let fields =
        [("url".to_owned(), "https://a.example/".into()), ("expect".to_owned(), Value::Object(expected))];
    let Ok(id) = MonitorId::parse("a") else { return };
    let Ok(monitor) = monitor_from_spec(id, &Spec::new(Map::from_iter(fields)), Origin::default()) else {
        return;
    };
    let observation = Observation {
        peer: Peer::default(),
        at: Timestamp::UNIX_EPOCH,
        attempts: 1,
        phases: Phases::default(),
        latency: Duration::from_millis(20),
        certificate: None,
        result: Ok(Evidence::Http(Answer {
            status: 200,
            headers: vec![("content-type".to_owned(), body.iter().take(64).copied().collect())],
            body: Some(body.to_vec()),
            ..Answer::default()
        })),
    };
    let judged = judge(&monitor, &observation, &str::to_owned);
    assert_eq!(judged.verdict == Verdict::Pass, judged.faults.is_empty(), "{judged:?}");
    for fault in &judged.faults {
        let shown = fault.actual.chars().count().max(fault.expected.chars().count());
        assert!(shown < 4_000, "a fault of {shown} characters fits into no message");
    }
    assert_eq!(judge(&monitor, &observation, &str::to_owned), judged, "the same answer has the same verdict");
}

/// Why a transaction was cancelled to what is done about it.
pub fn cancellation(bytes: &[u8]) {
    store::cancellation(&String::from_utf8_lossy(bytes));
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Gives every input that is kept for a target to it; a panic names the file.
    fn replay(target: &str, run: fn(&[u8])) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
        let files = std::fs::read_dir(&folder).expect("the corpus is in the repository");
        let mut number = 0;
        for file in files {
            let path = file.expect("it is readable").path();
            let bytes = std::fs::read(&path).expect("it is readable");
            let came_through = std::panic::catch_unwind(|| run(&bytes)).is_ok();
            assert!(came_through, "{}", path.display());
            number += 1;
        }
        assert!(number >= 10, "{number} inputs in {}", folder.display());
    }

    #[test]
    fn every_kept_catalog_loads_and_comes_back_from_the_table() {
        replay("catalog", catalog);
    }

    #[test]
    fn every_kept_item_reads_or_is_refused() {
        replay("item", item);
    }

    #[test]
    fn every_kept_path_and_body_has_a_verdict() {
        replay("judgement", judgement);
    }

    #[test]
    fn every_kept_cancellation_is_an_answer_a_repetition_or_an_error() {
        replay("cancellation", cancellation);
    }
}
