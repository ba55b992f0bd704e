//! Values that a path names, and their neighbours. Pure.

use serde_json::{Value, json};

use super::path::{JsonPath, Literal, Operand, PathSelector, Query, Segment, Test};
use crate::value::Decimal;

/// The literals of a path, and values around and between them.
pub fn near(path: &JsonPath) -> Vec<Value> {
    let mut literals = Vec::new();
    path.segments.iter().for_each(|segment| in_segment(segment, &mut literals));
    let (mut near, mut numbers) = (Vec::new(), Vec::new());
    for literal in literals.iter().take(8) {
        match literal {
            Literal::Null => near.push(Value::Null),
            Literal::Bool(flag) => near.extend([json!(flag), json!(!flag)]),
            Literal::Text(text) => near.extend([json!(text), json!(format!("{text}a")), json!("")]),
            Literal::Number(number) => {
                near.extend(around(number));
                numbers.extend(number.to_number().as_f64());
            }
        }
    }
    numbers.sort_by(f64::total_cmp);
    let between =
        numbers.iter().zip(numbers.iter().skip(1)).map(|(one, other)| json!(f64::midpoint(*one, *other)));
    near.extend(between);
    near.extend([json!(0), json!("x")]);
    let mut distinct: Vec<Value> = Vec::new();
    for value in near {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    distinct
}

/// A number, the next whole ones, and numbers far away.
pub fn around(number: &Decimal) -> Vec<Value> {
    let mut near = vec![Value::Number(number.to_number())];
    if let Some(whole) = number.to_number().as_f64().filter(|float| float.abs() < 1e15) {
        let next = [whole.floor() - 1.0, whole.floor() + 1.0, whole.ceil() + 1.0];
        near.extend(next.iter().filter_map(|float| serde_json::from_str(&format!("{float:.0}")).ok()));
    }
    near.extend(["-1e999", "1e999"].into_iter().filter_map(|far| serde_json::from_str(far).ok()));
    near
}

fn in_segment<'p>(segment: &'p Segment, literals: &mut Vec<&'p Literal>) {
    let (Segment::Child(selectors) | Segment::Descendant(selectors)) = segment;
    for selector in selectors {
        match selector {
            PathSelector::Filter(test) => in_test(test, literals),
            PathSelector::Name(_)
            | PathSelector::Wildcard
            | PathSelector::Index(_)
            | PathSelector::Slice { .. } => {}
        }
    }
}

fn in_test<'p>(test: &'p Test, literals: &mut Vec<&'p Literal>) {
    match test {
        Test::Any(tests) | Test::All(tests) => tests.iter().for_each(|test| in_test(test, literals)),
        Test::Not(test) => in_test(test, literals),
        Test::Found(query) => in_query(query, literals),
        Test::Compare(left, _, right) => {
            in_operand(left, literals);
            in_operand(right, literals);
        }
        Test::Matches { text, .. } => in_operand(text, literals),
    }
}

fn in_operand<'p>(operand: &'p Operand, literals: &mut Vec<&'p Literal>) {
    match operand {
        Operand::Literal(literal) => literals.push(literal),
        Operand::Single(query) | Operand::Count(query) | Operand::ValueOf(query) => in_query(query, literals),
        Operand::Length(inner) => in_operand(inner, literals),
    }
}

fn in_query<'p>(query: &'p Query, literals: &mut Vec<&'p Literal>) {
    query.segments.iter().for_each(|segment| in_segment(segment, literals));
}
