//! The past of monitors: read from days and hours where they are kept, from the ledger where they are not; and rolled up
//! into hours and days. Thin: what samples add up to is decided in `history`.

mod facts;
mod ledger;
mod load;
mod page;
#[cfg(test)]
mod page_tests;
mod private_page;
mod read;
mod roll_up;
#[cfg(test)]
mod tests;

pub use load::{Ask, load};
pub use page::{PageAsk, StoredPage, page_members, read_page};
pub use private_page::read_private_page;
pub use read::Detail;
pub use roll_up::{Overdue, roll_up};
