//! What a command writes to standard output, as typed.

use super::{Command, Format, PlanFormat};

impl Command {
    /// Whether its standard output is JSON. `validate` has formats of its own, and shows faults in each of them.
    pub fn shows_json(&self) -> bool {
        match self {
            Self::Diff(args) => args.showing.format == PlanFormat::Json,
            Self::Sync(args) => args.showing.format == PlanFormat::Json,
            Self::Pull(args) => args.format == Format::Json,
            Self::Check(args) => args.format == Format::Json,
            Self::Status(args) => args.format == Format::Json,
            Self::Explain(args) => args.format == Format::Json,
            Self::Simulate(args) => args.format == Format::Json,
            Self::Doctor(args) => args.format == Format::Json,
            Self::Init(_)
            | Self::Validate(_)
            | Self::Schema(_)
            | Self::Silence(_)
            | Self::Completions(_)
            | Self::Man(_) => false,
        }
    }
}
