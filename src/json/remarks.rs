//! What a path says that is rarely meant.

use super::document::JsonDocument;
use super::evaluate::select;
use super::path::{JsonPath, Operand, PathSelector, Query, Relation, Segment, Start, Test};
use crate::value::Budget;

/// Something that is allowed, and that most who write it do not mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathRemark {
    /// A filter right behind `$` asks for a field of what is in the document's value; the value itself is not asked.
    BelowTheTop,
    /// A filter compares two fields, and holds where both are missing: also of a number or a text.
    MissingEqualsMissing,
}

/// Everything that is to be remarked on a path.
pub fn remarks(path: &JsonPath) -> Vec<PathRemark> {
    let filters = |segment: &Segment| -> Vec<Test> {
        let (Segment::Child(selectors) | Segment::Descendant(selectors)) = segment;
        let filters = selectors.iter().filter_map(|selector| match selector {
            PathSelector::Filter(test) => Some(test.clone()),
            PathSelector::Name(_)
            | PathSelector::Wildcard
            | PathSelector::Index(_)
            | PathSelector::Slice { .. } => None,
        });
        filters.collect()
    };
    let mut remarks = Vec::new();
    if let Some(first @ Segment::Child(_)) = path.segments.first()
        && filters(first).iter().any(asks_for_a_field)
    {
        remarks.push(PathRemark::BelowTheTop);
    }
    let all = path.segments.iter().flat_map(filters);
    if all.into_iter().any(|test| compares_fields(&test) && holds_of_anything(path, test)) {
        remarks.push(PathRemark::MissingEqualsMissing);
    }
    remarks
}

/// Whether a condition meets a number, a text, `null` and a truth value alike.
fn holds_of_anything(path: &JsonPath, test: Test) -> bool {
    let alone = JsonPath {
        segments: vec![Segment::Child(vec![PathSelector::Filter(test)])],
        patterns: path.patterns.clone(),
    };
    let Ok(document) = JsonDocument::read(br#"[0, "x", null, true]"#) else { return false };
    select(&alone, &document, &mut Budget::default()).is_ok_and(|found| found.len() == 4)
}

fn asks_for_a_field(test: &Test) -> bool {
    any_query(test, &|query| {
        let first = query.segments.first();
        query.from == Start::Current
            && matches!(first, Some(Segment::Child(selectors)) if matches!(selectors.as_slice(), [PathSelector::Name(_), ..]))
    })
}

/// Whether a condition, at any depth, takes two fields of one node as equal.
fn compares_fields(test: &Test) -> bool {
    match test {
        Test::Any(tests) | Test::All(tests) => tests.iter().any(compares_fields),
        Test::Not(test) => compares_fields(test),
        Test::Compare(left, relation, right) => {
            let may_be_equal = match relation {
                Relation::Equal | Relation::LessOrEqual | Relation::GreaterOrEqual | Relation::NotEqual => {
                    true
                }
                Relation::Less | Relation::Greater => false,
            };
            may_be_equal && is_of_node(left) && is_of_node(right)
        }
        Test::Found(_) | Test::Matches { .. } => false,
    }
}

/// Whether an operand is of the node that the filter is on: what `$` leads to is the same for every node.
fn is_of_node(operand: &Operand) -> bool {
    match operand {
        Operand::Single(query) | Operand::ValueOf(query) => query.from == Start::Current,
        Operand::Length(inner) => is_of_node(inner),
        Operand::Literal(_) | Operand::Count(_) => false,
    }
}

fn any_query(test: &Test, is: &dyn Fn(&Query) -> bool) -> bool {
    match test {
        Test::Any(tests) | Test::All(tests) => tests.iter().any(|test| any_query(test, is)),
        Test::Not(test) => any_query(test, is),
        Test::Found(query) => is(query),
        Test::Compare(left, _, right) => asks(left, is) || asks(right, is),
        Test::Matches { text, .. } => asks(text, is),
    }
}

fn asks(operand: &Operand, is: &dyn Fn(&Query) -> bool) -> bool {
    match operand {
        Operand::Literal(_) => false,
        Operand::Single(query) | Operand::Count(query) | Operand::ValueOf(query) => is(query),
        Operand::Length(inner) => asks(inner, is),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rarely_meant_is_remarked_and_its_neighbours_are_not() {
        use PathRemark::{BelowTheTop, MissingEqualsMissing};
        for (text, expected) in [
            ("$[?@.a == @.b]", &[BelowTheTop, MissingEqualsMissing][..]),
            ("$[?@.a <= @.b]", &[BelowTheTop, MissingEqualsMissing]),
            ("$[?length(@.users) == 3]", &[BelowTheTop]),
            ("$[?@.status == 'down']", &[BelowTheTop]),
            ("$[?@.a && @.a == @.b]", &[BelowTheTop]),
            ("$.items[?@.a == @.b]", &[MissingEqualsMissing]),
            ("$.items[?!(@.a != @.b)]", &[MissingEqualsMissing]),
            ("$.items[?@.a == $.b]", &[]),
            ("$.items[?@.a == @.b && @.a]", &[]),
            ("$.items[?@.a < @.b]", &[]),
            ("$.items[?@.a == 1]", &[]),
            ("$.items[?!@.error]", &[]),
            ("$[?@ > 3]", &[]),
            ("$[?@[0] == 3]", &[]),
            ("$..[?@.a == 1]", &[]),
            ("$.*[?@.a == 1]", &[]),
        ] {
            assert_eq!(remarks(&JsonPath::parse(text).expect(text)), expected, "{text}");
        }
    }
}
