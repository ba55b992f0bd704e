//! Small documents in which a path may find something: what it names, built up around a value.
//!
//! They are candidates and no proof: whoever asks tries the path on them.

use serde_json::{Map, Value, json};

use super::path::{JsonPath, Literal, Operand, PatternOperand, Query, Segment, Selector, Start, Test};
use crate::monitor::{Decimal, Pattern};

/// Documents that are made of one path at most.
const MOST: usize = 100;

/// Values that one of them may have, so that lists in lists do not grow without bound.
const LARGE: usize = 300;

/// Values that one condition of a filter is tried with.
const A_TEST: usize = 24;

/// The longest list that is made to reach an index.
const LIST: i64 = 64;

/// Documents in which `path` may find each of `leaves`.
pub fn documents(path: &JsonPath, leaves: &[Value]) -> Vec<Value> {
    let mut literals = Vec::new();
    path.segments.iter().for_each(|segment| in_segment(segment, &mut literals));
    let maker = Maker { patterns: &path.patterns, values: near(&literals) };
    let mut made = Vec::new();
    for Shape { current, root } in maker.around(&path.segments, leaves) {
        // What filters ask of the whole document has to be there as well.
        made.push(match root {
            Some(root) => merged(&current, &root).unwrap_or(current),
            None => current,
        });
    }
    made
}

/// A value, and what the whole document needs for it.
#[derive(Debug, Clone)]
struct Shape {
    current: Value,
    root: Option<Value>,
}

struct Maker<'p> {
    patterns: &'p [Pattern],
    /// The literals of the path, and what lies around and between them: where two conditions ask for one value, it has
    /// to come up for both.
    values: Vec<Value>,
}

impl Maker<'_> {
    /// Values in which `segments` lead to a leaf.
    fn around(&self, segments: &[Segment], leaves: &[Value]) -> Vec<Shape> {
        let mut shapes: Vec<_> =
            leaves.iter().map(|leaf| Shape { current: leaf.clone(), root: None }).collect();
        for segment in segments.iter().rev() {
            let (Segment::Child(selectors) | Segment::Descendant(selectors)) = segment;
            let wrapped = selectors.iter().take(4).flat_map(|selector| self.within(selector, &shapes));
            shapes = wrapped.filter(|shape| size(&shape.current) <= LARGE).take(MOST).collect();
        }
        shapes
    }

    fn within(&self, selector: &Selector, shapes: &[Shape]) -> Vec<Shape> {
        let wrap = |make: &dyn Fn(&Value) -> Value| -> Vec<Shape> {
            shapes
                .iter()
                .map(|shape| Shape { current: make(&shape.current), root: shape.root.clone() })
                .collect()
        };
        match selector {
            Selector::Name(name) => wrap(&|value| json!({ name: value })),
            Selector::Wildcard => wrap(&|value| json!([value])),
            Selector::Index(index) => {
                let before = if *index < 0 { -1 - index } else { *index };
                if before >= LIST {
                    return Vec::new();
                }
                wrap(&|value| list(value, if *index < 0 { 0 } else { before }, before + 1))
            }
            Selector::Slice { start, end, step: _ } => {
                let far = [*start, *end].into_iter().flatten().map(i64::saturating_abs).max();
                let length = far.unwrap_or_default().min(LIST) + 1;
                let places = [0, 1, length / 2, length - 2, length - 1];
                places
                    .into_iter()
                    .filter(|place| (0..length).contains(place))
                    .flat_map(|place| wrap(&move |value| list(value, place, length)))
                    .collect()
            }
            Selector::Filter(test) => {
                let conditions = self.meeting(test);
                let mut made = Vec::new();
                for shape in shapes {
                    for condition in &conditions {
                        let root = both(shape.root.as_ref(), condition.root.as_ref());
                        let elements = match merged(&condition.current, &shape.current) {
                            Some(merged) => vec![merged],
                            None => vec![shape.current.clone(), condition.current.clone()],
                        };
                        made.extend(
                            elements
                                .into_iter()
                                .map(|element| Shape { current: json!([element]), root: root.clone() }),
                        );
                    }
                }
                made
            }
        }
    }

    /// Values that may meet a condition.
    fn meeting(&self, test: &Test) -> Vec<Shape> {
        let mut shapes = match test {
            Test::Any(tests) => tests.iter().flat_map(|test| self.meeting(test)).collect(),
            Test::All(tests) => tests.iter().fold(vec![anything()], |made, test| {
                let others = self.meeting(test);
                let pairs = made.iter().flat_map(|one| others.iter().map(move |other| (one, other)));
                let merged = |(one, other): (&Shape, &Shape)| {
                    let current = merged(&one.current, &other.current)?;
                    Some(Shape { current, root: both(one.root.as_ref(), other.root.as_ref()) })
                };
                pairs.filter_map(merged).take(4 * A_TEST).collect()
            }),
            Test::Not(test) => self.meeting(test),
            Test::Found(query) => self.placed(query, &[json!(1), json!([1])]),
            Test::Compare(left, _, right) => self.compared(left, right),
            Test::Matches { text, pattern, whole: _ } => {
                let example = match pattern {
                    PatternOperand::Written(place) => self.patterns.get(*place).and_then(Pattern::example),
                    PatternOperand::Found(_) => None,
                };
                self.operand(text, &[example.unwrap_or_default().into()])
            }
        };
        if !matches!(test, Test::All(_)) {
            shapes.extend([json!({}), json!(0), json!("x")].map(|current| Shape { current, root: None }));
        }
        shapes.retain(|shape| size(&shape.current) <= LARGE);
        shapes.truncate(4 * A_TEST);
        shapes
    }

    fn compared(&self, left: &Operand, right: &Operand) -> Vec<Shape> {
        match (left, right) {
            (Operand::Literal(_), other) | (other, Operand::Literal(_)) => self.operand(other, &self.values),
            (left, right) => {
                let mut made = Vec::new();
                for (one, other) in [(1, 1), (1, 2), (2, 1)] {
                    for left in self.operand(left, &[json!(one)]) {
                        for right in self.operand(right, &[json!(other)]) {
                            let root = both(left.root.as_ref(), right.root.as_ref());
                            let current = merged(&left.current, &right.current);
                            made.extend(current.map(|current| Shape { current, root }));
                        }
                    }
                }
                made
            }
        }
    }

    /// What makes an operand each of `values`.
    fn operand(&self, operand: &Operand, values: &[Value]) -> Vec<Shape> {
        match operand {
            Operand::Literal(_) => vec![anything()],
            Operand::Single(query) | Operand::ValueOf(query) => self.placed(query, values),
            Operand::Length(inner) => {
                let long =
                    values.iter().filter_map(Value::as_u64).filter(|length| *length <= LIST.unsigned_abs());
                let long: Vec<_> = long
                    .flat_map(|length| {
                        let length = usize::try_from(length).unwrap_or_default();
                        [json!("x".repeat(length)), Value::Array(vec![Value::Null; length])]
                    })
                    .collect();
                self.operand(inner, &long)
            }
            Operand::Count(query) => {
                let Some((Segment::Child(last) | Segment::Descendant(last), before)) =
                    query.segments.split_last()
                else {
                    return vec![anything()];
                };
                let elements = last.iter().flat_map(|selector| match selector {
                    Selector::Filter(test) => {
                        self.meeting(test).into_iter().map(|shape| shape.current).collect()
                    }
                    Selector::Name(_) | Selector::Wildcard | Selector::Index(_) | Selector::Slice { .. } => {
                        vec![json!(1)]
                    }
                });
                let elements: Vec<Value> = elements.take(4).collect();
                let counts =
                    values.iter().filter_map(Value::as_u64).filter(|count| *count <= LIST.unsigned_abs());
                let lists: Vec<_> = counts
                    .flat_map(|count| {
                        let count = usize::try_from(count).unwrap_or_default();
                        elements.iter().map(move |element| Value::Array(vec![element.clone(); count]))
                    })
                    .collect();
                let around = Query { from: query.from, segments: before.to_vec() };
                self.placed(&around, &lists)
            }
        }
    }

    /// What has each of `values` where a query looks.
    fn placed(&self, query: &Query, values: &[Value]) -> Vec<Shape> {
        let around = self.around(&query.segments, values);
        let placed = around.into_iter().take(A_TEST * 2).map(|shape| match query.from {
            Start::Current => shape,
            Start::Root => Shape { current: json!({}), root: Some(shape.current) },
        });
        placed.collect()
    }
}

fn anything() -> Shape {
    Shape { current: json!({}), root: None }
}

/// A list with the value at one place.
fn list(value: &Value, place: i64, length: i64) -> Value {
    Value::Array((0..length).map(|at| if at == place { value.clone() } else { Value::Null }).collect())
}

/// How many values a value is.
fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(size).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

/// The literals, and values around and between them.
fn near(literals: &[&Literal]) -> Vec<Value> {
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
            Selector::Filter(test) => in_test(test, literals),
            Selector::Name(_) | Selector::Wildcard | Selector::Index(_) | Selector::Slice { .. } => {}
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

fn both(one: Option<&Value>, other: Option<&Value>) -> Option<Value> {
    match (one, other) {
        (Some(one), Some(other)) => merged(one, other).or_else(|| Some(one.clone())),
        (one, other) => one.or(other).cloned(),
    }
}

/// A value that has what both have; `None` where they contradict each other.
fn merged(one: &Value, other: &Value) -> Option<Value> {
    match (one, other) {
        (Value::Object(one), other) if one.is_empty() => Some(other.clone()),
        (one, Value::Object(other)) if other.is_empty() => Some(one.clone()),
        (Value::Object(one), Value::Object(other)) => {
            let mut both: Map<String, Value> = one.clone();
            for (name, value) in other {
                let value = match both.get(name) {
                    Some(own) => merged(own, value)?,
                    None => value.clone(),
                };
                both.insert(name.clone(), value);
            }
            Some(Value::Object(both))
        }
        (Value::Array(one), Value::Array(other)) => {
            let (long, short) = if one.len() >= other.len() { (one, other) } else { (other, one) };
            let merged: Option<Vec<_>> = long
                .iter()
                .enumerate()
                .map(|(i, value)| {
                    short.get(i).map_or_else(|| Some(value.clone()), |other| merged(value, other))
                })
                .collect();
            merged.map(Value::Array)
        }
        (one, other) => (one == other).then(|| one.clone()),
    }
}
