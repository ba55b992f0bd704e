//! `moved_from` across the files of a catalog.

use std::collections::HashMap;

use crate::config::diagnostic::Code;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::{Node, TextPlace};
use crate::written::Path;

/// What a monitor was called before, and where that is written.
pub struct Rename {
    from: String,
    place: TextPlace,
}

impl Rename {
    pub fn of(document: &Node) -> Option<Self> {
        let value = document.find(&Path::from("moved_from"))?;
        Some(Self { from: value.text()?.to_owned(), place: value.place })
    }
}

/// A history goes to one monitor, and only from one that is gone.
pub fn check(renames: &[Rename], ids: &[(String, TextPlace)], faults: &mut Vec<PlacedViolation>) {
    if renames.is_empty() {
        return;
    }
    let ids: HashMap<&str, TextPlace> = ids.iter().map(|(id, place)| (id.as_str(), *place)).collect();
    let mut taken: HashMap<&str, TextPlace> = HashMap::new();
    for Rename { from, place } in renames {
        if let Some(holder) = ids.get(from.as_str()) {
            faults.push(
                PlacedViolation::new(Code::Contradiction, *place, format!("`{from}` is still a monitor"))
                    .label("has not moved")
                    .related(*holder, "defined here")
                    .help("remove one of them; a monitor that still exists has not moved"),
            );
        }
        match taken.get(from.as_str()) {
            Some(first) => faults.push(
                PlacedViolation::new(
                    Code::Contradiction,
                    *place,
                    format!("`{from}` already moved to another monitor"),
                )
                .label("claimed again")
                .related(*first, "first claimed here")
                .help("only one monitor can take its history"),
            ),
            None => {
                taken.insert(from, *place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{SourceFile, load};

    fn check(text: &str, expected: &[&str]) {
        let file =
            SourceFile { path: "a.yaml".into(), group: String::new(), bytes: text.as_bytes().to_vec() };
        let loaded = load(&[file], None);
        let found: Vec<_> = loaded.diagnostics.iter().map(|found| found.message.as_str()).collect();
        assert_eq!(found, expected, "{text}");
    }

    const NEW: &str = "{id: new, url: 'https://a', moved_from: old}";

    #[test]
    fn a_history_goes_to_one_monitor_and_only_from_one_that_is_gone() {
        check(NEW, &[]);
        check(&format!("{NEW}\n---\n{{id: old, url: 'https://a'}}"), &["`old` is still a monitor"]);
        let other = "{id: other, url: 'https://a', moved_from: old}";
        check(&format!("{NEW}\n---\n{other}"), &["`old` already moved to another monitor"]);
    }

    #[test]
    fn what_a_monitor_was_called_is_no_part_of_its_spec() {
        let spec = |text: &str| {
            let file =
                SourceFile { path: "a.yaml".into(), group: String::new(), bytes: text.as_bytes().to_vec() };
            load(&[file], None).monitors.remove(0).spec
        };
        assert_eq!(spec(NEW), spec("{id: new, url: 'https://a'}"));
    }
}
