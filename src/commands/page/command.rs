//! `page`: publishes the status pages of this folder, or serves one.

use std::sync::Arc;

use super::configured::{ConfiguredPage, configured_pages};
use super::target::{PageTarget, publish_page, serve_page};
use super::views::{PageTime, page_maker};
use crate::cli::Page;
use crate::commands::aws_place::placed;
use crate::commands::context::{Context, Missing};
use crate::commands::failure::Failure;
use crate::commands::shard::shard;
use crate::exit::Exit;
use crate::inventory::Inventory;
use crate::monitor::{Traits, count};
use crate::page::Visibility;
use crate::publish::{LoopbackAddress, Published};
use crate::run::read_inventory;

pub async fn page(context: Context, args: &Page) -> Result<Exit, Failure> {
    let aws = context.aws.clone();
    match Box::pin(published(&context, args)).await {
        Err(failure) => Err(placed(failure, &aws).await),
        done => done,
    }
}

async fn published(context: &Context, args: &Page) -> Result<Exit, Failure> {
    // What is wrong with the arguments is said before anything is read.
    let target = args.out.as_ref().map(|out| PageTarget::parse(&out.to_string_lossy())).transpose();
    let target = target.map_err(|error| Failure::of(Exit::Usage, &error))?;
    let address = args.serve.as_deref().map(LoopbackAddress::parse).transpose();
    let address = address.map_err(|error| Failure::of(Exit::Usage, &error))?;
    let store = Arc::new(context.open_store(Missing::Refused).await?);
    let monitors = Box::pin(read_inventory(&store, &shard(), None)).await?;
    let pages = pages(context, args, &monitors.0)?;
    let visibility = if args.private { Visibility::Private } else { Visibility::Public };
    let maker = |time: PageTime| page_maker(Arc::clone(&store), visibility, args.period, time);
    if let Some(address) = address {
        let mut pages = pages.into_iter();
        let (Some(page), None) = (pages.next(), pages.next()) else {
            return Err(Failure::new(Exit::Usage, "--serve shows one page").help("name one file"));
        };
        match serve_page(page, address, maker(PageTime::Now), context.terminal).await? {}
    }
    let Some(target) = target else {
        return Err(Failure::new(Exit::Usage, "pass --out or --serve"));
    };
    let maker = maker(PageTime::Read(Arc::new(monitors)));
    let several = pages.len() > 1;
    for page in &pages {
        let target = if several { target.below(&page.page.id) } else { target.clone() };
        let published = publish_page(page, &target, &maker, &context.aws, &context.clock).await?;
        context.terminal.print(&line(page, visibility, &published))?;
    }
    Ok(Exit::Done)
}

fn pages(context: &Context, args: &Page, inventory: &Inventory) -> Result<Vec<ConfiguredPage>, Failure> {
    let traits: Vec<_> =
        inventory.watchlist.enabled().map(|watched| Traits::of_monitor(&watched.monitor)).collect();
    configured_pages(context.terminal, &args.files, &traits)
}

/// `public: 12 files written, 1 removed, 40 unchanged`; `public (private): …` of a private page
fn line(page: &ConfiguredPage, visibility: Visibility, published: &Published) -> String {
    let Published { written, removed, unchanged } = published;
    let removed = match removed.len() {
        0 => String::new(),
        number => format!(", {number} removed"),
    };
    let kind = match visibility {
        Visibility::Public => String::new(),
        Visibility::Private => format!(" ({visibility})"),
    };
    let written = count(written.len(), "file");
    format!("{}{kind}: {written} written{removed}, {unchanged} unchanged\n", page.page.id)
}
