//! What a plan is about and how it is shown, as typed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What a plan is about, and what it may do.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Options of the plan")]
pub struct Planning {
    /// Only these monitors, nothing else is touched: ids (`payments-*`), `tag:x`, `group:x`, `team:x`, `!x`. Values of
    /// one kind are alternatives, different kinds narrow, several --only add up
    #[arg(long, value_name = "SELECTOR")]
    pub only: Vec<String>,
    /// Take over these monitors that were put into the table by hand
    #[arg(long, value_name = "SELECTOR")]
    pub adopt: Vec<String>,
    /// Take over this monitor of another owner
    #[arg(long, value_name = "OWNER:ID")]
    pub take_over: Vec<String>,
    /// Lose up to N monitors, more than the guard allows
    #[arg(long, value_name = "N")]
    pub allow_loss: Option<usize>,
    /// Watch up to N monitors less closely, more than the guard allows
    #[arg(long, value_name = "N")]
    pub allow_weaker: Option<usize>,
    /// Send stored secrets of up to N monitors to hosts that they did not go to before
    #[arg(long, value_name = "N")]
    pub allow_secret_host: Option<usize>,
    /// Go back to a commit that is older than the applied one
    #[arg(long)]
    pub allow_rollback: bool,
    /// Commit that the files are compared with to say why a line is there [default: the base branch of a pull
    /// request on GitHub, else the applied commit]
    #[arg(long, value_name = "REF")]
    pub base: Option<String>,
}

/// How a plan is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of what is shown")]
pub struct Showing {
    /// What goes to standard output
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: PlanFormat,
    /// Write the plan into a file as well; may be given more than once: `-o json=plan.json -o markdown=plan.md`
    #[arg(short, long = "output", value_name = "FORMAT=PATH", value_parser = output)]
    pub outputs: Vec<PlanOutput>,
    /// Show the fields that stay as they are as well, in text
    #[arg(long)]
    pub full: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people
    Text,
    /// For programs, as `monitorctl schema plan` describes it
    Json,
    /// A comment on GitHub
    Markdown,
    /// Annotations of a pull request: ten, and one that sums up the rest
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
        .map_err(|_| format!("there is no format {format:?}: it is {formats}"))?;
    if path.is_empty() {
        return Err("the path is missing after `=`".to_owned());
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
