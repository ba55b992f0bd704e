//! Holds the links between the pages: each leads to a file that is there, and to a heading that it has.

use std::path::{Path, PathBuf};

/// Lines of a page that are no code.
fn prose(page: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    page.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// What GitHub calls the headings of a page.
fn anchors(page: &str) -> Vec<String> {
    let headings = prose(page).filter(|line| line.starts_with('#'));
    let texts = headings.map(|line| line.trim_start_matches('#').trim().to_lowercase());
    let is_kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
    texts.map(|text| text.chars().filter(is_kept).collect::<String>().replace(' ', "-")).collect()
}

/// The targets of the links of a page, those to other places left out.
fn links(page: &str) -> Vec<&str> {
    let lines = prose(page).flat_map(|line| line.split("](").skip(1));
    let targets = lines.filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:")).collect()
}

fn pages(root: &Path) -> Vec<PathBuf> {
    let folders = [".", "docs", "fuzz", "infra", "infra/terraform"];
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(root.join(folder)).expect("a folder"));
    let paths = files.map(|file| file.expect("a file").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

#[test]
fn every_link_leads_to_a_file_and_a_heading_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &Path| std::fs::read_to_string(path).expect("a page");
    let (mut broken, mut number) = (Vec::new(), 0);
    for path in pages(root) {
        let page = read(&path);
        for link in links(&page) {
            number += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { path.with_file_name(file) };
            let is_there = target.exists()
                && (anchor.is_empty() || anchors(&read(&target)).iter().any(|other| other == anchor));
            if !is_there {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(number > 30, "{number} links");
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn links_and_headings_are_read_as_github_reads_them() {
    let page = "# One: two & `three`\n[a](b.md#c) and [d](#e), [f](https://g)\n```\n# no\n[x](y)\n```\n## Why did I (not)?\n";
    assert_eq!(links(page), ["b.md#c", "#e"]);
    assert_eq!(anchors(page), ["one-two--three", "why-did-i-not"]);
}
