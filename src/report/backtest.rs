//! What the changes of a plan would have made of stored results, in lines that the text and the comment share.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::paint::{BAD, FAINT, GOOD, STRONG, WARN, paint};
use crate::monitor::{MonitorId, count, format_duration, minute, rough_duration};
use crate::simulation::{AlertCounts, Backtested, ComparedOutage, OutageEffect, total};

/// Fewer results say little about a policy.
const FEW_RESULTS: usize = 50;

/// The longest outages of a monitor, which are named, of those that are alerted at another time.
const NAMED: usize = 3;

/// Entries that people are shown.
const ENTRIES: usize = 20;

/// Ids of an entry that people are shown.
const IDS: usize = 5;

/// The added and changed monitors of a plan, each on its results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BacktestReport {
    /// The results of this time, up to `to`.
    pub window: Duration,
    pub to: Timestamp,
    /// By id.
    pub monitors: Vec<BacktestedMonitor>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BacktestedMonitor {
    pub id: MonitorId,
    pub backtested: Backtested,
}

/// Monitors of which the same is to be said.
struct BacktestEntry<'a> {
    ids: Vec<&'a MonitorId>,
    lines: Vec<BacktestLine>,
    weight: EntryWeight,
}

#[derive(Clone, PartialEq, Eq)]
struct BacktestLine {
    tone: Tone,
    text: String,
}

/// What is said first: what is no longer alerted, then what is alerted at another time, then other numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum EntryWeight {
    Misses,
    Moves,
    Changes,
    Same,
    NoResults,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tone {
    Plain,
    Good,
    Warning,
    Faint,
}

/// For people: a few lines a monitor, then the sum.
pub fn backtest_text(report: &BacktestReport) -> String {
    let window = format_duration(report.window);
    let mut text = format!("{}\n", paint(STRONG, &format!("Backtest on the results of the last {window}:")));
    let entries = entries(report);
    for BacktestEntry { ids, lines, weight: _ } in entries.iter().take(ENTRIES) {
        let _ = writeln!(text, "  {}", paint(STRONG, &named(ids)));
        for BacktestLine { tone, text: line } in lines {
            let _ = writeln!(text, "      {}", toned(*tone, line));
        }
    }
    let left: usize = entries.iter().skip(ENTRIES).map(|entry| entry.ids.len()).sum();
    if left > 0 {
        let more = format!("and {} (--format json lists all)", count(left, "more monitor"));
        let _ = writeln!(text, "  {}", paint(FAINT, &more));
    }
    let style = if number(report, OutageEffect::Missed) > 0 { BAD } else { GOOD };
    let _ = writeln!(text, "  {}", paint(style, &backtest_summary(report)));
    text
}

/// `alerts 14 → 2; 6 outages cause no alert any more, 1 is alerted later`
pub fn backtest_summary(report: &BacktestReport) -> String {
    let BacktestReport { monitors, .. } = report;
    if monitors.is_empty() {
        return "no monitor is added or changed in what it alerts about".to_owned();
    }
    let replayed: Vec<&BacktestedMonitor> =
        monitors.iter().filter(|one| one.backtested.span.is_some()).collect();
    if replayed.is_empty() {
        return format!("no results yet of {}", count(monitors.len(), "added or changed monitor"));
    }
    // What was not watched before has nothing to be compared with.
    let both =
        replayed.iter().filter_map(|one| Some((one.backtested.before.as_ref()?, &one.backtested.after)));
    let (before, after) =
        both.fold((0, 0), |(before, after), (then, now)| (before + total(then), after + total(now)));
    let outages = |number: usize, words: &str, plural: &str| match number {
        0 => None,
        1 => Some(format!("1 outage {words}")),
        number => Some(format!("{number} outages {plural}")),
    };
    let effects = [
        (OutageEffect::Missed, "causes no alert any more", "cause no alert any more"),
        (OutageEffect::Later, "is alerted later", "are alerted later"),
        (OutageEffect::Earlier, "is alerted earlier", "are alerted earlier"),
        (OutageEffect::New, "is newly alerted", "are newly alerted"),
    ];
    let effects =
        effects.into_iter().filter_map(|(effect, one, more)| outages(number(report, effect), one, more));
    let mut effects: Vec<_> = effects.collect();
    if number(report, OutageEffect::Missed) == 0 {
        effects.push("no outage is missed".to_owned());
    }
    format!("alerts {before} → {after}; {}", effects.join(", "))
}

fn number(report: &BacktestReport, effect: OutageEffect) -> usize {
    let outages = report.monitors.iter().flat_map(|one| &one.backtested.outages);
    outages.filter(|outage| outage.effect() == effect).count()
}

/// Those with the same lines together, the most important first.
fn entries(report: &BacktestReport) -> Vec<BacktestEntry<'_>> {
    let mut entries: Vec<BacktestEntry<'_>> = Vec::new();
    for BacktestedMonitor { id, backtested } in &report.monitors {
        let (lines, weight) = (lines(report, backtested), weight(backtested));
        match entries.iter_mut().find(|entry| entry.lines == lines) {
            Some(entry) => entry.ids.push(id),
            None => entries.push(BacktestEntry { ids: vec![id], lines, weight }),
        }
    }
    entries.sort_by_key(|entry| entry.weight);
    entries
}

fn weight(backtested: &Backtested) -> EntryWeight {
    let has = |effect| backtested.outages.iter().any(|outage| outage.effect() == effect);
    match backtested.span {
        None => EntryWeight::NoResults,
        Some(_) if has(OutageEffect::Missed) => EntryWeight::Misses,
        Some(_) if has(OutageEffect::Later) => EntryWeight::Moves,
        Some(_) if backtested.before.as_ref() != Some(&backtested.after) => EntryWeight::Changes,
        Some(_) => EntryWeight::Same,
    }
}

fn lines(report: &BacktestReport, backtested: &Backtested) -> Vec<BacktestLine> {
    let Backtested { span, probes, before, after, outages, unreplayed } = backtested;
    let Some(span) = span else {
        return vec![BacktestLine { tone: Tone::Faint, text: "no results yet".to_owned() }];
    };
    let mut lines = vec![BacktestLine { tone: Tone::Plain, text: alerts(before.as_ref(), after) }];
    lines.extend(outage_lines(outages, span.to));
    let began = report.to.duration_since(span.from);
    let whole = SignedDuration::try_from(report.window).unwrap_or(SignedDuration::MAX);
    // A tenth of the time without results is no reason to doubt the rest.
    let is_short = began < whole - whole / 10;
    if *probes < FEW_RESULTS {
        let results = count(*probes, "result");
        let text = format!("only {results}, since {}: too few to judge by", minute(span.from));
        lines.push(BacktestLine { tone: Tone::Warning, text });
    } else if is_short {
        let text = format!("the results begin at {}", minute(span.from));
        lines.push(BacktestLine { tone: Tone::Faint, text });
    }
    if !unreplayed.is_empty() {
        let parts: Vec<_> = unreplayed.iter().map(ToString::to_string).collect();
        lines.push(BacktestLine { tone: Tone::Faint, text: format!("not replayed: {}", parts.join(", ")) });
    }
    lines
}

/// `alerts 14 → 2 (DOWN 7 → 1, UP 7 → 1)`
fn alerts(before: Option<&AlertCounts>, after: &AlertCounts) -> String {
    let Some(before) = before else {
        let words: Vec<_> = after.iter().map(|(word, number)| format!("{word} {number}")).collect();
        return match words.as_slice() {
            [] => "no alert".to_owned(),
            words => format!("{} ({})", count(total(after), "alert"), words.join(", ")),
        };
    };
    if before == after {
        return format!("{}, before and after", alerts(None, after));
    }
    let of = |alerts: &AlertCounts, word: &'static str| alerts.get(word).copied().unwrap_or_default();
    let words: BTreeSet<&'static str> = before.keys().chain(after.keys()).copied().collect();
    let words = words.into_iter().map(|word| format!("{word} {} → {}", of(before, word), of(after, word)));
    let words: Vec<_> = words.collect();
    format!("alerts {} → {} ({})", total(before), total(after), words.join(", "))
}

fn outage_lines(outages: &[ComparedOutage], end: Timestamp) -> Vec<BacktestLine> {
    let of = |effect| outages.iter().filter(move |outage| outage.effect() == effect);
    let mut lines = Vec::new();
    for (effect, tone, word) in
        [(OutageEffect::Later, Tone::Warning, "later"), (OutageEffect::Earlier, Tone::Good, "earlier")]
    {
        let mut longest: Vec<_> = of(effect).collect();
        longest.sort_by_key(|outage| Reverse(outage.lasted(end)));
        longest.truncate(NAMED);
        longest.sort_by_key(|outage| outage.from);
        lines.extend(longest.into_iter().map(|outage| BacktestLine { tone, text: moved(outage, end) }));
        let text = match of(effect).count().saturating_sub(NAMED) {
            0 => continue,
            1 => format!("1 more outage is alerted {word}"),
            more => format!("{more} more outages are alerted {word}"),
        };
        lines.push(BacktestLine { tone, text });
    }
    let missed: Vec<_> = of(OutageEffect::Missed).collect();
    lines.extend(
        gathered(&missed, end, "causes no alert any more", "cause no alert any more")
            .map(|text| BacktestLine { tone: Tone::Warning, text }),
    );
    let new: Vec<_> = of(OutageEffect::New).collect();
    lines.extend(
        gathered(&new, end, "is newly alerted", "are newly alerted")
            .map(|text| BacktestLine { tone: Tone::Plain, text }),
    );
    lines
}

/// `the outage of 2026-11-14 10:02 UTC (3h20m) is alerted after 6m instead of 2m`
fn moved(outage: &ComparedOutage, end: Timestamp) -> String {
    let after = |time: Option<Duration>| time.map(rough_duration).unwrap_or_default();
    format!(
        "the outage of {} ({}) is alerted after {} instead of {}",
        minute(outage.from),
        rough_duration(outage.lasted(end)),
        after(outage.after),
        after(outage.before),
    )
}

/// `6 outages cause no alert any more; the longest lasted 4m, from 2026-11-14 10:02 UTC`
fn gathered(outages: &[&ComparedOutage], end: Timestamp, one: &str, more: &str) -> Option<String> {
    let longest = outages.iter().max_by_key(|outage| outage.lasted(end))?;
    let (from, lasted) = (minute(longest.from), rough_duration(longest.lasted(end)));
    Some(match outages.len() {
        1 => format!("the outage of {from} ({lasted}) {one}"),
        number => format!("{number} outages {more}; the longest lasted {lasted}, from {from}"),
    })
}

/// `a, b, c and 22 more`
fn named(ids: &[&MonitorId]) -> String {
    let first: Vec<_> = ids.iter().take(IDS).map(|id| id.as_str()).collect();
    let more = ids.len().saturating_sub(IDS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", first.join(", "))
}

fn toned(tone: Tone, text: &str) -> String {
    match tone {
        Tone::Plain => text.to_owned(),
        Tone::Good => paint(GOOD, text),
        Tone::Warning => paint(WARN, text),
        Tone::Faint => paint(FAINT, text),
    }
}

#[cfg(test)]
mod tests;
