//! A progress bar for runs that take long, on a terminal only.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Runs shorter than this show nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// The bar, on standard error.
pub struct Progress {
    bar: ProgressBar,
    begun: Instant,
}

impl Progress {
    pub fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} probed, {elapsed}") {
            bar.set_style(style);
        }
        Self { bar, begun: Instant::now() }
    }

    /// Shows that `done` of `of` are probed.
    pub fn show(&self, done: usize, of: usize) {
        if self.begun.elapsed() < PATIENCE {
            return;
        }
        if self.bar.is_hidden() {
            // Stays hidden where standard error is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_length(of.try_into().unwrap_or(u64::MAX));
        self.bar.set_position(done.try_into().unwrap_or(u64::MAX));
    }

    /// Takes the bar away before the report is printed.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
