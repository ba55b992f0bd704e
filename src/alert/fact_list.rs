//! The facts of a message, as they are gathered.

use crate::message::MessageFact;

/// Facts in the order in which they are read.
#[derive(Debug, Default)]
pub struct FactList(Vec<MessageFact>);

impl FactList {
    pub fn add(&mut self, label: &'static str, value: &str) {
        self.0.push(MessageFact { label, value: value.to_owned() });
    }

    pub fn into_facts(self) -> Vec<MessageFact> {
        self.0
    }
}
