//! The terminal: data to standard output, words to standard error.

use std::io::{self, ErrorKind, IsTerminal, Write};

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};

use serde_json::json;
use ulid::Ulid;

use super::failure::Failure;
use crate::cli::{Color, LogFormat};
use crate::clock::Clock;
use crate::commands::shard::shard;
use crate::machine;
use crate::report::{ScreenSize, Style, Surface, WARN, inert_json, paint, spoken};

/// Both streams with their colours decided.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    color: Color,
    log: LogFormat,
    /// The run of `check` that every line belongs to.
    run: Option<Ulid>,
}

impl Terminal {
    pub fn new(color: Color, log: LogFormat) -> Self {
        Self { color, log, run: None }
    }

    /// From now on every line for programs says which run it belongs to.
    #[must_use]
    pub fn of_run(self, run: Ulid) -> Self {
        Self { run: Some(run), ..self }
    }

    /// Whether words are for people, and not for a program that collects lines of JSON.
    pub fn is_for_people(self) -> bool {
        self.log == LogFormat::Text
    }

    /// Prints data. A reader that went away (`| head`) is no failure; a full disk is one.
    pub fn print(self, text: &str) -> Result<(), Failure> {
        let mut stream = self.stream(io::stdout());
        printed(stream.write_all(text.as_bytes()).and_then(|()| stream.flush()))
    }

    /// The same for data without colours, written piece by piece.
    pub fn print_data(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        printed(write(&mut io::stdout().lock()))
    }

    /// Prints a line of words.
    pub fn say(self, text: &str) {
        self.say_as("info", text);
    }

    /// Warns of what does not stop the work.
    pub fn warn(self, text: &str) {
        match self.log {
            LogFormat::Text => self.say(&format!("{} {text}", paint(WARN, "warning:"))),
            LogFormat::Json => self.say_as("warn", text),
        }
    }

    /// Says why the command could not do its work.
    pub fn fail(self, text: &str) {
        self.say_as("error", text);
    }

    fn say_as(self, level: &str, text: &str) {
        match self.log {
            LogFormat::Text => self.put(&spoken(text)),
            LogFormat::Json => {
                let text = anstream::adapter::strip_str(text).to_string();
                let time = Clock::system().wall().to_string();
                let mut line = json!({"time": time, "level": level, "message": text.trim()});
                if let Some(run) = self.run {
                    (line["run"], line["shard"]) = (run.to_string().into(), shard().as_str().into());
                }
                self.line(&line.to_string());
            }
        }
    }

    /// Prints a line of JSON.
    pub fn line(self, json: &str) {
        self.put(&inert_json(json));
    }

    /// If standard error is closed, there is no place to report that.
    fn put(self, text: &str) {
        let _ = writeln!(self.stream(io::stderr()), "{text}");
    }

    /// Whether a person is there who can answer a question.
    pub fn can_ask() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks and waits for a line; `None` at the end of the input.
    pub fn ask(self, question: &str) -> Option<String> {
        let mut stream = self.stream(io::stderr());
        let _ = write!(stream, "{question}").and_then(|()| stream.flush());
        let mut answer = String::new();
        match io::stdin().read_line(&mut answer) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(answer.trim().to_owned()),
        }
    }

    /// How diagnostics are drawn, which colour themselves.
    pub fn style(self) -> Style {
        match self.choice(&io::stdout()) {
            ColorChoice::Never => Style::Plain,
            ColorChoice::Auto | ColorChoice::Always | ColorChoice::AlwaysAnsi => Style::Coloured,
        }
    }

    /// Where standard output is read.
    pub fn surface() -> Surface {
        Self::size().map_or(Surface::Plain, |size| Surface::Terminal(size.columns))
    }

    /// The size of the terminal that standard output is; `None` if it is none.
    pub fn size() -> Option<ScreenSize> {
        machine::terminal_size(&io::stdout()).map(|(columns, lines)| ScreenSize { columns, lines })
    }

    /// A text as standard output shows it: with its colours, if they are wanted.
    pub fn coloured(self, text: &str) -> String {
        match self.choice(&io::stdout()) {
            ColorChoice::Never => anstream::adapter::strip_str(text).to_string(),
            ColorChoice::Auto | ColorChoice::Always | ColorChoice::AlwaysAnsi => text.to_owned(),
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

fn printed(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::output(&error)),
        Ok(()) | Err(_) => Ok(()),
    }
}
