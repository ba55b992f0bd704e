//! A screen of its own in the terminal, as `less` has one: what was there before comes back at the end.

use std::io::{self, Write};

use super::failure::Failure;
use super::terminal::Terminal;

/// To the other screen, without a cursor.
const ENTER: &str = "\x1b[?1049h\x1b[?25l";

/// The cursor again, and back to the screen before.
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";

/// To the first character of the screen.
const HOME: &str = "\x1b[H";

/// Clears the rest of a line.
const END_LINE: &str = "\x1b[K";

/// Clears everything below.
const END_SCREEN: &str = "\x1b[J";

/// The other screen, for as long as this lives.
pub struct Screen {
    terminal: Terminal,
}

impl Screen {
    pub fn enter(terminal: Terminal) -> Result<Self, Failure> {
        // Made first: what was half written is undone too.
        let screen = Self { terminal };
        put(ENTER).map_err(|error| Failure::output(&error))?;
        Ok(screen)
    }

    /// Draws lines over what is there. Nothing is cleared before, so that nothing flickers.
    pub fn draw(&self, text: &str) -> Result<(), Failure> {
        let text = self.terminal.coloured(text).replace('\n', &format!("{END_LINE}\r\n"));
        put(&format!("{HOME}{text}{END_LINE}{END_SCREEN}")).map_err(|error| Failure::output(&error))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // A terminal that went away needs nothing.
        drop(put(LEAVE));
    }
}

/// In one piece, so that a terminal never shows a half.
fn put(text: &str) -> io::Result<()> {
    let mut stream = io::stdout().lock();
    stream.write_all(text.as_bytes())?;
    stream.flush()
}
