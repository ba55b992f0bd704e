//! Whether a node meets the condition of a filter.
//!
//! The functions here call each other as deep as the condition is nested, which the parser bounds.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::document::{JsonDocument, NodeId};
use super::evaluate::PathSearch;
use super::operand::{FoundValue, equal, order};
use super::path::{Literal, Operand, PatternOperand, Query, Relation, Start, Test, Whole};
use super::patterns::translated;
use crate::value::{Pattern, Unjudged};

impl PathSearch<'_, '_> {
    pub fn holds(&mut self, test: &Test, node: NodeId) -> Result<bool, Unjudged> {
        self.budget.spend(1)?;
        match test {
            Test::Any(tests) => {
                for test in tests {
                    if self.holds(test, node)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Test::All(tests) => {
                for test in tests {
                    if !self.holds(test, node)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Test::Not(test) => Ok(!self.holds(test, node)?),
            Test::Found(query) => self.finds(query, node),
            Test::Compare(left, relation, right) => {
                let left = self.operand(left, node)?;
                let right = self.operand(right, node)?;
                self.compare(&left, *relation, &right)
            }
            Test::Matches { text, pattern, whole } => self.matches(text, pattern, *whole, node),
        }
    }

    fn finds(&mut self, query: &Query, node: NodeId) -> Result<bool, Unjudged> {
        let start = start(query, node);
        if query.is_single() {
            return Ok(self.single(&query.segments, start)?.is_some());
        }
        Ok(!self.follow(&query.segments, start)?.is_empty())
    }

    fn operand<'o>(&mut self, operand: &'o Operand, node: NodeId) -> Result<FoundValue<'o>, Unjudged> {
        let found = |id: Option<NodeId>| id.map_or(FoundValue::Nothing, FoundValue::Node);
        Ok(match operand {
            Operand::Literal(literal) => FoundValue::Literal(literal),
            Operand::Single(query) => {
                let start = start(query, node);
                found(self.single(&query.segments, start)?)
            }
            Operand::Length(operand) => match self.operand(operand, node)? {
                FoundValue::Node(id) => {
                    self.document.length_of(id, self.budget)?.map_or(FoundValue::Nothing, FoundValue::Count)
                }
                FoundValue::Literal(Literal::Text(text)) => {
                    self.budget.spend_text(text.len())?;
                    FoundValue::Count(text.chars().count())
                }
                FoundValue::Literal(_) | FoundValue::Count(_) | FoundValue::Nothing => FoundValue::Nothing,
            },
            Operand::Count(query) => {
                let start = start(query, node);
                FoundValue::Count(self.follow(&query.segments, start)?.len())
            }
            Operand::ValueOf(query) => {
                let start = start(query, node);
                match self.follow(&query.segments, start)?.as_slice() {
                    [only] => FoundValue::Node(*only),
                    _ => FoundValue::Nothing,
                }
            }
        })
    }

    fn compare(
        &mut self,
        left: &FoundValue<'_>,
        relation: Relation,
        right: &FoundValue<'_>,
    ) -> Result<bool, Unjudged> {
        let is_less = |ordering: Option<Ordering>| ordering.is_some_and(Ordering::is_lt);
        Ok(match relation {
            Relation::Equal => equal(self.document, left, right, self.budget)?,
            Relation::NotEqual => !equal(self.document, left, right, self.budget)?,
            Relation::Less => is_less(order(self.document, left, right, self.budget)?),
            Relation::Greater => is_less(order(self.document, right, left, self.budget)?),
            Relation::LessOrEqual => {
                is_less(order(self.document, left, right, self.budget)?)
                    || equal(self.document, left, right, self.budget)?
            }
            Relation::GreaterOrEqual => {
                is_less(order(self.document, right, left, self.budget)?)
                    || equal(self.document, left, right, self.budget)?
            }
        })
    }

    /// What is no text matches nothing, and neither does what is matched with no text.
    fn matches(
        &mut self,
        text: &Operand,
        pattern: &PatternOperand,
        whole: Whole,
        node: NodeId,
    ) -> Result<bool, Unjudged> {
        let text = self.operand(text, node)?;
        let Some(text) = self.text_of(&text)? else { return Ok(false) };
        let pattern = match pattern {
            PatternOperand::Written(place) => {
                return match self.matchers.get_mut(*place) {
                    Some(matcher) => matcher.is_match(&text, self.budget),
                    None => Ok(false),
                };
            }
            PatternOperand::Found(operand) => self.operand(operand, node)?,
        };
        let Some(pattern) = self.text_of(&pattern)? else { return Ok(false) };
        let pattern = translated(&pattern, whole);
        if self.last_found.as_ref().is_none_or(|(last, _)| *last != pattern) {
            let matcher = Pattern::from_answer(&pattern, self.budget)?.matcher(self.budget)?;
            self.last_found = Some((pattern, matcher));
        }
        match &mut self.last_found {
            Some((_, matcher)) => matcher.is_match(&text, self.budget),
            None => Ok(false),
        }
    }

    fn text_of<'o>(&mut self, found: &FoundValue<'o>) -> Result<Option<Cow<'o, str>>, Unjudged> {
        Ok(match found {
            FoundValue::Literal(Literal::Text(text)) => Some(Cow::Borrowed(text.as_str())),
            FoundValue::Node(id) => {
                self.document.text_of(*id, self.budget)?.map(|text| Cow::Owned(text.into_owned()))
            }
            FoundValue::Literal(_) | FoundValue::Count(_) | FoundValue::Nothing => None,
        })
    }
}

/// Where a query begins, in the filter of `node`.
fn start(query: &Query, node: NodeId) -> NodeId {
    match query.from {
        Start::Root => JsonDocument::ROOT,
        Start::Current => node,
    }
}
