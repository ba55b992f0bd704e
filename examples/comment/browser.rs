//! Pages of HTML as pictures. It needs Chromium on the path.

use std::path::Path;
use std::process::{Command, Output};

type Failure = Box<dyn std::error::Error>;

/// The tallest picture.
const TALLEST: u32 = 6_000;

/// At the end of a page: its title becomes its height.
pub const HEIGHT: &str = "<script>document.title=document.documentElement.scrollHeight</script>";

/// A picture of a whole page that ends with [`HEIGHT`]; `$WIDTH` in it is the width. The browser says its height first.
pub fn screenshot(html: &str, width: u32, picture: &Path) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("page.html");
    std::fs::write(&file, html.replace("$WIDTH", &width.to_string()))?;
    let page = chromium(folder.path(), &["--dump-dom".to_owned(), format!("--window-size={width},100")])?;
    let page = String::from_utf8_lossy(&page.stdout).into_owned();
    let height = page.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    let (height, _) = height.ok_or("the browser does not tell the height of the page")?;
    let height = height.trim().parse::<u32>()?.min(TALLEST);
    let made = chromium(
        folder.path(),
        &[
            format!("--screenshot={}", std::path::absolute(picture)?.display()),
            format!("--window-size={width},{height}"),
        ],
    )?;
    if made.status.success() { Ok(()) } else { Err("the browser made no picture".into()) }
}

/// A browser with a profile of its own, so that it finds no other one at work.
fn chromium(folder: &Path, more: &[String]) -> std::io::Result<Output> {
    Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
        .args(["--disable-background-networking", "--disable-lcd-text"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .args(more)
        .arg(format!("file://{}", folder.join("page.html").display()))
        .output()
}
