//! One run of one shard: probes what is due, stores the state, notifies what changed.
//!
//! ```text
//! acquire ─▶ read ─▶ migrate ─┬▶ notify what was pending ─┬▶ self-check ─▶ decide ─┬▶ commit ─┬▶ channels ─▶ record ─▶ levels ─▶ release
//!                             └▶ fetch secrets, probe ────┘                        └▶ notify ─┘
//! ```
//!
//! Each step is a file of that name. It reads the one [`RunState`](state::RunState) and adds its own part. Of each batch of changes: commit
//! first, notify second, acknowledge third. A process may die after any step: what was committed and not delivered is
//! pending, and the next run sends it.

mod acquire;
mod beats;
mod canaries;
mod changed;
mod channel_book;
mod channels;
mod commit;
mod decide;
mod judging;
mod lasting;
mod levels;
mod log;
mod migrate;
mod moves;
mod named;
mod notified;
mod notify;
mod options;
mod outcome;
mod pending;
mod probe;
mod probing;
mod publishing;
mod read;
mod record;
mod release;
mod reread;
mod roll_up;
#[cfg(test)]
mod scenarios;
mod secret_provider;
mod select;
mod self_check;
mod state;
mod tables;
mod timeout_bound;
mod waves;

use tokio::sync::mpsc::unbounded_channel;

use acquire::{Admission, acquire};

pub use canaries::Asking;
pub use channel_book::ChannelBook;
pub use judging::Judging;
pub use log::Log;
pub use options::RunOptions;
pub use outcome::{CompletedRun, RunError, RunOutcome};
pub use probing::{Judged, Probing};
pub use secret_provider::{SecretProvider, Variables, secrets_of};
pub use state::Deps;
pub use tables::{read_inventory, read_watchlist};
pub use timeout_bound::TimeoutBound;

/// Makes one run. `progress` receives how many monitors are probed, of how many.
pub async fn run(
    options: &RunOptions,
    deps: Deps,
    progress: impl Fn(usize, usize),
) -> Result<RunOutcome, RunError> {
    let run = match acquire(options, deps).await? {
        Admission::Granted(run) => run,
        Admission::Refused(held) => return Ok(RunOutcome::NotOurs(held)),
    };
    let run = Box::pin(run.read()).await?;
    let mut run = run.migrate().await?;
    let (notified, probed) = tokio::join!(run.notify_pending(), run.probe(progress));
    run.self_check(notified, probed).await;
    let (changes, alerts) = run.decide();
    let (batches, stored) = unbounded_channel();
    let (committed, notified) =
        tokio::join!(biased; run.commit(&changes, batches), run.notify(&changes, alerts, stored));
    run.enter(&changes, committed, notified);
    run.judge_channels().await;
    run.record().await;
    run.post_levels().await;
    Ok(RunOutcome::CompletedRun(run.release().await))
}
