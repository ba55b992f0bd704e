//! What an RFC 9535 path finds in a JSON document. Pure.

use serde_json::Value;
use serde_json_path::JsonPath;

/// The nodes that `path` finds in `document`; `None` if it is not a path.
pub fn select<'a>(path: &str, document: &'a Value) -> Option<Vec<&'a Value>> {
    JsonPath::parse(path).ok().map(|query| query.query(document).all())
}
