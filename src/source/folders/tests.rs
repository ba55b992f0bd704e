//! Which folders a pattern stands for, and what a typed path is.

use super::*;

fn tree(folders: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    for folder in folders {
        fs::create_dir_all(dir.path().join(folder)).expect("a folder");
    }
    dir
}

/// What a pattern stands for below `dir`.
fn found(dir: &Path, pattern: &str) -> Vec<String> {
    let pattern = FolderPattern::parse(pattern).expect("a pattern");
    let mut found = matching_below(dir, &pattern).expect("readable");
    found.sort();
    found
}

#[test]
fn a_star_stands_for_the_folders_that_are_there() {
    let dir = tree(&[
        "services/a/monitors",
        "services/b/monitors/x",
        "services/c",
        "services/.d/monitors",
        "night-jobs",
        "ops",
    ]);
    fs::write(dir.path().join("services/file"), "").expect("a file");
    for (pattern, expected) in [
        ("services/*/monitors", vec!["services/a/monitors", "services/b/monitors"]),
        ("*-jobs", vec!["night-jobs"]),
        ("services/*/monitors/*", vec!["services/b/monitors/x"]),
        ("nowhere/*/monitors", vec![]),
        ("services/file/*", vec![]),
        // Whether one that is named is there, its reader finds out.
        ("ops", vec!["ops"]),
        ("nowhere", vec!["nowhere"]),
    ] {
        assert_eq!(found(dir.path(), pattern), expected, "{pattern}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_is_one() {
    let dir = tree(&["services", "shared/monitors"]);
    std::os::unix::fs::symlink("../shared", dir.path().join("services/a")).expect("a link");
    std::os::unix::fs::symlink("nowhere", dir.path().join("services/b")).expect("a link");
    assert_eq!(found(dir.path(), "services/*/monitors"), ["services/a/monitors"]);
}

#[test]
fn git_takes_a_star_for_one_name_as_we_do() {
    let listed = |texts: &[&str]| {
        let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
        MonitorFolders::Listed(FolderPatterns::of(&texts).expect("patterns"))
    };
    let folders = listed(&["services/*/monitors", "ops", "*/x"]);
    let paths = |paths: Vec<PathBuf>| paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
    assert_eq!(paths(folders.pathspecs()), [":(glob)services/*/monitors/**", "ops", ":(glob)*/x/**"]);
    assert_eq!(paths(folders.starts()), ["services", "ops", ""]);
}

#[test]
fn what_lies_in_a_folder_monitors_is_a_part_of_it() {
    for (typed, expected) in [
        ("nowhere/monitors/web", Some("nowhere/monitors")),
        ("nowhere/monitors/web/a.yaml", Some("nowhere/monitors")),
        ("nowhere/monitors", None),
        ("nowhere", None),
        (".", None),
    ] {
        let place = place(None, Path::new(typed)).expect("an answer");
        let alone = |path: &str| TypedPlace::Inside(CatalogFolder::alone(Path::new(path)));
        assert_eq!(place, expected.map_or(TypedPlace::Apart, alone), "{typed}");
    }
    let inside = place(None, Path::new("monitors/web")).expect("an answer");
    assert_eq!(inside, TypedPlace::Inside(CatalogFolder { path: "monitors".into(), group: String::new() }));
}
