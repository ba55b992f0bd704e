//! The command around a run: what was asked, and how it is shown.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use super::flow::{Means, run};
use super::outcome::{Outcome, Ran};
use super::subject::{Subject, Subjects};
use super::wish::Wish;
use crate::cli::{Check, Format};
use crate::commands::context::{Context, host, show, variable};
use crate::commands::failure::Failure;
use crate::commands::progress::Progress;
use crate::commands::signals::{Signal, Signals};
use crate::commands::target::StoreChoice;
use crate::config::{self, LoadedMonitor};
use crate::exit::Exit;
use crate::monitor::MonitorId;
use crate::notify::{LocalTopic, Notifier};
use crate::probe::{AddressPolicy, Cidr, Limits, Prober};
use crate::report::{WARN, paint, refused};
use crate::source;
use crate::state::Held;

/// A skew of the local clock that is worth a word.
const SKEW_WORTH_A_WORD: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

/// Runs `check`.
pub async fn check(context: &Context, args: &Check) -> Result<Exit, Failure> {
    let wish = wish(context, args)?;
    let (subjects, faulty) = match &args.dir {
        None => (None, false),
        Some(folder) => {
            let (subjects, faulty) = from_files(context, folder)?;
            (Some(subjects), faulty)
        }
    };
    let signals = Signals::listen().map_err(|error| Failure::runtime(&error))?;
    let means = Means {
        store: context.open_store().await?,
        prober: Arc::new(Prober::new(addresses(context, &args.allow)?, limits(args))),
        notifier: notifier(context)?,
        subjects,
        variable,
        stop: signals.stop(),
    };
    let store = means.store.clone();
    let progress = Progress::new();
    let outcome = Box::pin(run(&wish, means, |done, of| progress.show(done, of))).await;
    progress.clear();
    if let Some(skew) = store.skew().filter(|skew| skew.abs() > SKEW_WORTH_A_WORD) {
        let warning = format!("the clock of this machine is {:#} off the store's", skew.abs());
        context.terminal.say(&format!("{} {warning}", paint(WARN, "warning:")));
    }
    match outcome? {
        Outcome::NotOurs(held) => {
            context.terminal.say(&words(&held));
            if args.format == Format::Json {
                context.terminal.print(&format!("{:#}\n", refused(&held)))?;
            }
            Ok(Exit::Done)
        }
        Outcome::Ran(ran) => {
            let exit = exit(&wish, &ran, faulty, args.exit_code, signals.caught());
            let report = ran.report(&wish, store.consumed());
            context.terminal.print(&match args.format {
                Format::Text => report.text(),
                Format::Json => format!("{:#}\n", report.json()),
            })?;
            Ok(exit)
        }
    }
}

/// What the exit code says, the gravest first.
fn exit(wish: &Wish, ran: &Ran, faulty: bool, asked: bool, signal: Option<Signal>) -> Exit {
    match signal {
        Some(Signal::Interrupt) => Exit::Interrupted,
        Some(Signal::Terminate) => Exit::Terminated,
        None if faulty => Exit::Invalid,
        None if ran.is_partial() => Exit::Partly,
        None if asked && !ran.all_up(wish) => Exit::NotUp,
        None => Exit::Done,
    }
}

fn words(held: &Held) -> String {
    match held {
        Held::By { holder, expires } => {
            format!("nothing to do: the run {holder} is at work, until {expires} at the latest")
        }
        Held::Done { slot } => {
            format!("nothing to do: the slot {slot} is done (--all probes everything again)")
        }
    }
}

fn wish(context: &Context, args: &Check) -> Result<Wish, Failure> {
    let id = |text: &String| {
        MonitorId::parse(text)
            .map_err(|error| Failure::new(Exit::Usage, format!("{text:?} is no monitor id: {error}")))
    };
    Ok(Wish {
        holder: ulid::Ulid::generate().to_string(),
        host: host(),
        ids: args.ids.iter().map(id).collect::<Result<_, _>>()?,
        all: args.all,
        from_files: args.dir.is_some(),
        period: args.period,
        deadline: args.deadline,
        environment: context.environment(),
    })
}

/// Monitors from files; those without a fault are probed whatever is wrong with the others.
fn from_files(context: &Context, folder: &Path) -> Result<(Subjects, bool), Failure> {
    let files = source::read(folder)?;
    let loaded = config::load(&files);
    show(context.terminal, &loaded.diagnostics, &files);
    let faulty = loaded.is_invalid();
    let subject = |loaded: LoadedMonitor| Subject::new(loaded.monitor, loaded.spec);
    Ok((Subjects::new(loaded.monitors.into_iter().map(subject).collect(), Vec::new()), faulty))
}

fn limits(args: &Check) -> Limits {
    let at_least_one = |number: u16| NonZeroUsize::new(number.into()).unwrap_or(NonZeroUsize::MIN);
    Limits { total: at_least_one(args.concurrency), per_host: at_least_one(args.per_host) }
}

/// On a laptop the addresses of the laptop may be probed; on the box of a team only what it allows.
fn addresses(context: &Context, allow: &[String]) -> Result<AddressPolicy, Failure> {
    let ranges = allow.iter().map(|text| Cidr::parse(text.trim())).collect::<Result<Vec<_>, _>>()?;
    Ok(match context.choice {
        StoreChoice::DynamoDb => AddressPolicy::new(ranges),
        StoreChoice::Embedded { .. } => AddressPolicy::laptop(ranges),
    })
}

fn notifier(context: &Context) -> Result<Notifier, Failure> {
    match context.alerts_file() {
        Some(path) => Ok(Notifier::Local(LocalTopic::new(path))),
        // A run that cannot tell anybody must not look as if it did.
        None => {
            Err(Failure::new(Exit::Failed, "this version has no way to send alerts from a DynamoDB store")
                .help("use `--store embedded:PATH`"))
        }
    }
}
