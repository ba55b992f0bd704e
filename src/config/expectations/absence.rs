//! What has to be absent, and can never be, or is needed elsewhere. Pure.

use crate::assert::{Assertion, Comparison};
use crate::json::JsonPath;
use crate::written::{Path, Violation};

/// What is absent, and all that is in it, is nothing to compare with.
pub fn compares(
    (absent, outer, outer_path): (&Path, &Assertion, &JsonPath),
    (place, assertion, _): (&Path, &Assertion, &JsonPath),
) -> Option<Violation> {
    let is_absent = outer.must.iter().any(|one| matches!(one, Comparison::Exists(false)));
    if !is_absent || !outer_path.is_single() {
        return None;
    }
    let comparison = assertion.must.iter().find(|comparison| {
        let other = comparison.other_path().and_then(|other| JsonPath::parse(other).ok());
        other.is_some_and(|other| other.segments().starts_with(outer_path.segments()))
    })?;
    let message = format!("`{}` must be absent, so it cannot be compared", outer.part);
    Some(
        Violation::never_passes(place.key(comparison.key()), message)
            .also(absent.key("exists"), "must be absent because of this"),
    )
}
