//! How a monitor is written, whatever its kind: paths, comparisons, texts with a form, one spelling for each value, and
//! what is wrong with them. Pure.

mod canonical;
mod code;
mod comparison_rules;
mod comparisons;
mod forms;
mod host;
mod path;
mod resolver;
mod violation;

pub use canonical::{
    canonical_comparisons, canonical_duration, lower_case_keys, rewritten, sorted, sorted_text, spelled_set,
};
pub use code::{Code, DiagnosticSeverity};
pub use comparison_rules::{ASSERTIONS, check_pattern, check_text};
pub use comparisons::{JsonComparisons, OptionalTextComparisons, RawComparisons, TextComparisons, Texts};
pub(crate) use forms::text_form;
pub use forms::{DurationText, template};
pub use host::{canonical_host_header, host_header, host_name};
pub use path::{Path, Step};
pub use resolver::{canonical_resolver, read_resolver};
pub use violation::{Part, Violation};
