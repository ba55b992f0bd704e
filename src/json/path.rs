//! A path of RFC 9535, taken apart.

use crate::value::{Decimal, Pattern};

/// A path that keeps the bounds. Two spellings of the same steps are equal.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonPath {
    pub(super) segments: Vec<Segment>,
    /// The patterns that stand in the path, not compiled yet; a filter names them by their place.
    pub(super) patterns: Vec<Pattern>,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Segment {
    /// `.a`, `[…]`
    Child(Vec<PathSelector>),
    /// `..a`, `..[…]`
    Descendant(Vec<PathSelector>),
}

/// What a step takes of a node.
#[derive(Debug, Clone, PartialEq)]
pub enum PathSelector {
    Name(String),
    Wildcard,
    Index(i64),
    Slice { start: Option<i64>, end: Option<i64>, step: i64 },
    Filter(Test),
}

/// A condition on a node.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    Any(Vec<Test>),
    All(Vec<Test>),
    Not(Box<Test>),
    /// The query finds something.
    Found(Query),
    Compare(Operand, Relation, Operand),
    Matches {
        text: Operand,
        pattern: PatternOperand,
        whole: Whole,
    },
}

/// How much of a text a pattern has to match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// `match()`
    Text,
    /// `search()`
    Part,
}

/// Where the second argument of `match()` and `search()` comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum PatternOperand {
    /// The place of a pattern in the path's list.
    Written(usize),
    /// From the answer, or no text at all.
    Found(Box<Operand>),
}

/// A path within a filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub(super) from: Start,
    pub(super) segments: Vec<Segment>,
}

/// Where a path within a filter begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// `$`
    Root,
    /// `@`
    Current,
}

/// One side of a comparison, or what a function takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    Literal(Literal),
    /// A query that finds one node at most.
    Single(Query),
    Length(Box<Operand>),
    Count(Query),
    ValueOf(Query),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl JsonPath {
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// A path of the last `number` steps alone, which are names and indexes; any other step is left out.
    pub fn ending(&self, number: usize) -> String {
        let first = self.segments.len().saturating_sub(number);
        let steps = self.segments.iter().skip(first).flat_map(|segment| match segment {
            Segment::Child(selectors) | Segment::Descendant(selectors) => selectors,
        });
        let written = steps.filter_map(|selector| match selector {
            PathSelector::Name(name) => Some(format!("[{}]", serde_json::Value::from(name.as_str()))),
            PathSelector::Index(index) => Some(format!("[{index}]")),
            PathSelector::Wildcard | PathSelector::Slice { .. } | PathSelector::Filter(_) => None,
        });
        format!("${}", written.collect::<String>())
    }

    /// The patterns of `match()` and `search()` that stand in it.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// Whether it finds one node at most, whatever the document.
    pub fn is_single(&self) -> bool {
        is_single(&self.segments)
    }
}

impl Query {
    pub fn is_single(&self) -> bool {
        is_single(&self.segments)
    }
}

fn is_single(segments: &[Segment]) -> bool {
    segments.iter().all(|segment| match segment {
        Segment::Child(selectors) => {
            matches!(selectors.as_slice(), [PathSelector::Name(_) | PathSelector::Index(_)])
        }
        Segment::Descendant(_) => false,
    })
}
