//! Where a status is shown. Pure.

/// Where a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A terminal so many characters wide, where the last lines are what one sees.
    Terminal(usize),
    /// A file or another program: nothing is cut.
    Plain,
}

/// The size of a terminal, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScreenSize {
    pub columns: usize,
    pub lines: usize,
}
