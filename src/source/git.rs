//! What git knows: commits, their order, and the files of a catalog as they were. Thin: it runs the `git` program,
//! so what works at the prompt (worktrees, partial clones, settings) works here.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use super::files::{folder_below, is_catalog_file};
use crate::config::SourceFile;

/// A repository, seen from one of its directories: paths are relative to that.
#[derive(Debug, Clone)]
pub struct Repository {
    directory: PathBuf,
    shallow: bool,
}

/// Why git has nothing to say here; not an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Outside {
    #[error("there is no `git` program")]
    NoProgram,
    #[error("this directory is in no git repository")]
    NoRepository,
}

/// Why git did not answer a question that it should.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("cannot run git")]
    NotRun(#[from] io::Error),
    #[error("there is no commit {0:?} here")]
    NoCommit(String),
    #[error("git {what} failed: {why}")]
    Failed { what: String, why: String },
}

/// How two commits follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Same,
    /// The second has the first among its ancestors.
    Newer,
    /// The second is an ancestor of the first.
    Older,
    /// Neither is an ancestor of the other.
    Diverged,
    /// This clone does not have both, or not what lies between.
    Unknown,
}

impl Repository {
    /// The one that `directory` is in.
    pub fn around(directory: &Path) -> Result<Self, Outside> {
        let mut repository = Self { directory: directory.to_owned(), shallow: false };
        let asked = repository.git(["rev-parse", "--is-shallow-repository"]).output();
        let output = asked.map_err(|_| Outside::NoProgram)?;
        if !output.status.success() {
            return Err(Outside::NoRepository);
        }
        repository.shallow = output.stdout.starts_with(b"true");
        Ok(repository)
    }

    /// The full hash of the commit that `revision` names.
    pub fn commit(&self, revision: &str) -> Result<String, GitError> {
        let named = format!("{revision}^{{commit}}");
        let output = self.git(["rev-parse", "--verify", "--quiet", "--end-of-options", &named]).output()?;
        let hash = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if output.status.success() && !hash.is_empty() {
            Ok(hash)
        } else {
            Err(GitError::NoCommit(revision.to_owned()))
        }
    }

    /// How `second` follows `first`.
    pub fn order(&self, first: &str, second: &str) -> Result<Order, GitError> {
        let (Ok(first), Ok(second)) = (self.commit(first), self.commit(second)) else {
            return Ok(Order::Unknown);
        };
        if first == second {
            return Ok(Order::Same);
        }
        Ok(match (self.is_ancestor(&first, &second)?, self.is_ancestor(&second, &first)?) {
            (true, _) => Order::Newer,
            (false, true) => Order::Older,
            // In a shallow clone the ancestors may be what is missing.
            (false, false) if self.shallow => Order::Unknown,
            (false, false) => Order::Diverged,
        })
    }

    /// The name of the branch that is checked out.
    pub fn branch(&self) -> Option<String> {
        let output = self.git(["symbolic-ref", "--quiet", "--short", "HEAD"]).output().ok()?;
        let name = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        (output.status.success() && !name.is_empty()).then_some(name)
    }

    /// Whether files below `folder` differ from the commit that is checked out.
    pub fn is_dirty(&self, folder: &Path) -> Result<bool, GitError> {
        let status = ["status", "--porcelain", "-z", "--"].map(OsStr::new);
        let output = run(self.git(status).arg(folder), "status")?;
        Ok(!output.stdout.is_empty())
    }

    /// The files of the catalog in `folder` as they were at `commit`, in the order of their paths.
    pub fn files_at(&self, commit: &str, folder: &Path) -> Result<Vec<SourceFile>, GitError> {
        self.some_files_at(commit, folder, |_| true)
    }

    /// Those of them whose path, as it is shown, is wanted.
    pub fn some_files_at(
        &self,
        commit: &str,
        folder: &Path,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<SourceFile>, GitError> {
        // Without the slash a folder would be named, not listed.
        let listed = if folder == Path::new("") { PathBuf::from("./") } else { folder.join("") };
        let is_wanted = |path: &Path| is_catalog_file(folder, path) && path.to_str().is_some_and(&is_wanted);
        self.listed_at(commit, &listed, folder, is_wanted)
    }

    fn listed_at(
        &self,
        commit: &str,
        listed: &Path,
        root: &Path,
        is_wanted: impl Fn(&Path) -> bool,
    ) -> Result<Vec<SourceFile>, GitError> {
        let tree = run(self.git(["ls-tree", "-r", "-z", commit, "--"]).arg(listed), "ls-tree")?.stdout;
        let entries: Vec<(String, String)> = String::from_utf8_lossy(&tree)
            .split_terminator('\0')
            .filter_map(entry)
            .filter(|(_, path)| is_wanted(Path::new(path)))
            .collect();
        let contents = self.contents(entries.iter().map(|(object, _)| object.clone()).collect())?;
        let mut files: Vec<_> = entries
            .into_iter()
            .zip(contents)
            .map(|((_, path), bytes)| SourceFile {
                folder: folder_below(root, Path::new(&path)),
                path,
                bytes,
            })
            .collect();
        files.sort_by(|one, two| one.path.cmp(&two.path));
        Ok(files)
    }

    /// One file as it was at `commit`; `None` if it was not there.
    pub fn file_at(&self, commit: &str, path: &Path) -> Result<Option<SourceFile>, GitError> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let files = self.listed_at(commit, path, folder, |found| found == path)?;
        Ok(files.into_iter().next())
    }

    /// Files below `paths` that are not as they were at `revision`, with those that git does not know yet; relative
    /// to the current directory, sorted.
    pub fn changed_since(&self, revision: &str, paths: &[&Path]) -> Result<Vec<String>, GitError> {
        let commit = self.commit(revision)?;
        let mut changed =
            self.git(["diff", "--name-only", "--no-renames", "-z", "--relative", &commit, "--"]);
        let mut untracked = self.git(["ls-files", "--others", "--exclude-standard", "-z", "--"]);
        let mut found = Vec::new();
        for (command, what) in [(&mut changed, "diff"), (&mut untracked, "ls-files")] {
            let output = run(command.args(paths), what)?;
            let names = String::from_utf8_lossy(&output.stdout);
            found.extend(names.split_terminator('\0').map(str::to_owned));
        }
        found.sort();
        found.dedup();
        Ok(found)
    }

    fn is_ancestor(&self, first: &str, second: &str) -> Result<bool, GitError> {
        Ok(self.git(["merge-base", "--is-ancestor", first, second]).output()?.status.success())
    }

    /// The bytes of objects, by one process for all of them.
    fn contents(&self, objects: Vec<String>) -> Result<Vec<Vec<u8>>, GitError> {
        let number = objects.len();
        let mut child = self
            .git(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
        };
        // Both ends are pipes with an end: who writes all before reading waits for ever.
        let writer = thread::spawn(move || objects.iter().try_for_each(|object| writeln!(input, "{object}")));
        let mut output = BufReader::new(output);
        let read: Result<Vec<_>, GitError> = (0..number).map(|_| content(&mut output)).collect();
        drop(output);
        let written = writer.join().unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()));
        child.wait()?;
        let read = read?;
        written?;
        Ok(read)
    }

    fn git<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new("git");
        // A look must not wait for, or disturb, somebody who is at work in the repository.
        command.current_dir(&self.directory).arg("--no-optional-locks").args(args).stdin(Stdio::null());
        command
    }
}

/// `100644 blob <hash>\t<path>`: the hash and the path, if it is a regular file.
fn entry(line: &str) -> Option<(String, String)> {
    let (head, path) = line.split_once('\t')?;
    let mut words = head.split(' ');
    let (mode, _, object) = (words.next()?, words.next()?, words.next()?);
    mode.starts_with("100").then(|| (object.to_owned(), path.to_owned()))
}

/// `<hash> blob <size>\n<bytes>\n`
fn content(output: &mut impl BufRead) -> Result<Vec<u8>, GitError> {
    let mut head = String::new();
    output.read_line(&mut head)?;
    let size = head.trim().rsplit(' ').next().and_then(|size| size.parse().ok());
    let Some(size) = size else {
        return Err(GitError::Failed { what: "cat-file".to_owned(), why: head.trim().to_owned() });
    };
    let mut bytes = vec![0; size];
    output.read_exact(&mut bytes)?;
    output.read_exact(&mut [0])?;
    Ok(bytes)
}

fn run(command: &mut Command, what: &str) -> Result<Output, GitError> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(output);
    }
    let why = String::from_utf8_lossy(&output.stderr).trim().lines().next().unwrap_or_default().to_owned();
    Err(GitError::Failed { what: what.to_owned(), why })
}

#[cfg(test)]
mod tests {
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
        let files = repository.files_at(&first, Path::new("monitors")).expect("readable");
        let found: Vec<_> = files
            .iter()
            .map(|file| (file.path.as_str(), file.folder.as_str(), file.bytes.as_slice()))
            .collect();
        assert_eq!(found, [("monitors/a.yaml", "", &b"one"[..]), ("monitors/eu/b.yml", "eu", b"b")]);
        assert_eq!(repository.files_at(&first, Path::new("nowhere")).expect("readable"), []);
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
        assert!(!repository.is_dirty(monitors).expect("an answer"));
        std::fs::write(folder.path().join("monitors/new.yaml"), "n").expect("a file");
        let changed = repository.changed_since(&first, &[monitors]).expect("an answer");
        assert_eq!(changed, ["monitors/a.yaml", "monitors/new.yaml"]);
        assert!(repository.is_dirty(monitors).expect("an answer"));
        assert!(matches!(repository.changed_since("-x", &[monitors]), Err(GitError::NoCommit(_))));
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
}
