//! Where the values of variables stand in the settings. Pure.

use std::ops::Range;

use crate::config::sources::{SourceFile, Sources};
use crate::config::variables::defined::{KEY, levels};
use crate::config::yaml::parse::parse;
use crate::config::yaml::tree::Node;

/// The bytes of every value below a `vars:`. What uses it may make it a credential, and no place in the settings says
/// so. Of a file that is no YAML, or has a key twice, everything behind the first `:` of each line below a `vars:`.
pub fn variable_values(settings: &SourceFile) -> Vec<Range<usize>> {
    let sources = Sources::new(std::slice::from_ref(settings));
    let mut values = Vec::new();
    for (index, source) in sources.iter() {
        let parsed = parse(source, index);
        for document in &parsed.documents {
            let levels = levels(&document.root);
            let entries =
                levels.iter().filter_map(|(_, path)| document.root.find(path)).flat_map(Node::entries);
            values.extend(entries.map(|entry| entry.value.place.start..entry.value.place.end));
        }
        // Of a key that stands there twice, the tree has one value.
        if !parsed.broken.is_empty() || parsed.repeats > 1 {
            values.extend(in_unreadable(&source.text));
        }
    }
    values
}

fn in_unreadable(text: &str) -> Vec<Range<usize>> {
    let mut values = Vec::new();
    let (mut start, mut outer) = (0, None);
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let words = line.trim_start();
        let indent = line.len() - words.len();
        let is_inside = outer.is_some_and(|outer| indent > outer) || words.is_empty();
        let opens = line.match_indices(KEY).find_map(|(at, key)| {
            let colon = at + key.len();
            line.get(colon..)?.starts_with(':').then_some(colon)
        });
        if !is_inside {
            outer = opens.map(|_| indent);
        }
        let hides_from = if is_inside && outer.is_some() { line.find(':') } else { opens };
        // A line without a colon goes on with the value above it.
        let hides_from = hides_from.map(|at| at + 1).or((is_inside && outer.is_some()).then_some(indent));
        values.extend(hides_from.map(|from| start + from..end));
        start = end;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        let file = SourceFile { path: "monitorctl.yaml".into(), group: String::new(), bytes: text.into() };
        let values = variable_values(&file);
        let shown = |(at, c): (usize, char)| {
            if !c.is_whitespace() && values.iter().any(|range| range.contains(&at)) { '*' } else { c }
        };
        text.char_indices().map(shown).collect()
    }

    #[test]
    fn the_values_of_every_level_are_known_also_where_the_file_is_no_yaml() {
        for (text, expected) in [
            ("owner: a\nvars:\n  a: x1 # b\n  b: 'y'\n", "owner: a\nvars:\n  a: ** # b\n  b: ***\n"),
            ("vars: {a: x, b: 1}\nowner: a\n", "vars: {a: *, b: *}\nowner: a\n"),
            (
                "environments:\n  e:\n    vars: {a: x}\n    region: r\n",
                "environments:\n  e:\n    vars: {a: *}\n    region: r\n",
            ),
            ("vars:\n  a: x\n  a: y\n", "vars:\n  a: *\n  a: *\n"),
            ("vars:\n  a: |\n    x\n    y\nowner: a\n", "vars:\n  a: |\n    *\n    *\nowner: a\n"),
            // Not YAML.
            ("vars:\n  a: x\n  b: 'y\nowner: [\n", "vars:\n  a: *\n  b: **\nowner: [\n"),
            (
                "environments:\n  e:\n    vars:\n      a: x\n\n      b: y\n    region: [\n",
                "environments:\n  e:\n    vars:\n      a: *\n\n      b: *\n    region: [\n",
            ),
            ("owner: [\nvars: {a: x,\n  b: y}\n", "owner: [\nvars: *** **\n  b: **\n"),
            ("environments: {e: {vars: {a: x}\nowner: a\n", "environments: {e: {vars: *** **\nowner: a\n"),
        ] {
            assert_eq!(masked(text), expected, "{text}");
        }
    }
}
