//! The command `notify test`.

use std::path::Path;

use futures_util::future::join_all;

use super::chosen::Known;
use super::sending::Sending;
use crate::cli::{Format, Global, Notify, NotifyCommand, NotifyTest, TestHealth};
use crate::commands::check::FromFiles;
use crate::commands::context::{Context, Missing};
use crate::commands::environment::variable;
use crate::commands::failure::{Failure, LISTED};
use crate::commands::machine_channel::machine_channel;
use crate::commands::runtime::with_runtime;
use crate::commands::shard::shard;
use crate::commands::terminal::Terminal;
use crate::config::{self, suggest};
use crate::deliver::{FileSender, Notifier, Senders, TopicSender};
use crate::exit::Exit;
use crate::inventory::{WatchedMonitor, Watchlist};
use crate::machine;
use crate::monitor::{Monitor, MonitorId, Origin, Spec, marked};
use crate::report::{ChannelTest, chain, channel_tests_json, channel_tests_text};
use crate::run::{ChannelBook, Variables, read_watchlist};
use crate::secrets::Vault;
use crate::simulation::Outcome;
use crate::store::Store;

/// The monitor that a message is about where none is named.
const MADE_UP: &str = "example-api";
const MADE_UP_URL: &str = "https://example.com/health";

pub fn notify(global: &Global, terminal: Terminal, args: &Notify) -> Result<Exit, Failure> {
    match &args.command {
        NotifyCommand::Test(args) => {
            let context = if args.files {
                Context::load_for_files(global, terminal)?
            } else {
                Context::load(global, terminal)?
            };
            with_runtime(&context.aws, test(&context, args))
        }
    }
}

async fn test(context: &Context, args: &NotifyTest) -> Result<Exit, Failure> {
    let machine = machine_channel(&context.choice)?;
    let notifier = notifier(context, args)?;
    let (watchlist, store) = if args.files {
        (of_files(context, args)?, None)
    } else {
        let (watchlist, store) = of_table(context).await?;
        (watchlist, Some(store))
    };
    let watched = args.monitor.as_deref().map(|id| named(id, &watchlist)).transpose()?;
    let made_up = made_up()?;
    let files = context.owner_of_files();
    let owner = if args.files { Some(files.as_str()) } else { context.settings.owner.as_deref() };
    let known = Known { watchlist: &watchlist, machine: &machine, owner };
    let channels = known.chosen(&args.channels, watched)?;
    let variables = Variables { offer: context.offer()?, read: variable };
    let vault = Vault::new(context.aws.clone());
    let outcomes: Vec<_> = args.health.iter().copied().map(outcome).collect();
    let environment = context.environment();
    let sending = Sending {
        book: ChannelBook { watchlist: &watchlist, machine: &machine, variables: &variables, vault: &vault },
        notifier: &notifier,
        monitor: watched.map_or(&made_up, |watched| &watched.monitor),
        outcomes: &outcomes,
        environment: environment.as_deref(),
        machine: &machine::host(),
        now: context.clock.wall(),
    };
    let tests = join_all(channels.into_iter().map(|channel| sending.test(channel))).await;
    context.terminal.print(&match args.format {
        Format::Text => channel_tests_text(&tests),
        Format::Json => format!("{:#}\n", channel_tests_json(&tests)),
    })?;
    if let Some(store) = &store {
        prove(context, store, &known, &tests).await;
    }
    let is_failed = |test: &ChannelTest| test.failed.is_some();
    Ok(if tests.iter().any(is_failed) { Exit::Partly } else { Exit::Done })
}

/// Records which channels accepted everything, so that `doctor` knows them and a run tries them at once. Without the right to
/// write, the test is still a test.
async fn prove(context: &Context, store: &Store, known: &Known<'_>, tests: &[ChannelTest]) {
    for ChannelTest { channel, kind: _, accepted, failed } in tests {
        let definition = known.watchlist.definition(channel, known.machine);
        let (Some(definition), None, false) = (definition, failed, accepted.is_empty()) else { continue };
        let proven = store.prove_channel(&shard(), channel, definition.digest(), store.now()).await;
        if let Err(error) = proven {
            let why = chain(&error);
            context
                .terminal
                .warn(&format!("could not record that {} accepted the test: {why}", channel.name));
        }
    }
}

fn notifier(context: &Context, args: &NotifyTest) -> Result<Notifier, Failure> {
    let file = FileSender::new(context.alerts_file());
    let topics = TopicSender::new(context.aws.clone());
    Ok(Notifier::Senders(Senders::new(topics, file, context.addresses(&args.allow)?)))
}

/// What the machines that run `check` have. Those of another environment would alarm the wrong people.
async fn of_table(context: &Context) -> Result<(Watchlist, Store), Failure> {
    let store = context.open_store(Missing::Refused).await?;
    let watchlist = read_watchlist(&store.config_reader(&shard())).await?;
    let chosen = context.environment();
    match (watchlist.foreign_environment(chosen.as_deref()), &chosen) {
        (Some(stored), Some(chosen)) => Err(Failure::other_environment(stored, chosen)),
        (None, _) | (_, None) => Ok((watchlist, store)),
    }
}

/// What the files say. Monitors are read only if one is named.
fn of_files(context: &Context, args: &NotifyTest) -> Result<Watchlist, Failure> {
    if args.monitor.is_some() {
        return FromFiles::read(context, Path::new(".")).map(|files| files.watchlist);
    }
    let mut watchlist = Watchlist::default();
    watchlist.define(context.owner_of_files(), context.settings.channels.clone());
    Ok(watchlist)
}

fn named<'a>(id: &str, watchlist: &'a Watchlist) -> Result<&'a WatchedMonitor, Failure> {
    let found = MonitorId::parse(id).ok().and_then(|id| watchlist.get(&id));
    found.map(AsRef::as_ref).ok_or_else(|| {
        let near = suggest(id, watchlist.all.iter().map(|watched| watched.monitor.id.as_str()));
        let help = near.map_or_else(|| LISTED.to_owned(), |near| format!("did you mean {near}?"));
        Failure::new(Exit::Usage, format!("unknown monitor {}", marked(id.to_owned()))).help(help)
    })
}

fn made_up() -> Result<Monitor, Failure> {
    let invalid = |why: String| Failure::new(Exit::Failed, format!("{MADE_UP} is invalid: {why}"));
    let id = MonitorId::parse(MADE_UP).map_err(|error| invalid(error.to_string()))?;
    let spec = Spec::new([("url".to_owned(), MADE_UP_URL.into())].into_iter().collect());
    config::monitor_from_spec(id, &spec, Origin::default()).map_err(|faults| invalid(faults.join("; ")))
}

fn outcome(health: TestHealth) -> Outcome {
    match health {
        TestHealth::Down => Outcome::Fail,
        TestHealth::Degraded => Outcome::Degraded,
        TestHealth::Up => Outcome::Pass,
    }
}
