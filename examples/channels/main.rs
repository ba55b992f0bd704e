//! Draws what arrives in a mailbox, in Slack and on a phone: `cargo run --example channels -- FOLDER`
//!
//! The messages are those of the snapshots in src/channels/tests, so every picture shows what the program sends. Without
//! a folder it renews the pictures of docs/channels.md; with one, it draws each message narrow and wide. It needs
//! Chromium on the path.

#[path = "../comment/browser.rs"]
mod browser;
mod page;
mod sent;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::eprintln;

/// A picture's name, and the shape of its message in the snapshots.
const SHAPES: [(&str, &str); 3] = [("down", "down"), ("storm", "fourteen"), ("up", "up")];

/// The width of the pictures in the docs, and those for a look at both ends.
const DOCS: u32 = 600;
const LOOKED_AT: [u32; 2] = [360, 800];

type Failure = Box<dyn Error>;

fn main() -> ExitCode {
    let drawn = match std::env::args_os().nth(1).map(PathBuf::from) {
        Some(folder) => LOOKED_AT.iter().try_for_each(|width| draw(&folder, *width, &format!("-{width}"))),
        None => draw(Path::new("docs/pictures"), DOCS, ""),
    };
    match drawn {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("no picture: {error}");
            ExitCode::FAILURE
        }
    }
}

fn draw(folder: &Path, width: u32, suffix: &str) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    let place = |name: &str| folder.join(format!("{name}{suffix}.png"));
    let mut lines = Vec::new();
    for (name, shape) in SHAPES {
        let mail = page::mail(&sent::mail(shape)?);
        browser::screenshot(&mail, width, &place(&format!("mail-{name}")))?;
        let slack = page::slack(&sent::slack(shape)?)?;
        browser::screenshot(&slack, width, &place(&format!("slack-{name}")))?;
        lines.push(sent::text_message(shape)?);
    }
    browser::screenshot(&page::phone(&lines), width, &place("sms"))
}
