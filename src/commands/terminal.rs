//! The terminal: data to standard output, words to standard error.

use std::io::{IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

use crate::cli::Color;

/// Both streams with their colours decided.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    color: Color,
}

impl Terminal {
    pub fn new(color: Color) -> Self {
        Self { color }
    }

    /// Prints data. A reader that went away (`| head`) is no error of ours.
    pub fn print(self, text: &str) {
        let mut stream = AutoStream::new(std::io::stdout(), self.choice(&std::io::stdout()));
        let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    }

    /// Prints a line of words.
    pub fn say(self, text: &str) {
        let mut stream = AutoStream::new(std::io::stderr(), self.choice(&std::io::stderr()));
        let _ = writeln!(stream, "{text}");
    }

    /// Whether somebody is there who can answer a question.
    pub fn can_ask(self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Asks and waits for a line; `None` at the end of the input.
    pub fn ask(self, question: &str) -> Option<String> {
        let mut stream = AutoStream::new(std::io::stderr(), self.choice(&std::io::stderr()));
        let _ = write!(stream, "{question}").and_then(|()| stream.flush());
        let mut answer = String::new();
        match std::io::stdin().read_line(&mut answer) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(answer.trim().to_owned()),
        }
    }

    /// Whether standard output shows colours.
    pub fn is_colored(self) -> bool {
        self.choice(&std::io::stdout()) != ColorChoice::Never
    }

    fn choice(self, stream: &dyn AnsiStream) -> ColorChoice {
        match self.color {
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
            Color::Auto => stream.choice(),
        }
    }
}

/// What colours a stream takes by itself: a terminal's, NO_COLOR's and CLICOLOR's word.
trait AnsiStream {
    fn choice(&self) -> ColorChoice;
}

impl AnsiStream for std::io::Stdout {
    fn choice(&self) -> ColorChoice {
        AutoStream::choice(self)
    }
}

impl AnsiStream for std::io::Stderr {
    fn choice(&self) -> ColorChoice {
        AutoStream::choice(self)
    }
}
