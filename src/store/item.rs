//! Items as the SDK gives them, and how those are called that are not monitors.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::monitor::marked;

/// An item, or a map in it.
pub type Item = HashMap<String, AttributeValue>;

/// The sort key of an owner's head item is this and the owner.
pub const HEAD: &str = "@catalog#";

/// The sort key of a silence is this and its id.
pub const SILENCE: &str = "@silence#";

/// The sort key of the run item.
pub const RUN: &str = "@run";

/// Moves a text attribute out of an item, whatever the rest of it is like. It is fit to be shown.
pub fn key_of(item: &mut Item, name: &str) -> String {
    match item.remove(name) {
        Some(AttributeValue::S(text)) => marked(text),
        _ => String::new(),
    }
}
