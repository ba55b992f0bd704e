//! What people and programs read. Pure: values in, text out.

mod causes;
mod diagnostic;
mod diagnostic_github;
mod diagnostic_json;
mod diagnostic_sarif;
mod doctor;
mod evidence;
mod excerpt;
mod explained;
mod explanation;
mod explanation_json;
#[cfg(test)]
mod explanation_tests;
pub mod log;
mod most;
mod outcome;
mod paint;
pub mod plan;
mod probe_preview;
mod prober;
pub mod pull;
mod run;
mod silence;
mod since;
mod spoken;
mod status;
mod timeline;
mod workflow;

pub use causes::chain;
pub use diagnostic::{Style, diagnostic_lines, diagnostics_short, diagnostics_text};
pub use diagnostic_github::diagnostics_github;
pub use diagnostic_json::{Summary, diagnostics_json};
pub use diagnostic_sarif::diagnostics_sarif;
pub use doctor::{findings_json, findings_text};
pub use explained::{Explained, InFiles, InTable, explained_json, explained_text};
pub use explanation::{ExplanationReport, NotifiedChannel};
pub use outcome::outcome_markdown;
pub use paint::{BAD, FAINT, WARN, paint};
pub use probe_preview::{ProbePreview, probe_preview_json, probe_preview_text};
pub use run::{RunLine, RunReport, StoreUse, Tally, refused};
pub use silence::{SilenceLine, silences_json, silences_text};
pub use since::{runs_text, since_text};
pub use spoken::{one_line, spoken};
pub use status::{MonitorStatus, StatusReport};
pub use timeline::{timeline_json, timeline_text};
pub use workflow::inert_json;
