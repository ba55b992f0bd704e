//! The terminal: data to standard output, words to standard error.

use std::io::{ErrorKind, IsTerminal, Write};

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};

use super::failure::Failure;
use crate::cli::Color;
use crate::report::Style;

/// Both streams with their colours decided.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    color: Color,
}

impl Terminal {
    pub fn new(color: Color) -> Self {
        Self { color }
    }

    /// Prints data. A reader that went away (`| head`) is no failure; a full disk is one.
    pub fn print(self, text: &str) -> Result<(), Failure> {
        let mut stream = self.stream(std::io::stdout());
        match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::output(&error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Prints a line of words. If nobody hears them, there is nobody to tell that.
    pub fn say(self, text: &str) {
        let _ = writeln!(self.stream(std::io::stderr()), "{text}");
    }

    /// Whether somebody is there who can answer a question.
    pub fn can_ask() -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Asks and waits for a line; `None` at the end of the input.
    pub fn ask(self, question: &str) -> Option<String> {
        let mut stream = self.stream(std::io::stderr());
        let _ = write!(stream, "{question}").and_then(|()| stream.flush());
        let mut answer = String::new();
        match std::io::stdin().read_line(&mut answer) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(answer.trim().to_owned()),
        }
    }

    /// How diagnostics are drawn, which colour themselves.
    pub fn style(self) -> Style {
        match self.choice(&std::io::stdout()) {
            ColorChoice::Never => Style::Plain,
            ColorChoice::Auto | ColorChoice::Always | ColorChoice::AlwaysAnsi => Style::Coloured,
        }
    }

    fn stream<S: RawStream>(self, raw: S) -> AutoStream<S> {
        let choice = self.choice(&raw);
        AutoStream::new(raw, choice)
    }

    /// In doubt what the stream is: a terminal, `NO_COLOR` and `CLICOLOR` have their say.
    fn choice<S: RawStream>(self, raw: &S) -> ColorChoice {
        match self.color {
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
            Color::Auto => AutoStream::choice(raw),
        }
    }
}
