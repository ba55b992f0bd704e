//! `history`: what was kept of one monitor, or the changes of health of all. It holds only readers.

use std::time::Duration;

use jiff::Timestamp;

use super::context::{Context, Missing};
use super::failure::Failure;
use super::named_monitor::named_monitor;
use super::own_table::foreign_table;
use super::period::period;
use super::shard::shard;
use super::terminal::Terminal;
use crate::archive::{Ask, Detail, load};
use crate::cli::{History, HistoryFormat, HistoryStart};
use crate::exit::Exit;
use crate::history::{DAY, RollupUnit, Stretch};
use crate::inventory::Watchlist;
use crate::monitor::minute;
use crate::report::{JournalReport, MonitorHistory, Surface};
use crate::run::{read_inventory, read_watchlist};
use crate::store::{Consistency, Store};

/// As long as days and changes of health are kept.
const KEPT: Duration = Duration::from_hours(800 * 24);

/// Up to here, results are shown by hour.
const BY_HOUR: i64 = 31 * DAY;

pub async fn history(context: &Context, args: &History) -> Result<Exit, Failure> {
    let store = context.open_store(Missing::Refused).await?;
    let look = match &args.id {
        Some(id) => Box::pin(one(&store, id, args, Terminal::surface())).await?,
        None => Box::pin(all(&store, args, Terminal::surface())).await?,
    };
    if let Some(problem) = foreign_table(&look.watchlist, context.environment().as_deref()) {
        context.terminal.warn(&problem);
    }
    context.terminal.print(&look.text)?;
    Ok(Exit::Done)
}

/// What was found, as it is printed.
struct HistoryLook {
    text: String,
    watchlist: Watchlist,
}

async fn one(store: &Store, id: &str, args: &History, surface: Surface) -> Result<HistoryLook, Failure> {
    let (inventory, run) = read_inventory(store, &shard(), None).await?;
    let (watched, _) = named_monitor(&inventory.watchlist, id, "history")?;
    let now = store.now();
    let window = window(args.since, now)?;
    let each = if window.to - window.from > BY_HOUR { RollupUnit::Day } else { RollupUnit::Hour };
    let period = period(None, run.and_then(|record| record.last_ok).as_ref());
    let ask = Ask { window, each, detail: Detail::Latencies, period, now };
    let past = load(&store.state_reader(&shard()), &inventory, &[watched], ask).await?;
    let (name, group) = (&watched.monitor.name, &watched.monitor.group);
    let shown = |past| {
        let history = MonitorHistory { past, name: name.clone(), group: group.clone(), each, now };
        match args.format {
            HistoryFormat::Text => history.text(surface),
            HistoryFormat::Json => format!("{:#}\n", history.json()),
            HistoryFormat::Csv => history.csv(),
        }
    };
    let text = past.into_iter().map(shown).collect();
    Ok(HistoryLook { text, watchlist: inventory.watchlist })
}

async fn all(store: &Store, args: &History, surface: Surface) -> Result<HistoryLook, Failure> {
    let watchlist = read_watchlist(&store.config_reader(&shard())).await?;
    let now = store.now();
    let window = window(args.since, now)?;
    let changes = store.state_reader(&shard()).journal(window, (now, Consistency::Strong)).await?;
    let journal = JournalReport { window, changes };
    let text = match args.format {
        HistoryFormat::Text => journal.text(surface),
        HistoryFormat::Json => format!("{:#}\n", journal.json()),
        HistoryFormat::Csv => journal.csv(),
    };
    Ok(HistoryLook { text, watchlist })
}

/// From the begin that was asked for until now.
fn window(since: HistoryStart, now: Timestamp) -> Result<Stretch, Failure> {
    let earliest = now.checked_sub(KEPT).unwrap_or(Timestamp::MIN);
    let from = match since {
        HistoryStart::Ago(ago) => now.checked_sub(ago).unwrap_or(Timestamp::MIN),
        HistoryStart::At(at) => at,
    };
    if from > now {
        let message = format!("--since: {} is in the future", minute(from));
        return Err(Failure::new(Exit::Usage, message).help("write a time ago, such as --since 7d"));
    }
    if from < earliest {
        let message = "--since: the history is kept for 800 days";
        return Err(Failure::new(Exit::Usage, message).help("write --since 800d or less"));
    }
    Ok(Stretch::around(from, now))
}
