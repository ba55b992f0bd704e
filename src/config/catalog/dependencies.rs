//! `depends_on` across the files of a catalog.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::catalog::circles::{Circle, circles};
use crate::config::diagnostic::Code;
use crate::config::sizes::{SUGGESTIONS, grouped};
use crate::config::suggest::suggest;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::{Node, TextPlace, YamlTree};
use crate::written::Path;

/// What a monitor depends on, and where that is written.
pub struct Dependencies {
    id: String,
    on: Vec<(String, TextPlace)>,
}

/// Whether all monitors of the repository are there to be depended on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    Whole,
    /// Some files of it: an id that is not among them may well be in another one.
    Part,
}

impl Dependencies {
    /// Each of them, and where it is written.
    pub fn on(&self) -> impl Iterator<Item = (&str, TextPlace)> {
        self.on.iter().map(|(id, place)| (id.as_str(), *place))
    }

    /// Those of a document whose defaults are merged.
    pub fn of(document: &Node) -> Option<Self> {
        let id = document.entry("id")?.value.text()?.to_owned();
        let YamlTree::List(items) = &document.find(&Path::from("depends_on"))?.tree else { return None };
        let sound = items.iter().filter(|item| !item.has_faults());
        let on = sound.filter_map(|item| Some((item.text()?.to_owned(), item.place))).collect();
        Some(Self { id, on })
    }
}

/// A monitor depends on others of its repository, and in the end on one that depends on none: of monitors in a
/// circle no alert would be sent.
pub fn check(
    all: &[Dependencies],
    ids: &[(String, TextPlace)],
    extent: Extent,
    faults: &mut Vec<PlacedViolation>,
) {
    let known: BTreeSet<&str> = ids.iter().map(|(id, _)| id.as_str()).collect();
    let mut edges: BTreeMap<&str, Vec<(&str, TextPlace)>> = BTreeMap::new();
    let mut suggestions = SUGGESTIONS;
    for Dependencies { id, on } in all {
        for (parent, place) in on {
            if parent == id {
                faults.push(itself(id, *place));
            } else if known.contains(parent.as_str()) {
                edges.entry(id).or_default().push((parent, *place));
            } else if extent == Extent::Whole {
                let looked_for = if suggestions > 0 { Some(&known) } else { None };
                suggestions = suggestions.saturating_sub(1);
                faults.push(unknown(parent, *place, looked_for));
            }
        }
    }
    faults.extend(circles(&edges).iter().filter_map(|circle| in_a_circle(circle)));
}

fn itself(id: &str, place: TextPlace) -> PlacedViolation {
    PlacedViolation::new(Code::DependencyCycle, place, format!("`{id}` depends on itself"))
        .label("the same monitor")
        .help("remove it; `depends_on: null` removes one inherited from defaults")
}

fn unknown(id: &str, place: TextPlace, known: Option<&BTreeSet<&str>>) -> PlacedViolation {
    let fault =
        PlacedViolation::new(Code::UnknownMonitor, place, format!("no monitor `{id}` in this repository"))
            .label("not found");
    match known.and_then(|known| suggest(id, known.iter().copied())) {
        Some(meant) => fault.help(format!("did you mean `{meant}`?")),
        None => fault.help("a monitor can depend only on monitors of its own repository"),
    }
}

fn in_a_circle(circle: &Circle<'_>) -> Option<PlacedViolation> {
    let ((start, to, place), rest) = circle.shown.split_first()?;
    let mut ids: Vec<String> = circle.shown.iter().map(|(from, _, _)| (*from).to_owned()).collect();
    if circle.hidden > 0 {
        ids.push(format!("… {} more", grouped(circle.hidden)));
    }
    ids.push((*start).to_owned());
    let message = format!("monitors that depend on each other: {}", ids.join(" -> "));
    let label = |from: &str, to: &str| format!("`{from}` depends on `{to}`");
    let fault = PlacedViolation::new(Code::DependencyCycle, *place, message)
        .label(label(start, to))
        .help("remove one of them: if all are DOWN, no alert is sent");
    Some(rest.iter().fold(fault, |fault, (from, to, place)| fault.related(*place, label(from, to))))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::config::{
        Circumstances, Code, Definitions, Diagnostic, Extent, SourceFile, load, load_with_lints,
    };

    fn found(files: &[(&str, &str, &str)]) -> Vec<Diagnostic> {
        let file = |(path, folder, text): &(&str, &str, &str)| SourceFile {
            path: (*path).to_owned(),
            group: (*folder).to_owned(),
            bytes: text.as_bytes().to_vec(),
        };
        load(&files.iter().map(file).collect::<Vec<_>>(), None).diagnostics
    }

    /// Each monitor is a file of its own, `a: b c` depends on both.
    fn check(monitors: &[&str], expected: &[&str]) {
        let files: Vec<_> = monitors
            .iter()
            .map(|monitor| {
                let (id, on) = monitor.split_once(':').expect("an id");
                let on = on.split_whitespace().collect::<Vec<_>>().join(", ");
                (format!("{id}.yaml"), format!("id: {id}\nurl: https://x\ndepends_on: [{on}]\n"))
            })
            .collect();
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), "", text.as_str())).collect();
        let said: Vec<_> = found(&files).into_iter().map(|found| found.message).collect();
        assert_eq!(said, expected, "{monitors:?}");
    }

    #[test]
    fn a_monitor_depends_on_others_that_are_there() {
        check(&["a: b c", "b: c", "c:"], &[]);
        check(&["a: b"], &["no monitor `b` in this repository"]);
        check(&["a: a"], &["`a` depends on itself"]);
    }

    #[test]
    fn a_mistyped_id_is_suggested_at_its_place() {
        let text = "id: shop\nurl: https://x\ndepends_on: [auth-ap]\n---\nid: auth-api\nurl: https://x\n";
        let said = found(&[("a.yaml", "", text)]);
        assert_eq!((said[0].code, said[0].span.line), (Code::UnknownMonitor, 3));
        assert_eq!(said[0].help.as_deref(), Some("did you mean `auth-api`?"));
    }

    #[test]
    fn in_a_part_of_a_repository_an_unknown_id_may_be_in_another_part() {
        let text = "id: shop\nurl: https://x\ndepends_on: [auth-api]\n";
        let file = SourceFile { path: "a.yaml".into(), group: String::new(), bytes: text.into() };
        for (extent, number) in [(Extent::Part, 0), (Extent::Whole, 1)] {
            let circumstances = Circumstances { period: Duration::from_mins(2), extent, offer: None };
            let found = load_with_lints(std::slice::from_ref(&file), Definitions::default(), circumstances)
                .diagnostics;
            assert_eq!(found.iter().filter(|found| found.is_error()).count(), number, "{extent:?}");
        }
    }

    #[test]
    fn a_circle_is_reported_once_with_the_places_of_all_its_members() {
        check(&["a: b", "b: a"], &["monitors that depend on each other: a -> b -> a"]);
        let files = [
            ("a.yaml", "", "id: a\nurl: https://x\ndepends_on: [b]\n"),
            ("b.yaml", "", "id: b\nurl: https://x\ndepends_on: [c, d]\n"),
            ("c.yaml", "", "id: c\nurl: https://x\ndepends_on:\n  - d\n  - a\n"),
            ("d.yaml", "", "id: d\nurl: https://x\n"),
        ];
        let said = found(&files);
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!(said[0].message, "monitors that depend on each other: a -> b -> c -> a");
        let others: Vec<_> =
            said[0].related.iter().map(|other| (other.file.as_str(), other.span.line)).collect();
        assert_eq!(others, [("b.yaml", 3), ("c.yaml", 5)]);
        // Two circles through one monitor are two faults.
        check(
            &["a: b c", "b: a", "c: a"],
            &[
                "monitors that depend on each other: a -> b -> a",
                "monitors that depend on each other: a -> c -> a",
            ],
        );
        // A monitor that leads into a circle is no part of it.
        check(&["a: b", "b: c", "c: b"], &["monitors that depend on each other: b -> c -> b"]);
    }

    #[test]
    fn defaults_that_make_a_monitor_depend_on_itself_say_how_to_take_it_back() {
        let files = [
            ("shop/defaults.yaml", "shop", "depends_on: [auth]"),
            ("shop/a.yaml", "shop", "id: auth\nurl: https://x\n---\nid: shop\nurl: https://x\n"),
        ];
        let said = found(&files);
        assert_eq!(
            said.iter().map(|d| (d.code, d.file.as_str())).collect::<Vec<_>>(),
            [(Code::DependencyCycle, "shop/defaults.yaml")]
        );
        let fixed = "id: auth\nurl: https://x\ndepends_on: null\n---\nid: shop\nurl: https://x\n";
        assert_eq!(found(&[files[0], ("shop/a.yaml", "shop", fixed)]), []);
    }
}
