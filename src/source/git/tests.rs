//! What git knows, asked of real repositories.

use super::*;

/// A repository with two commits, the second with another line in `monitors/a.yaml`, and a branch `side` of the
/// first.
fn sample() -> (tempfile::TempDir, Repository, [String; 3]) {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let git = |args: &[&str]| {
        let who = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").current_dir(at).args(who).args(args).output().expect("git runs");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let write = |path: &str, text: &str| {
        std::fs::create_dir_all(at.join(path).parent().expect("a parent")).expect("a folder");
        std::fs::write(at.join(path), text).expect("a file");
    };
    git(&["init", "-q", "-b", "main"]);
    write("monitors/a.yaml", "one");
    write("monitors/eu/b.yml", "b");
    write("monitors/.hidden/c.yaml", "c");
    write("monitors/notes.md", "n");
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "first"]);
    git(&["branch", "side"]);
    write("monitors/a.yaml", "two");
    git(&["commit", "-q", "-a", "-m", "second"]);
    git(&["checkout", "-q", "side"]);
    git(&["commit", "-q", "--allow-empty", "-m", "third"]);
    git(&["checkout", "-q", "main"]);
    let repository = Repository::around(at).expect("a repository");
    let commits = ["main~1", "main", "side"].map(|name| repository.commit(name).expect("a commit"));
    (folder, repository, commits)
}

#[test]
fn files_are_read_as_they_were_at_a_commit() {
    let (_folder, repository, [first, ..]) = sample();
    let files = repository.files_at(&first, &MonitorFolders::Typed("monitors".into())).expect("readable");
    let found: Vec<_> =
        files.iter().map(|file| (file.path.as_str(), file.group.as_str(), file.bytes.as_slice())).collect();
    assert_eq!(found, [("monitors/a.yaml", "", &b"one"[..]), ("monitors/eu/b.yml", "eu", b"b")]);
    assert_eq!(repository.files_at(&first, &MonitorFolders::Typed("nowhere".into())).expect("readable"), []);
}

#[test]
fn commits_have_an_order() {
    let (_folder, repository, [first, second, side]) = sample();
    let order = |one: &str, two: &str| repository.order(one, two).expect("an answer");
    assert_eq!(order(&first, &second), Order::Newer);
    assert_eq!(order(&second, &first), Order::Older);
    assert_eq!(order(&second, &second[..12]), Order::Same);
    assert_eq!(order(&second, &side), Order::Diverged);
    assert_eq!(order(&second, "0123456789abcdef0123456789abcdef01234567"), Order::Unknown);
    assert_eq!(repository.branch().as_deref(), Some("main"));
}

#[test]
fn what_changed_since_a_commit_includes_what_git_does_not_know_yet() {
    let (folder, repository, [first, ..]) = sample();
    let monitors = Path::new("monitors");
    std::fs::write(folder.path().join("monitors/new.yaml"), "n").expect("a file");
    let changed = repository.changed_since(&first, &[monitors]).expect("an answer");
    assert_eq!(changed, ["monitors/a.yaml", "monitors/new.yaml"]);
    assert!(matches!(repository.changed_since("-x", &[monitors]), Err(GitError::NoCommit(_))));
}

#[test]
fn what_is_not_of_the_commit_is_dirty() {
    let (folder, repository, _) = sample();
    let (at, asked) = (folder.path(), [Path::new("monitors"), Path::new("monitorctl.yaml")]);
    let write = |path: &str, text: &str| std::fs::write(at.join(path), text).expect("a file");
    let is_dirty = || repository.is_dirty(&asked).expect("an answer");
    assert!(!is_dirty());
    for path in ["monitors/new.yaml", "monitorctl.yaml"] {
        write(path, "n");
        assert!(is_dirty(), "{path}");
        std::fs::remove_file(at.join(path)).expect("it goes");
    }
    // A file that git does not look at is synced all the same; what no catalog reads is not.
    write(".gitignore", "local.yaml\n*.swp\n");
    write("monitors/a.swp", "s");
    assert!(!is_dirty());
    write("monitors/eu/local.yaml", "l");
    assert!(is_dirty());
    let elsewhere = tempfile::tempdir().expect("a folder");
    assert!(repository.is_dirty(&[elsewhere.path()]).is_err());
}

#[test]
fn a_folder_is_the_same_however_it_is_written() {
    let (folder, repository, [first, ..]) = sample();
    let files = |asked: &Path| {
        repository.files_at(&first, &MonitorFolders::Typed(asked.to_owned())).expect("readable")
    };
    let expected = files(Path::new("monitors"));
    assert_eq!(files(Path::new("./monitors/")), expected);
    assert_eq!(files(&folder.path().join("monitors")), expected);
    let tree = repository.tree_at(&first, &MonitorFolders::Typed("monitors".into())).expect("readable");
    assert_eq!(tree.paths().collect::<Vec<_>>(), ["monitors/a.yaml", "monitors/eu/b.yml"]);
}

#[test]
fn a_repository_that_git_does_not_open_is_not_taken_for_none() {
    let (folder, ..) = sample();
    std::fs::write(folder.path().join(".git/HEAD"), "junk").expect("a file");
    for at in [folder.path().to_owned(), folder.path().join("monitors/eu")] {
        let outside = Repository::around(&at).err();
        assert!(
            matches!(&outside, Some(Outside::Closed(why)) if why.starts_with("not a git")),
            "{outside:?}"
        );
    }
}

#[test]
fn what_git_cannot_judge_for_want_of_a_commit_is_no_order() {
    let (folder, repository, [first, second, _]) = sample();
    let who = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
    let commit = ["commit", "-q", "--allow-empty", "-m", "fourth"];
    let output = Command::new("git").current_dir(folder.path()).args(who).args(commit).output();
    assert!(output.expect("git runs").status.success());
    let last = repository.commit("HEAD").expect("a commit");
    assert_eq!(repository.order(&last, &first).expect("an answer"), Order::Older);
    let (fan, object) = second.split_at(2);
    std::fs::remove_file(folder.path().join(".git/objects").join(fan).join(object)).expect("it goes");
    let order = repository.order(&last, &first);
    assert!(matches!(&order, Err(GitError::Failed { what, .. }) if what == "merge-base"), "{order:?}");
}

#[test]
fn a_folder_without_a_repository_is_said_to_be_one() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(Repository::around(folder.path()).err(), Some(Outside::NoRepository));
}

#[test]
fn an_entry_of_a_tree_is_a_hash_and_a_path() {
    let regular = entry("100644 blob 0123abcd\tmonitors/a b.yaml");
    assert_eq!(regular, Some(("0123abcd".to_owned(), "monitors/a b.yaml".to_owned())));
    // What a link names may be anywhere.
    assert_eq!(entry("120000 blob 0123abcd\tmonitors/link.yaml"), None);
}

#[test]
fn an_object_is_read_to_its_length_whatever_it_holds() {
    let mut output = io::Cursor::new(b"aa blob 4\n\n\0\nx\nbb blob 0\n\ncc missing\n".to_vec());
    assert_eq!(content(&mut output).expect("the first"), b"\n\0\nx");
    assert_eq!(content(&mut output).expect("the second"), b"");
    assert!(content(&mut output).is_err());
}
