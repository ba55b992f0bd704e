//! Where the files of a page go: a folder, a bucket, or a browser on this machine.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::Mutex;

use super::configured::ConfiguredPage;
use super::folder::PageFolder;
use crate::archive::StoredPage;
use crate::aws::Aws;
use crate::clock::Clock;
use crate::commands::failure::Failure;
use crate::commands::terminal::Terminal;
use crate::exit::Exit;
use crate::page::{PageFile, Visibility};
use crate::publish::{
    Bucket, BucketPlace, Destination, LoopbackAddress, PageIdentity, PageSource, PlaceError, PublishError,
    Published, publish, published_file, serve,
};
use crate::report::{PageError, page_files, private_page_files};
use crate::view::{CLOSED_DAYS, ClosedDays, PrivateView};

/// The files of a page, made of what was measured until now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadePage {
    files: Vec<PageFile>,
    /// What is kept beside a public page of the days that are closed.
    closed: Option<ClosedDays>,
}

/// Makes a page. Days that are closed are not read again. An error says in one line why there is nothing to show.
pub struct PageMaker {
    pub visibility: Visibility,
    pub make: MakePage,
}

pub type MakePage = Box<
    dyn Fn(ConfiguredPage, Option<ClosedDays>) -> BoxFuture<'static, Result<MadePage, String>> + Send + Sync,
>;

impl MadePage {
    pub fn public(StoredPage { view, closed }: &StoredPage) -> Result<Self, PageError> {
        Ok(Self { files: page_files(view)?, closed: closed.clone() })
    }

    pub fn private(view: &PrivateView) -> Result<Self, PageError> {
        Ok(Self { files: private_page_files(view)?, closed: None })
    }

    /// The files, and what is kept beside them.
    pub fn into_files(self) -> Vec<PageFile> {
        let Self { files, closed } = self;
        let closed = closed.map(|closed| PageFile {
            path: CLOSED_DAYS.to_owned(),
            media_type: "application/json",
            content: closed.text(),
        });
        closed.into_iter().chain(files).collect()
    }
}

/// What `--out` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageTarget {
    Folder(PathBuf),
    Bucket(BucketPlace),
}

impl PageTarget {
    /// Reads `s3://bucket/prefix`; everything else is a folder.
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        if text.starts_with("s3:") {
            return BucketPlace::parse(text).map(Self::Bucket);
        }
        Ok(Self::Folder(PathBuf::from(text)))
    }

    /// As messages name it.
    pub fn name(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            Self::Bucket(place) => place.to_string(),
        }
    }

    /// The place of one page of several: each has a folder of its own.
    #[must_use]
    pub fn below(&self, page: &str) -> Self {
        match self {
            Self::Folder(folder) => Self::Folder(folder.join(page)),
            Self::Bucket(place) => {
                Self::Bucket(BucketPlace { bucket: place.bucket.clone(), prefix: place.key(page) })
            }
        }
    }
}

/// Makes the files of a page, and publishes those that changed.
pub async fn publish_page(
    page: &ConfiguredPage,
    target: &PageTarget,
    maker: &PageMaker,
    aws: &Aws,
    clock: &Clock,
) -> Result<Published, Failure> {
    match target {
        PageTarget::Folder(folder) => publish_at(&PageFolder::new(folder), page, maker).await,
        PageTarget::Bucket(place) => {
            let bucket = Bucket::open(place.clone(), aws, clock.clone()).await?;
            publish_at(&bucket, page, maker).await
        }
    }
}

async fn publish_at(
    destination: &impl Destination,
    page: &ConfiguredPage,
    maker: &PageMaker,
) -> Result<Published, Failure> {
    let id = PageIdentity::new(&page.page, maker.visibility);
    // This also refuses a place that is not for the page, before anything is read of the store.
    let closed = kept_days(destination, id).await?;
    let made = (maker.make)(page.clone(), closed).await;
    let made = made.map_err(|why| Failure::new(Exit::Failed, why))?;
    Ok(publish(destination, id, &made.into_files()).await?)
}

/// The closed days that were published beside a page, if they can be used.
pub async fn kept_days(
    destination: &impl Destination,
    page: PageIdentity<'_>,
) -> Result<Option<ClosedDays>, PublishError> {
    let kept = published_file(destination, page, CLOSED_DAYS).await?;
    Ok(kept.as_deref().and_then(ClosedDays::parse))
}

/// Serves a page until the process ends. It is made again if it is asked for, at most every 10 s.
pub async fn serve_page(
    page: ConfiguredPage,
    address: LoopbackAddress,
    maker: PageMaker,
    terminal: Terminal,
) -> Result<Infallible, Failure> {
    let listener = address.bind().await;
    let listener = listener.map_err(|error| {
        Failure::of(Exit::Failed, &error).because("cannot listen there").help("choose another port")
    })?;
    // The port may have been left to the machine.
    let address = listener.local_addr().map_err(|error| Failure::of(Exit::Failed, &error))?;
    terminal.say(&format!("{} at http://{address}/ until Ctrl-C", page.page.title));
    let (maker, kept) = (Arc::new(maker), Arc::new(Mutex::new(None)));
    let source: PageSource = Box::new(move || {
        let (maker, page, kept) = (Arc::clone(&maker), page.clone(), Arc::clone(&kept));
        async move {
            let mut kept = kept.lock().await;
            let MadePage { files, closed } = (maker.make)(page, kept.take()).await?;
            *kept = closed;
            Ok(files)
        }
        .boxed()
    });
    Ok(serve(listener, source).await)
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        Self::of(Exit::Failed, &error).help(error.help())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_bucket_only_with_its_scheme() {
        let bucket = |text: &str| match PageTarget::parse(text) {
            Ok(PageTarget::Bucket(place)) => Some(place.to_string()),
            Ok(PageTarget::Folder(_)) => None,
            Err(error) => Some(error.to_string()),
        };
        assert_eq!(bucket("s3://acme-status/public").as_deref(), Some("s3://acme-status/public"));
        assert_eq!(bucket("s3:/acme-status").as_deref(), Some("a place in S3 begins with s3://"));
        assert_eq!(bucket("out/s3"), None);
        let below = PageTarget::parse("s3://acme-status/pages").map(|target| target.below("public"));
        assert_eq!(below, PageTarget::parse("s3://acme-status/pages/public"));
        let below = PageTarget::parse("s3://acme-status").map(|target| target.below("public"));
        assert_eq!(below, PageTarget::parse("s3://acme-status/public"));
    }
}
