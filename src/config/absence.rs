//! What has to be absent, and can never be, or is needed elsewhere. Pure.

use super::clash::{key, other_path};
use super::diagnostic::Code;
use super::path::Path;
use super::violation::Violation;
use crate::json::JsonPath;
use crate::monitor::{Comparison, JsonAssertion};

/// What is absent, and all that is in it, is nothing to compare with.
pub fn compares(
    (absent, outer, outer_path): (&Path, &JsonAssertion, &JsonPath),
    (place, assertion, _): (&Path, &JsonAssertion, &JsonPath),
) -> Option<Violation> {
    let is_absent = outer.comparisons.iter().any(|one| matches!(one, Comparison::Exists(false)));
    if !is_absent || !outer_path.is_single() {
        return None;
    }
    let comparison = assertion.comparisons.iter().find(|comparison| {
        let other = other_path(comparison).and_then(|other| JsonPath::parse(other).ok());
        other.is_some_and(|other| other.segments().starts_with(outer_path.segments()))
    })?;
    let message = format!("`{}` must be absent, so it cannot be compared", outer.path);
    Some(
        Violation::new(Code::NeverPasses, place.key(key(comparison)), message)
            .label("never passes")
            .also(absent.key("exists"), "must be absent because of this"),
    )
}

/// A body that is JSON has a value at its top.
pub fn of_body(place: &Path, path: &JsonPath, assertion: &JsonAssertion) -> Option<Violation> {
    let is_absent = assertion.comparisons.iter().any(|one| matches!(one, Comparison::Exists(false)));
    (path.segments().is_empty() && is_absent).then(|| {
        Violation::new(Code::NeverPasses, place.key("exists"), "a JSON body always has a value at its top")
            .label("never passes")
            .help("for an empty body, write `expect: { body: { equals: '' } }`")
    })
}
