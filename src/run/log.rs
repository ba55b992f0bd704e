//! What a run says while it works.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::Clock;
use crate::report::log::{LogEvent, LogRun, line};

/// Takes an event of a run.
type Sink = Arc<dyn Fn(&LogRun, &LogEvent<'_>) + Send + Sync>;

/// The log of one run; clones write the same one. It is silent for who reads the report alone.
#[derive(Clone)]
pub struct Log {
    run: Arc<Mutex<LogRun>>,
    sink: Option<Sink>,
}

impl Log {
    pub fn silent() -> Self {
        Self { run: Arc::default(), sink: None }
    }

    /// Gives every event to `sink` when it happens.
    pub fn to(run: LogRun, sink: impl Fn(&LogRun, &LogEvent<'_>) + Send + Sync + 'static) -> Self {
        Self { run: Arc::new(Mutex::new(run)), sink: Some(Arc::new(sink)) }
    }

    /// Lines of JSON. The local clock is good enough for a log.
    pub fn json(run: LogRun, clock: Clock, sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self::to(run, move |run, event| sink(&line(clock.wall(), run, event).to_string()))
    }

    /// Everything from here on was said in this environment.
    pub fn in_environment(&self, environment: Option<String>) {
        self.run().environment = environment;
    }

    /// Everything from here on was said in this slot.
    pub fn in_slot(&self, slot: u64) {
        self.run().slot = Some(slot);
    }

    /// Everything from here on was said under this lease.
    pub fn granted(&self, epoch: u64) {
        self.run().epoch = Some(epoch);
    }

    pub fn event(&self, event: &LogEvent<'_>) {
        if let Some(sink) = &self.sink {
            sink(&self.run(), event);
        }
    }

    fn run(&self) -> MutexGuard<'_, LogRun> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("run", &self.run).finish_non_exhaustive()
    }
}
