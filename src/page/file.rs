//! A file of a status page, before it is written anywhere. Pure.

/// One file of the page, with its place below the folder or the address of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFile {
    pub path: String,
    pub media_type: &'static str,
    pub content: String,
}
