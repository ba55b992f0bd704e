//! From YAML text to valid monitors and every complaint about it. Pure.
//!
//! ```text
//! bytes ─▶ tree with places ─▶ variables filled in ─▶ schema of the document ─▶ defaults merged ─▶ raw ─▶ rules ─▶ spec ─▶ monitor
//! ```
//!
//! Every stage reports what it finds and hands on what is left, so one run sees all faults of all files.
//!
//! The rooms, in the order in which a text passes them: `yaml` (text to trees), `schema` (what editors check too), `raw`
//! (fields without rules), `rules` (one monitor), `expectations` (can they hold, and fail?), `credentials` (secrets and
//! references to them), `catalog` (rules across monitors); `settings` is monitorctl.yaml, `pages` are status
//! pages, and `edit` is the way back to text.

mod catalog;
mod changes;
mod credentials;
mod diagnostic;
mod document;
pub mod edit;
mod expectations;
mod load;
mod merge;
mod pages;
mod parallel;
mod provenance;
mod raw;
mod rules;
mod schema;
mod settings;
mod sizes;
mod sources;
mod suggest;
#[cfg(test)]
mod tests;
mod variables;
mod violation;
mod yaml;

pub use catalog::dependencies::Extent;
pub use catalog::lint::Circumstances;
pub use changes::Changes;
pub use credentials::hidden_parts;
pub use diagnostic::{Code, Diagnostic, DiagnosticSeverity, Related, TextSpan};
#[cfg(test)]
pub use load::load;
pub use load::{Definitions, Loaded, LoadedMonitor, load_catalog, load_with_lints};
pub use pages::load::{LoadedPages, is_status_page, load_pages};
pub use pages::notices::{LoadedNotices, load_notices};
pub use provenance::{Inherited, implied, written};
pub use rules::build::monitor_from_spec;
pub use rules::canonical::respelled;
pub use schema::{FileKind, schema_text};
pub use settings::channel_places::{NotifiedNames, message_too_large, unused_channels};
pub use settings::environments::EnvironmentError;
pub use settings::file::{at_folder, known_channels, names_tables, settings, unmatched_folders};
pub use settings::folders::{FolderPattern, FolderPatterns, MONITORS, group_of, stands_for};
pub use settings::places::catalog_places;
pub use settings::remote::Remote;
pub use settings::{EXAMPLE_OWNERS, Environment, Settings, Tables, UnitPrices, is_owner};
pub use sizes::{FILE_BYTES, grouped};
pub use sources::{SourceFile, is_defaults, is_settings};
pub use suggest::suggest;
pub use variables::DefinedVariables;
pub use variables::folded::folded;
pub use variables::places::variable_values;
pub use variables::unused::unused_variables;
