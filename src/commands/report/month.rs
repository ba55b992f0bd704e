//! A month that is over: as the first report on it stored it, or computed and stored now.

use super::found::{FoundLines, lines};
use crate::archive::Ask;
use crate::commands::failure::Failure;
use crate::commands::shard::shard;
use crate::exit::Exit;
use crate::inventory::Inventory;
use crate::report::chain;
use crate::store::{MonthKept, Store, StoreError};
use crate::view::{CalendarMonth, FrozenMonth, FrozenMonthError, ReportLine};

/// The month, and what to say beside it.
pub async fn of_month(
    store: &Store,
    inventory: &Inventory,
    month: CalendarMonth,
    ask: Ask,
) -> Result<(FoundLines, Vec<String>), Failure> {
    if let Some(stored) = stored(store, month, ask).await? {
        return Ok((stored, Vec::new()));
    }
    let lines = lines(store, inventory, ask).await?;
    // Of a time from which nothing is kept, there is nothing to store.
    if !lines.iter().any(ReportLine::has_results) {
        return Ok((FoundLines::computed(ask.window, lines), Vec::new()));
    }
    let frozen = FrozenMonth { stored_at: ask.now, lines };
    let bytes = frozen.to_bytes().map_err(|error| damaged(month, &error))?;
    match store.keep_month(&shard(), month.stretch(), &bytes, ask.now).await {
        Ok(MonthKept::Stored | MonthKept::ByAnother) => {
            if let Some(stored) = stored(store, month, ask).await? {
                return Ok((stored, Vec::new()));
            }
        }
        Ok(MonthKept::TooOld) => {}
        Err(error @ StoreError::Denied { .. }) => {
            let note =
                format!("could not store the month {month}, so a later report may differ: {}", chain(&error));
            return Ok((FoundLines::computed(ask.window, frozen.lines), vec![note]));
        }
        Err(error) => return Err(error.into()),
    }
    Ok((FoundLines::computed(ask.window, frozen.lines), Vec::new()))
}

async fn stored(store: &Store, month: CalendarMonth, ask: Ask) -> Result<Option<FoundLines>, Failure> {
    let stretch = month.stretch();
    let bytes = store.state_reader(&shard()).month(stretch.from, ask.now).await?;
    let Some(bytes) = bytes else { return Ok(None) };
    let FrozenMonth { stored_at, lines } =
        FrozenMonth::from_bytes(&bytes).map_err(|error| damaged(month, &error))?;
    Ok(Some(FoundLines { window: stretch, stored_at: Some(stored_at), lines }))
}

fn damaged(month: CalendarMonth, error: &FrozenMonthError) -> Failure {
    let message = format!("cannot read the stored month {month}: {}", chain(error));
    Failure::new(Exit::Failed, message).help(match error {
        FrozenMonthError::Newer(_) => "update monitorctl to the version that stored it",
        FrozenMonthError::Damaged(_) | FrozenMonthError::Value(_) => {
            "remove the items of the series month# from the history table; the next report computes the month anew"
        }
    })
}
