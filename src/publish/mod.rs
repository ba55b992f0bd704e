//! Publishes the files of a status page to a folder or a bucket: only what changed, and nothing of others is touched.
//!
//! `manifest.json` beside the files names them. A file that is no longer part of the page is removed only if the
//! manifest names it. It names new files before they are written, so a publication that breaks off leaves none behind.
//!
//! The manifest says which page lies there, and whether it is public or private. Another one is refused before anything is
//! written. A place that lost its manifest is refused too, as far as what lies there shows who it is for.

mod bucket;
mod destination;
mod error;
mod hash;
mod identity;
mod manifest;
mod place;
mod serve;
mod stamp;

pub use bucket::Bucket;
pub use destination::{Destination, Published, publish, publish_of_run, published_file, stamp_of};
pub use error::PublishError;
pub use hash::FileHash;
pub use identity::PageIdentity;
pub use manifest::MANIFEST;
pub use place::{BucketPlace, PlaceError};
pub use serve::{LoopbackAddress, PageSource, serve};
pub use stamp::{PageFreshness, PageStamp};
