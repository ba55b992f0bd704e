//! How monitorctl ends: one table of exit codes.

use std::process::ExitCode;

/// What the exit code says. 1 to 9: it could not do its work; 10 and above: it did, and found something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done,
    /// Unexpected failure or I/O.
    Failed,
    /// Invalid arguments.
    Usage,
    /// Invalid configuration.
    Invalid,
    /// Partly done; run again.
    Partly,
    /// Refused by a safety limit.
    Refused,
    /// The plan is stale: something changed since it was made.
    Stale,
    /// Credentials or permission.
    Denied,
    /// Not confirmed.
    Unconfirmed,
    /// Changes are pending (`diff --exit-code`).
    ChangesPending,
    /// The table drifted (`diff --exit-code`).
    Drifted,
    /// Both.
    PendingAndDrifted,
    /// A monitor is not UP (`check --exit-code`, `status --exit-code`).
    NotUp,
    /// The alerts differ from the expected ones (`simulate --expect`).
    Differing,
    /// Ended by SIGHUP: the terminal was closed.
    HungUp,
    /// Ended by SIGINT.
    Interrupted,
    /// Ended by SIGQUIT.
    Quit,
    /// Ended by SIGTERM.
    Terminated,
    /// As the command ended that it ran (`beat ID -- COMMAND`).
    OfCommand(u8),
}

impl Exit {
    /// Every exit code, in the order of the numbers.
    pub const ALL: &[Self] = &[
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Invalid,
        Self::Partly,
        Self::Refused,
        Self::Stale,
        Self::Denied,
        Self::Unconfirmed,
        Self::ChangesPending,
        Self::Drifted,
        Self::PendingAndDrifted,
        Self::NotUp,
        Self::Differing,
        Self::HungUp,
        Self::Interrupted,
        Self::Quit,
        Self::Terminated,
    ];

    /// What it means, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "unexpected failure, or an unusable file or table",
            Self::Usage => "invalid arguments",
            Self::Invalid => "invalid configuration",
            Self::Partly => "partly done; run it again",
            Self::Refused => "refused by a safety limit",
            Self::Stale => "the plan is stale: something changed since it was made",
            Self::Denied => "missing credentials or permission",
            Self::Unconfirmed => "not confirmed: pass --yes",
            Self::ChangesPending => "changes are pending (diff --exit-code)",
            Self::Drifted => "the table drifted (diff --exit-code)",
            Self::PendingAndDrifted => "changes are pending and the table drifted (diff --exit-code)",
            Self::NotUp => "a monitor is not UP (check --exit-code, status --exit-code)",
            Self::Differing => "the alerts differ from the expected ones (simulate --expect)",
            Self::HungUp => "ended by SIGHUP",
            Self::Interrupted => "ended by SIGINT",
            Self::Quit => "ended by SIGQUIT",
            Self::Terminated => "ended by SIGTERM",
            Self::OfCommand(_) => "as the command ended (beat ID -- COMMAND)",
        }
    }

    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Invalid => 3,
            Self::Partly => 4,
            Self::Refused => 5,
            Self::Stale => 6,
            Self::Denied => 7,
            Self::Unconfirmed => 8,
            Self::ChangesPending => 10,
            Self::Drifted => 11,
            Self::PendingAndDrifted => 12,
            Self::NotUp => 20,
            Self::Differing => 21,
            Self::HungUp => 129,
            Self::Interrupted => 130,
            Self::Quit => 131,
            Self::Terminated => 143,
            Self::OfCommand(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Exit;
    use super::Exit::{Denied, Failed, Invalid, Partly, Refused, Stale, Unconfirmed, Usage};

    // Trap 21: a code that means "changes" to one program and "error" to another.
    #[test]
    fn every_exit_code_has_one_meaning_which_stands_in_the_readme() {
        let trouble = [Failed, Usage, Invalid, Partly, Refused, Stale, Denied, Unconfirmed];
        let found: Vec<_> = Exit::ALL.iter().filter(|exit| !trouble.contains(exit)).collect();
        assert!(trouble.iter().all(|exit| (1..=9).contains(&exit.code())));
        assert!(found.iter().all(|exit| exit.code() == 0 || exit.code() >= 10));
        let codes: BTreeSet<_> = Exit::ALL.iter().map(|exit| exit.code()).collect();
        let meanings: BTreeSet<_> = Exit::ALL.iter().map(|exit| exit.meaning()).collect();
        assert_eq!(codes.len(), trouble.len() + found.len());
        assert_eq!(meanings.len(), codes.len());

        let (_, table) =
            include_str!("../README.md").split_once("| code | meaning |\n|---|---|\n").expect("a table");
        let rows = table.lines().map_while(|line| line.strip_prefix("| ")?.split(" | ").next());
        let shown: BTreeSet<u8> =
            rows.flat_map(|codes| codes.split(", ")).map(|code| code.parse().expect("a code")).collect();
        assert_eq!(shown, codes);
    }
}
