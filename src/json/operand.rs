//! Whether two values are equal, and which one is less: exactly, and within a budget.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value as Json;

use super::document::{JsonDocument, JsonValue, NodeId};
use super::evaluate::member;
use super::path::Literal;
use crate::value::{Budget, Decimal, Unjudged};

/// What one side of a comparison turns out to be.
#[derive(Debug, Clone, Copy)]
pub(super) enum FoundValue<'o> {
    /// Equal to nothing but another nothing.
    Nothing,
    Node(NodeId),
    Literal(&'o Literal),
    Count(usize),
}

/// A value without others in it.
#[derive(PartialEq)]
enum Scalar<'d> {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(Cow<'d, str>),
}

pub(super) fn equal(
    document: &JsonDocument<'_>,
    left: &FoundValue<'_>,
    right: &FoundValue<'_>,
    budget: &mut Budget,
) -> Result<bool, Unjudged> {
    match (left, right) {
        (FoundValue::Nothing, FoundValue::Nothing) => Ok(true),
        (FoundValue::Nothing, _) | (_, FoundValue::Nothing) => Ok(false),
        (FoundValue::Node(left), FoundValue::Node(right)) => equal_nodes(document, *left, *right, budget),
        _ => {
            let (left, right) = (scalar(document, left, budget)?, scalar(document, right, budget)?);
            Ok(left.is_some() && left == right)
        }
    }
}

/// How two numbers or two texts stand to each other; nothing else has an order.
pub(super) fn order(
    document: &JsonDocument<'_>,
    left: &FoundValue<'_>,
    right: &FoundValue<'_>,
    budget: &mut Budget,
) -> Result<Option<Ordering>, Unjudged> {
    let (left, right) = (scalar(document, left, budget)?, scalar(document, right, budget)?);
    Ok(match (left, right) {
        (Some(Scalar::Number(left)), Some(Scalar::Number(right))) => Some(left.cmp(&right)),
        (Some(Scalar::Text(left)), Some(Scalar::Text(right))) => Some(left.cmp(&right)),
        _ => None,
    })
}

/// The order of two nodes, if they are two numbers or two texts.
pub fn order_nodes(
    document: &JsonDocument<'_>,
    left: NodeId,
    right: NodeId,
    budget: &mut Budget,
) -> Result<Option<Ordering>, Unjudged> {
    order(document, &FoundValue::Node(left), &FoundValue::Node(right), budget)
}

fn scalar<'d>(
    document: &'d JsonDocument<'_>,
    found: &FoundValue<'d>,
    budget: &mut Budget,
) -> Result<Option<Scalar<'d>>, Unjudged> {
    Ok(match found {
        FoundValue::Nothing => None,
        FoundValue::Count(count) => {
            i64::try_from(*count).ok().map(|count| Scalar::Number(Decimal::from(count)))
        }
        FoundValue::Literal(literal) => Some(match literal {
            Literal::Null => Scalar::Null,
            Literal::Bool(flag) => Scalar::Bool(*flag),
            Literal::Number(number) => Scalar::Number(number.clone()),
            Literal::Text(text) => Scalar::Text(Cow::Borrowed(text)),
        }),
        FoundValue::Node(id) => {
            budget.spend_text(document.own_bytes(*id))?;
            match document.value(*id) {
                JsonValue::Null => Some(Scalar::Null),
                JsonValue::Bool(flag) => Some(Scalar::Bool(flag)),
                JsonValue::Number(digits) => Decimal::parse(digits).map(Scalar::Number),
                JsonValue::Text(text) => Some(Scalar::Text(text)),
                JsonValue::List | JsonValue::Map | JsonValue::NoNumber => None,
            }
        }
    })
}

/// Whether two values of a document are the same, with all that is in them.
pub fn equal_nodes(
    document: &JsonDocument<'_>,
    left: NodeId,
    right: NodeId,
    budget: &mut Budget,
) -> Result<bool, Unjudged> {
    let mut open = vec![(left, right)];
    while let Some((left, right)) = open.pop() {
        budget.spend(1)?;
        match (document.value(left), document.value(right)) {
            (JsonValue::List, JsonValue::List) => {
                if document.length(left) != document.length(right) {
                    return Ok(false);
                }
                budget.spend(document.width(left))?;
                open.extend(document.children(left).zip(document.children(right)));
            }
            (JsonValue::Map, JsonValue::Map) => {
                if document.length(left) != document.length(right) {
                    return Ok(false);
                }
                budget.spend(document.width(left))?;
                for child in document.children(left) {
                    let name = document.name(child).unwrap_or_default();
                    match member(document, right, &name, budget)? {
                        Some(other) => open.push((child, other)),
                        None => return Ok(false),
                    }
                }
            }
            (one, other) => {
                budget.spend_text(document.own_bytes(left) + document.own_bytes(right))?;
                if !equal_scalars(&one, &other) {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

fn equal_scalars(one: &JsonValue<'_>, other: &JsonValue<'_>) -> bool {
    match (one, other) {
        (JsonValue::Number(one), JsonValue::Number(other)) => {
            one == other || Decimal::parse(one) == Decimal::parse(other)
        }
        (JsonValue::NoNumber, _) => false,
        (one, other) => one == other,
    }
}

/// Whether a value of a document is `expected`. A member that the one has and the other has not makes them differ.
pub fn equals(
    document: &JsonDocument<'_>,
    id: NodeId,
    expected: &Json,
    budget: &mut Budget,
) -> Result<bool, Unjudged> {
    let mut open = vec![(id, expected)];
    while let Some((id, expected)) = open.pop() {
        budget.spend_text(document.own_bytes(id))?;
        let is_equal = match (document.value(id), expected) {
            (JsonValue::Null, Json::Null) => true,
            (JsonValue::Bool(flag), Json::Bool(expected)) => flag == *expected,
            (JsonValue::Number(digits), Json::Number(expected)) => {
                Decimal::parse(digits) == Decimal::of_number(expected)
            }
            (JsonValue::Text(text), Json::String(expected)) => text == expected.as_str(),
            (JsonValue::List, Json::Array(expected)) => {
                let is_as_long = document.length(id) == expected.len();
                if is_as_long {
                    open.extend(document.children(id).zip(expected));
                }
                is_as_long
            }
            (JsonValue::Map, Json::Object(expected)) => {
                if document.length(id) != expected.len() {
                    return Ok(false);
                }
                for (name, expected) in expected {
                    match member(document, id, name, budget)? {
                        Some(child) => open.push((child, expected)),
                        None => return Ok(false),
                    }
                }
                true
            }
            _ => false,
        };
        if !is_equal {
            return Ok(false);
        }
    }
    Ok(true)
}
