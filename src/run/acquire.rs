//! The step ACQUIRE: a run asks for the lease, and once more if the process that has it is gone.

use tokio::time::Instant;

use super::options::RunOptions;
use super::outcome::RunError;
use super::state::{Deps, RunState};
use crate::report::log::LogEvent;
use crate::state::{Held, Lease};
use crate::store::{Acquired, StoreError};

/// The answer to a run that asks for the lease.
pub enum Admission<'a> {
    Granted(Box<RunState<'a>>),
    Refused(Held),
}

pub async fn acquire(options: &RunOptions, deps: Deps) -> Result<Admission<'_>, RunError> {
    let begun = Instant::now();
    // The slot is a matter of the servers' time, so their clock is asked before anything else.
    let last = deps.store.state_reader(&options.shard).run().await?.and_then(|record| record.last_ok);
    let now = deps.store.now();
    let options = match options.beside(last.as_ref(), now) {
        Ok(options) => options,
        Err(held) => return Ok(Admission::Refused(*held)),
    };
    let slot = options.slot(now);
    deps.log.in_slot(slot);
    match ask(&deps, options.lease(slot)).await? {
        Acquired::Refused(held) => Ok(Admission::Refused(held)),
        Acquired::Granted { run: lease, before } => {
            deps.log.granted(lease.epoch());
            deps.log.event(&LogEvent::Acquired);
            let last = before.and_then(|record| record.last_ok);
            let run = RunState::new(options, deps, lease, (begun, slot), last);
            Ok(Admission::Granted(Box::new(run)))
        }
    }
}

/// A lease whose holder was killed on this machine is taken over at once: its fence keeps out whatever of it may still be
/// on the way.
async fn ask(deps: &Deps, lease: Lease) -> Result<Acquired, StoreError> {
    let answer = deps.store.acquire(&lease).await?;
    let dead = match &answer {
        Acquired::Refused(held) => held.dead(deps.is_gone),
        Acquired::Granted { .. } => None,
    };
    match dead {
        None => Ok(answer),
        Some(dead) => deps.store.acquire(&Lease { instead_of: Some(dead), ..lease }).await,
    }
}
