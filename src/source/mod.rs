//! The files of a repository: as they lie in the working tree, and as they were at a commit.

mod bounds;
mod error;
mod files;
mod git;

pub use bounds::behind_links;
pub use error::{SourceError, shown};
pub use files::{
    Found, catalog_around, is_catalog, is_settings, read, read_given, read_optional, read_paths,
    read_readable,
};
pub use git::{GitError, Order, Outside, Repository};
