//! What git knows: commits, their order, and the files of a catalog as they were. Thin: it runs the `git` program,
//! so what works at the prompt (worktrees, partial clones, settings) works here.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use super::files::is_catalog_file;
use super::folders::MonitorFolders;
use crate::config::SourceFile;

/// A repository, seen from one of its directories: paths are relative to that.
#[derive(Debug, Clone)]
pub struct Repository {
    directory: PathBuf,
    shallow: bool,
}

/// Which regular files a catalog had at a commit. They are not read yet.
#[derive(Debug, Clone)]
pub struct Tree {
    entries: Vec<TreeEntry>,
}

#[derive(Debug, Clone)]
struct TreeEntry {
    object: String,
    path: String,
    /// The group of the monitors in it.
    group: String,
}

/// Why git has nothing to say here; not an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Outside {
    #[error("this directory is not in a git repository")]
    NoRepository,
    /// There is one, and git does not open it, or is not here.
    #[error("git cannot open this repository: {0}")]
    Closed(String),
}

/// Why git did not answer a question that it should.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("cannot run git")]
    NotRun(#[from] io::Error),
    #[error("no commit {0:?} here")]
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

impl Tree {
    /// Their paths, relative to where git ran.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.path.as_str())
    }
}

impl Repository {
    /// The one that `directory` is in.
    pub fn around(directory: &Path) -> Result<Self, Outside> {
        let mut repository = Self { directory: directory.to_owned(), shallow: false };
        let why = match repository.git(["rev-parse", "--is-shallow-repository"]).output() {
            Ok(output) if output.status.success() => {
                repository.shallow = output.stdout.starts_with(b"true");
                return Ok(repository);
            }
            Ok(output) => sentence(&output),
            Err(error) if error.kind() == io::ErrorKind::NotFound => "no `git` program found".to_owned(),
            Err(error) => error.to_string(),
        };
        // Of a repository that is broken or of another user, git says the same as of none.
        Err(if is_in_repository(directory) { Outside::Closed(why) } else { Outside::NoRepository })
    }

    /// Whether it has the newest commits only.
    pub fn is_shallow(&self) -> bool {
        self.shallow
    }

    /// The full hash of the commit that `revision` names.
    pub fn commit(&self, revision: &str) -> Result<String, GitError> {
        let named = format!("{revision}^{{commit}}");
        let output = self.git(["rev-parse", "--verify", "--quiet", "--end-of-options", &named]).output()?;
        let hash = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        match output.status.code() {
            Some(0) if !hash.is_empty() => Ok(hash),
            Some(0 | 1) => Err(GitError::NoCommit(revision.to_owned())),
            Some(_) | None => Err(failed("rev-parse", &output)),
        }
    }

    /// How `second` follows `first`.
    pub fn order(&self, first: &str, second: &str) -> Result<Order, GitError> {
        let (first, second) = match (self.commit(first), self.commit(second)) {
            (Ok(first), Ok(second)) => (first, second),
            (Err(GitError::NoCommit(_)), Ok(_) | Err(GitError::NoCommit(_)))
            | (Ok(_), Err(GitError::NoCommit(_))) => return Ok(Order::Unknown),
            (Err(error), _) | (_, Err(error)) => return Err(error),
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

    /// The newest commit that both contain; `None` if there is none, or not in this clone.
    pub fn common(&self, first: &str, second: &str) -> Result<Option<String>, GitError> {
        let output = self.git(["merge-base", first, second]).output()?;
        match output.status.code() {
            Some(0) => Ok(Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())),
            Some(1) => Ok(None),
            Some(_) | None => Err(failed("merge-base", &output)),
        }
    }

    /// How many commits `second` has that `first` lacks, as far as this clone knows.
    pub fn ahead(&self, first: &str, second: &str) -> Result<usize, GitError> {
        let range = format!("{first}..{second}");
        let output = run(&mut self.git(["rev-list", "--count", "--end-of-options", &range]), "rev-list")?;
        let number = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        number.parse().map_err(|_| GitError::Failed { what: "rev-list".to_owned(), why: number })
    }

    /// The address of its remote: of `origin`, else of the first one.
    pub fn remote(&self) -> Option<String> {
        let output = run(&mut self.git(["remote"]), "remote").ok()?;
        let names = String::from_utf8_lossy(&output.stdout).into_owned();
        let name = names.lines().find(|name| *name == "origin").or_else(|| names.lines().next())?;
        let output = run(&mut self.git(["remote", "get-url", "--", name]), "remote").ok()?;
        let url = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        (!url.is_empty()).then_some(url)
    }

    /// Its top folder, and the way from there to the directory that it is seen from; `None` if there is no work tree.
    pub fn place(&self) -> Option<(PathBuf, String)> {
        let output =
            run(&mut self.git(["rev-parse", "--show-toplevel", "--show-prefix"]), "rev-parse").ok()?;
        let lines = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut lines = lines.lines();
        let (top, prefix) = (lines.next()?, lines.next().unwrap_or_default());
        Some((PathBuf::from(top), prefix.trim_end_matches('/').to_owned()))
    }

    /// The name of the branch that is checked out.
    pub fn branch(&self) -> Option<String> {
        let output = self.git(["symbolic-ref", "--quiet", "--short", "HEAD"]).output().ok()?;
        let name = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        (output.status.success() && !name.is_empty()).then_some(name)
    }

    /// Whether files below `paths` differ from the commit that is checked out. A catalog's file that git is set to
    /// ignore is in no commit either.
    pub fn is_dirty(&self, paths: &[&Path]) -> Result<bool, GitError> {
        let status = ["status", "--porcelain", "-z", "--untracked-files=all", "--ignored", "--"];
        let output = run(self.git(status).args(paths).args(self.led_to(paths)?), "status")?;
        let entries = String::from_utf8_lossy(&output.stdout);
        let differs = |entry: &str| match entry.strip_prefix("!! ") {
            Some(ignored) => is_catalog_file(Path::new(""), Path::new(ignored)),
            None => true,
        };
        Ok(entries.split_terminator('\0').any(differs))
    }

    /// What links below `paths` lead to: to git a link is its text, and never differs by what stands behind it.
    fn led_to(&self, paths: &[&Path]) -> Result<Vec<PathBuf>, GitError> {
        let output = run(self.git(["ls-files", "--stage", "-z", "--"]).args(paths), "ls-files")?;
        let entries = String::from_utf8_lossy(&output.stdout);
        let links = entries.split_terminator('\0').filter(|entry| entry.starts_with("120000 "));
        let links = links.filter_map(|entry| entry.split_once('\t'));
        Ok(links.filter_map(|(_, path)| self.directory.join(path).canonicalize().ok()).collect())
    }

    /// The files of the catalog in these folders as they were at `commit`, in the order of their paths.
    pub fn files_at(&self, commit: &str, folders: &MonitorFolders) -> Result<Vec<SourceFile>, GitError> {
        self.read(self.tree_at(commit, folders)?, |_| true)
    }

    /// Which files the catalog in these folders had at `commit`.
    pub fn tree_at(&self, commit: &str, folders: &MonitorFolders) -> Result<Tree, GitError> {
        let folders = match folders {
            MonitorFolders::Typed(path) => MonitorFolders::Typed(self.seen_from_here(path)),
            MonitorFolders::Listed(patterns) => MonitorFolders::Listed(patterns.clone()),
        };
        // Without the slash a folder would be named, not listed.
        let slashed = |root: PathBuf| if root == Path::new("") { PathBuf::from("./") } else { root.join("") };
        let listed: Vec<_> = folders.starts().into_iter().map(slashed).collect();
        let entry = |(object, path): (String, String)| {
            let folder = folders.folder_of(&path)?;
            let group = folder.group_of(Path::new(&path).parent().unwrap_or(Path::new("")));
            is_catalog_file(&folder.path, Path::new(&path)).then_some(TreeEntry { object, path, group })
        };
        Ok(Tree { entries: self.listed_at(commit, &listed)?.into_iter().filter_map(entry).collect() })
    }

    /// The files of `tree` whose path is wanted, in the order of their paths.
    pub fn read(&self, tree: Tree, is_wanted: impl Fn(&str) -> bool) -> Result<Vec<SourceFile>, GitError> {
        let Tree { mut entries } = tree;
        entries.retain(|entry| is_wanted(&entry.path));
        let contents = self.contents(entries.iter().map(|entry| entry.object.clone()).collect())?;
        let file = |(TreeEntry { object: _, path, group }, bytes)| SourceFile { path, group, bytes };
        let mut files: Vec<_> = entries.into_iter().zip(contents).map(file).collect();
        files.sort_by(|one, two| one.path.cmp(&two.path));
        Ok(files)
    }

    /// Object and path of the regular files below these paths.
    fn listed_at(&self, commit: &str, listed: &[PathBuf]) -> Result<Vec<(String, String)>, GitError> {
        let tree = run(self.git(["ls-tree", "-r", "-z", commit, "--"]).args(listed), "ls-tree")?.stdout;
        let tree = String::from_utf8_lossy(&tree);
        Ok(tree.split_terminator('\0').filter_map(entry).collect())
    }

    /// A folder in the way git names it: from the directory that it runs in.
    fn seen_from_here(&self, folder: &Path) -> PathBuf {
        let below = || {
            let here = self.directory.canonicalize().ok()?;
            Some(folder.canonicalize().ok()?.strip_prefix(here).ok()?.to_owned())
        };
        let absolute = if folder.is_absolute() { below() } else { None };
        let seen = absolute.as_deref().unwrap_or(folder);
        seen.components().filter(|part| *part != Component::CurDir).collect()
    }

    /// One file as it was at `commit`; `None` if it was not there.
    pub fn file_at(&self, commit: &str, path: &Path) -> Result<Option<SourceFile>, GitError> {
        let listed = self.listed_at(commit, &[path.to_owned()])?;
        let entry = |(object, path)| TreeEntry { object, path, group: String::new() };
        let tree = Tree { entries: listed.into_iter().map(entry).collect() };
        let files = self.read(tree, |found| Path::new(found) == path)?;
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
        let output = self.git(["merge-base", "--is-ancestor", first, second]).output()?;
        match output.status.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            // A commit between the two is missing or broken: that is no "no".
            Some(_) | None => Err(failed("merge-base", &output)),
        }
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
        // A look must not wait for, or disturb, a person who is at work in the repository.
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
    Err(failed(what, &output))
}

fn failed(what: &str, output: &Output) -> GitError {
    GitError::Failed { what: what.to_owned(), why: sentence(output) }
}

/// The first thing that git said when it failed.
fn sentence(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.trim().lines().next().unwrap_or_default();
    first.strip_prefix("fatal: ").or_else(|| first.strip_prefix("error: ")).unwrap_or(first).to_owned()
}

/// Whether `directory` belongs to a repository, whatever state that is in.
fn is_in_repository(directory: &Path) -> bool {
    let here = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    here.ancestors().any(|above| above.join(".git").symlink_metadata().is_ok())
}

#[cfg(test)]
mod tests;
