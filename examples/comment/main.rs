//! Draws the comments that reviewers see, from real output: `cargo run --example comment -- FOLDER`
//!
//! Each story is a repository that was synced, and a change of it. Its comment is drawn as GitHub shows it, wide and
//! narrow, light and dark, and its text as a terminal of 80 and of 120 columns shows it. Markdown files are drawn
//! too: `cargo run --example comment -- FOLDER plan.md`. Without a folder it renews the pictures of docs/gitops.md.
//! It needs Chromium on the path.

mod page;
mod repository;
mod stories;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anstream::eprintln;
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

/// A picture of a whole page. The browser tells its height first.
fn screenshot(html: &str, width: u32, picture: &Path) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("page.html");
    std::fs::write(&file, html.replace("$WIDTH", &width.to_string()))?;
    let chromium = |more: &[String]| {
        Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
            .args(more)
            .arg(format!("file://{}", file.display()))
            .output()
    };
    let page = chromium(&["--dump-dom".to_owned(), format!("--window-size={width},100")])?;
    let page = String::from_utf8_lossy(&page.stdout).into_owned();
    let height = page.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    let (height, _) = height.ok_or("the browser does not tell the height of the page")?;
    let height = height.trim().parse::<u32>()?.min(6_000);
    let made = chromium(&[
        format!("--screenshot={}", std::path::absolute(picture)?.display()),
        format!("--window-size={width},{height}"),
    ])?;
    if made.status.success() { Ok(()) } else { Err("the browser made no picture".into()) }
}
