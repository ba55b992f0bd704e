//! Why the files of a status page could not be made. Pure.

/// Why a page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("could not fill in the template of {path}")]
    Template { path: String, source: askama::Error },
}
