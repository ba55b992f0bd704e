//! Draws the comments that reviewers see, from real output: `cargo run --example comment -- FOLDER`
//!
//! Each story is a repository that was synced, and a change of it. Its comment is drawn as GitHub shows it, wide and
//! narrow, light and dark, and its text as a terminal of 80 and of 120 columns shows it. Markdown files are drawn
//! too: `cargo run --example comment -- FOLDER plan.md`. Without a folder it renews the pictures of docs/gitops.md.
//! It needs Chromium on the path.

mod browser;
mod page;
mod repository;
mod stories;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::eprintln;
use browser::screenshot;
use page::Scheme;
use repository::Repository;

/// Set for the processes in which this program is monitorctl.
const IS_MONITORCTL: &str = "MONITORCTL_COMMENT_IS_MONITORCTL";

/// The pictures of the docs: a story and a width.
const DOCS: [(&str, u32); 2] = [("defaults", 900), ("refusal", 900)];

type Failure = Box<dyn Error>;

fn main() -> ExitCode {
    if std::env::var_os(IS_MONITORCTL).is_some() {
        return monitorctl::main();
    }
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let drawn = match args.next() {
        Some(folder) => draw_all(&folder, &args.collect::<Vec<_>>()),
        None => draw_docs(),
    };
    match drawn {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("no picture: {error}");
            ExitCode::FAILURE
        }
    }
}

fn draw_docs() -> Result<(), Failure> {
    for (name, width) in DOCS {
        let story = stories::ALL.iter().find(|story| story.name == name).ok_or("no such story")?;
        let markdown = Repository::play(story)?.read("comment.md")?;
        let picture = format!("docs/pictures/comment-{name}.png");
        screenshot(&page::html(&markdown, Scheme::Light), width, Path::new(&picture))?;
    }
    Ok(())
}

fn draw_all(folder: &Path, files: &[PathBuf]) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    for file in files {
        let name = file.file_stem().ok_or("no name")?.to_string_lossy();
        draw(folder, &name, &std::fs::read_to_string(file)?)?;
    }
    for story in stories::ALL.iter().filter(|_| files.is_empty()) {
        let repository = Repository::play(story)?;
        let markdown = repository.read("comment.md")?;
        std::fs::write(folder.join(format!("{}.md", story.name)), &markdown)?;
        draw(folder, story.name, &markdown)?;
        for columns in [80, 120] {
            let html = page::terminal(&repository.text()?, columns);
            let width = if columns == 80 { 760 } else { 1100 };
            screenshot(&html, width, &folder.join(format!("{}-text-{columns}.png", story.name)))?;
        }
    }
    Ok(())
}

fn draw(folder: &Path, name: &str, markdown: &str) -> Result<(), Failure> {
    for scheme in [Scheme::Light, Scheme::Dark] {
        for width in [1280, 400] {
            let picture = folder.join(format!("{name}-{width}-{}.png", scheme.name()));
            screenshot(&page::html(markdown, scheme), width, &picture)?;
        }
    }
    Ok(())
}
