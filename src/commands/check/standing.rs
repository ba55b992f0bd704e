//! Whether the monitor of a row is watched, and what is known of one that is not. Pure.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::flow::Rows;
use super::options::RunOptions;
use super::subject::{Subject, Subjects};
use crate::monitor::MonitorId;
use crate::transition::Unwatched;

/// What the catalog says of the monitor of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Standing<'a> {
    Watched(&'a Subject),
    /// It is not watched any more; the definition is there unless it is gone altogether.
    Unwatched(Unwatched, Option<&'a Subject>),
    /// Nothing that this run could be sure of.
    Unclear,
    /// It is no monitor but monitorctl itself.
    Prober,
}

/// The standing of every row.
#[derive(Debug)]
pub struct Standings<'a> {
    subjects: &'a Subjects,
    by_id: HashMap<&'a MonitorId, &'a Arc<Subject>>,
    /// Rows that wait for being moved to where their monitors are now.
    waiting: HashSet<&'a MonitorId>,
    /// Whether an id that is not there says that the monitor is gone.
    complete: bool,
}

impl<'a> Standings<'a> {
    pub fn new(options: &RunOptions, subjects: &'a Subjects, rows: &Rows) -> Self {
        let renamed = subjects.all.iter().filter(|subject| !rows.contains_key(&subject.monitor.id));
        Self {
            subjects,
            by_id: subjects.by_id(),
            waiting: renamed.flat_map(|subject| &subject.formerly).collect(),
            // A folder may be one of many, and an empty table is more likely the wrong one (trap 12).
            complete: !options.from_files && !subjects.all.is_empty(),
        }
    }

    pub fn of(&self, id: &MonitorId) -> Standing<'a> {
        if id.is_prober() {
            return Standing::Prober;
        }
        if let Some(subject) = self.by_id.get(id).copied() {
            return if subject.monitor.enabled {
                Standing::Watched(subject)
            } else {
                Standing::Unwatched(Unwatched::Disabled, Some(subject))
            };
        }
        if self.waiting.contains(id) || self.subjects.has(id) {
            return Standing::Unclear;
        }
        match self.subjects.retired.get(id) {
            Some(subject) => Standing::Unwatched(Unwatched::Removed, Some(subject)),
            None if self.complete => Standing::Unwatched(Unwatched::Removed, None),
            None => Standing::Unclear,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::monitor::{Monitor, Spec};
    use crate::state::Row;
    use crate::store::testing::rows;

    fn id(text: &str) -> MonitorId {
        MonitorId::parse(text).expect("an id")
    }

    /// `b < a` was `a` before, `-c` is switched off.
    fn subjects(texts: &[&str], retired: &[&str]) -> Subjects {
        let subject = |text: &&str| {
            let mut ids = text.trim_start_matches('-').split(" < ");
            let monitor = Monitor::sample(ids.next().unwrap_or_default(), "https://m.example");
            let monitor = Monitor { enabled: !text.starts_with('-'), ..monitor };
            Subject { formerly: ids.map(id).collect(), ..Subject::new(monitor, Spec::default(), None) }
        };
        let retired = retired.iter().map(|text| (id(text), subject(text))).collect();
        let all = texts.iter().map(subject).collect();
        Subjects { retired, ..Subjects::new(all, BTreeMap::new(), Vec::new()) }
    }

    fn check(options: &RunOptions, subjects: &Subjects, stored: &[&str], about: &str, standing: &str) {
        let row = |name: &&str| Row { monitor: id(name), ..rows(1, "run", 1).remove(0) };
        let rows: Rows = stored.iter().map(|name| (id(name), row(name))).collect();
        let found = match Standings::new(options, subjects, &rows).of(&id(about)) {
            Standing::Watched(_) => "watched",
            Standing::Unwatched(why, Some(_)) => why.as_str(),
            Standing::Unwatched(Unwatched::Removed, None) => "gone",
            Standing::Unwatched(Unwatched::Disabled, None) | Standing::Unclear => "unclear",
            Standing::Prober => "prober",
        };
        assert_eq!(found, standing, "{about}");
    }

    #[test]
    fn a_row_is_let_go_only_where_it_is_sure_that_no_one_watches_its_monitor() {
        let table = RunOptions::sample();
        let folder = RunOptions { from_files: true, ..RunOptions::sample() };
        let mut some = subjects(&["a", "-b", "d < c"], &["e"]);
        some.unclear.insert("f".to_owned());
        for (about, in_table, in_folder) in [
            ("a", "watched", "watched"),
            ("b", "disabled", "disabled"),
            ("e", "removed", "removed"),
            ("f", "unclear", "unclear"),
            ("x", "gone", "unclear"),
        ] {
            check(&table, &some, &["a", "b", "c", "e", "f", "x"], about, in_table);
            check(&folder, &some, &["a", "b", "c", "e", "f", "x"], about, in_folder);
        }
        // A renamed monitor is not removed, as long as its row has not followed it.
        check(&table, &some, &["c"], "c", "unclear");
        check(&table, &some, &["c", "d"], "c", "gone");
        // An empty table is no reason to believe that everything was removed.
        check(&table, &subjects(&[], &[]), &["a"], "a", "unclear");
    }
}
