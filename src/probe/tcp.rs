//! A check of `tcp://`: the connection, and the dialog over it, line by line.
//!
//! Everything that is read is bounded, and what was heard last outlives a timeout: an endpoint that says something else
//! is not one that says nothing.

use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::attempt::AttemptDeps;
use super::endpoint::Endpoint;
use super::secrets::Secrets;
use super::tls::Session;
use super::trace::{Phase, Trace};
use super::{attempt, failure, tls};
use crate::kinds::tcp::{Dialog, Step, Talk, UnmetStep, hex};
use crate::monitor::{Budget, format_duration};
use crate::observation::{Fault, Transport};

/// Room for all that a dialog reads.
const ROOM: usize = 64 << 10;

/// Bytes of a line that are kept: a longer one is cut, and still one line.
const LINE: usize = 8 << 10;

/// One conversation: where to, and what is said, with its secrets filled in. It has no `Debug` for that reason.
#[derive(Clone)]
pub struct Conversation {
    pub endpoint: Endpoint,
    steps: Vec<Line>,
}

#[derive(Clone)]
enum Line {
    Waits(Step),
    Says(Vec<u8>),
    StartsTls,
}

/// How far a dialog has come. It lives outside the attempt, so that a timeout does not take it along.
#[derive(Default)]
pub struct Progress {
    waiting: Option<Waiting>,
}

struct Waiting {
    number: usize,
    expected: String,
    heard: Option<String>,
}

/// Why a step ended without what it waits for.
enum Missed {
    /// In words that follow what was heard.
    Ended(String),
    Fault(Fault),
}

impl Conversation {
    pub fn new(endpoint: Endpoint, dialog: &Dialog, secrets: &Secrets) -> Result<Self, Fault> {
        let line = |step: &Step| {
            Ok(match step {
                Step::Expect(_) | Step::ExpectBytes(_) => Line::Waits(step.clone()),
                Step::Send(template) => {
                    let text = secrets.fill(template)?;
                    // One line stays one line, whatever a secret holds.
                    if text.contains(['\r', '\n']) {
                        let actual = format!("a line break in {template}");
                        return Err(Fault::new(Transport::Secret, actual, "one line of text"));
                    }
                    Line::Says(format!("{text}\r\n").into_bytes())
                }
                Step::SendBytes(bytes) => Line::Says(bytes.clone()),
                Step::StartTls => Line::StartsTls,
            })
        };
        let steps = dialog.steps.iter().map(line).collect::<Result<_, _>>()?;
        Ok(Self { endpoint, steps })
    }

    /// Whether TLS begins somewhere in it.
    pub fn starts_tls(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Line::StartsTls))
    }
}

impl Progress {
    /// What a timeout makes of it: a step that heard something else was answered. `None` where nothing came.
    pub fn timed_out(self, patience: Duration) -> Option<Talk> {
        let waiting = self.waiting.filter(|waiting| waiting.heard.is_some())?;
        Some(waiting.unmet(format!("nothing more within {}", format_duration(patience))))
    }
}

impl Waiting {
    fn unmet(self, end: String) -> Talk {
        let Self { number, expected, heard } = self;
        Talk { unmet: Some(UnmetStep { number, heard, expected, end }) }
    }
}

/// Connects, and goes through the dialog until a step is not met.
pub async fn talk(
    deps: &AttemptDeps,
    conversation: &Conversation,
    session: Option<&Session>,
    trace: &mut Trace,
    progress: &mut Progress,
) -> Result<Talk, Fault> {
    let Conversation { endpoint, steps } = conversation;
    trace.toward(false);
    let place = (endpoint.host_name(), endpoint.port());
    let tcp = attempt::reach(deps, &endpoint.host(), place, trace).await?;
    trace.enter(Phase::Dialog);
    let mut heard = BytesMut::new();
    let before = steps.iter().position(|step| matches!(step, Line::StartsTls));
    let (plain, secured) = steps.split_at(before.unwrap_or(steps.len()));
    let mut talking = Talking { stream: tcp, heard: &mut heard, taken: 0 };
    if let Some(unmet) = talking.go_through(plain, 0, progress).await? {
        return Ok(unmet);
    }
    let Some((_, secured)) = secured.split_first() else { return Ok(Talk::default()) };
    let Talking { stream: tcp, taken, .. } = talking;
    // What came before TLS is not part of what is said over it.
    if !heard.is_empty() {
        return Err(fault("more than one answer before TLS"));
    }
    trace.enter(Phase::Tls);
    let stream = attempt::secure(deps, tcp, endpoint, session, trace).await?;
    trace.enter(Phase::Dialog);
    let mut talking = Talking { stream, heard: &mut heard, taken };
    Ok(talking.go_through(secured, plain.len() + 1, progress).await?.unwrap_or_default())
}

struct Talking<'a, S> {
    stream: S,
    /// What came and no step has taken yet.
    heard: &'a mut BytesMut,
    /// Bytes read so far.
    taken: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Talking<'_, S> {
    /// `None` if every step was met. `done` steps came before these.
    async fn go_through(
        &mut self,
        steps: &[Line],
        done: usize,
        progress: &mut Progress,
    ) -> Result<Option<Talk>, Fault> {
        for (number, step) in (done + 1..).zip(steps) {
            match step {
                Line::Says(bytes) => self.say(bytes).await?,
                Line::StartsTls => {}
                Line::Waits(step) => {
                    let expected = step.expected().unwrap_or_default();
                    let waiting = progress.waiting.insert(Waiting { number, expected, heard: None });
                    match self.wait(step, &mut waiting.heard).await {
                        Ok(()) => progress.waiting = None,
                        Err(Missed::Fault(fault)) => return Err(fault),
                        Err(Missed::Ended(end)) => {
                            return Ok(progress.waiting.take().map(|waiting| waiting.unmet(end)));
                        }
                    }
                }
            }
        }
        Ok(None)
    }

    async fn say(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let said = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        said.await.map_err(|error| broken(&error))
    }

    async fn wait(&mut self, step: &Step, last: &mut Option<String>) -> Result<(), Missed> {
        match step {
            Step::Expect(pattern) => {
                let mut budget = Budget::default();
                loop {
                    let line = self.line(last).await?;
                    let is_met = pattern.is_match(&line, &mut budget);
                    *last = Some(line);
                    match is_met {
                        Ok(true) => return Ok(()),
                        Ok(false) => {}
                        Err(why) => return Err(Missed::Ended(why.to_string())),
                    }
                }
            }
            Step::ExpectBytes(choices) => {
                let length = choices.iter().map(Vec::len).max().unwrap_or_default();
                let is_met = |heard: &[u8]| choices.iter().any(|choice| heard.starts_with(choice));
                while !is_met(self.heard) && self.heard.len() < length {
                    if let Err(missed) = self.fill().await {
                        return Err(self.missed(missed, last));
                    }
                }
                let taken = length.min(self.heard.len());
                if is_met(self.heard) {
                    self.heard.advance(taken);
                    return Ok(());
                }
                *last = Some(hex(&self.heard[..taken]));
                Err(Missed::Ended("these bytes are others".to_owned()))
            }
            Step::Send(_) | Step::SendBytes(_) | Step::StartTls => Ok(()),
        }
    }

    /// The next line without its end.
    async fn line(&mut self, last: &mut Option<String>) -> Result<String, Missed> {
        loop {
            if let Some(end) = self.heard.iter().position(|byte| *byte == b'\n') {
                let line = self.heard.split_to(end + 1);
                return Ok(text(&line));
            }
            if let Err(missed) = self.fill().await {
                return Err(self.missed(missed, last));
            }
        }
    }

    /// What is left is the last thing that was heard, if anything is.
    fn missed(&mut self, missed: Missed, last: &mut Option<String>) -> Missed {
        if !self.heard.is_empty() {
            *last = Some(text(self.heard));
        }
        match missed {
            // Where nothing came at all there was no answer.
            Missed::Ended(_) if last.is_none() && self.taken == 0 => {
                Missed::Fault(fault("connection closed before an answer"))
            }
            missed => missed,
        }
    }

    async fn fill(&mut self) -> Result<(), Missed> {
        if self.taken >= ROOM {
            return Err(Missed::Ended("64 KiB of other things".to_owned()));
        }
        self.heard.reserve(LINE);
        match self.stream.read_buf(self.heard).await {
            Ok(0) => Err(Missed::Ended("the end of the connection".to_owned())),
            Ok(read) => {
                self.taken += read;
                Ok(())
            }
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Err(Missed::Ended("the end of the connection".to_owned()))
            }
            Err(error) => Err(Missed::Fault(broken(&error))),
        }
    }
}

fn text(line: &[u8]) -> String {
    let cut = line.get(..LINE).unwrap_or(line);
    String::from_utf8_lossy(cut).trim_end_matches(['\r', '\n']).to_owned()
}

fn broken(error: &std::io::Error) -> Fault {
    tls::fault_of(error).unwrap_or_else(|| fault(&format!("{} during the dialog", failure::words(error))))
}

fn fault(actual: &str) -> Fault {
    Fault::new(Transport::Protocol, actual, "the dialog to go on")
}
