//! What a place for a page can do, and the order in which a page is published there.

use futures_util::future::try_join_all;

use super::error::PublishError;
use super::hash::FileHash;
use super::identity::PageIdentity;
use super::manifest::{MANIFEST, Manifest};
use super::stamp::PageStamp;
use crate::page::{PRIVATE_MARK, PageFile, Visibility};

/// A folder or a bucket.
pub trait Destination {
    /// As messages name it.
    fn place(&self) -> String;

    /// The content of a file; `None` if there is none.
    fn read(&self, path: &str) -> impl Future<Output = Result<Option<Vec<u8>>, PublishError>> + Send;

    /// Whether a file has its content already. `recorded` is what the manifest says of it, if it names the file.
    fn has(
        &self,
        file: &PageFile,
        recorded: Option<&Option<FileHash>>,
    ) -> impl Future<Output = Result<bool, PublishError>> + Send;

    fn write(&self, file: &PageFile) -> impl Future<Output = Result<(), PublishError>> + Send;

    /// Removes a file, which may be gone already.
    fn remove(&self, path: &str) -> impl Future<Output = Result<(), PublishError>> + Send;

    /// The manifests of the places that this one lies in, each with its place. Who is shown those is shown this one too. A
    /// bucket knows none: the rights to it end at the prefix.
    fn above(&self) -> Vec<(String, Vec<u8>)> {
        Vec::new()
    }
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// In the order in which they were written.
    pub written: Vec<String>,
    pub removed: Vec<String>,
    pub unchanged: usize,
}

/// The files by which a page is known that lost its manifest.
const INDEX: &str = "index.html";
const FEED: &str = "feed.atom";

/// Files that are written at the same time.
const TOGETHER: usize = 8;

/// Writes what changed, in the order of `files`; then removes what is gone.
pub async fn publish(
    destination: &impl Destination,
    page: PageIdentity<'_>,
    files: &[PageFile],
) -> Result<Published, PublishError> {
    publish_of_run(destination, page, files, None).await
}

/// The same for a run, whose stamp is written last: a publication that broke off is made again by the next run.
pub async fn publish_of_run(
    destination: &impl Destination,
    page: PageIdentity<'_>,
    files: &[PageFile],
    stamp: Option<PageStamp>,
) -> Result<Published, PublishError> {
    let before = manifest(destination, page).await?;
    let mut changed = Vec::new();
    for file in files {
        if !destination.has(file, before.files.get(&file.path)).await? {
            changed.push(file);
        }
    }
    let after = Manifest::of(page, files).stamped(stamp);
    let gone = before.gone(files);
    let unchanged = files.len() - changed.len();
    let during = before.with_all(files);
    if during != before {
        destination.write(&file_of(&during)).await?;
    }
    // The last file, the feed, links to the others.
    if let Some((last, others)) = changed.split_last() {
        for together in others.chunks(TOGETHER) {
            try_join_all(together.iter().map(|file| destination.write(file))).await?;
        }
        destination.write(last).await?;
    }
    for path in &gone {
        destination.remove(path).await?;
    }
    if after != during {
        destination.write(&file_of(&after)).await?;
    }
    let written = changed.into_iter().map(|file| file.path.clone()).collect();
    Ok(Published { written, removed: gone, unchanged })
}

/// The stamp of the run that wrote the page last.
pub async fn stamp_of(
    destination: &impl Destination,
    page: PageIdentity<'_>,
) -> Result<Option<PageStamp>, PublishError> {
    Ok(manifest(destination, page).await?.run)
}

/// A file of the page as it was published; `None` if it is not there, cannot be read, was changed since, or is about to be
/// written.
pub async fn published_file(
    destination: &impl Destination,
    page: PageIdentity<'_>,
    path: &str,
) -> Result<Option<Vec<u8>>, PublishError> {
    let manifest = manifest(destination, page).await?;
    let Some(Some(hash)) = manifest.files.get(path) else { return Ok(None) };
    let found = destination.read(path).await.ok().flatten();
    Ok(found.filter(|content| FileHash::of(content) == *hash))
}

/// What lies there; an error if that is anything but this page.
async fn manifest(destination: &impl Destination, page: PageIdentity<'_>) -> Result<Manifest, PublishError> {
    refuse_below_public(destination, page.visibility)?;
    let Some(bytes) = destination.read(MANIFEST).await? else {
        refuse_unclaimed(destination, page.visibility).await?;
        return Ok(Manifest::empty(page));
    };
    let found = Manifest::parse(&bytes).map_err(|source| {
        let path = format!("{}/{MANIFEST}", destination.place().trim_end_matches('/'));
        PublishError::Manifest { path, source }
    })?;
    let PageIdentity { id, visibility } = page;
    let place = destination.place();
    if found.visibility != visibility {
        return Err(PublishError::OtherVisibility { place, other: found.visibility, own: visibility });
    }
    if found.page != id {
        return Err(PublishError::OtherPage { place, other: found.page, own: id.to_owned() });
    }
    Ok(found)
}

fn refuse_below_public(destination: &impl Destination, own: Visibility) -> Result<(), PublishError> {
    let is_public =
        |bytes: &[u8]| Manifest::parse(bytes).is_ok_and(|found| found.visibility == Visibility::Public);
    let above = match own {
        Visibility::Public => None,
        Visibility::Private => destination.above().into_iter().find(|(_, bytes)| is_public(bytes)),
    };
    match above {
        Some((place, _)) => Err(PublishError::OtherVisibility { place, other: Visibility::Public, own }),
        None => Ok(()),
    }
}

/// The manifest is written first and removed by no one here. Where it is missing and a page is not, it was lost.
async fn refuse_unclaimed(
    destination: &impl Destination,
    visibility: Visibility,
) -> Result<(), PublishError> {
    let index = destination.read(INDEX).await?;
    let is_private =
        |index: &[u8]| index.windows(PRIVATE_MARK.len()).any(|part| part == PRIVATE_MARK.as_bytes());
    let is_refused = match visibility {
        // What a private page left behind would become public. What others wrote is a matter of the destination.
        Visibility::Public => index.as_deref().is_some_and(is_private),
        // All who read what is there would read the private page too. Each public page has a feed.
        Visibility::Private => index.is_some() || destination.read(FEED).await?.is_some(),
    };
    if is_refused { Err(PublishError::Unclaimed { place: destination.place() }) } else { Ok(()) }
}

fn file_of(manifest: &Manifest) -> PageFile {
    PageFile { path: MANIFEST.to_owned(), media_type: "application/json", content: manifest.text() }
}
