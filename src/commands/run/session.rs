//! What lives from one run of a loop to the next, and one run of it.

use std::ops::ControlFlow;
use std::path::Path;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use ulid::Ulid;

use super::memory::{FailedRuns, Footing, Remembered};
use super::repeat::LoopBody;
use super::schedule::Schedule;
use crate::cli::{Format, Run};
use crate::clock::Clock;
use crate::commands::aws_place::placed;
use crate::commands::check::{
    Equipment, FromFiles, PageDeps, PageOrder, held_words, machine_of, warn_of_skew, write_metrics,
    write_pages,
};
use crate::commands::context::{Context, Missing};
use crate::commands::failure::Failure;
use crate::commands::shard::shard;
use crate::commands::signals::{Signal, Signals, stopped};
use crate::commands::terminal::Terminal;
use crate::commands::unsynced;
use crate::exit::Exit;
use crate::inventory::Watchlist;
use crate::machine;
use crate::monitor::{count, format_duration, rough_duration};
use crate::report::log::{LogEvent, LogRun, RunEnd, line};
use crate::report::{LiveLine, RunReport, end_line, live_at, live_line, refused};
use crate::run::{CompletedRun, Log, RunOptions, RunOutcome, run};
use crate::state::{Held, HolderProcess, OtherPeriod};
use crate::store::Consumed;

/// The version of the JSON line of a run that failed.
const FORMAT_VERSION: u32 = 1;

/// How long before the next run everything of the one before has to be done.
const BEFORE_NEXT: Duration = Duration::from_secs(1);

/// A loop at work.
pub struct Session<'a> {
    args: &'a Run,
    schedule: Schedule,
    context: Context,
    equipment: Equipment,
    pages: PageOrder,
    /// The file of the store that is open, if it is one.
    store_file: Option<(u64, u64)>,
    signals: Signals,
    remembered: Arc<Mutex<Remembered>>,
    failures: FailedRuns,
    footing: Footing,
}

impl<'a> Session<'a> {
    pub async fn open(
        mut context: Context,
        args: &'a Run,
        schedule: Schedule,
        signals: Signals,
    ) -> Result<Self, Failure> {
        let pages = PageOrder::of(&args.probes.pages).map_err(|error| Failure::of(Exit::Usage, &error))?;
        let equipment = equipment(&context, args).await?;
        context.stop_naming_the_store();
        context.terminal.say(&format!(
            "checking every {}; Ctrl-C ends this after the run at work",
            format_duration(schedule.period)
        ));
        Ok(Self {
            remembered: Arc::new(Mutex::new(Remembered::of(schedule.period))),
            args,
            schedule,
            store_file: context.store_file(),
            context,
            equipment,
            pages,
            signals,
            failures: FailedRuns::default(),
            footing: Footing::Unproven,
        })
    }

    async fn make_run(&mut self, id: Ulid, log: &Log) -> Result<(), Failure> {
        // After a failure credentials are read again. A store whose file was replaced would take writes that no one reads.
        if !self.failures.are_none() || self.context.store_file() != self.store_file {
            self.context.forget_credentials();
            self.equipment = equipment(&self.context, self.args).await?;
            self.store_file = self.context.store_file();
        }
        let watchlist = self.args.dir.as_deref().map(|folder| self.watchlist(folder)).transpose()?;
        let options = self.options(id);
        let stop = self.signals.stop();
        let deps = self.equipment.deps(watchlist, log.clone(), is_over, stop.clone());
        let before = self.equipment.store.consumed();
        let outcome = {
            let mut running = pin!(run(&options, deps, |_, _| {}));
            tokio::select! {
                outcome = &mut running => outcome,
                () = stopped(stop) => {
                    self.context.terminal.say("ending after the run at work; a second signal ends it at once");
                    running.await
                }
            }
        };
        match outcome? {
            RunOutcome::NotOurs(held) => self.show_refused(&held, log),
            RunOutcome::CompletedRun(completed) => {
                self.show_completed(completed, &options, before, log).await;
            }
        }
        Ok(())
    }

    /// The monitors of the files as they are now. What is wrong in them is a problem of the run.
    fn watchlist(&self, folder: &Path) -> Result<Watchlist, Failure> {
        let files = FromFiles::read(&self.context, folder)?;
        let files = if self.pages.is_asked() { files.with_pages(&self.context) } else { files };
        Ok(files.watchlist)
    }

    fn options(&self, id: Ulid) -> RunOptions {
        let replaces = self.args.all && self.footing == Footing::Unproven;
        RunOptions {
            shard: shard(),
            holder: id.to_string(),
            host: machine::host(),
            process: machine::own_process(),
            only: None,
            all: replaces,
            from_files: self.args.dir.is_some(),
            period: self.schedule.period,
            other_period: if replaces { OtherPeriod::IsReplaced } else { OtherPeriod::Refuses },
            deadline: self.schedule.deadline(),
            environment: self.context.environment(),
        }
    }

    fn show_refused(&self, held: &Held, log: &Log) {
        log.event(&LogEvent::Ended(RunEnd::NotOurs(held)));
        match self.args.format {
            Format::Json => self.print(&format!("{}\n", refused(held))),
            Format::Text => {}
        }
        if !self.context.terminal.is_for_people() {
            return;
        }
        match held {
            Held::OtherPeriod { period, host, at: _ } if self.is_new(&format!("{period:?} {host}")) => {
                self.context.terminal.warn(&held_words(held, self.schedule.period, self.now()));
            }
            // Of two loops one makes each run, and neither is in trouble.
            Held::By { .. } | Held::Contended | Held::Done { .. } => {
                let words =
                    "another check made this scheduled run; this loop makes those that no other one makes";
                if self.is_new(words) {
                    self.context.terminal.say(words);
                }
            }
            Held::OtherPeriod { .. } => {}
        }
    }

    async fn show_completed(
        &self,
        mut completed: CompletedRun,
        options: &RunOptions,
        before: Consumed,
        log: &Log,
    ) {
        if let Some(path) = &self.args.probes.metrics {
            let store = (&self.equipment.store, self.time_left());
            Box::pin(write_metrics(path, &mut completed, options, store)).await;
        }
        let (store, Context { aws, clock, .. }) = (&self.equipment.store, &self.context);
        let page_deps = PageDeps { store, aws, clock };
        let end = (self.time_left(), self.signals.stop());
        Box::pin(write_pages(&self.pages, &mut completed, options, page_deps, end)).await;
        let terminal = self.context.terminal;
        if self.footing == Footing::Unproven {
            warn_of_skew(terminal, &self.equipment.store);
            if self.args.dir.is_none() && terminal.is_for_people() && Terminal::can_ask() {
                unsynced::say(&self.context, None, &completed.inventory.watchlist);
            }
        }
        let report = completed.report(options, self.equipment.store.consumed().since(before));
        for problem in &report.problems {
            log.event(&LogEvent::Problem(problem));
            if terminal.is_for_people() && self.is_new(problem) {
                terminal.warn(problem);
            }
        }
        self.print_end(&report);
        log.event(&LogEvent::Ended(RunEnd::CompletedRun(&report)));
    }

    /// What is left for the files that a run leaves behind: one that ended too late would skip the next run.
    fn time_left(&self) -> Duration {
        self.schedule.until_next(self.now()).saturating_sub(BEFORE_NEXT)
    }

    fn print_end(&self, report: &RunReport) {
        match self.args.format {
            Format::Json => self.print(&format!("{}\n", report.json())),
            Format::Text => {
                if let Some(line) = end_line(report) {
                    self.print(&format!("{}\n", live_at(self.now(), &line)));
                }
            }
        }
    }

    /// What a run that failed says, unless the one before failed for the same reason.
    fn show_failed(&mut self, failure: &Failure, log: &Log) {
        let terminal = self.context.terminal;
        let text = failure.text();
        let why = failure.plain();
        log.event(&LogEvent::Ended(RunEnd::Failed(&why)));
        let now = self.now();
        if self.failures.add(&why, now) && terminal.is_for_people() {
            let period = format_duration(self.schedule.period);
            terminal.fail(&format!("{text}\n  this loop tries again every {period}"));
        }
        if self.args.format == Format::Json {
            let failed = json!({"exit": failure.exit.code(), "why": why});
            let line = json!({"format_version": FORMAT_VERSION, "run": null, "failed": failed});
            self.print(&format!("{line}\n"));
        }
    }

    /// A full disk must not end the loop: alerts still go out.
    fn print(&self, text: &str) {
        if let Err(failure) = self.context.terminal.print(text)
            && self.is_new(&failure.plain())
        {
            self.context.terminal.fail(&failure.text());
        }
    }

    fn is_new(&self, line: &str) -> bool {
        lock(&self.remembered).is_new(line, self.now())
    }

    /// Lines of JSON on standard error, if they are wanted; and what happens on standard output, for people.
    fn log(&self, id: Ulid) -> Log {
        let run = LogRun {
            id: id.to_string(),
            shard: shard().to_string(),
            environment: self.context.environment(),
            ..LogRun::default()
        };
        let (terminal, format) = (self.context.terminal, self.args.format);
        let (clock, store) = (Clock::system(), self.equipment.store.clone());
        let remembered = Arc::clone(&self.remembered);
        Log::to(run, move |run, event| {
            if !terminal.is_for_people() {
                terminal.line(&line(clock.wall(), run, event).to_string());
            }
            if format == Format::Json {
                return;
            }
            let now = store.now();
            let shown = match live_line(now, event) {
                Some(LiveLine::Once(line)) => Some(line),
                Some(LiveLine::Lasting(line)) => {
                    let is_new = lock(&remembered).is_new(&line, now);
                    is_new.then_some(line)
                }
                None => None,
            };
            if let Some(line) = shown {
                // If it cannot be printed, the end of the run says so.
                drop(terminal.print(&format!("{}\n", live_at(now, &line))));
            }
        })
    }
}

impl LoopBody for Session<'_> {
    type End = Result<Exit, Failure>;

    async fn run(&mut self) -> ControlFlow<Self::End> {
        let id = Ulid::generate();
        let log = self.log(id);
        match Box::pin(self.make_run(id, &log)).await {
            Ok(()) => {
                self.footing = Footing::Proven;
                if let Some(words) = self.failures.end(self.now()) {
                    self.context.terminal.say(&words);
                }
            }
            Err(failure) if self.footing.ends(failure.exit) => return ControlFlow::Break(Err(failure)),
            Err(failure) => {
                let failure = placed(failure, &self.context.aws).await;
                self.show_failed(&failure, &log);
            }
        }
        match self.signals.caught() {
            Some(signal) => ControlFlow::Break(Ok(signal.exit())),
            None => ControlFlow::Continue(()),
        }
    }

    fn now(&self) -> Timestamp {
        self.equipment.store.now()
    }

    fn skipped(&mut self, took: Duration, runs: u64) {
        let (took, period) = (rough_duration(took), format_duration(self.schedule.period));
        let runs = count(usize::try_from(runs).unwrap_or(usize::MAX), "scheduled run");
        self.context
            .terminal
            .warn(&format!("the run took {took}, longer than the period of {period}; skipped {runs}"));
    }

    async fn wait(&mut self, time: Duration) -> ControlFlow<Self::End> {
        tokio::select! {
            () = tokio::time::sleep(time) => ControlFlow::Continue(()),
            () = stopped(self.signals.stop()) => {
                let exit = self.signals.caught().map_or(Exit::Terminated, Signal::exit);
                ControlFlow::Break(Ok(exit))
            }
        }
    }
}

async fn equipment(context: &Context, args: &Run) -> Result<Equipment, Failure> {
    // What is tried out from files may be the first use; a loop over what is stored is not.
    let missing = if args.dir.is_some() { Missing::IsMade } else { Missing::Refused };
    let machine = machine_of(context, args.probes.notify)?;
    Equipment::open(context, &args.probes, machine, missing).await
}

/// A lease of this process is one that an earlier run could not give back: it makes one run at a time.
fn is_over(process: &HolderProcess) -> bool {
    machine::own_process().as_ref() == Some(process) || machine::is_gone(process)
}

fn lock(remembered: &Mutex<Remembered>) -> MutexGuard<'_, Remembered> {
    remembered.lock().unwrap_or_else(PoisonError::into_inner)
}
