//! The world of a scenario: tables, endpoints, a topic and a clock that moves only on request.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::endpoints::{Endpoints, Manner};
use super::invariants::{Chronicle, Step};
use super::process::{End, Excuse, Process, Running};
use super::watched::Watched;
use crate::alert::{Alert, Notification};
use crate::clock::manual::Hand;
use crate::config;
use crate::deliver::recording::{ChannelManner, Mode, Topic};
use crate::monitor::{Canary, ChannelId, MonitorId, Origin, Selector};
use crate::plan::{CatalogSettings, Generation, Live, RunPage, Scope, SpecReading, Stamp, plan};
use crate::probe::testing::Network;
use crate::run::outcome::CompletedRun;
use crate::run::read_inventory;
use crate::state::{Delivered, Row, Shard};
use crate::store::testing::Shared;
use crate::store::{Applied, AppliedCommit, Batch, Ended, StateReader, Store};
use crate::suppress::StoredSilence;
use crate::transition::{Health, Incident};

/// The channels that scenarios name.
fn channels() -> BTreeMap<String, Map<String, Value>> {
    let file = || json!({"kind": "file"}).as_object().cloned().expect("an object");
    ["alive", "chat", "dead", "oncall"].map(|name| (name.to_owned(), file())).into()
}

/// What the channel of the machine heard last.
pub fn heard(row: &Row) -> Delivered {
    row.delivered_to(&ChannelId::of_machine())
}

/// From one cron entry to the next.
pub const PERIOD: Duration = Duration::from_mins(2);

pub const CONFIGS: &str = "api_health_configs";
pub const STATES: &str = "api_health_states";

pub fn slot_of(at: Timestamp) -> u64 {
    at.as_second().unsigned_abs() / PERIOD.as_secs()
}

pub struct World {
    pub shared: Shared,
    pub endpoints: Endpoints,
    /// What the repository says beyond its monitors.
    pub settings: CatalogSettings,
    /// Between the prober and the endpoints, where they are reached by name.
    pub network: Option<Network>,
    /// Looks on, and is never in trouble.
    observer: Store,
    topic: Topic,
    hand: Hand,
    processes: usize,
    silences: usize,
    /// Whether a process stands still.
    frozen: bool,
    /// The endpoint of each monitor that there ever was.
    paths: BTreeMap<&'static str, &'static str>,
    /// Those that are switched on now.
    watched: BTreeSet<&'static str>,
    chronicle: Chronicle,
}

impl World {
    pub async fn watching(monitors: &[Watched]) -> Self {
        let mut world = Self::empty().await;
        world.sync(monitors).await;
        world
    }

    /// A world whose endpoints are reached over a network that can be cut. `canaries` are names on it, or URLs.
    pub async fn on_a_network(monitors: &[Watched], canaries: &[&str]) -> Self {
        let mut world = Self::empty().await;
        world.endpoints = world.endpoints.by_name();
        world.network = Some(Network::open().await);
        let url = |name: &&str| {
            if name.contains("://") { (*name).to_owned() } else { world.endpoints.named(name, name) }
        };
        let canary = |url: String| Canary::parse(&url).expect("a canary");
        world.settings.canaries = canaries.iter().map(url).map(canary).collect();
        world.sync(monitors).await;
        world
    }

    async fn empty() -> Self {
        let hand = Hand::at("2026-11-20T10:00:00Z".parse().expect("a time"));
        let shared = Shared::new(hand.clock());
        Self {
            observer: shared.open(),
            shared,
            endpoints: Endpoints::open(hand.clock()).await,
            settings: CatalogSettings { channels: channels(), ..CatalogSettings::default() },
            network: None,
            topic: Topic::default(),
            hand,
            processes: 0,
            silences: 0,
            frozen: false,
            paths: BTreeMap::new(),
            watched: BTreeSet::new(),
            chronicle: Chronicle::default(),
        }
    }

    /// A world in which all of `monitors` are known to be up, and some of them have just broken.
    pub async fn where_broke(monitors: &[Watched], broken: &[&str]) -> Self {
        let mut world = Self::watching(monitors).await;
        world.run().await;
        for id in broken {
            world.break_(id);
        }
        world
    }

    /// Makes the config table equal to `monitors`.
    pub async fn sync(&mut self, monitors: &[Watched]) {
        self.paths.extend(monitors.iter().map(Watched::place));
        self.watched =
            monitors.iter().filter(|watched| watched.is_on()).map(|watched| watched.place().0).collect();
        let store = &self.observer;
        let desired: Vec<_> = (1..)
            .zip(monitors)
            .map(|(line, watched)| watched.desired(&self.endpoints, line).into())
            .collect();
        let stored = store.config_reader(&Shard::sample()).read().await.expect("the table reads");
        let reading = SpecReading {
            meaning: |id, spec| config::monitor_from_spec(id.clone(), spec, Origin::default()).ok(),
            spelling: config::respelled,
            secrets: config::edit::secret_paths,
            implied: config::implied,
        };
        let head = stored.heads.iter().find(|head| head.owner == "shop");
        let live = Live { items: &stored.items, head, unread: &[], reading };
        let plan = plan("shop", &self.settings, &desired, live, &Scope::default());
        let mut base = plan.base;
        for (part, number) in plan.parts(&stored.items, &BTreeSet::new()).into_iter().zip(1..) {
            let generation = Generation(base.unwrap_or_default().0 + 1);
            let stamp = Stamp {
                owner: "shop".to_owned(),
                commit: None,
                generation,
                synced_at: self.now(),
                synced_by: "ci".to_owned(),
                origin: None,
                environment: None,
            };
            let page = RunPage { number, items: part.items, ..RunPage::sample(stamp) };
            let batch = Batch {
                expected: base,
                page: &page,
                count: 0,
                settings: &plan.settings.after,
                commit: &AppliedCommit::Becomes(None),
                journal: None,
                writes: &part.writes,
            };
            let applied = store.config_writer(&Shard::sample()).apply(batch).await.expect("it applies");
            assert!(matches!(applied, Applied::Done { .. }), "{applied:?}");
            base = Some(generation);
        }
    }

    /// The same, after channels changed. One that comes back hears of an outage as any other, once more.
    pub async fn reroute(&mut self, monitors: &[Watched]) {
        self.sync(monitors).await;
        self.chronicle.rerouted();
    }

    pub fn break_(&self, id: &str) {
        self.endpoints.set(id, Manner::Down);
    }

    pub fn repair(&self, id: &str) {
        self.endpoints.set(id, Manner::Up);
    }

    pub fn topic(&self, mode: Mode) {
        self.topic.set(mode);
    }

    /// One channel does not accept what it gets.
    pub fn channel(&self, name: &str, manner: ChannelManner) {
        self.topic.set_manner(name, manner);
    }

    /// One channel accepts again what it gets.
    pub fn mend_channel(&self, name: &str) {
        self.topic.mend(name);
    }

    /// How often a channel was tried.
    pub fn tries(&self, channel: &str) -> usize {
        self.topic.tried().iter().filter(|tried| *tried == channel).count()
    }

    /// One topic answers only once `id` is probed, which is down.
    pub fn hold_topic_until_probed(&self, topic: &str, id: &str) {
        let gate = watch::Sender::new(false);
        self.topic.hold(topic, gate.subscribe());
        self.endpoints.set(id, Manner::Opening(gate));
    }

    pub fn now(&self) -> Timestamp {
        self.hand.clock().wall()
    }

    pub fn slot(&self) -> u64 {
        slot_of(self.now())
    }

    /// Goes to the moment of the next cron entry; every lease of the slot before has run out by then.
    pub fn next_slot(&mut self) {
        self.hand.advance(PERIOD);
        if self.frozen {
            self.chronicle.frozen_over_its_lease();
        }
    }

    /// Nothing runs for a while.
    pub fn pass(&mut self, time: Duration) {
        self.hand.advance(time);
    }

    /// A new process, with a store and a holder id of its own.
    pub fn process(&mut self) -> Process {
        self.processes += 1;
        let store = self.shared.open();
        let process = Process::new(self.processes, store, self.shared.plug(), self.topic.clone());
        self.network.iter().fold(process, Process::on)
    }

    /// The next cron entry: a run in which nothing goes wrong.
    pub async fn run(&mut self) -> CompletedRun {
        self.next_slot();
        let process = self.process();
        self.finish(process).await.completed()
    }

    /// Runs a process until it ends, one way or another, and holds what is to be seen against the invariants.
    pub async fn finish(&mut self, process: Process) -> End {
        let mut running = process.start();
        self.proceed(&mut running).await
    }

    /// Starts a process that freezes in a request.
    pub async fn freeze(&mut self, process: Process) -> Running {
        let mut running = process.start();
        match self.proceed(&mut running).await {
            End::Frozen => running,
            end => panic!("the run should have frozen, but: {end:?}"),
        }
    }

    /// Lets a frozen process go on.
    pub async fn wake(&mut self, mut running: Running) -> End {
        running.plug.release();
        self.frozen = false;
        self.proceed(&mut running).await
    }

    pub async fn proceed(&mut self, running: &mut Running) -> End {
        let slot = self.slot();
        let end = running.proceed(&self.topic).await;
        self.frozen |= matches!(end, End::Frozen);
        let excuse = if matches!(end, End::Died) { Excuse::Trouble } else { running.excuse };
        let (inventory, run) =
            read_inventory(&self.observer, &Shard::sample(), None).await.expect("the tables read");
        let step = Step {
            now: self.now(),
            inventory,
            holder: &running.holder,
            excuse,
            slot,
            end: &end,
            run,
            accepted: self.accepted(),
            probes: self.endpoints.probes(),
        };
        self.chronicle.enter(step);
        end
    }

    /// After faults stop, two clean runs leave nothing pending but what is suppressed (I1), and what is stored is what is
    /// true.
    pub async fn discard(&mut self) {
        self.topic(Mode::Accept);
        self.topic.mend_all();
        self.run().await;
        let last = self.run().await;
        assert_eq!(last.problems, Vec::<String>::new());
        let suppressed = last.notified.suppressed.iter().map(|(monitor, _)| monitor.clone()).collect();
        self.chronicle.has_nothing_pending(&suppressed, self.now());
        for row in last.inventory.rows.values().filter(|row| self.watched.contains(row.monitor.as_str())) {
            let truth = match self.endpoints.manner(self.paths[row.monitor.as_str()]) {
                Manner::Up => Health::Up,
                Manner::Down | Manner::Opening(_) => Health::Down,
                Manner::Silent | Manner::Stopping(_) | Manner::Saying(_) => continue,
            };
            assert_eq!(row.confirmed.health, truth, "{}", row.monitor);
        }
    }

    /// Silences what `selector` takes, from now on; gives the id.
    pub async fn silence(&mut self, selector: &str, lasts: Duration) -> String {
        self.silences += 1;
        let silence = StoredSilence {
            id: format!("silence-{}", self.silences),
            selector: Selector::parse(selector).expect("a selector"),
            starts: self.now(),
            ends: self.now() + lasts,
            reason: "deploying".to_owned(),
            by: "x@host".to_owned(),
        };
        self.observer.config_writer(&Shard::sample()).begin_silence(&silence).await.expect("it is written");
        silence.id
    }

    /// Ends a silence before its time.
    pub async fn end_silence(&self, id: &str) {
        let ended = self.observer.config_writer(&Shard::sample()).end_silence(id, self.now(), "y@host").await;
        assert_eq!(ended.expect("it is written"), Ended::Done);
    }

    /// Ends all silences that hold.
    pub async fn end_silences(&self) {
        let configs = self.observer.config_reader(&Shard::sample()).read().await.expect("the table reads");
        for silence in configs.silences.iter().filter(|silence| silence.ends > self.now()) {
            self.end_silence(&silence.id).await;
        }
    }

    /// The next message is not awaited.
    pub fn nothing_is_held(&self) {
        self.chronicle.has_nothing_pending(&BTreeSet::new(), self.now());
    }

    /// From now on the row of a monitor is not looked at, because a test spoils it.
    pub fn forget(&mut self, id: &str) {
        self.chronicle.forget(id);
    }

    /// Every alert that the topic accepted, in the order of the messages.
    pub fn accepted(&self) -> Vec<Alert> {
        self.topic.accepted().into_iter().flat_map(|message| message.alerts).collect()
    }

    /// What was posted again to channels of levels, oldest first.
    pub fn posted_again(&self) -> Vec<Notification> {
        self.topic.posted_again()
    }

    /// The alerts that the topic accepted: `DOWN payments`.
    pub fn notified(&self) -> Vec<String> {
        let words = |alert: Alert| format!("{} {}", alert.word(), alert.monitor.id);
        self.accepted().into_iter().map(words).collect()
    }

    /// The stored row of a monitor.
    pub async fn row(&self, id: &str) -> Row {
        let states = self.observer.state_reader(&Shard::sample()).read().await.expect("the table reads");
        let channels = states.channels.into_iter().filter_map(|channel| channel.row);
        let mut rows = states.rows.into_iter().chain(states.prober).chain(channels);
        rows.find(|row| row.monitor.as_str() == id).expect("it has a row")
    }

    /// The incidents of a monitor as the history table keeps them, newest first.
    pub async fn incidents(&self, id: &str) -> Vec<Incident> {
        let prober = MonitorId::prober();
        let id = if id == prober.as_str() { prober } else { MonitorId::parse(id).expect("an id") };
        self.observer.state_reader(&Shard::sample()).incidents(&id, 9).await.expect("the history reads")
    }

    /// What the history table keeps.
    pub fn history(&self) -> StateReader {
        self.observer.state_reader(&Shard::sample())
    }

    /// Who was probed in the slot of now, in the order of the probes.
    pub fn probed(&self) -> Vec<String> {
        let slot = self.slot();
        let probes = self.endpoints.probes().into_iter();
        probes.filter(|probe| probe.slot == slot).map(|probe| probe.monitor).collect()
    }
}
