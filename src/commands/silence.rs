//! `silence`: silences alerts of selected monitors. It is stored beside the monitors, in the table that `check`
//! reads anyway, so it holds on every machine from the next run on.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ulid::Ulid;

use super::context::{Context, Missing};
use super::environment::is_ci;
use super::failure::Failure;
use super::own_table::{check_own, own};
use super::plan_request::{idle, selector};
use super::sync::caller;
use super::terminal::Terminal;
use crate::cli::{Format, Silence as Args, SilenceAdd, SilenceCommand, SilenceEnd, SilenceList};
use crate::commands::shard::shard;
use crate::exit::Exit;
use crate::monitor::{MonitorId, Selector, Traits, count, format_duration, marked};
use crate::plan::Stored;
use crate::report::{SilenceLine, silences_json, silences_text};
use crate::store::{Configs, Ended, Store};
use crate::suppress::{LONGEST, StoredSilence};

/// Monitors that are silenced without a question.
const UNASKED: usize = 10;

/// Monitors that are shown with the question.
const SHOWN: usize = 50;

/// Characters of a reason.
const REASON: usize = 200;

pub async fn silence(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let store = context.open_store(Missing::Refused).await?;
    match &args.command {
        SilenceCommand::Add(args) => add(context, &store, args).await,
        SilenceCommand::List(args) => list(context, &store, args).await,
        SilenceCommand::End(args) => end(context, &store, args).await,
    }
}

async fn add(context: &Context, store: &Store, args: &SilenceAdd) -> Result<Exit, Failure> {
    let Some(selector) = selector(&args.selector)? else {
        return Err(Failure::new(Exit::Usage, "no monitor selected"));
    };
    let reason = reason(&args.reason)?;
    let configs = own(context, store.config_reader(&shard()).read_now().await?)?;
    idle("", Some(&selector), &watched(&configs).map(traits).collect::<Vec<_>>())?;
    // The time is that of the store, which came with the read.
    let starts = store.now();
    let ends = ends(starts, args.lasts, args.until)?;
    confirm(context, args, &taken(&selector, &configs))?;
    let silence =
        StoredSilence { id: Ulid::generate().to_string(), selector, starts, ends, reason, by: caller() };
    store.config_writer(&shard()).begin_silence(&silence).await?;
    print(context, &[line(silence, &configs)], args.format, starts)?;
    Ok(Exit::Done)
}

/// Shows what is about to be silenced, and goes on only if that is meant, where it is much.
fn confirm(context: &Context, args: &SilenceAdd, taken: &[MonitorId]) -> Result<(), Failure> {
    if taken.len() <= UNASKED {
        return Ok(());
    }
    let shown: Vec<_> = taken.iter().take(SHOWN).map(MonitorId::as_str).collect();
    let rest = taken.len().saturating_sub(SHOWN);
    let rest = if rest == 0 { String::new() } else { format!("\n  and {rest} more") };
    let number = count(taken.len(), "monitor");
    context.terminal.say(&format!("this matches {number}:\n  {}{rest}", shown.join("\n  ")));
    if args.yes {
        return Ok(());
    }
    let unconfirmed = |why: &str| {
        let message = format!("{why}; nothing is silenced");
        Err(Failure::new(Exit::Unconfirmed, message).help("`--yes` silences them without confirmation"))
    };
    if !Terminal::can_ask() || is_ci() {
        return unconfirmed("not a terminal: pass --yes to silence this many");
    }
    match context.terminal.ask(&format!("\nSilence {number}? Type `yes` to confirm: ")).as_deref() {
        Some("yes") => Ok(()),
        _ => unconfirmed("not confirmed"),
    }
}

async fn list(context: &Context, store: &Store, args: &SilenceList) -> Result<Exit, Failure> {
    let configs = store.config_reader(&shard()).read_now().await?;
    if let Err(other) = check_own(context, &configs) {
        context.terminal.warn(other.message());
    }
    let now = store.now();
    let mut silences: Vec<_> =
        configs.silences.iter().filter(|silence| args.all || silence.ends > now).cloned().collect();
    silences.sort_by(|one, two| (one.ends, &one.id).cmp(&(two.ends, &two.id)));
    let lines: Vec<_> = silences.into_iter().map(|silence| line(silence, &configs)).collect();
    print(context, &lines, args.format, now)?;
    Ok(Exit::Done)
}

async fn end(context: &Context, store: &Store, args: &SilenceEnd) -> Result<Exit, Failure> {
    let configs = own(context, store.config_reader(&shard()).read_now().await?)?;
    let now = store.now();
    // Spaces between its terms are none of a selector.
    let selector = Selector::parse(&args.which).map(|selector| selector.to_string());
    let meant = |silence: &&StoredSilence| {
        silence.id == args.which || selector.as_ref().is_ok_and(|text| silence.selector.to_string() == *text)
    };
    let active = configs.silences.iter().filter(|silence| silence.ends > now);
    let meant: Vec<_> = active.filter(meant).collect();
    if meant.is_empty() {
        return Err(Failure::new(Exit::Usage, format!("no active silence {:?}", args.which))
            .help("`monitorctl silence list` shows their ids and selectors"));
    }
    let writer = store.config_writer(&shard());
    let mut ended = 0;
    for silence in &meant {
        match writer.end_silence(&silence.id, now, &caller()).await? {
            Ended::Done => ended += 1,
            // Another process was faster.
            Ended::Before => {}
        }
    }
    context.terminal.say(&format!(
        "ended {}; monitors that are still down alert after their next probe",
        count(ended, "silence")
    ));
    Ok(Exit::Done)
}

/// A reason is read by others, in one line.
fn reason(text: &str) -> Result<String, Failure> {
    let text = text.trim();
    match text.chars().count() {
        1..=REASON => Ok(marked(text.to_owned())),
        _ => Err(Failure::new(Exit::Usage, format!("a reason has 1 to {REASON} characters"))),
    }
}

fn ends(now: Timestamp, lasts: Option<Duration>, until: Option<Timestamp>) -> Result<Timestamp, Failure> {
    let too_long = || {
        let longest = format_duration(LONGEST);
        Failure::new(Exit::Usage, format!("a silence lasts {longest} at most"))
            .help("for longer, write `maintenance:` or `enabled: false` into the monitor's file")
    };
    let longest = SignedDuration::try_from(LONGEST).unwrap_or(SignedDuration::MAX);
    let ends = match (lasts, until) {
        (Some(lasts), _) => now.checked_add(lasts).map_err(|_| too_long())?,
        (None, until) => until.unwrap_or(now),
    };
    match ends.duration_since(now) {
        left if left > longest => Err(too_long()),
        left if left <= SignedDuration::ZERO => {
            Err(Failure::new(Exit::Usage, format!("{ends} is in the past: it is {now}")))
        }
        _ => Ok(ends),
    }
}

fn watched(configs: &Configs) -> impl Iterator<Item = &Stored> {
    configs.items.iter().filter(|item| item.retired_at.is_none())
}

fn traits(item: &Stored) -> Traits<'_> {
    Traits::of(&item.id, &item.spec)
}

fn taken(selector: &Selector, configs: &Configs) -> Vec<MonitorId> {
    let taken = watched(configs).filter(|item| selector.takes(&traits(item)));
    taken.map(|item| item.id.clone()).collect()
}

fn line(silence: StoredSilence, configs: &Configs) -> SilenceLine {
    SilenceLine { monitors: taken(&silence.selector, configs), silence }
}

fn print(context: &Context, lines: &[SilenceLine], format: Format, now: Timestamp) -> Result<(), Failure> {
    context.terminal.print(&match format {
        Format::Text => silences_text(lines, now),
        Format::Json => format!("{:#}\n", silences_json(lines, now)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silence_ends_later_than_now_and_within_seven_days() {
        let now: Timestamp = "2026-11-22T14:00:00Z".parse().expect("a time");
        let hours = |hours| Some(Duration::from_hours(hours));
        let at = |text: &str| Some(text.parse().expect("a time"));
        let check = |lasts, until, expected: Result<&str, &str>| {
            let ends = ends(now, lasts, until).map(|ends| ends.to_string()).map_err(|error| error.text());
            match expected {
                Ok(expected) => assert_eq!(ends.as_deref(), Ok(expected)),
                Err(why) => assert!(ends.as_ref().is_err_and(|text| text.contains(why)), "{ends:?}"),
            }
        };
        check(hours(1), None, Ok("2026-11-22T15:00:00Z"));
        check(hours(168), None, Ok("2026-11-29T14:00:00Z"));
        check(hours(169), None, Err("lasts 7d at most"));
        check(None, at("2026-11-22T15:30+01:00"), Ok("2026-11-22T14:30:00Z"));
        check(None, at("2026-11-22T14:00Z"), Err("is in the past"));
        check(None, at("2026-12-22T14:00Z"), Err("lasts 7d at most"));
    }

    #[test]
    fn a_reason_is_one_line_that_can_be_shown() {
        assert_eq!(reason(" deploying \u{1b}[2J").ok().as_deref(), Some("deploying \u{fffd}[2J"));
        assert!(reason("  ").is_err() && reason(&"x".repeat(201)).is_err());
    }
}
