//! The file that Prometheus reads after a run.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::availability::read_availability;
use crate::commands::atomic_file::AtomicFile;
use crate::report::{AvailabilityMetrics, FormerMetrics, MetricsOrigin, chain};
use crate::run::{CompletedRun, RunOptions};
use crate::store::Store;

/// Writes the metrics of a run that is over, within `left`. What goes wrong is a problem of the run, which has alerted by
/// then.
pub async fn write_metrics(
    path: &Path,
    completed: &mut CompletedRun,
    options: &RunOptions,
    (store, left): (&Store, Duration),
) {
    let shown = path.display();
    let former = match former(path, &options.origin()) {
        Ok(former) => former,
        Err(error) => {
            completed.problems.push(format!("could not read the metrics in {shown}: {}", chain(&error)));
            return;
        }
    };
    match &former {
        FormerMetrics::Missing | FormerMetrics::Own(_) => {}
        FormerMetrics::Damaged => completed.notices.push(format!(
            "{shown} was damaged and is replaced; metrics of monitors that were not due are missing until their next probe"
        )),
        FormerMetrics::OfOther(other) => {
            completed.problems.push(format!(
                "did not write the metrics: {shown} has those of {other}; pass --metrics with another file"
            ));
            return;
        }
        FormerMetrics::Foreign => {
            completed.problems.push(format!(
                "did not write the metrics: monitorctl did not write {shown}; remove it or pass --metrics with another file"
            ));
            return;
        }
    }
    let availability = availability(&former, completed, options, (store, left)).await;
    let text = completed.metrics(options).text(&former, &availability);
    let written =
        AtomicFile::open(path).and_then(AtomicFile::readable_by_all).and_then(|file| file.write(&text));
    if let Err(error) = written {
        completed.problems.push(format!("could not write the metrics to {shown}: {}", chain(&error)));
    }
}

/// Reads the history only where the file is outdated, so that most runs cost nothing for it. A reading that fails keeps
/// the former values.
async fn availability(
    former: &FormerMetrics,
    completed: &mut CompletedRun,
    options: &RunOptions,
    (store, left): (&Store, Duration),
) -> AvailabilityMetrics {
    if !completed.metrics(options).availability_is_outdated(former) {
        return AvailabilityMetrics::Carried;
    }
    match Box::pin(read_availability(store, completed, options, left)).await {
        Ok(measured) => measured,
        Err(error) => {
            completed.problems.push(format!(
                "could not read the history, so the availability in the metrics is not up to date: {error}"
            ));
            AvailabilityMetrics::Carried
        }
    }
}

/// What is in the place of the file. A pipe or a device is written to and never read.
fn former(path: &Path, origin: &MetricsOrigin) -> io::Result<FormerMetrics> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(FormerMetrics::read(&fs::read(path)?, origin)),
        Ok(_) => Ok(FormerMetrics::Missing),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(FormerMetrics::Missing),
        Err(error) => Err(error),
    }
}
