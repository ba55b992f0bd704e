//! The files of a status page: HTML, feed, badges, and an API in the shape of Statuspage; and those of a private one, in
//! `private`. Pure: a view in, texts out.

mod api;
mod badge;
mod feed;
mod file;
mod frame;
mod html;
mod monitor_row;
mod notice;
mod past;
mod policy;
mod private;
mod row;
mod section;
mod spark;
mod strip;
mod wording;

pub use file::PageError;
pub use private::private_page_files;

use crate::page::PageFile;
use crate::view::PageView;

/// All files, in the order in which they are published: the feed is last, because its entries link to the others.
pub fn page_files(view: &PageView) -> Result<Vec<PageFile>, PageError> {
    let mut files = html::pages(view)?;
    files.extend(badge::badges(view));
    files.extend(api::documents(view));
    files.push(feed::feed(view));
    Ok(files)
}

#[cfg(test)]
mod tests;
