//! The options of a plan and of its output.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::period;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Plan options")]
pub struct Planning {
    /// Plan only these monitors: ids (`payments-*`), `tag:x`, `group:x`, `team:x`, `!x`
    ///
    /// Commas separate terms: `team:search,team:web,tag:eu` means team search or web, and tag eu. `!x` excludes x.
    /// Several --only add up.
    #[arg(long, value_name = "SELECTOR")]
    pub only: Vec<String>,
    /// Adopt these monitors that were added to the table by hand
    #[arg(long, value_name = "SELECTOR")]
    pub adopt: Vec<String>,
    /// Take over these monitors from another owner (`team/a:payments-*`)
    #[arg(long, value_name = "OWNER:SELECTOR")]
    pub take_over: Vec<String>,
    /// Give the whole catalog of this owner to the owner in monitorctl.yaml
    ///
    /// The monitors keep their state, silences and incidents. Monitors of this owner that are in no file are removed,
    /// within the safety limits.
    #[arg(long, value_name = "OWNER", conflicts_with = "only")]
    pub rename_owner: Option<String>,
    /// Allow the plan to remove or disable up to N monitors
    ///
    /// Raises a safety limit for this plan only.
    #[arg(long, value_name = "N")]
    pub allow_loss: Option<usize>,
    /// Allow the plan to weaken up to N monitors
    ///
    /// A weakened monitor alerts later, expects less, or notifies other channels. Raises a safety limit for this plan
    /// only.
    #[arg(long, value_name = "N")]
    pub allow_weaker: Option<usize>,
    /// Allow the secrets of up to N monitors to go to new hosts
    ///
    /// Raises a safety limit for this plan only.
    #[arg(long, value_name = "N")]
    pub allow_secret_host: Option<usize>,
    /// Allow a commit that is older than the applied one, or diverged from it
    #[arg(long)]
    pub allow_rollback: bool,
    /// Allow the environment ENV to claim a table that has monitors and belongs to no environment
    ///
    /// Afterwards the table belongs to ENV alone.
    #[arg(long, value_name = "ENV")]
    pub claim_table: Option<String>,
    /// Allow a table of the environment OLD, which has another name now
    #[arg(long, value_name = "OLD")]
    pub rename_environment: Option<String>,
    /// Commit to compare the files with, to find the cause of each change
    ///
    /// A change that this commit already contains is marked as merged, but not applied. The default is the base branch
    /// of a pull request on GitHub, else the applied commit.
    #[arg(long, value_name = "REF")]
    pub base: Option<String>,
    /// Time between two scheduled runs, for the forecast of the plan [default: 2m]
    #[arg(long, value_name = "DURATION", value_parser = period, env = "MONITORCTL_PERIOD")]
    pub period: Option<Duration>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output options")]
pub struct Showing {
    /// Format on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: PlanFormat,
    /// Also write the plan to a file, for example `-o json=plan.json`; repeatable
    #[arg(short, long = "output", value_name = "FORMAT=PATH", value_parser = output)]
    pub outputs: Vec<PlanOutput>,
    /// Show every monitor with its unchanged fields, in text format
    #[arg(long)]
    pub full: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// Text for people
    Text,
    /// JSON for programs, as `monitorctl schema plan` describes it
    Json,
    /// A comment for a pull request on GitHub
    Markdown,
    /// Annotations on a pull request: ten, and one that summarizes the rest
    Github,
}

/// A file that the plan is written into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanOutput {
    pub format: PlanFormat,
    pub path: PathBuf,
}

fn output(text: &str) -> Result<PlanOutput, String> {
    let formats = "text, json, markdown or github";
    let Some((format, path)) = text.split_once('=') else {
        return Err(format!("write FORMAT=PATH, with {formats} as the format"));
    };
    let format = PlanFormat::from_str(format, false)
        .map_err(|_| format!("unknown format {format:?}: use {formats}"))?;
    if path.is_empty() {
        return Err("missing path after `=`".to_owned());
    }
    Ok(PlanOutput { format, path: PathBuf::from(path) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_a_format_and_a_path() {
        let expected = PlanOutput { format: PlanFormat::Json, path: "a=b.json".into() };
        assert_eq!(output("json=a=b.json"), Ok(expected));
        for bad in ["plan.json", "yaml=plan.yaml", "json=", "=a"] {
            assert!(output(bad).is_err(), "{bad}");
        }
    }
}
