//! What came of a look at something outside.

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look<T> {
    Seen(T),
    /// It does not exist.
    Missing,
    /// These credentials may not look.
    Hidden,
    /// There are no credentials that somebody accepts; with the reason.
    Stranger(String),
    /// Nobody answered, or not as expected; with the reason.
    Failed(String),
}
