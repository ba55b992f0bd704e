//! The commit that `diff --offline` compares with: where the branch began. What others merged since is no part of it.

use crate::commands::failure::Failure;
use crate::exit::Exit;
use crate::monitor::count;
use crate::source::{GitError, Repository};

/// A commit to compare with, and what a reader has to know of it.
#[derive(Debug)]
pub struct ComparedBase {
    /// As it was named, or the hash of the commit where the branch began.
    pub name: String,
    pub commit: String,
    /// That the named base has moved on since, which is no part of the plan.
    pub note: Option<String>,
    /// That it has, and that the plan shows it as if this change took it back.
    pub warning: Option<String>,
}

impl ComparedBase {
    /// The base that was named, or the commit where the branch that is checked out left it.
    pub fn find(repository: &Repository, named: &str) -> Result<Self, Failure> {
        let tip = repository.commit(named).map_err(|error| {
            Failure::new(Exit::Usage, error.to_string()).help("pass a commit of this clone with --base")
        })?;
        Self::of(repository, named, tip).map_err(|error| Failure::new(Exit::Failed, error.to_string()))
    }

    fn of(repository: &Repository, named: &str, tip: String) -> Result<Self, GitError> {
        let is_tip = Self { name: named.to_owned(), commit: tip, note: None, warning: None };
        let Ok(head) = repository.commit("HEAD") else { return Ok(is_tip) };
        let common = repository.common(&is_tip.commit, &head)?;
        if common.as_ref() == Some(&is_tip.commit) {
            return Ok(is_tip);
        }
        let commits = count(repository.ahead(&head, &is_tip.commit)?, "commit");
        Ok(match common {
            Some(common) => Self {
                note: Some(format!(
                    "{named} has moved on by {commits} since this branch began; the plan has only what this branch changes"
                )),
                name: common.clone(),
                commit: common,
                warning: None,
            },
            None => Self {
                warning: Some(format!(
                    "{named} has moved on by {commits}, and this clone does not know where the branch began: \
                     what others merged looks removed here; fetch the whole history with fetch-depth: 0"
                )),
                ..is_tip
            },
        })
    }
}
