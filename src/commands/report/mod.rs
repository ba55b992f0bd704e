//! `report`: availability over a period. It stores a month that is over, where it may.

mod found;
mod month;
#[cfg(test)]
mod tests;

use found::{FoundLines, lines};

use super::context::{Context, Missing};
use super::failure::Failure;
use super::own_table::foreign_table;
use super::period::period as run_period;
use super::plan_request::{idle, selector};
use super::shard::shard;
use super::terminal::Terminal;
use crate::archive::{Ask, Detail};
use crate::cli::{Report, ReportFormat};
use crate::exit::Exit;
use crate::history::RollupUnit;
use crate::inventory::Watchlist;
use crate::monitor::Traits;
use crate::page::SloPercent;
use crate::report::{AvailabilityReport, chain};
use crate::run::read_inventory;
use crate::store::Store;
use crate::view::{PeriodError, ReportLine, ReportPeriod, ReportView};

pub async fn report(context: &Context, args: &Report) -> Result<Exit, Failure> {
    let period = ReportPeriod::parse(&args.period).map_err(|error| wrong_period(&error))?;
    let slo = args.slo.as_deref().map(objective).transpose()?;
    let store = context.open_store(Missing::Refused).await?;
    let ReportLook { found, watchlist, notes } = Box::pin(look(&store, period)).await?;
    notes.into_iter().chain(foreign_table(&watchlist, context.environment().as_deref())).for_each(|note| {
        context.terminal.warn(&note);
    });
    let FoundLines { window, stored_at, lines } = found;
    let lines = selected(lines, &args.only)?;
    let report = AvailabilityReport { view: ReportView::new(period, window, stored_at, slo, lines) };
    context.terminal.print(&rendered(&report, args.format)?)?;
    Ok(Exit::Done)
}

struct ReportLook {
    found: FoundLines,
    watchlist: Watchlist,
    /// What a person should know beside the report.
    notes: Vec<String>,
}

async fn look(store: &Store, period: ReportPeriod) -> Result<ReportLook, Failure> {
    let (inventory, run) = read_inventory(store, &shard(), None).await?;
    let now = store.now();
    let window = period.window(now).map_err(|error| wrong_period(&error))?;
    let apart = run_period(None, run.and_then(|record| record.last_ok).as_ref());
    let ask = Ask { window, each: RollupUnit::Day, detail: Detail::Percentiles, period: apart, now };
    let (found, notes) = match period.closed_month(now) {
        Some(month) => month::of_month(store, &inventory, month, ask).await?,
        None => (FoundLines::computed(window, lines(store, &inventory, ask).await?), Vec::new()),
    };
    Ok(ReportLook { found, watchlist: inventory.watchlist, notes })
}

fn selected(lines: Vec<ReportLine>, only: &[String]) -> Result<Vec<ReportLine>, Failure> {
    let Some(only) = selector(only)? else { return Ok(lines) };
    let known: Vec<Traits<'_>> = lines.iter().map(ReportLine::traits).collect();
    idle("", Some(&only), &known)?;
    Ok(lines.into_iter().filter(|line| only.takes(&line.traits())).collect())
}

fn rendered(report: &AvailabilityReport, format: ReportFormat) -> Result<String, Failure> {
    Ok(match format {
        ReportFormat::Text => report.text(Terminal::surface()),
        ReportFormat::Markdown => report.markdown(),
        ReportFormat::Json => format!("{:#}\n", report.json()),
        ReportFormat::Csv => report.csv(),
        ReportFormat::Html => report.html().map_err(|error| Failure::new(Exit::Failed, chain(&error)))?,
    })
}

/// Reads `99.9` or `99.9%`.
fn objective(text: &str) -> Result<SloPercent, Failure> {
    let slo = SloPercent::parse(text.trim_end_matches(['%', ' ']));
    slo.ok_or_else(|| {
        let message = format!("--slo: {text:?} is no percentage of {} to 100", SloPercent::LEAST);
        usage(message).help("write a number with three decimals at most, such as 99.95")
    })
}

fn wrong_period(error: &PeriodError) -> Failure {
    let help = match error {
        PeriodError::Unclear(_) => "write a month such as 2026-10, or a time until now such as 30d",
        PeriodError::TooLong(_) => "write 800d or less",
        PeriodError::Future(_) => "write a month that has begun, or a time until now such as 30d",
    };
    usage(format!("--period: {error}")).help(help)
}

fn usage(message: String) -> Failure {
    Failure::new(Exit::Usage, message)
}
