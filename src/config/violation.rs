//! A fault on its way to becoming a diagnostic.

use super::diagnostic::Code;
use super::path::Path;
use super::tree::{Node, Place};
use crate::kinds::Flaw;

/// A fault at a known place.
#[derive(Debug, Clone)]
pub struct Fault {
    pub code: Code,
    pub place: Place,
    pub message: String,
    pub label: String,
    pub help: Option<String>,
    pub related: Vec<(Place, String)>,
}

/// A fault at a place that is named by its path, because rules see values and not text.
#[derive(Debug, Clone)]
pub struct Violation {
    pub code: Code,
    pub path: Path,
    pub part: Part,
    pub message: String,
    pub label: String,
    pub help: Option<String>,
    pub also: Vec<(Path, String)>,
}

/// Which part of an entry a complaint is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Key,
    Value,
}

impl Fault {
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self { code, place, message: message.into(), label: String::new(), help: None, related: Vec::new() }
    }

    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push((place, label.into()));
        self
    }
}

impl Violation {
    pub fn new(code: Code, path: impl Into<Path>, message: impl Into<String>) -> Self {
        Self {
            code,
            path: path.into(),
            part: Part::Value,
            message: message.into(),
            label: String::new(),
            help: None,
            also: Vec::new(),
        }
    }

    /// What a kind of check finds wrong below its field.
    pub fn from_flaw(field: &str, flaw: Flaw) -> Self {
        let Flaw { at, message, help } = flaw;
        let below = |path: Path, key: &String| match key.parse() {
            Ok(index) => path.index(index),
            Err(_) => path.key(key),
        };
        let path = at.iter().fold(Path::from(field), below);
        let message = format!("`{path}`: {message}");
        Self::new(Code::BadFormat, path, message).label("here").help(help)
    }

    pub fn on_key(mut self) -> Self {
        self.part = Part::Key;
        self
    }

    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub fn also(mut self, path: impl Into<Path>, label: impl Into<String>) -> Self {
        self.also.push((path.into(), label.into()));
        self
    }

    /// Whether it is about a value that was reported, or compares with one, so that an implied one was taken for it.
    pub fn rests_on_fault(&self, document: &Node) -> bool {
        let is_implied = |node: &Node| node.faulty && !node.usable;
        document.find(&self.path).is_some_and(is_implied)
            || self.also.iter().any(|(path, _)| document.find(path).is_some_and(Node::is_unreliable))
    }

    /// Whether it is about what is at `path`, or in it.
    pub fn concerns(&self, path: &Path) -> bool {
        path.starts_with(&self.path) || self.also.iter().any(|(also, _)| path.starts_with(also))
    }

    /// Finds the place in `document`; a value that is implied has none, so its parent's is taken.
    pub fn locate(self, document: &Node) -> Fault {
        let place = match self.part {
            Part::Key => document.key_place(&self.path),
            Part::Value => document.nearest(&self.path).place,
        };
        let related = self
            .also
            .iter()
            .filter_map(|(path, label)| document.find(path).map(|node| (node.place, label.clone())));
        Fault {
            code: self.code,
            place,
            message: self.message,
            label: self.label,
            help: self.help,
            related: related.collect(),
        }
    }
}
