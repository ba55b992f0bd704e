//! Where a plan is shown: standard output, files, and what a job on GitHub reads.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::atomic_file::AtomicFile;
use super::failure::Failure;
use super::job::Job;
use super::terminal::Terminal;
use crate::cli::{PlanFormat, PlanOutput, Showing};
use crate::exit::Exit;
use crate::report::plan::{PlanDetail, Review, github, json, markdown, problems_markdown, text};

/// The places, known to be writable before any work begins.
#[derive(Debug)]
pub struct Output {
    format: PlanFormat,
    detail: PlanDetail,
    files: Vec<(PlanFormat, PathBuf, AtomicFile)>,
    job: Job,
}

impl Output {
    /// Opens what is written to.
    pub fn open(showing: &Showing) -> Result<Self, Failure> {
        let Showing { format, outputs, full } = showing;
        if outputs.iter().any(|output| output.path.as_os_str() == "-") {
            return Err(Failure::new(Exit::Usage, "-o writes to files, and `-` is not a file")
                .help("use --format for standard output"));
        }
        let open = |PlanOutput { format, path }: &PlanOutput| match AtomicFile::open(path) {
            Ok(atomic_file) => Ok((*format, path.clone(), atomic_file)),
            Err(error) => Err(Failure::new(
                Exit::Failed,
                format!("cannot write to {}: {error}; nothing was done", path.display()),
            )),
        };
        let files: Vec<_> = outputs.iter().map(open).collect::<Result<_, _>>()?;
        let mut targets = BTreeSet::new();
        let mut is_taken = |atomic_file: &AtomicFile| {
            atomic_file.target().is_some_and(|path| !targets.insert(path.to_owned()))
        };
        if let Some((_, twice, _)) = files.iter().find(|(_, _, atomic_file)| is_taken(atomic_file)) {
            let message = format!("cannot write two formats to {}", twice.display());
            return Err(Failure::new(Exit::Usage, message));
        }
        Ok(Self {
            format: *format,
            detail: if *full { PlanDetail::Everything } else { PlanDetail::Changes },
            files,
            job: Job::around()?,
        })
    }

    /// Writes into the comment and the summary of the job why there is no plan; nothing if that is not in the files.
    pub fn show_problems(self, environment: Option<&str>, failure: &Failure) -> Result<(), Failure> {
        let Self { format: _, detail: _, files, mut job } = self;
        let Some((message, problems)) = failure.problems_of_files() else { return Ok(()) };
        let page = problems_markdown(environment, message, problems);
        for (format, path, atomic_file) in files {
            match format {
                PlanFormat::Markdown => atomic_file.write(&page).map_err(|error| {
                    Failure::new(Exit::Failed, format!("cannot write to {}: {error}", path.display()))
                })?,
                PlanFormat::Text | PlanFormat::Github | PlanFormat::Json => {}
            }
        }
        job.summarize(&page)
    }

    /// Shows the plan in every place; gives the job, which may later read what became of the plan.
    pub fn show(self, terminal: Terminal, review: &Review<'_>) -> Result<Job, Failure> {
        let Self { format, detail, files, mut job } = self;
        match words(format, detail, review) {
            Some(words) => terminal.print(&words)?,
            None => Terminal::print_data(|out| json(review, out))?,
        }
        for (format, path, atomic_file) in files {
            let written = match words(format, detail, review) {
                Some(words) => atomic_file.write(&anstream::adapter::strip_str(&words).to_string()),
                None => atomic_file.write_by(|out| json(review, out)),
            };
            written.map_err(|error| {
                Failure::new(Exit::Failed, format!("cannot write to {}: {error}", path.display()))
            })?;
        }
        job.record(review)?;
        Ok(job)
    }
}

/// A form that people read; `None` is the one for programs.
fn words(format: PlanFormat, detail: PlanDetail, review: &Review<'_>) -> Option<String> {
    match format {
        PlanFormat::Text => Some(text(review, detail)),
        PlanFormat::Markdown => Some(markdown(review)),
        PlanFormat::Github => Some(github(review)),
        PlanFormat::Json => None,
    }
}
