//! SIGHUP, SIGINT, SIGQUIT and SIGTERM end a run early, but not in the middle of a step.

use std::future::pending;
use std::sync::{Arc, OnceLock};

use tokio::signal::unix::{Signal as Listener, SignalKind, signal};
use tokio::sync::watch;

use crate::exit::Exit;
use crate::machine;

/// Why a run shall stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Its terminal was closed.
    HangUp,
    Interrupt,
    Quit,
    Terminate,
}

impl Signal {
    /// How a command ends that was stopped by it.
    pub fn exit(self) -> Exit {
        match self {
            Self::HangUp => Exit::HungUp,
            Self::Interrupt => Exit::Interrupted,
            Self::Quit => Exit::Quit,
            Self::Terminate => Exit::Terminated,
        }
    }
}

/// Listens for all of them, once.
pub struct Signals {
    stop: watch::Receiver<bool>,
    caught: Arc<OnceLock<Signal>>,
}

impl Signals {
    /// From now on the first signal turns [`Self::stop`] true, and a second one ends the process at once, as if
    /// no listener was there.
    pub fn listen() -> std::io::Result<Self> {
        let (sender, stop) = watch::channel(false);
        let caught = Arc::new(OnceLock::new());
        // To listen would undo what `nohup` asked for.
        let mut hang_up = if machine::ignores_hangup() { None } else { Some(signal(SignalKind::hangup())?) };
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut quit = signal(SignalKind::quit())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let seen = Arc::clone(&caught);
        tokio::spawn(async move {
            loop {
                let signal = tokio::select! {
                    () = received(&mut hang_up) => Signal::HangUp,
                    _ = interrupt.recv() => Signal::Interrupt,
                    _ = quit.recv() => Signal::Quit,
                    _ = terminate.recv() => Signal::Terminate,
                };
                if seen.set(signal).is_err() {
                    leave(signal.exit());
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

/// Comes back when a signal has come.
pub async fn stopped(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        pending::<()>().await;
    }
}

/// Waits for a signal; for ever where it is not listened for.
async fn received(listener: &mut Option<Listener>) {
    match listener {
        Some(listener) => {
            listener.recv().await;
        }
        None => pending().await,
    }
}

#[expect(clippy::exit, reason = "the second signal means: now, whatever is under way")]
fn leave(exit: Exit) -> ! {
    std::process::exit(exit.code().into())
}
