//! The files of a repository: as they lie in the working tree, and as they were at a commit.

mod bounds;
mod error;
mod files;
mod folders;
mod git;
mod pages;

pub use bounds::{behind_links, plain};
pub use error::{SourceError, shown};
pub use files::{
    Found, NOTICES, is_notice, is_page, is_settings, read, read_given, read_optional, read_paths,
};
pub use folders::{CatalogFolder, MonitorFolders, TypedPlace, is_whole, listed, place, relative};
pub use git::{GitError, Order, Outside, Repository};
pub use pages::{FoundPages, read_pages};
