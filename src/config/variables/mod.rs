//! Variables of `monitorctl.yaml`: which there are, and what `${var:name}` in a value stands for. Pure.

pub mod defined;
pub mod exposed;
pub mod fill;
pub mod folded;
pub mod kept;
pub mod places;
#[cfg(test)]
mod tests;
pub mod unused;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};

use crate::config::yaml::tree::YamlTree;
use crate::monitor::ValueSource;

/// How a reference to a variable begins.
const BEGINNING: &str = "${var:";

/// A text with such a reference, for the schemas. Behind a further `$`, it is literal text.
pub const REFERENCE_PATTERN: &str = r"(^|[^$])\$\{var:[a-z0-9_-]{1,64}\}";

/// How the name of a variable is written.
pub const NAME_PATTERN: &str = "^[a-z0-9_-]{1,64}$";

pub const NAME_WORDS: &str = "the name of a variable has 1 to 64 characters of a-z, 0-9, '_' and '-'";

/// The variables of all environments, and which of them hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DefinedVariables {
    /// Where each name is defined, in the order written.
    by_name: BTreeMap<String, Vec<DefinedVariable>>,
    environment: Option<String>,
    /// The file may define more: a part of it cannot be read.
    is_incomplete: bool,
}

/// One definition.
#[derive(Debug, Clone, PartialEq)]
pub struct DefinedVariable {
    /// That of the environment that it belongs to; `None` at the top.
    environment: Option<String>,
    /// A text, a number or a boolean; `None` if it has a fault, which was reported.
    value: Option<YamlTree>,
    /// The same inside a text: `1.10` stays what it is.
    text: String,
    pub source: ValueSource,
}

impl DefinedVariables {
    /// The same where the environment `name` is chosen: its own take precedence over those at the top.
    #[must_use]
    pub fn in_environment(self, name: Option<&str>) -> Self {
        Self { environment: name.map(str::to_owned), ..self }
    }

    fn get(&self, name: &str) -> Option<&DefinedVariable> {
        let defined = self.by_name.get(name)?;
        let of = |environment: Option<&str>| {
            defined.iter().find(|variable| variable.environment.as_deref() == environment)
        };
        self.environment.as_deref().and_then(|own| of(Some(own))).or_else(|| of(None))
    }

    /// The names that hold.
    fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str).filter(|name| self.get(name).is_some())
    }

    /// Whether each name has the value that it has there, wherever it is set.
    pub fn has_values_of(&self, other: &Self) -> bool {
        self.changed_from(other).is_empty() && other.changed_from(self).is_empty()
    }

    /// Those that have another value there, or none: the path, and the values there and here as they stand in a text.
    pub fn changed_from<'v>(&'v self, other: &'v Self) -> Vec<(&'v str, Option<&'v str>, &'v str)> {
        fn value(variable: &DefinedVariable) -> Option<&YamlTree> {
            variable.value.as_ref()
        }
        let is_changed = |name: &&str| self.get(name).map(value) != other.get(name).map(value);
        let changed = self.names().filter(is_changed).filter_map(|name| {
            let (variable, there) = (self.get(name)?, other.get(name));
            let before = there.map(|there| there.text.as_str());
            Some((variable.source.variable.as_deref()?, before, variable.text.as_str()))
        });
        changed.collect()
    }
}

/// Where a reference to a variable begins in `text`, from `start` on. `$${` is a literal `${`.
fn reference_from(text: &str, start: usize) -> Option<usize> {
    let found = text.get(start..)?.match_indices(BEGINNING).map(|(at, _)| start + at);
    { found }.find(|at| !text.get(..*at).is_some_and(|before| before.ends_with('$')))
}

fn refers(text: &str) -> bool {
    reference_from(text, 0).is_some()
}

/// The values are read from the tree, where they have places.
pub fn in_the_tree<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DefinedVariables, D::Error> {
    IgnoredAny::deserialize(deserializer)?;
    Ok(DefinedVariables::default())
}
