//! Small documents in which a path may find something: what it names, built up around a value.
//!
//! They are candidates and no proof: the caller tries the path on them.

use std::cell::Cell;

use serde_json::{Map, Value, json};

use super::literals::near;
use super::path::{JsonPath, Operand, PathSelector, PatternOperand, Query, Segment, Start, Test};
use crate::value::{Budget, Pattern, Unjudged};

/// Documents that are made of one path at most.
const MOST: usize = 100;

/// Values that one of them may have, so that lists in lists do not grow without bound.
const LARGE: usize = 300;

/// Values that one condition of a filter is tried with.
const A_TEST: usize = 24;

/// The longest list that is made to reach an index.
const LIST: i64 = 64;

/// Steps that a value counts as which is made, copied or looked through.
const A_VALUE: usize = 4;

/// Documents in which `path` may find each of `leaves`; an error where making them takes more than there is left.
pub fn documents(path: &JsonPath, leaves: &[Value], budget: &mut Budget) -> Result<Vec<Value>, Unjudged> {
    for pattern in &path.patterns {
        pattern.matcher(budget)?;
    }
    let examples = path.patterns.iter().map(Pattern::example).collect();
    let left = Cell::new(Some(budget.left()));
    let maker = Maker { examples, values: near(path), left };
    let mut made = Vec::new();
    for ShapedValue { current, root } in maker.around(&path.segments, leaves) {
        // What filters ask of the whole document has to be there as well.
        made.push(match root {
            Some(root) => merged(&current, &root).unwrap_or(current),
            None => current,
        });
    }
    let spent = maker.left.get().ok_or(Unjudged::TooManySteps);
    // What is beyond the last step is spent too.
    budget.spend(spent.as_ref().map_or(usize::MAX, |left| budget.left() - left))?;
    spent.map(|_| made)
}

/// A value, and what the whole document needs for it.
#[derive(Debug, Clone)]
struct ShapedValue {
    current: Value,
    root: Option<Value>,
}

struct Maker {
    /// A text for each pattern of the path.
    examples: Vec<Option<String>>,
    /// The literals of the path, and what lies around and between them: where two conditions ask for one value, it has
    /// to come up for both.
    values: Vec<Value>,
    /// Steps that are left; `None` once more were asked for, and then nothing more is made.
    left: Cell<Option<usize>>,
}

impl Maker {
    /// Takes the steps for so many values.
    fn affords(&self, values: usize) -> bool {
        let left = self.left.get().and_then(|left| left.checked_sub(A_VALUE * values));
        self.left.set(left);
        left.is_some()
    }

    /// Joins two values, if that is affordable.
    fn merged(&self, one: &Value, other: &Value) -> Option<Value> {
        if self.affords(size(one) + size(other)) { merged(one, other) } else { None }
    }

    fn both(&self, one: Option<&Value>, other: Option<&Value>) -> Option<Value> {
        if self.affords(one.map_or(1, size) + other.map_or(1, size)) { both(one, other) } else { None }
    }

    /// Values in which `segments` lead to a leaf.
    fn around(&self, segments: &[Segment], leaves: &[Value]) -> Vec<ShapedValue> {
        let mut shapes: Vec<_> =
            leaves.iter().map(|leaf| ShapedValue { current: leaf.clone(), root: None }).collect();
        for segment in segments.iter().rev() {
            let (Segment::Child(selectors) | Segment::Descendant(selectors)) = segment;
            let wrapped = selectors.iter().take(4).flat_map(|selector| self.within(selector, &shapes));
            shapes = wrapped.filter(|shape| size(&shape.current) <= LARGE).take(MOST).collect();
        }
        shapes
    }

    fn within(&self, selector: &PathSelector, shapes: &[ShapedValue]) -> Vec<ShapedValue> {
        let wrap = |make: &dyn Fn(&Value) -> Value| -> Vec<ShapedValue> {
            shapes
                .iter()
                .take_while(|shape| {
                    self.affords(1 + size(&shape.current) + shape.root.as_ref().map_or(0, size))
                })
                .map(|shape| ShapedValue { current: make(&shape.current), root: shape.root.clone() })
                .collect()
        };
        match selector {
            PathSelector::Name(name) => wrap(&|value| json!({ name: value })),
            PathSelector::Wildcard => wrap(&|value| json!([value])),
            PathSelector::Index(index) => {
                let before = if *index < 0 { -1 - index } else { *index };
                if before >= LIST || !self.affords(list_of(before + 1) * shapes.len()) {
                    return Vec::new();
                }
                wrap(&|value| list(value, if *index < 0 { 0 } else { before }, before + 1))
            }
            PathSelector::Slice { start, end, step: _ } => {
                let far = [*start, *end].into_iter().flatten().map(i64::saturating_abs).max();
                let length = far.unwrap_or_default().min(LIST) + 1;
                if !self.affords(5 * list_of(length) * shapes.len()) {
                    return Vec::new();
                }
                let places = [0, 1, length / 2, length - 2, length - 1];
                places
                    .into_iter()
                    .filter(|place| (0..length).contains(place))
                    .flat_map(|place| wrap(&move |value| list(value, place, length)))
                    .collect()
            }
            PathSelector::Filter(test) => {
                let conditions = self.meeting(test);
                let mut made = Vec::new();
                for shape in shapes {
                    for condition in &conditions {
                        // More of them are not taken.
                        if made.len() >= MOST || self.left.get().is_none() {
                            return made;
                        }
                        let root = self.both(shape.root.as_ref(), condition.root.as_ref());
                        let elements = match self.merged(&condition.current, &shape.current) {
                            Some(merged) => vec![merged],
                            None => vec![shape.current.clone(), condition.current.clone()],
                        };
                        let elements = elements.into_iter().filter(|element| size(element) < LARGE);
                        made.extend(
                            elements
                                .map(|element| ShapedValue { current: json!([element]), root: root.clone() }),
                        );
                    }
                }
                made
            }
        }
    }

    /// Values that may meet a condition.
    fn meeting(&self, test: &Test) -> Vec<ShapedValue> {
        let most = 4 * A_TEST;
        let is_small = |shape: &ShapedValue| size(&shape.current) <= LARGE;
        let mut shapes: Vec<ShapedValue> = match test {
            // No more of them are made than are taken.
            Test::Any(tests) => {
                tests.iter().flat_map(|test| self.meeting(test)).filter(is_small).take(most).collect()
            }
            Test::All(tests) => tests.iter().fold(vec![anything()], |made, test| {
                let others = self.meeting(test);
                let pairs = made.iter().flat_map(|one| others.iter().map(move |other| (one, other)));
                let merged = |(one, other): (&ShapedValue, &ShapedValue)| {
                    let current = self.merged(&one.current, &other.current)?;
                    Some(ShapedValue { current, root: self.both(one.root.as_ref(), other.root.as_ref()) })
                };
                pairs.filter_map(merged).take(most).collect()
            }),
            Test::Not(test) => self.meeting(test),
            Test::Found(query) => self.placed(query, &[json!(1), json!([1])]),
            Test::Compare(left, _, right) => self.compared(left, right),
            Test::Matches { text, pattern, whole: _ } => {
                let example = match pattern {
                    PatternOperand::Written(place) => self.examples.get(*place).cloned().flatten(),
                    PatternOperand::Found(_) => None,
                };
                self.operand(text, &[example.unwrap_or_default().into()])
            }
        };
        if !matches!(test, Test::All(_)) {
            shapes
                .extend([json!({}), json!(0), json!("x")].map(|current| ShapedValue { current, root: None }));
        }
        shapes.retain(is_small);
        shapes.truncate(most);
        shapes
    }

    fn compared(&self, left: &Operand, right: &Operand) -> Vec<ShapedValue> {
        match (left, right) {
            (Operand::Literal(_), other) | (other, Operand::Literal(_)) => self.operand(other, &self.values),
            (left, right) => {
                let mut made = Vec::new();
                for (one, other) in [(1, 1), (1, 2), (2, 1)] {
                    for left in self.operand(left, &[json!(one)]) {
                        for right in self.operand(right, &[json!(other)]) {
                            let root = self.both(left.root.as_ref(), right.root.as_ref());
                            let current = self.merged(&left.current, &right.current);
                            made.extend(current.map(|current| ShapedValue { current, root }));
                        }
                    }
                }
                made
            }
        }
    }

    /// What makes an operand each of `values`.
    fn operand(&self, operand: &Operand, values: &[Value]) -> Vec<ShapedValue> {
        match operand {
            Operand::Literal(_) => vec![anything()],
            Operand::Single(query) | Operand::ValueOf(query) => self.placed(query, values),
            Operand::Length(inner) => {
                let long =
                    values.iter().filter_map(Value::as_u64).filter(|length| *length <= LIST.unsigned_abs());
                let long: Vec<_> = long
                    .flat_map(|length| {
                        let length = usize::try_from(length).unwrap_or_default();
                        if !self.affords(length) {
                            return [Value::Null, Value::Null];
                        }
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
                    PathSelector::Filter(test) => {
                        self.meeting(test).into_iter().map(|shape| shape.current).collect()
                    }
                    PathSelector::Name(_)
                    | PathSelector::Wildcard
                    | PathSelector::Index(_)
                    | PathSelector::Slice { .. } => {
                        vec![json!(1)]
                    }
                });
                let elements: Vec<Value> = elements.take(4).collect();
                let counts =
                    values.iter().filter_map(Value::as_u64).filter(|count| *count <= LIST.unsigned_abs());
                let lists: Vec<_> = counts
                    .flat_map(|count| {
                        let count = usize::try_from(count).unwrap_or_default();
                        elements.iter().map(move |element| (element, count))
                    })
                    .take_while(|(element, count)| self.affords(1 + count * size(element)))
                    .map(|(element, count)| Value::Array(vec![element.clone(); count]))
                    .collect();
                let around = Query { from: query.from, segments: before.to_vec() };
                self.placed(&around, &lists)
            }
        }
    }

    /// What has each of `values` where a query looks.
    fn placed(&self, query: &Query, values: &[Value]) -> Vec<ShapedValue> {
        let around = self.around(&query.segments, values);
        let placed = around.into_iter().take(A_TEST * 2).map(|shape| match query.from {
            Start::Current => shape,
            Start::Root => ShapedValue { current: json!({}), root: Some(shape.current) },
        });
        placed.collect()
    }
}

/// Values of a list of this length.
fn list_of(length: i64) -> usize {
    usize::try_from(length).unwrap_or_default()
}

fn anything() -> ShapedValue {
    ShapedValue { current: json!({}), root: None }
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
