//! The files of a machine without AWS: the embedded store, and the alerts beside it.

use super::finding::{Area, Finding};
use crate::installation::Look;

/// What was seen of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFacts {
    pub store: String,
    /// The file was opened, and a write to it would have been done.
    pub writable: Look<()>,
    pub alerts: String,
    /// A line could be appended.
    pub appendable: Look<()>,
}

pub fn local(facts: &LocalFacts) -> Vec<Finding> {
    let LocalFacts { store, writable, alerts, appendable } = facts;
    vec![
        match writable {
            Look::Seen(()) => Finding::ok(Area::Store, format!("{store} is readable and writable")),
            Look::Missing => Finding::skipped(
                Area::Store,
                format!("{store} does not exist yet; `monitorctl sync` creates it"),
            )
            .or("monitorctl sync"),
            Look::Hidden | Look::Stranger(_) => broken(Area::Store, store, "access is denied"),
            Look::Failed(why) => broken(Area::Store, store, why),
        },
        match appendable {
            Look::Seen(()) => Finding::ok(Area::Alerts, format!("{alerts} is writable")),
            Look::Missing => Finding::skipped(
                Area::Alerts,
                format!("{alerts} does not exist yet; the first alert creates it"),
            ),
            Look::Hidden | Look::Stranger(_) => broken(Area::Alerts, alerts, "access is denied"),
            Look::Failed(why) => broken(Area::Alerts, alerts, why),
        },
    ]
}

fn broken(about: Area, path: &str, why: &str) -> Finding {
    Finding::failed(about, format!("{path} cannot be used: {why}"), format!("ls -l {}", quoted(path)))
}

/// A path as a word of a shell.
pub fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if !path.is_empty() && path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::FindingOutcome;
    use super::*;

    #[test]
    fn a_file_that_is_not_there_yet_is_no_fault_and_a_broken_one_is() {
        let facts = |look: Look<()>| LocalFacts {
            store: "my store.db".into(),
            writable: look.clone(),
            alerts: "alerts.jsonl".into(),
            appendable: look,
        };
        for (look, outcome) in [
            (Look::Seen(()), FindingOutcome::Ok),
            (Look::Missing, FindingOutcome::Skipped),
            (Look::Hidden, FindingOutcome::Failed),
            (Look::Failed("not a database".into()), FindingOutcome::Failed),
        ] {
            let findings = local(&facts(look));
            assert!(findings.iter().all(|finding| finding.outcome == outcome), "{findings:?}");
        }
        assert_eq!(local(&facts(Look::Hidden))[0].fix.as_deref(), Some("ls -l 'my store.db'"));
    }

    #[test]
    fn a_path_is_one_word() {
        assert_eq!(quoted("monitors/a.yaml"), "monitors/a.yaml");
        assert_eq!(quoted("it's here; rm -rf"), r"'it'\''s here; rm -rf'");
    }
}
