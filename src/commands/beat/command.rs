//! One beat, or a command between its beats.

use std::time::Duration;

use jiff::Timestamp;

use super::supervise::{Supervised, supervise};
use crate::cli::{Beat, BeatWord, Global};
use crate::commands::aws_place::placed;
use crate::commands::context::{Context, Missing};
use crate::commands::failure::Failure;
use crate::commands::terminal::Terminal;
use crate::exit::Exit;
use crate::kinds::{BeatEnd, BeatResult, beat_message};
use crate::monitor::MonitorId;
use crate::store::{Store, StoreError, StoredBeat};

/// Tries of one beat. The client of the store repeats a request by itself; these are for trouble that lasts longer.
const TRIES: u32 = 3;

/// The wait before the second try; twice as long before the third.
const WAIT: Duration = Duration::from_secs(1);

/// What is to be stored.
enum ProgramWord {
    Start(Timestamp),
    End(BeatEnd),
}

pub async fn beat(global: &Global, terminal: Terminal, args: &Beat) -> Result<Exit, Failure> {
    let id = MonitorId::parse(&args.id).map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    if args.command.is_empty() {
        let context = Context::load_for_run(global, terminal)?;
        return match one(&context, &id, args).await {
            Err(failure) => Err(placed(failure, &context.aws).await),
            Ok(stored) => {
                comment(terminal, &id, stored);
                Ok(Exit::Done)
            }
        };
    }
    Ok(around(global, terminal, &id, args).await)
}

async fn one(context: &Context, id: &MonitorId, args: &Beat) -> Result<StoredBeat, Failure> {
    let store = context.open_store(Missing::RefusedQuietly).await?;
    let at = store.now();
    let message = args.message.as_deref().and_then(beat_message);
    let end = |result| ProgramWord::End(BeatEnd { at, result, message });
    let word = match args.word {
        BeatWord::Start => ProgramWord::Start(at),
        BeatWord::Ok => end(BeatResult::Ok),
        BeatWord::Fail => end(BeatResult::Fail),
    };
    Ok(stored(&store, id, &word).await?)
}

/// Runs the command, whatever becomes of the beats: a program must not depend on those who watch it.
async fn around(global: &Global, terminal: Terminal, id: &MonitorId, args: &Beat) -> Exit {
    let begins = async {
        let opened = async {
            let context = Context::load_for_run(global, terminal)?;
            context.open_store(Missing::RefusedQuietly).await
        };
        match opened.await {
            Ok(store) => {
                let begun = stored(&store, id, &ProgramWord::Start(store.now())).await;
                report(terminal, id, begun.map_err(Failure::from));
                Some(store)
            }
            Err(failure) => {
                report(terminal, id, Err(failure));
                None
            }
        }
    };
    let (store, ended) = tokio::join!(begins, supervise(&args.command, &args.place, terminal));
    let Supervised { code, message } = ended;
    let (result, message) = match code {
        0 => (BeatResult::Ok, None),
        code => (BeatResult::Fail, beat_message(&format!("exit code {code}\n{message}"))),
    };
    if let Some(store) = store {
        let end = ProgramWord::End(BeatEnd { at: store.now(), result, message });
        let ended = stored(&store, id, &end).await.map_err(Failure::from);
        // That no run awaits it was said of the first one.
        if !matches!(ended, Ok(StoredBeat::Unwatched)) {
            report(terminal, id, ended);
        }
    }
    Exit::OfCommand(code)
}

/// A beat that is not stored stops nothing.
fn report(terminal: Terminal, id: &MonitorId, stored: Result<StoredBeat, Failure>) {
    match stored {
        Ok(stored) => comment(terminal, id, stored),
        Err(failure) => terminal.warn(&format!("the beat of {id} is not stored: {}", failure.text())),
    }
}

/// A beat in its order is worth no word: cron sends a mail with every word.
fn comment(terminal: Terminal, id: &MonitorId, stored: StoredBeat) {
    match stored {
        StoredBeat::Watched => {}
        StoredBeat::Unwatched => terminal.warn(&format!(
            "the beat is stored, but no run has seen a heartbeat monitor {id} yet; check the id"
        )),
        StoredBeat::Overtaken => {
            terminal.warn(&format!("a newer beat of {id} is stored already, so this one changes nothing"));
        }
    }
}

async fn stored(store: &Store, id: &MonitorId, word: &ProgramWord) -> Result<StoredBeat, StoreError> {
    let writer = store.beat_writer();
    let mut tries = 1;
    loop {
        let stored = match word {
            ProgramWord::Start(at) => writer.start(id, *at).await,
            ProgramWord::End(end) => writer.end(id, end).await,
        };
        match stored {
            Err(
                StoreError::Throttled { .. } | StoreError::Contended { .. } | StoreError::Unavailable { .. },
            ) if tries < TRIES => {
                tokio::time::sleep(WAIT * tries).await;
                tries += 1;
            }
            stored => return stored,
        }
    }
}
