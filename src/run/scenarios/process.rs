//! One process of a scenario, and the ways in which it can meet its end.

use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::world::PERIOD;
use crate::aws::Aws;
use crate::channels::ChannelDefinition;
use crate::deliver::Notifier;
use crate::deliver::recording::Topic;
use crate::inventory::MachineChannel;
use crate::monitor::{Offer, Selector};
use crate::net::AddressPolicy;
use crate::probe::testing::Network;
use crate::probe::{Limits, Prober};
use crate::run;
use crate::run::judging::Judging;
use crate::run::log::Log;
use crate::run::options::RunOptions;
use crate::run::outcome::{CompletedRun, RunError, RunOutcome};
use crate::run::secret_provider::Variables;
use crate::run::state::Deps;
use crate::secrets::Vault;
use crate::state::{Held, HolderProcess, OtherPeriod};
use crate::store::Store;
use crate::store::testing::{Failure, Plug};

/// Tries that the store makes before it gives up.
pub const TRIES: usize = 4;

/// The number of a process that dies.
pub const DEAD: u32 = 17;

/// A process that has not started yet.
pub struct Process {
    options: RunOptions,
    deps: Deps,
    pub plug: Plug,
    pub stop: watch::Sender<bool>,
    pub excuse: Excuse,
}

/// What may have made a second message or a second probe of a process necessary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excuse {
    /// Nothing: it lives in a perfect world.
    None,
    /// It was asked to probe whatever was probed before.
    Manual,
    /// It died, was frozen, or the store kept an answer from it.
    Trouble,
}

/// How a process ended.
#[derive(Debug)]
pub enum End {
    CompletedRun(Box<CompletedRun>),
    NotOurs(Held),
    Failed(RunError),
    Died,
    /// It did not end: it stands still in the middle of a request.
    Frozen,
}

/// A process that has started.
pub struct Running {
    pub holder: String,
    pub excuse: Excuse,
    pub plug: Plug,
    run: Pin<Box<dyn Future<Output = Result<RunOutcome, RunError>>>>,
}

impl Process {
    pub fn new(number: usize, store: Store, plug: Plug, topic: Topic) -> Self {
        let stop = watch::Sender::new(false);
        let options = RunOptions { holder: format!("run-{number}"), period: PERIOD, ..RunOptions::sample() };
        // One after the other, so that a scenario repeats exactly.
        let limits = Limits { total: NonZeroUsize::MIN, per_host: NonZeroUsize::MIN };
        let deps = Deps {
            store,
            prober: Arc::new(Prober::new(AddressPolicy::laptop(Vec::new()), limits)),
            judging: Judging::default(),
            notifier: Notifier::Recording(topic),
            machine: MachineChannel::Topic(ChannelDefinition::file()),
            watchlist: None,
            variables: Variables { offer: Offer::everything(), read: |_| None },
            vault: Vault::new(Aws::default()),
            log: Log::silent(),
            is_gone: |_| false,
            stop: stop.subscribe(),
        };
        Self { options, deps, plug, stop, excuse: Excuse::None }
    }

    /// On a machine of this network.
    pub fn on(mut self, network: &Network) -> Self {
        let many = NonZeroUsize::MIN.saturating_add(63);
        self.deps.prober = Arc::new(network.prober(Limits { total: many, per_host: many }));
        self
    }

    /// `check --all`
    pub fn all(mut self) -> Self {
        self.options.all = true;
        self.options.other_period = OtherPeriod::IsTaken;
        self.excuse = Excuse::Manual;
        self
    }

    /// `check ID…`
    pub fn only(mut self, id: &str) -> Self {
        self.options.only = Some(Selector::parse(id).expect("a selector"));
        self.options.other_period = OtherPeriod::IsTaken;
        self.excuse = Excuse::Manual;
        self
    }

    /// `check --all` with another time from one scheduled run to the next.
    pub fn replacing_period(self, period: Duration) -> Self {
        let mut process = self.scheduled_every(period);
        process.options.all = true;
        process.options.other_period = OtherPeriod::IsReplaced;
        process
    }

    /// With another time from one scheduled run to the next.
    pub fn scheduled_every(mut self, period: Duration) -> Self {
        self.options.period = period;
        self.excuse = Excuse::Manual;
        self
    }

    /// Where it sees that the process with this number is gone, and has one itself.
    pub fn on_machine_of_the_dead(mut self, pid: u32) -> Self {
        self.options.process = Some(HolderProcess::sample(pid));
        self.deps.is_gone = |process| process.pid == DEAD;
        self
    }

    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.options.deadline = deadline;
        self
    }

    /// On a machine that notifies this by itself.
    pub fn with_machine_channel(mut self, machine: MachineChannel) -> Self {
        self.deps.machine = machine;
        self
    }

    /// On a machine whose processors are busy with judging, and stay so.
    pub fn without_a_place_to_judge(mut self) -> Self {
        self.deps.judging = Judging::with_places(0);
        self
    }

    pub fn store(&self) -> Store {
        self.deps.store.clone()
    }

    pub fn dying_before(self, request: usize) -> Self {
        self.plug.die_before(request);
        self.in_trouble()
    }

    pub fn dying_after(self, request: usize) -> Self {
        self.plug.die_after(request);
        self.in_trouble()
    }

    pub fn losing_answer(self, request: usize) -> Self {
        self.plug.lose_answer(request);
        self.in_trouble()
    }

    /// A failure that a retry overcomes is no excuse for anything.
    pub fn failing(self, request: usize, failure: Failure, times: usize) -> Self {
        self.plug.fail(request, failure, times);
        if times < TRIES && failure != Failure::Denied { self } else { self.in_trouble() }
    }

    fn in_trouble(mut self) -> Self {
        self.excuse = Excuse::Trouble;
        self
    }

    pub fn start(self) -> Running {
        let Self { options, deps, plug, stop, excuse } = self;
        let holder = options.holder.clone();
        let run = Box::pin(async move {
            // The sender lives as long as the process, as the listener for signals does.
            let _stop = stop;
            Box::pin(run::run(&options, deps, |_, _| {})).await
        });
        Running { holder, excuse, plug, run }
    }
}

impl Running {
    /// Goes on for so long beside a request that is held.
    pub async fn beside_the_held_request(&mut self, time: Duration) {
        tokio::select! {
            biased;
            _ = &mut self.run => panic!("it ended although a request is held"),
            () = tokio::time::sleep(time) => {}
        }
    }

    /// Lives until the process ends, dies (then it is dropped here, as if killed) or freezes.
    pub async fn proceed(&mut self, topic: &Topic) -> End {
        tokio::select! {
            biased;
            () = self.plug.died() => End::Died,
            () = topic.died() => End::Died,
            () = self.plug.held() => End::Frozen,
            outcome = &mut self.run => match outcome {
                Ok(RunOutcome::CompletedRun(completed)) => End::CompletedRun(Box::new(completed)),
                Ok(RunOutcome::NotOurs(held)) => End::NotOurs(held),
                Err(error) => End::Failed(error),
            },
        }
    }
}

impl End {
    /// The run, which came to its end.
    pub fn completed(self) -> CompletedRun {
        match self {
            Self::CompletedRun(completed) => *completed,
            end => panic!("the run should have come to its end, but: {end:?}"),
        }
    }

    pub fn refused(self) -> Held {
        match self {
            Self::NotOurs(held) => held,
            end => panic!("the lease should have been refused, but: {end:?}"),
        }
    }

    pub fn failed(self) -> RunError {
        match self {
            Self::Failed(error) => error,
            end => panic!("the run should have failed, but: {end:?}"),
        }
    }
}
