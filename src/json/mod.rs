//! JSON as endpoints send it, and the paths of RFC 9535 into it. Pure.
//!
//! A body may be anything up to 1 MiB, and a path anything that a team writes. So nothing here calls itself as deep
//! as its input is, a document takes memory in proportion to its text, and a search counts its steps.
//!
//! `JsonPath::parse` and `JsonDocument::read` take any text and never panic.

mod document;
mod evaluate;
mod filter;
mod literals;
mod operand;
mod parse;
mod parse_filter;
mod path;
mod patterns;
mod reader;
mod remarks;
mod repeated;
mod scan;
mod shapes;
mod text;

#[cfg(test)]
mod tests;

pub use document::{JsonDocument, JsonValue, NodeId};
pub use evaluate::select;
pub use literals::around;
pub use operand::{equal_nodes, equals, order_nodes};
pub use path::{JsonPath, PathSelector, Segment};
pub use reader::Broken;
pub use remarks::{PathRemark, remarks};
pub use shapes::documents;
