//! Draws the terminal that the README shows, from real output: `cargo run --example picture > docs/pictures/terminal.svg`
//!
//! The story is played by a process of its own, in colour, with the API, the files and the commands of the tour.

#[expect(dead_code, reason = "the tour plays more of it")]
#[path = "../tour/api.rs"]
mod api;
#[expect(dead_code, reason = "the tour plays more of it")]
#[path = "../tour/files.rs"]
mod files;
#[expect(dead_code, reason = "the tour plays more of it")]
#[path = "../tour/scene.rs"]
mod scene;
mod story;

use std::error::Error;
use std::process::{Command, ExitCode, Stdio};

use anstream::eprintln;

/// Set for the process that plays the story.
const PLAYS: &str = "MONITORCTL_PICTURE_PLAYS";

/// Columns of the terminal: the README's text is about as wide.
const COLUMNS: &str = "96";

fn main() -> ExitCode {
    let drawn = if std::env::var_os(scene::IS_MONITORCTL).is_some() {
        return monitorctl::main();
    } else if std::env::var_os(PLAYS).is_some() {
        story::play()
    } else {
        draw()
    };
    match drawn {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("no picture: {error}");
            ExitCode::FAILURE
        }
    }
}

fn draw() -> Result<(), Box<dyn Error>> {
    let played = Command::new(std::env::current_exe()?)
        .env(PLAYS, "1")
        .env("CLICOLOR_FORCE", "1")
        .env("COLUMNS", COLUMNS)
        .env("TERM", "xterm-256color")
        .env_remove("NO_COLOR")
        .stderr(Stdio::inherit())
        .output()?;
    if !played.status.success() {
        return Err("the story did not come to its end".into());
    }
    let term = anstyle_svg::Term::new().min_width_px(860);
    anstream::print!("{}", term.render_svg(String::from_utf8(played.stdout)?.trim_start()));
    Ok(())
}
