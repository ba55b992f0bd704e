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
    let same = |one: &Entry, two: &Entry| match manner {
        Manner::Fields => one.key == two.key,
        Manner::Headers => one.key.eq_ignore_ascii_case(&two.key),
    };
    let base = base.map(Node::entries).unwrap_or_default();
    let mut merged: Vec<Entry> =
        base.iter().filter(|known| !entries.iter().any(|entry| same(known, entry))).cloned().collect();
    for entry in entries {
        if entry.value.tree == Tree::Null && !entry.value.faulty {
            continue;
        }
        // The JSON of a request is one value: nobody wants half of another one in it, and its nulls are meant.
        let value = if is_root && entry.key == "json" {
            entry.value.clone()
        } else {
            let manner = if entry.key == "headers" { Manner::Headers } else { Manner::Fields };
            let inherited = base.iter().find(|known| same(known, entry)).map(|known| &known.value);
            over(inherited, &entry.value, manner, false)
        };
        merged.push(Entry { key: entry.key.clone(), key_place: entry.key_place, value });
    }
    Node { tree: Tree::Map(merged), place: node.place, faulty: node.faulty }
}
