//! Defaults under a document: maps merge, lists replace, `null` unsets. Every value keeps the place where
//! it was written, so a fault in an inherited value points into `defaults.yaml`.

use super::tree::{Entry, Node, Tree};

/// How a map is merged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Fields,
    /// Header names are the same in any case.
    Headers,
}

/// `document` over `base`, without what `null` unset.
pub fn merge(base: Option<&Node>, document: &Node) -> Node {
    over(base, document, Manner::Fields, true)
}

fn over(base: Option<&Node>, node: &Node, manner: Manner, is_root: bool) -> Node {
    let Tree::Map(entries) = &node.tree else { return node.clone() };
    let mut merged: Vec<Entry> = base.map(|base| base.entries().to_vec()).unwrap_or_default();
    for entry in entries {
        let at = merged.iter().position(|known| match manner {
            Manner::Fields => known.key == entry.key,
            Manner::Headers => known.key.eq_ignore_ascii_case(&entry.key),
        });
        let unset = entry.value.tree == Tree::Null && !entry.value.faulty;
        if unset {
            if let Some(at) = at {
                merged.remove(at);
            }
            continue;
        }
        // The JSON of a request is one value: nobody wants half of another one in it, and its nulls are meant.
        let value = if is_root && entry.key == "json" {
            entry.value.clone()
        } else {
            let manner = if entry.key == "headers" { Manner::Headers } else { Manner::Fields };
            over(at.and_then(|at| merged.get(at)).map(|known| &known.value), &entry.value, manner, false)
        };
        let entry = Entry { key: entry.key.clone(), key_place: entry.key_place, value };
        match at.and_then(|at| merged.get_mut(at)) {
            Some(known) => *known = entry,
            None => merged.push(entry),
        }
    }
    Node { tree: Tree::Map(merged), place: node.place, faulty: node.faulty }
}
