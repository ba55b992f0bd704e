//! What is to be known about a command beside its arguments: the page of it, and the paths that were typed.

use std::path::PathBuf;

use crate::exit::Exit;

/// The arguments of a command.
pub trait CommandLine {
    const READS: Reads;
    /// Lines that the man page shows, and the purpose of each as a sentence.
    const EXAMPLES: &'static [(&'static str, &'static str)];
    /// Exit codes beside those that follow from what the command reads.
    const EXITS: &'static [Exit] = &[];

    /// Whether the command works in the folder of `monitorctl.yaml`, which is looked for upwards.
    fn looks_above(&self) -> bool {
        match Self::READS {
            Reads::Nothing => false,
            Reads::Files | Reads::Store => true,
        }
    }

    /// Whether standard output is JSON alone, so that faults of the files are JSON too.
    fn shows_json(&self) -> bool {
        false
    }

    /// The paths among the arguments.
    fn typed_paths(&mut self) -> Vec<TypedPath<'_>> {
        Vec::new()
    }
}

/// What a command works with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    Nothing,
    Files,
    /// The tables too, with the credentials and the variables of a store.
    Store,
}

/// A path as it was typed.
#[derive(Debug)]
pub enum TypedPath<'a> {
    Read(&'a mut PathBuf),
    Written(&'a mut PathBuf),
    /// A text, or `@` and the file that holds it.
    Text(&'a mut String),
}

/// What the man page of a command says beside its arguments.
#[derive(Debug, Clone, Copy)]
pub struct PageFacts {
    /// As it is typed: `check`.
    pub name: &'static str,
    pub reads: Reads,
    pub examples: &'static [(&'static str, &'static str)],
    exits: &'static [Exit],
}

impl PageFacts {
    pub const fn of<T: CommandLine>(name: &'static str) -> Self {
        Self { name, reads: T::READS, examples: T::EXAMPLES, exits: T::EXITS }
    }

    /// Whether the command can end this way.
    pub fn ends(&self, exit: Exit) -> bool {
        match exit {
            Exit::Done | Exit::Failed | Exit::Usage => true,
            Exit::Invalid => self.reads != Reads::Nothing,
            Exit::Denied => self.reads == Reads::Store,
            Exit::Partly
            | Exit::Refused
            | Exit::Stale
            | Exit::Unconfirmed
            | Exit::ChangesPending
            | Exit::Drifted
            | Exit::PendingAndDrifted
            | Exit::NotUp
            | Exit::Differing
            | Exit::HungUp
            | Exit::Interrupted
            | Exit::Quit
            | Exit::Terminated
            | Exit::OfCommand(_) => self.exits.contains(&exit),
        }
    }
}
