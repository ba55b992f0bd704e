//! Defaults under a document: maps merge, lists replace, `null` unsets. Every value keeps the place where
//! it was written, so a fault in an inherited value points into `defaults.yaml`.

use std::collections::{HashMap, HashSet};

use super::applies::without_foreign;
use super::entries::Entries;
use super::tree::{Entry, Node, Tree};
use crate::kinds::KindName;

/// How a map is merged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Fields,
    /// Header names are the same in any case.
    Headers,
}

/// `document` over `base`, without what `null` unset and what does not apply to its kind of check.
pub fn merge(base: Option<&Node>, document: &Node) -> Node {
    let kind = document.entry("url").and_then(|entry| entry.value.text()).map(KindName::of_url);
    match (base, kind) {
        (Some(base), Some(kind)) => {
            over(Some(without_foreign(base, kind).as_ref()), document, Manner::Fields, true)
        }
        (base, _) => over(base, document, Manner::Fields, true),
    }
}

fn over(base: Option<&Node>, node: &Node, manner: Manner, is_root: bool) -> Node {
    let Tree::Map(entries) = &node.tree else { return node.clone() };
    let base = base.map(Node::entries).unwrap_or_default();
    let folded = |key: &str| match manner {
        Manner::Fields => key.to_owned(),
        Manner::Headers => key.to_ascii_lowercase(),
    };
    let own: HashSet<String> = if base.is_empty() {
        HashSet::new()
    } else {
        entries.iter().map(|entry| folded(&entry.key)).collect()
    };
    let mut merged: Entries =
        base.iter().filter(|known| !own.contains(&folded(&known.key))).cloned().collect();
    let inherited: HashMap<String, &Node> =
        base.iter().rev().map(|known| (folded(&known.key), &known.value)).collect();
    for entry in entries {
        if entry.value.tree == Tree::Null && !entry.value.faulty {
            continue;
        }
        // The JSON of a request is one value: half of another one in it makes no sense, and its nulls are meant.
        let value = if is_root && entry.key == "json" {
            entry.value.clone()
        } else {
            let manner = if entry.key == "headers" { Manner::Headers } else { Manner::Fields };
            over(inherited.get(&folded(&entry.key)).copied(), &entry.value, manner, false)
        };
        merged.push(Entry { key: entry.key.clone(), key_place: entry.key_place, value });
    }
    Node { tree: Tree::Map(merged), place: node.place, faulty: node.faulty, usable: node.usable }
}
