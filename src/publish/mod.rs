//! Publishes the files of a status page to a folder or a bucket: only what changed, and nothing of others is touched.
//!
//! `manifest.json` beside the files names them. A file that is no longer part of the page is removed only if the
//! manifest names it. It names new files before they are written, so a publication that breaks off leaves none behind.

mod bucket;
mod destination;
mod error;
mod manifest;
mod place;
mod serve;

pub use bucket::Bucket;
pub use destination::{Destination, Published, publish};
pub use error::PublishError;
pub use manifest::{FileHash, MANIFEST};
pub use place::{BucketPlace, PlaceError};
pub use serve::{LoopbackAddress, PageSource, serve};
