//! A fault on its way to becoming a diagnostic.

use super::diagnostic::Code;
use crate::config::yaml::tree::{Node, TextPlace};
use crate::written::{Part, Violation};

/// A fault at a known place.
#[derive(Debug, Clone)]
pub struct PlacedViolation {
    pub code: Code,
    pub place: TextPlace,
    pub message: String,
    pub label: String,
    pub help: Option<String>,
    pub related: Vec<(TextPlace, String)>,
    /// The variables that it comes from, such as `vars.slow`.
    pub variables: Vec<String>,
}

impl PlacedViolation {
    pub fn new(code: Code, place: TextPlace, message: impl Into<String>) -> Self {
        Self {
            code,
            place,
            message: message.into(),
            label: String::new(),
            help: None,
            related: Vec::new(),
            variables: Vec::new(),
        }
    }

    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub fn variable(mut self, name: impl Into<String>) -> Self {
        self.variables.push(name.into());
        self
    }

    pub fn related(mut self, place: TextPlace, label: impl Into<String>) -> Self {
        self.related.push((place, label.into()));
        self
    }

    /// The fault that a violation is in `document`. A value that is implied has no place, so its parent's is taken.
    pub fn at(violation: Violation, document: &Node) -> Self {
        let Violation { code, path, part, message, label, help, also } = violation;
        let place = match part {
            Part::Key => document.key_place(&path),
            Part::Value => document.nearest(&path).place,
        };
        let related =
            also.into_iter().filter_map(|(path, label)| document.find(&path).map(|node| (node.place, label)));
        Self { code, place, message, label, help, related: related.collect(), variables: Vec::new() }
    }
}

/// Whether a violation is about a value that was reported, or compares with one, so that an implied one was taken for it.
pub fn rests_on_fault(violation: &Violation, document: &Node) -> bool {
    let is_implied = |node: &Node| node.faulty && !node.usable;
    document.find(&violation.path).is_some_and(is_implied)
        || violation.also.iter().any(|(path, _)| document.find(path).is_some_and(Node::is_unreliable))
}
