//! Which page a place holds. Pure.

use crate::page::{StatusPage, Visibility};

/// One page among those that may lie somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageIdentity<'a> {
    pub id: &'a str,
    pub visibility: Visibility,
}

impl<'a> PageIdentity<'a> {
    pub fn new(page: &'a StatusPage, visibility: Visibility) -> Self {
        Self { id: &page.id, visibility }
    }
}
