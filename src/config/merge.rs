//! Defaults under a document: maps merge, lists replace, `null` unsets. Every value keeps the place where
//! it was written, so a fault in an inherited value points into `defaults.yaml`.

use std::collections::{HashMap, HashSet};

use crate::config::schema::applies::{kind_of_node, without_foreign};
use crate::config::yaml::tree::{Entries, Entry, Node, YamlTree};
use crate::kinds::{Manner, manner};

/// `document` over `base`, without what `null` unset and what does not apply to its kind of check.
pub fn merge(base: Option<&Node>, document: &Node) -> Node {
    match (base, kind_of_node(document)) {
        (Some(base), Some(kind)) => {
            over(Some(without_foreign(base, kind).as_ref()), document, Manner::Fields, &[])
        }
        (base, _) => over(base, document, Manner::Fields, &[]),
    }
}

/// `above` are the keys that lead to `node`.
fn over(base: Option<&Node>, node: &Node, own_manner: Manner, above: &[&str]) -> Node {
    let YamlTree::Map(entries) = &node.tree else { return node.clone() };
    let base = base.map(Node::entries).unwrap_or_default();
    let folded = |key: &str| match own_manner {
        Manner::Headers => key.to_ascii_lowercase(),
        Manner::Fields | Manner::Whole | Manner::Steps => key.to_owned(),
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
        if entry.value.tree == YamlTree::Null && !entry.value.faulty {
            continue;
        }
        let value = match manner(above, &entry.key) {
            Manner::Whole => entry.value.clone(),
            manner @ (Manner::Fields | Manner::Headers | Manner::Steps) => {
                let above: Vec<&str> = above.iter().copied().chain([entry.key.as_str()]).collect();
                over(inherited.get(&folded(&entry.key)).copied(), &entry.value, manner, &above)
            }
        };
        merged.push(Entry {
            overrides_alias: entry.overrides_alias,
            ..Entry::new(entry.key.clone(), entry.key_place, value)
        });
    }
    Node { faulty: node.faulty, usable: node.usable, ..Node::new(YamlTree::Map(merged), node.place) }
}
