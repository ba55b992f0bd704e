//! SIGTERM and SIGINT end a run early, but not in the middle of a step.

use std::sync::{Arc, OnceLock};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Why a run shall stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    Interrupt,
    Terminate,
}

/// Listens for both, once.
pub struct Signals {
    stop: watch::Receiver<bool>,
    caught: Arc<OnceLock<Signal>>,
}

impl Signals {
    /// From now on the first signal turns [`Self::stop`] true, and a second one ends the process at once, as if
    /// nobody listened.
    pub fn listen() -> std::io::Result<Self> {
        let (sender, stop) = watch::channel(false);
        let caught = Arc::new(OnceLock::new());
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let seen = Arc::clone(&caught);
        tokio::spawn(async move {
            loop {
                let (signal, code) = tokio::select! {
                    _ = interrupt.recv() => (Signal::Interrupt, 130),
                    _ = terminate.recv() => (Signal::Terminate, 143),
                };
                if seen.set(signal).is_err() {
                    leave(code);
                }
                sender.send_replace(true);
            }
        });
        Ok(Self { stop, caught })
    }

    pub fn stop(&self) -> watch::Receiver<bool> {
        self.stop.clone()
    }

    /// The signal that came, if one did.
    pub fn caught(&self) -> Option<Signal> {
        self.caught.get().copied()
    }
}

#[expect(clippy::exit, reason = "the second signal means: now, whatever is under way")]
fn leave(code: i32) -> ! {
    std::process::exit(code)
}
