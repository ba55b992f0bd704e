//! How monitorctl ends: one table of exit codes.

use std::process::ExitCode;

/// What the exit code says. 1 to 9: it could not do its work; 10 and above: it did, and found something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done,
    /// Unexpected trouble or I/O.
    Failed,
    /// The command line makes no sense.
    Usage,
    /// Invalid configuration.
    Invalid,
    /// Partly done; run again.
    Partly,
    /// Refused by a guard.
    Refused,
    /// The plan is stale: something changed since it was made.
    Stale,
    /// Credentials or permission.
    Denied,
    /// Needs a confirmation.
    Unconfirmed,
    /// Changes are pending (`diff --exit-code`).
    ChangesPending,
    /// The table is not as it was applied (`diff --exit-code`).
    Drifted,
    /// Both.
    PendingAndDrifted,
    /// A monitor is not UP (`check --exit-code`, `status --exit-code`).
    NotUp,
    /// The alerts are not those that were expected (`simulate --expect`).
    Differing,
    /// Ended by SIGHUP: the terminal was closed.
    HungUp,
    /// Ended by SIGINT.
    Interrupted,
    /// Ended by SIGQUIT.
    Quit,
    /// Ended by SIGTERM.
    Terminated,
}

impl Exit {
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

    use super::Exit::{
        ChangesPending, Denied, Differing, Done, Drifted, Failed, HungUp, Interrupted, Invalid, NotUp,
        Partly, PendingAndDrifted, Quit, Refused, Stale, Terminated, Unconfirmed, Usage,
    };

    // Trap 21: a code that means "changes" to one program and "error" to another.
    #[test]
    fn every_exit_code_has_one_meaning_which_stands_in_the_readme() {
        let trouble = [Failed, Usage, Invalid, Partly, Refused, Stale, Denied, Unconfirmed];
        let found = [
            Done,
            ChangesPending,
            Drifted,
            PendingAndDrifted,
            NotUp,
            Differing,
            HungUp,
            Interrupted,
            Quit,
            Terminated,
        ];
        assert!(trouble.iter().all(|exit| (1..=9).contains(&exit.code())));
        assert!(found.iter().all(|exit| exit.code() == 0 || exit.code() >= 10));
        let codes: BTreeSet<_> = trouble.iter().chain(&found).map(|exit| exit.code()).collect();
        assert_eq!(codes.len(), trouble.len() + found.len());

        let (_, table) =
            include_str!("../README.md").split_once("| code | meaning |\n|---|---|\n").expect("a table");
        let rows = table.lines().map_while(|line| line.strip_prefix("| ")?.split(" | ").next());
        let shown: BTreeSet<u8> =
            rows.flat_map(|codes| codes.split(", ")).map(|code| code.parse().expect("a code")).collect();
        assert_eq!(shown, codes);
    }
}
