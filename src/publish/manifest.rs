//! `manifest.json`: which files of a page were published, and with which content. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::hash::FileHash;
use super::identity::PageIdentity;
use super::stamp::PageStamp;
use crate::page::{PageFile, Visibility};

/// Its name beside the files.
pub const MANIFEST: &str = "manifest.json";

/// The layout of the manifest.
const FORMAT: u32 = 1;

/// The files of one page at their places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format_version: u32,
    /// The id of the page.
    pub page: String,
    pub visibility: Visibility,
    /// By path. What is about to be written has no hash yet.
    pub files: BTreeMap<String, Option<FileHash>>,
    /// Of the run that wrote the page last; `None` if a command did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<PageStamp>,
}

/// Why a text is no manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    #[error("it is not the JSON of a manifest: {0}")]
    Json(String),
    #[error("its format is {0}, and this version reads {FORMAT}")]
    Format(u32),
    #[error("it names {0}, which is no file of a status page")]
    Path(String),
}

impl Manifest {
    pub fn empty(PageIdentity { id, visibility }: PageIdentity<'_>) -> Self {
        Self { format_version: FORMAT, page: id.to_owned(), visibility, files: BTreeMap::new(), run: None }
    }

    /// With exactly these files.
    pub fn of(page: PageIdentity<'_>, files: &[PageFile]) -> Self {
        let files = files.iter().map(|file| (file.path.clone(), Some(FileHash::of(&file.content))));
        Self { files: files.collect(), ..Self::empty(page) }
    }

    /// The same, as a run wrote it.
    pub fn stamped(self, run: Option<PageStamp>) -> Self {
        Self { run, ..self }
    }

    /// The same before `files` are written: it names all of them, and still those that are to be removed.
    pub fn with_all(&self, files: &[PageFile]) -> Self {
        let mut with = self.clone();
        for file in files {
            with.files.entry(file.path.clone()).or_insert(None);
        }
        with
    }

    /// What it names and `files` do not have.
    pub fn gone(&self, files: &[PageFile]) -> Vec<String> {
        let is_gone = |path: &&String| !files.iter().any(|file| file.path == **path);
        self.files.keys().filter(is_gone).cloned().collect()
    }

    /// A path that no page has is refused: what a manifest names may be removed.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let manifest: Self =
            serde_json::from_slice(bytes).map_err(|error| ManifestError::Json(error.to_string()))?;
        if manifest.format_version != FORMAT {
            return Err(ManifestError::Format(manifest.format_version));
        }
        match manifest.files.keys().find(|path| !is_of_page(path)) {
            Some(path) => Err(ManifestError::Path(path.clone())),
            None => Ok(manifest),
        }
    }

    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// Whether a status page may have a file at this path.
fn is_of_page(path: &str) -> bool {
    let endings: &[&str] = match path.rsplit_once('/') {
        None => return matches!(path, "index.html" | "days.json" | "feed.atom"),
        Some(("incident" | "monitor", _)) => &[".html"],
        Some(("badge", _)) => &[".svg", ".json"],
        Some(("api/v2", _)) => &[".json"],
        Some(_) => return false,
    };
    let name = path.rsplit('/').next().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !name.starts_with('.')
        && name.chars().all(is_plain)
        && endings.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: PageIdentity<'static> = PageIdentity { id: "public", visibility: Visibility::Public };

    fn file(path: &str, content: &str) -> PageFile {
        PageFile { path: path.to_owned(), media_type: "text/html", content: content.to_owned() }
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let manifest = Manifest::of(PUBLIC, &[file("index.html", "a"), file("badge/pay.svg", "b")]);
        let with = manifest.with_all(&[file("incident/i.html", "c")]);
        for manifest in [manifest, with] {
            assert_eq!(Manifest::parse(manifest.text().as_bytes()), Ok(manifest));
        }
    }

    #[test]
    fn a_manifest_that_names_a_file_of_others_is_refused() {
        for (path, is_own) in [
            ("index.html", true),
            ("feed.atom", true),
            ("days.json", true),
            ("incident/2026-11-28-pay.html", true),
            ("badge/pay.json", true),
            ("api/v2/summary.json", true),
            ("index.htm", false),
            ("../index.html", false),
            ("incident/../../etc/passwd.html", false),
            ("incident/.html", false),
            ("incident/a/b.html", false),
            ("/etc/passwd", false),
            ("badge/pay.html", false),
            ("badge/a b.svg", false),
            ("manifest.json", false),
            ("", false),
        ] {
            let manifest = Manifest::of(PUBLIC, &[file(path, "")]);
            assert_eq!(Manifest::parse(manifest.text().as_bytes()).is_ok(), is_own, "{path}");
        }
    }

    #[test]
    fn what_is_no_manifest_says_why() {
        assert!(matches!(Manifest::parse(b"{"), Err(ManifestError::Json(_))));
        let later = Manifest::empty(PUBLIC).text().replace("\"format_version\": 1", "\"format_version\": 2");
        assert_eq!(Manifest::parse(later.as_bytes()), Err(ManifestError::Format(2)));
    }
}
