//! Names that a map has twice: the last one counts, as it does to `jq` and to browsers.

use std::borrow::Cow;
use std::collections::HashMap;

use super::document::{JsonNode, raw_name};
use super::text::decoded;

/// Up to so many names each is compared with each.
const FEW: usize = 8;

/// Marks what is overruled in the map `id`, whose members are all there; how many that are.
pub fn mark(text: &str, nodes: &mut [JsonNode], id: u32) -> u32 {
    let members = members(nodes, id);
    let name_of = |member: u32| -> Cow<'_, str> {
        let start = nodes.get(member as usize).map_or(0, |node| node.name);
        decoded(raw_name(text, start))
    };
    let mut overruled = Vec::new();
    if members.len() <= FEW {
        let names: Vec<_> = members.iter().map(|member| name_of(*member)).collect();
        for (i, (member, name)) in members.iter().zip(&names).enumerate() {
            if names.iter().skip(i + 1).any(|later| later == name) {
                overruled.push(*member);
            }
        }
    } else {
        let mut last = HashMap::with_capacity(members.len());
        for member in &members {
            overruled.extend(last.insert(name_of(*member), *member));
        }
    }
    for member in &overruled {
        if let Some(node) = nodes.get_mut(*member as usize) {
            node.is_repeated = true;
        }
    }
    u32::try_from(overruled.len()).unwrap_or(u32::MAX)
}

fn members(nodes: &[JsonNode], id: u32) -> Vec<u32> {
    let after = nodes.get(id as usize).map_or(0, |node| node.after);
    let mut next = id + 1;
    let mut members = Vec::new();
    while next < after {
        members.push(next);
        next = nodes.get(next as usize).map_or(after, |node| node.after);
    }
    members
}
