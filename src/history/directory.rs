//! Which monitor has which position in the pages of the history.
//!
//! A directory gives each monitor a position for good; positions are only ever added, so an old page reads the same
//! under a newer directory.

use std::collections::HashMap;

use crate::monitor::MonitorId;

/// Monitors in one page. A page of the ledger stays within one write unit (1 KB) with them.
pub const POSITIONS_PER_PAGE: usize = 200;

/// Which monitor has which position of which page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    pages: Vec<Vec<MonitorId>>,
    positions: HashMap<MonitorId, Position>,
}

/// Where the samples of a monitor are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub page: usize,
    /// Within the page.
    pub index: usize,
}

impl Directory {
    /// `pages[p][i]` is the monitor at position `i` of page `p`. A monitor named twice has its first position.
    pub fn new(pages: Vec<Vec<MonitorId>>) -> Self {
        let mut positions = HashMap::with_capacity(pages.iter().map(Vec::len).sum());
        for (page, monitors) in pages.iter().enumerate() {
            for (index, monitor) in monitors.iter().enumerate() {
                positions.entry(monitor.clone()).or_insert(Position { page, index });
            }
        }
        Self { pages, positions }
    }

    pub fn pages(&self) -> &[Vec<MonitorId>] {
        &self.pages
    }

    pub fn position_of(&self, monitor: &MonitorId) -> Option<Position> {
        self.positions.get(monitor).copied()
    }

    /// Appends those of `monitors` that have no position yet, in their order; gives the pages that changed.
    pub fn extend<'a>(&mut self, monitors: impl IntoIterator<Item = &'a MonitorId>) -> Vec<usize> {
        let mut changed = Vec::new();
        for monitor in monitors {
            if self.positions.contains_key(monitor) {
                continue;
            }
            if self.pages.last().is_none_or(|last| last.len() >= POSITIONS_PER_PAGE) {
                self.pages.push(Vec::new());
            }
            let page = self.pages.len() - 1;
            self.positions.insert(monitor.clone(), Position { page, index: self.pages[page].len() });
            self.pages[page].push(monitor.clone());
            if changed.last() != Some(&page) {
                changed.push(page);
            }
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(range: std::ops::Range<usize>) -> Vec<MonitorId> {
        range.map(|n| MonitorId::parse(&format!("m{n}")).expect("an id")).collect()
    }

    #[test]
    fn positions_are_for_good() {
        let mut directory = Directory::default();
        assert_eq!(directory.extend(&ids(0..250)), [0, 1]);
        let before: Vec<_> = ids(0..250).iter().map(|id| directory.position_of(id)).collect();
        assert_eq!(directory.extend(&ids(200..260)), [1]);
        assert!(directory.extend(&ids(0..260)).is_empty());
        assert_eq!(before, ids(0..250).iter().map(|id| directory.position_of(id)).collect::<Vec<_>>());
        assert_eq!(directory.position_of(&ids(259..260)[0]), Some(Position { page: 1, index: 59 }));
        assert_eq!(Directory::new(directory.pages().to_vec()), directory);
    }
}
