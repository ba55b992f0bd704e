//! A page in a folder of this machine.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::commands::atomic_file::AtomicFile;
use crate::page::PageFile;
use crate::publish::{Destination, FileHash, MANIFEST, PublishError};

/// A folder, which is made with the first file.
#[derive(Debug, Clone)]
pub struct PageFolder {
    folder: PathBuf,
}

impl PageFolder {
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>, PublishError> {
        let place = self.folder.join(path);
        match fs::read(&place) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(PublishError::Read { path: place.display().to_string(), source }),
        }
    }

    fn put(&self, file: &PageFile) -> io::Result<()> {
        let place = self.folder.join(&file.path);
        fs::create_dir_all(place.parent().unwrap_or(&self.folder))?;
        // A web server is another user of this machine.
        AtomicFile::open(&place)?.readable_by_all()?.write(&file.content)
    }
}

impl Destination for PageFolder {
    fn place(&self) -> String {
        self.folder.display().to_string()
    }

    async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, PublishError> {
        self.bytes(path)
    }

    /// The bytes themselves are compared, so a file that someone changed is written again.
    async fn has(&self, file: &PageFile, recorded: Option<&Option<FileHash>>) -> Result<bool, PublishError> {
        match self.bytes(&file.path)? {
            None => Ok(false),
            Some(bytes) if bytes == file.content.as_bytes() => Ok(true),
            Some(_) if recorded.is_some() => Ok(false),
            Some(_) => {
                Err(PublishError::Foreign { path: self.folder.join(&file.path).display().to_string() })
            }
        }
    }

    /// On a thread of its own: it waits for the disk, and the files that are written at the same time wait together.
    async fn write(&self, file: &PageFile) -> Result<(), PublishError> {
        let (folder, own) = (self.clone(), file.clone());
        let put = tokio::task::spawn_blocking(move || folder.put(&own)).await;
        put.map_err(io::Error::from).flatten().map_err(|source| {
            let path = self.folder.join(&file.path).display().to_string();
            PublishError::Write { path, source }
        })
    }

    fn above(&self) -> Vec<(String, Vec<u8>)> {
        let Ok(folder) = std::path::absolute(&self.folder) else { return Vec::new() };
        // What a link leads to lies elsewhere, also where the folder itself is still to be made.
        let folder = folder.canonicalize().unwrap_or(folder);
        let parents = || folder.ancestors().skip(1);
        let Some(there) = parents().find_map(|parent| parent.canonicalize().ok()) else { return Vec::new() };
        let manifest =
            |parent: &Path| Some((parent.display().to_string(), fs::read(parent.join(MANIFEST)).ok()?));
        there.ancestors().filter_map(manifest).collect()
    }

    async fn remove(&self, path: &str) -> Result<(), PublishError> {
        debug_assert_ne!(path, MANIFEST, "the manifest is no file of a page");
        let place = self.folder.join(path);
        match fs::remove_file(&place) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(source) => Err(PublishError::Remove { path: place.display().to_string(), source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{PRIVATE_MARK, Visibility};
    use crate::publish::{PageIdentity, Published, publish};

    fn file(path: &str, content: &str) -> PageFile {
        PageFile { path: path.to_owned(), media_type: "text/html", content: content.to_owned() }
    }

    const PUBLIC: PageIdentity<'static> = PageIdentity { id: "public", visibility: Visibility::Public };
    const PRIVATE: PageIdentity<'static> = PageIdentity { id: "public", visibility: Visibility::Private };

    async fn published(folder: &Path, files: &[PageFile]) -> Result<Published, PublishError> {
        publish(&PageFolder::new(folder), PUBLIC, files).await
    }

    /// Every file below a folder, with its content.
    fn all(folder: &Path) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                found.extend(all(&path));
            } else {
                let content = fs::read_to_string(&path).expect("text");
                found.push((path, content));
            }
        }
        found.sort();
        found
    }

    #[tokio::test]
    async fn a_private_page_and_a_public_one_never_share_a_folder_with_or_without_a_manifest() {
        let own = [file("index.html", "public"), file("feed.atom", "<feed/>")];
        let team = [file("index.html", PRIVATE_MARK), file("monitor/a.html", PRIVATE_MARK)];
        // The names of the files that someone removed. Of a private page, the index shows what it was.
        let cases: [(_, _, _, _, &[&[&str]]); 2] = [
            (PUBLIC, &own, PRIVATE, &team, &[&[], &[MANIFEST], &[MANIFEST, "index.html"]]),
            (PRIVATE, &team, PUBLIC, &own, &[&[], &[MANIFEST]]),
        ];
        for (first, held, second, refused, losses) in cases {
            for lost in losses {
                let temporary = tempfile::tempdir().expect("a folder");
                let folder = PageFolder::new(temporary.path());
                publish(&folder, first, held).await.expect("published");
                for name in *lost {
                    fs::remove_file(temporary.path().join(name)).expect("there");
                }
                let before = all(temporary.path());
                let error = publish(&folder, second, refused).await.expect_err("it is refused");
                let is_expected = match error {
                    PublishError::OtherVisibility { .. } => lost.is_empty(),
                    PublishError::Unclaimed { .. } => !lost.is_empty(),
                    _ => false,
                };
                assert!(is_expected, "{first:?} {lost:?}: {error}");
                assert_eq!(all(temporary.path()), before, "{first:?} {lost:?}");
            }
        }
    }

    #[tokio::test]
    async fn only_what_changed_is_written_and_only_what_was_ours_is_removed() {
        let temporary = tempfile::tempdir().expect("a folder");
        let folder = temporary.path().join("page");
        let one = [file("index.html", "1"), file("incident/a.html", "a"), file("feed.atom", "1")];
        let first = published(&folder, &one).await.expect("published");
        assert_eq!(first.written, ["index.html", "incident/a.html", "feed.atom"]);
        let again = published(&folder, &one).await.expect("published");
        assert_eq!((again.written.len(), again.removed.len(), again.unchanged), (0, 0, 3));

        fs::write(folder.join("robots.txt"), "mine").expect("a file");
        fs::write(folder.join("incident/mine.html"), "mine").expect("a file");
        let two = [file("index.html", "2"), file("incident/b.html", "b"), file("feed.atom", "1")];
        let second = published(&folder, &two).await.expect("published");
        assert_eq!(second.written, ["index.html", "incident/b.html"]);
        assert_eq!((second.removed, second.unchanged), (vec!["incident/a.html".to_owned()], 1));
        for (path, content) in [
            ("index.html", Some("2")),
            ("incident/a.html", None),
            ("incident/b.html", Some("b")),
            ("incident/mine.html", Some("mine")),
            ("robots.txt", Some("mine")),
        ] {
            let found = fs::read_to_string(folder.join(path)).ok();
            assert_eq!(found.as_deref(), content, "{path}");
        }
        // What someone changed or removed by hand comes back.
        fs::write(folder.join("index.html"), "by hand").expect("a file");
        fs::remove_file(folder.join("feed.atom")).expect("there");
        let mended = published(&folder, &two).await.expect("published");
        assert_eq!(mended.written, ["index.html", "feed.atom"]);
    }

    #[tokio::test]
    async fn a_file_that_is_not_ours_is_never_replaced() {
        let temporary = tempfile::tempdir().expect("a folder");
        fs::write(temporary.path().join("index.html"), "my homepage").expect("a file");
        let refused = published(temporary.path(), &[file("index.html", "1")]).await;
        assert!(matches!(refused, Err(PublishError::Foreign { .. })), "{refused:?}");
        let left = fs::read_to_string(temporary.path().join("index.html")).expect("there");
        assert_eq!(left, "my homepage");
        assert!(!temporary.path().join(MANIFEST).exists());
    }

    #[tokio::test]
    async fn the_folder_of_another_page_and_a_damaged_manifest_are_refused() {
        let temporary = tempfile::tempdir().expect("a folder");
        let files = [file("index.html", "1")];
        publish(&PageFolder::new(temporary.path()), PageIdentity { id: "internal", ..PUBLIC }, &files)
            .await
            .expect("published");
        let other = published(temporary.path(), &files).await;
        assert!(matches!(other, Err(PublishError::OtherPage { .. })), "{other:?}");
        for text in [
            "{",
            "{\"format_version\": 1, \"page\": \"public\", \"visibility\": \"public\", \"files\": {\"../x\": null}}",
        ] {
            fs::write(temporary.path().join(MANIFEST), text).expect("a file");
            let damaged = published(temporary.path(), &files).await;
            assert!(matches!(damaged, Err(PublishError::Manifest { .. })), "{damaged:?}");
        }
    }

    // Who serves a folder serves what lies in it.
    #[tokio::test]
    async fn a_private_page_is_refused_anywhere_below_a_public_one() {
        let temporary = tempfile::tempdir().expect("a folder");
        published(temporary.path(), &[file("index.html", "1")]).await.expect("published");
        for below in ["team", "team/page"] {
            let inner = PageFolder::new(&temporary.path().join(below));
            let refused = publish(&inner, PRIVATE, &[file("index.html", "1")]).await;
            assert!(matches!(refused, Err(PublishError::OtherVisibility { .. })), "{refused:?}");
            assert!(!temporary.path().join("team").exists());
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_link_into_a_public_page_is_no_way_around() {
        let temporary = tempfile::tempdir().expect("a folder");
        let public = temporary.path().join("public");
        published(&public, &[file("index.html", "1")]).await.expect("published");
        fs::create_dir(public.join("inner")).expect("a folder");
        std::os::unix::fs::symlink(public.join("inner"), temporary.path().join("link")).expect("a link");
        let inner = PageFolder::new(&temporary.path().join("link/team/page"));
        let refused = publish(&inner, PRIVATE, &[file("index.html", "1")]).await;
        assert!(matches!(refused, Err(PublishError::OtherVisibility { .. })), "{refused:?}");
    }

    /// A destination that breaks off at its third write.
    struct Breaking(PageFolder, std::sync::atomic::AtomicUsize);

    impl Destination for Breaking {
        fn place(&self) -> String {
            self.0.place()
        }

        async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, PublishError> {
            self.0.read(path).await
        }

        async fn has(
            &self,
            file: &PageFile,
            recorded: Option<&Option<FileHash>>,
        ) -> Result<bool, PublishError> {
            self.0.has(file, recorded).await
        }

        async fn write(&self, file: &PageFile) -> Result<(), PublishError> {
            if self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 2 {
                let source = io::Error::other("the disk is full");
                return Err(PublishError::Write { path: file.path.clone(), source });
            }
            self.0.write(file).await
        }

        async fn remove(&self, path: &str) -> Result<(), PublishError> {
            self.0.remove(path).await
        }
    }

    #[tokio::test]
    async fn a_publication_that_breaks_off_leaves_no_file_behind_for_ever() {
        let temporary = tempfile::tempdir().expect("a folder");
        let folder = PageFolder::new(temporary.path());
        let breaking = Breaking(folder.clone(), 0.into());
        let files = [file("incident/a.html", "a"), file("index.html", "1")];
        publish(&breaking, PUBLIC, &files).await.expect_err("the disk is full");
        assert!(temporary.path().join("incident/a.html").exists());
        let next = published(temporary.path(), &[file("index.html", "1")]).await.expect("published");
        assert_eq!(next.removed, ["incident/a.html"]);
        assert!(!temporary.path().join("incident/a.html").exists());
    }
}
