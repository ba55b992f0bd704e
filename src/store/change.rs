//! A conditional change of one item, written with the attributes' own names.
//!
//! Every attribute `name` is spoken of as `#name`, and the value it is set to as `:name`: so no name collides
//! with one of DynamoDB's reserved words, and an expression reads like the protocol.

use std::collections::{BTreeSet, HashMap};

use super::item::Item;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};

/// What to set and remove, and under which condition.
#[derive(Debug, Default)]
pub struct ItemChange {
    assignments: Vec<String>,
    removals: Vec<String>,
    condition: String,
    values: HashMap<String, AttributeValue>,
    /// What a name in an expression stands for, where that is not itself.
    aliases: HashMap<String, String>,
}

/// The texts and tables of a request.
pub struct Expressions {
    pub update: String,
    pub condition: String,
    pub names: HashMap<String, String>,
    pub values: HashMap<String, AttributeValue>,
}

impl ItemChange {
    /// A change under `condition`; its values are given by [`ItemChange::value`].
    pub fn only_if(condition: impl Into<String>) -> Self {
        Self { condition: condition.into(), ..Self::default() }
    }

    /// A value that only the condition or an expression names, `:name`.
    pub fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(format!(":{name}"), value);
        self
    }

    /// `#alias` speaks of the attribute `name`, which may be any text.
    pub fn alias(mut self, alias: &str, name: String) -> Self {
        self.aliases.insert(alias.to_owned(), name);
        self
    }

    pub fn set(self, name: &str, value: AttributeValue) -> Self {
        self.set_to(name, &format!(":{name}")).value(name, value)
    }

    pub fn set_to(mut self, name: &str, expression: &str) -> Self {
        self.assignments.push(format!("#{name} = {expression}"));
        self
    }

    pub fn remove(mut self, name: &str) -> Self {
        self.removals.push(format!("#{name}"));
        self
    }

    /// Sets what is there to be set; an item that is made has nothing to remove.
    pub fn set_some(self, name: &str, value: Option<AttributeValue>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    pub fn set_or_remove(self, name: &str, value: Option<AttributeValue>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self.remove(name),
        }
    }

    pub fn expressions(self) -> Expressions {
        let mut clauses = Vec::new();
        if !self.assignments.is_empty() {
            clauses.push(format!("SET {}", self.assignments.join(", ")));
        }
        if !self.removals.is_empty() {
            clauses.push(format!("REMOVE {}", self.removals.join(", ")));
        }
        let update = clauses.join(" ");
        let names = names_in(&update)
            .chain(names_in(&self.condition))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .map(|name| {
                let attribute = self.aliases.get(name).map_or(name, String::as_str);
                (format!("#{name}"), attribute.to_owned())
            })
            .collect();
        Expressions { update, condition: self.condition, names, values: self.values }
    }

    /// This change as part of a transaction.
    pub fn in_transaction(self, table: &str, key: Item) -> Result<TransactWriteItem, BuildError> {
        let Expressions { update, condition, names, values } = self.expressions();
        let update = UpdateBuilder::default()
            .table_name(table)
            .set_key(Some(key))
            .update_expression(update)
            .condition_expression(condition)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// A whole item in the place of what is there, under the condition, as part of a transaction.
    pub fn put_in_transaction(self, table: &str, item: Item) -> Result<TransactWriteItem, BuildError> {
        let Expressions { update: _, condition, names, values } = self.expressions();
        let put = Put::builder()
            .table_name(table)
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_names(Some(names))
            // DynamoDB takes no empty list of values.
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// The condition alone as part of a transaction.
    pub fn check_in_transaction(self, table: &str, key: Item) -> Result<TransactWriteItem, BuildError> {
        let Expressions { update: _, condition, names, values } = self.expressions();
        let check = ConditionCheck::builder()
            .table_name(table)
            .set_key(Some(key))
            .condition_expression(condition)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .build()?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}

/// The attribute names that an expression speaks of. `#delivered.#seq` speaks of two.
fn names_in(expression: &str) -> impl Iterator<Item = &str> {
    expression.split('#').skip(1).filter_map(|rest| {
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().filter(|name| !name.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::super::values::number;
    use super::*;

    #[test]
    fn an_expression_names_exactly_what_it_speaks_of() {
        let change = ItemChange::only_if("#delivered.#seq < :seq")
            .value("seq", number(3))
            .set("revision", number(2))
            .set_to("epoch", "if_not_exists(#epoch, :zero) + :one")
            .remove("streak");
        let Expressions { update, condition, names, values } = change.expressions();
        assert_eq!(
            update,
            "SET #revision = :revision, #epoch = if_not_exists(#epoch, :zero) + :one REMOVE #streak"
        );
        assert_eq!(condition, "#delivered.#seq < :seq");
        let mut names: Vec<_> = names.into_values().collect();
        names.sort();
        assert_eq!(names, ["delivered", "epoch", "revision", "seq", "streak"]);
        let mut values: Vec<_> = values.into_keys().collect();
        values.sort();
        assert_eq!(values, [":revision", ":seq"]);
    }
}
