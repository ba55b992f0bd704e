//! What a job on GitHub reads of a plan: outputs of the step, and the summary of the run.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};

use super::environment::variable;
use super::failure::Failure;
use super::terminal::Terminal;
use crate::exit::Exit;
use crate::plan::Counts;
use crate::report::outcome_markdown;
use crate::report::plan::{Review, digest, is_approvable, markdown};

/// The files that GitHub gives to a step; none on other machines.
#[derive(Debug, Default)]
pub struct Job {
    outputs: Option<File>,
    summary: Option<File>,
}

impl Job {
    /// The job that this process is a part of.
    pub fn around() -> Result<Self, Failure> {
        if variable("GITHUB_ACTIONS").as_deref() != Some("true") {
            return Ok(Self::default());
        }
        let open = |name: &str| {
            let file = variable(name).map(|path| {
                let file = OpenOptions::new().read(true).append(true).create(true).open(&path);
                file.map_err(|error| {
                    let message = format!("cannot write to {path} ({name}): {error}; nothing was done");
                    Failure::new(Exit::Failed, message)
                })
            });
            file.transpose()
        };
        Ok(Self { outputs: open("GITHUB_OUTPUT")?, summary: open("GITHUB_STEP_SUMMARY")? })
    }

    /// Writes a page of Markdown to the summary of the run.
    pub fn summarize(&mut self, page: &str) -> Result<(), Failure> {
        let Some(file) = &mut self.summary else { return Ok(()) };
        append(file, page).map_err(|error| {
            Failure::new(Exit::Failed, format!("cannot write the summary of the job: {error}"))
        })
    }

    pub fn record(&mut self, review: &Review<'_>) -> Result<(), Failure> {
        let failed = |error: io::Error| {
            Failure::new(Exit::Failed, format!("cannot write the outputs of the job: {error}"))
        };
        if let Some(file) = &mut self.outputs {
            append(file, &outputs(review)).map_err(failed)?;
        }
        if let Some(file) = &mut self.summary {
            append(file, &markdown(review)).map_err(failed)?;
        }
        Ok(())
    }

    /// Says below the plan what became of it. What is done is done, so that this cannot be written is a warning.
    pub fn conclude(self, terminal: Terminal, exit: Exit, summary: &str) {
        let Some(mut file) = self.summary else { return };
        if let Err(error) = append(&mut file, &outcome_markdown(exit.code(), summary)) {
            terminal.warn(&format!("cannot write the outcome to the job summary: {error}"));
        }
    }
}

/// A line each. Numbers, words of ours and a digest: nothing of a file can add a line or an output.
fn outputs(review: &Review<'_>) -> String {
    let plan = review.plan;
    let Counts { creates, updates, rewrites: _, kept_edits: _, removals: _, moves: _, adoptions: _, drift } =
        plan.counts();
    format!(
        "has_changes={}\ncreates={creates}\nupdates={updates}\nlosses={}\ndrift={drift}\nleft_out={}\napprovable={}\nplan_digest={}\n",
        !plan.is_empty(),
        plan.count_lost(),
        plan.left_out.len(),
        is_approvable(review),
        digest(review).unwrap_or_default(),
    )
}

/// What another step left without an end of line must not swallow the first of ours.
fn append(file: &mut File, text: &str) -> io::Result<()> {
    let mut last = [b'\n'];
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    let start = if last == [b'\n'] { "" } else { "\n" };
    file.write_all(format!("{start}{text}").as_bytes())
}
