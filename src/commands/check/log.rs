//! What a run says while it works, for programs that collect it.

use std::fmt;
use std::sync::Arc;

use crate::clock::Clock;
use crate::report::log::{Event, Run, line};

/// Takes a line.
type Sink = Arc<dyn Fn(&str) + Send + Sync>;

/// The log of one run. For people it is silent: they get the report.
#[derive(Clone)]
pub struct Log {
    run: Run,
    clock: Clock,
    sink: Option<Sink>,
}

impl Log {
    pub fn silent() -> Self {
        Self { run: Run::default(), clock: Clock::system(), sink: None }
    }

    /// Lines of JSON. The local clock is good enough for a log.
    pub fn json(run: Run, clock: Clock, sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { run, clock, sink: Some(Arc::new(sink)) }
    }

    /// Everything from here on was said under this lease.
    pub fn granted(&mut self, slot: u64, epoch: u64) {
        self.run = Run { slot: Some(slot), epoch: Some(epoch), ..std::mem::take(&mut self.run) };
    }

    pub fn event(&self, event: &Event<'_>) {
        if let Some(sink) = &self.sink {
            sink(&line(self.clock.wall(), &self.run, event).to_string());
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("run", &self.run).finish_non_exhaustive()
    }
}
