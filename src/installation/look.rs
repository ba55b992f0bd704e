//! What came of a look at something outside.

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look<T> {
    Seen(T),
    /// It does not exist.
    Missing,
    /// These credentials may not look.
    Hidden,
    /// There are no credentials that AWS accepts; with the reason.
    Stranger(String),
    /// No answer, or not the expected one; with the reason.
    Failed(String),
}
