//! The clock of this machine, the one place that reads it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Wall time and monotonic time, real or set by a test.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn TimeSource>,
}

/// Where the two times come from.
pub trait TimeSource: Send + Sync {
    /// Wall time; may step.
    fn wall(&self) -> Timestamp;
    /// Time since some fixed moment; never steps back.
    fn elapsed(&self) -> Duration;
}

struct System {
    start: Instant,
}

impl Clock {
    /// The clock of the operating system.
    pub fn system() -> Self {
        Self::from_source(System { start: Instant::now() })
    }

    pub fn from_source(source: impl TimeSource + 'static) -> Self {
        Self { source: Arc::new(source) }
    }

    pub fn wall(&self) -> Timestamp {
        self.source.wall()
    }

    pub fn elapsed(&self) -> Duration {
        self.source.elapsed()
    }
}

impl TimeSource for System {
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.wall())
    }
}

#[cfg(test)]
pub mod manual {
    //! A clock that stands still until a test moves it.

    use std::sync::{Arc, Mutex, PoisonError};
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{Clock, TimeSource};

    /// The hand that moves the clock.
    #[derive(Clone)]
    pub struct Hand {
        start: Timestamp,
        moved: Arc<Mutex<Duration>>,
    }

    impl Hand {
        pub fn at(start: Timestamp) -> Self {
            Self { start, moved: Arc::default() }
        }

        pub fn clock(&self) -> Clock {
            Clock::from_source(self.clone())
        }

        pub fn advance(&self, by: Duration) {
            *self.moved.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }

    impl TimeSource for Hand {
        fn wall(&self) -> Timestamp {
            self.start + self.elapsed()
        }

        fn elapsed(&self) -> Duration {
            *self.moved.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }
}
