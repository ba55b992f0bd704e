//! Monitors in a sentence. Pure.

/// Monitors that a sentence names; the others are counted.
const NAMED: usize = 5;

/// `a, b, c, d, e and 2 more`, in the order of the ids.
pub fn named(mut ids: Vec<&str>) -> String {
    ids.sort_unstable();
    let more = match ids.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    ids.truncate(NAMED);
    format!("{}{more}", ids.join(", "))
}
