//! Data on stdout, words on stderr.

use std::io::{self, IsTerminal, Write};

use crate::cli::Color;
use crate::report::Style;

/// Prints data. A reader that has gone away, such as `head`, is no failure.
pub fn print(text: &str) -> io::Result<()> {
    ignore_closed(io::stdout().lock().write_all(text.as_bytes()))
}

/// Says something to the person who runs the command.
pub fn say(text: &str) -> io::Result<()> {
    ignore_closed(writeln!(io::stderr().lock(), "{text}"))
}

/// How text on stdout is drawn.
pub fn style(color: Color) -> Style {
    let coloured = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            io::stdout().is_terminal() && !refused
        }
    };
    if coloured { Style::Coloured } else { Style::Plain }
}

fn ignore_closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// `1 monitor`, `2 monitors`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
