//! All comparisons of a JSON assertion, on all that its path finds.

use super::Comparison;
use super::holds::{Actual, holds};
use crate::json::{JsonDocument, JsonPath, NodeId, select};
use crate::value::{Budget, Unjudged};

/// A comparison that is not met.
#[derive(Debug, Clone, Copy)]
pub struct Miss<'a> {
    pub comparison: &'a Comparison,
    /// The first value that misses it; `None` where the path finds nothing.
    pub node: Option<NodeId>,
}

/// The comparisons that `document` does not meet: every value that the path finds must meet every comparison, and a
/// path that finds nothing meets `exists: false` alone.
pub fn misses<'a>(
    path: &str,
    comparisons: &'a [Comparison],
    document: &JsonDocument<'_>,
    budget: &mut Budget,
) -> Result<Vec<Miss<'a>>, Unjudged> {
    let path = JsonPath::parse(path).map_err(|error| Unjudged::Path(error.to_string()))?;
    let found = select(&path, document, budget)?;
    missed(comparisons, document, &found, budget)
}

/// The same where it is known what the path finds.
pub fn missed<'a>(
    comparisons: &'a [Comparison],
    document: &JsonDocument<'_>,
    found: &[NodeId],
    budget: &mut Budget,
) -> Result<Vec<Miss<'a>>, Unjudged> {
    let mut misses = Vec::new();
    for comparison in comparisons {
        if found.is_empty() {
            if !holds(comparison, Actual::Missing, budget)? {
                misses.push(Miss { comparison, node: None });
            }
            continue;
        }
        // One miss a comparison is enough, also if a hundred values miss it.
        for node in found {
            if !holds(comparison, Actual::Node(document, *node), budget)? {
                misses.push(Miss { comparison, node: Some(*node) });
                break;
            }
        }
    }
    Ok(misses)
}
