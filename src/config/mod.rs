//! From YAML text to valid monitors and every complaint about it. Pure.
//!
//! ```text
//! bytes ─▶ tree with places ─▶ schema of the document as written ─▶ defaults merged ─▶ raw ─▶ rules ─▶ spec ─▶ monitor
//! ```
//!
//! Every stage reports what it finds and hands on what is left, so one run sees all faults of all files.

mod absence;
mod applies;
mod bounds;
mod build;
mod canonical;
mod changes;
mod circles;
mod clash;
mod credentials;
mod dependencies;
mod diagnostic;
mod document;
pub mod edit;
mod environments;
mod extensions;
mod foreign;
mod hints;
mod lint;
mod load;
mod maintenance;
mod merge;
mod offered;
mod other_tools;
mod parallel;
mod parents;
mod parse;
mod proof;
mod provenance;
mod raw;
mod raw_expect;
mod raw_maintenance;
mod raw_tls;
mod references;
mod remote;
mod renames;
mod rules;
mod salvage;
mod scalar;
mod schema;
mod schema_check;
mod schema_words;
mod secret_names;
mod secret_shapes;
mod secret_texts;
mod secret_values;
mod settings;
mod settings_file;
mod sizes;
mod sources;
mod storable;
mod suggest;
mod take_back;
mod text_forms;
mod timing;
mod tls;
mod tree;
mod tried;
mod violation;
mod web;
mod yaml;
mod yaml_reader;
mod yaml_traps;
mod yaml_words;

#[cfg(test)]
mod documented;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod pairwise;
#[cfg(test)]
mod schema_parity;
#[cfg(test)]
mod schema_rules;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod stored;

pub use lint::Circumstances;

pub use build::monitor_from_spec;
pub use canonical::respelled;
pub use changes::Changes;
pub use credentials::hidden_parts;
pub use dependencies::Extent;
pub use diagnostic::{Code, Diagnostic, DiagnosticSeverity, Related, TextSpan};
pub use environments::EnvironmentError;
pub use load::{Loaded, LoadedMonitor, load, load_with_lints};
pub use provenance::{implied, written};
pub use remote::Remote;
pub use schema::{FileKind, schema_text};
pub use settings::{EXAMPLE_OWNERS, Environment, Settings, Tables, UnitPrices, is_owner};
pub use settings_file::{known_topics, names_tables, settings};
pub use sizes::{FILE_BYTES, grouped};
pub use sources::{SourceFile, is_defaults};
pub use suggest::suggest;
