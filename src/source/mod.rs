//! The files of a repository: as they lie in the working tree, and as they were at a commit.

mod bounds;
mod files;
mod git;

pub use bounds::behind_links;
pub use files::{
    Found, SourceError, catalog_around, is_catalog, is_settings, read, read_given, read_optional, read_paths,
    read_readable, shown,
};
pub use git::{GitError, Order, Outside, Repository};
