//! A rule that a document breaks, at a place that is named by its path: rules see values and not text.

use super::{Code, Path};

/// A fault at a place that is named by its path.
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

/// Which part of an entry a violation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Key,
    Value,
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

    /// An expectation that no answer meets.
    pub fn never_passes(path: impl Into<Path>, message: impl Into<String>) -> Self {
        Self::new(Code::NeverPasses, path, message).label("never passes")
    }

    /// An expectation that misses every outage.
    pub fn never_fails(path: impl Into<Path>, message: impl Into<String>) -> Self {
        Self::new(Code::NeverFails, path, message).label("always passes")
    }

    /// A list that has more elements than it may have; `None` where it has not.
    pub fn of_length(path: impl Into<Path>, length: usize, most: usize) -> Option<Self> {
        let path = path.into();
        (length > most).then(|| {
            let message = format!("`{path}` has at most {most} elements");
            Self::new(Code::OutOfBounds, path, message).label("too many")
        })
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

    /// Whether it is about what is at `path`, or in it.
    pub fn concerns(&self, path: &Path) -> bool {
        path.starts_with(&self.path) || self.also.iter().any(|(also, _)| path.starts_with(also))
    }
}
