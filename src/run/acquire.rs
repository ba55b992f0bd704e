//! The first step of a run: it asks for the lease, and once more if the process that has it is gone.

use crate::state::{HolderProcess, Lease};
use crate::store::{Acquired, Store, StoreError};

/// Asks for the lease. A lease whose holder was killed on this machine is taken over at once: its fence keeps out
/// whatever of it may still be on the way.
pub async fn acquire(
    store: &Store,
    lease: Lease,
    is_gone: fn(&HolderProcess) -> bool,
) -> Result<Acquired, StoreError> {
    let answer = store.acquire(&lease).await?;
    let dead = match &answer {
        Acquired::Refused(held) => held.dead(is_gone),
        Acquired::Granted { .. } => None,
    };
    match dead {
        None => Ok(answer),
        Some(dead) => store.acquire(&Lease { instead_of: Some(dead), ..lease }).await,
    }
}
