//! Which files are read, and what is said of those that are not.

use super::super::error::PATH_CHARS;
use super::*;

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("a file");
    }
    dir
}

/// The files of a catalog of one folder.
fn whole(folder: &Path) -> Result<Vec<SourceFile>, SourceError> {
    read(&MonitorFolders::Typed(folder.to_owned())).map(|(files, _)| files)
}

#[test]
fn only_visible_yaml_files_are_read_and_in_order() {
    let dir =
        tree(&[("b.yml", ""), ("a/x.yaml", ""), (".git/c.yaml", ""), ("README.md", ""), ("a/.h.yaml", "")]);
    let files = whole(dir.path()).expect("readable");
    let folders: Vec<_> = files.iter().map(|file| file.group.as_str()).collect();
    assert_eq!(folders, ["a", ""]);
}

/// Trap 13: a file that was meant must not be passed over without a word.
#[test]
fn as_many_files_are_read_as_there_may_be_and_no_more() {
    let names = ["a.yaml", "b.yaml", "c.yaml"];
    let dir = tree(&names.map(|name| (name, "")));
    fs::write(dir.path().join("README.md"), "").expect("a file");
    for (most, is_read) in [(3, true), (2, false)] {
        let mut found = Found { most, ..Found::default() };
        let catalog = CatalogReader::of(CatalogFolder::alone(dir.path()), dir.path()).expect("a folder");
        let outcome = catalog.read_folder(dir.path(), &mut found);
        assert_eq!(outcome.is_ok(), is_read, "{most}: {outcome:?}");
        assert!(is_read || matches!(outcome, Err(SourceError::TooMany { .. })), "{outcome:?}");
    }
    // docs/validate.md says the bound that holds.
    assert_eq!((Found::default().most, FILES), (FILES, 50_000));
    assert!(include_str!("../../../docs/validate.md").contains("| files of a catalog | 50,000 |"));
}

#[test]
fn the_ending_of_a_file_may_be_in_capitals() {
    let dir = tree(&[("monitors/DEFAULTS.yaml", ""), ("monitors/defaults.YML", ""), ("monitors/b.YAML", "")]);
    let root = dir.path().join("monitors");
    let named = read_paths(None, &[root.join("b.YAML"), root.join("DEFAULTS.yaml")]).map(|found| found.files);
    for files in [whole(&root), named] {
        let files = files.expect("readable");
        let defaults: Vec<_> = files.iter().map(|file| is_defaults(&file.path)).collect();
        assert_eq!(defaults, [false, false, true], "a name with capitals is another name");
    }
}

/// Trap 12: a half-mounted folder must never read as an empty catalog.
#[test]
fn a_missing_folder_is_an_error() {
    let error = whole(Path::new("no/such/folder")).expect_err("missing");
    assert_eq!(error.to_string(), "cannot read no/such/folder");
}

/// Trap 12: a dangling link is a file that should be there.
#[cfg(unix)]
#[test]
fn a_dangling_link_is_an_error() {
    let dir = tree(&[("a.yaml", "")]);
    std::os::unix::fs::symlink("nowhere", dir.path().join("b.yaml")).expect("a link");
    assert!(matches!(whole(dir.path()), Err(SourceError::Unreadable { .. })));
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_are_named_once_and_the_rest_is_read() {
    use std::os::unix::fs::symlink;
    let dir = tree(&[("monitors/a/x.yaml", ""), ("monitors/b/y.yaml", "")]);
    let at = |path: &str| dir.path().join("monitors").join(path);
    for (link, target) in [("a/loop", "."), ("a/up", ".."), ("a/other", "../b"), ("b/other", "../a")] {
        symlink(target, at(link)).expect("a link");
    }
    assert!(matches!(whole(&at("")), Err(SourceError::Loop { .. })));
    let found = read_paths(None, &[at("")]).expect("readable");
    assert!(found.files.iter().any(|file| file.path.ends_with("monitors/b/y.yaml")));
    let longest = found.unreadable.iter().map(|(path, _)| path.len() - dir.path().as_os_str().len()).max();
    assert!(longest.is_some_and(|length| length < 60), "{:?}", found.unreadable);
}

/// What cannot be read hides no fault of what can.
#[cfg(unix)]
#[test]
fn what_cannot_be_read_does_not_hide_the_rest() {
    let dir = tree(&[("a.yaml", "x"), ("c/d.yaml", "y")]);
    std::os::unix::fs::symlink("nowhere", dir.path().join("b.yaml")).expect("a link");
    std::os::unix::fs::symlink("nowhere", dir.path().join("c/e.yaml")).expect("a link");
    let found = read_paths(None, &[dir.path().to_owned()]).expect("readable");
    assert_eq!((found.files.len(), found.unreadable.len()), (2, 2));
}

#[test]
fn a_very_long_path_is_cut_in_the_middle() {
    let path = format!("monitors/{}/end.yaml", "x".repeat(5000));
    let named = named(Path::new(&path));
    assert_eq!(named.chars().count(), PATH_CHARS + 1);
    assert!(named.starts_with("monitors/x") && named.ends_with("x/end.yaml"), "{named}");
}

#[test]
fn one_file_brings_the_defaults_of_its_folders() {
    let dir = tree(&[
        ("monitors/defaults.yaml", ""),
        ("monitors/eu/defaults.yaml", ""),
        ("monitors/eu/a.yaml", ""),
        ("monitors/eu/b.yaml", ""),
    ]);
    let files = read_paths(None, &[dir.path().join("monitors/eu/a.yaml")]).expect("readable").files;
    let names: Vec<_> = files.iter().map(|file| (file.group.as_str(), is_defaults(&file.path))).collect();
    assert_eq!(names, [("", true), ("eu", false), ("eu", true)]);
}
