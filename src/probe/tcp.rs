//! A check of `tcp://`: the connection, and the dialog over it, line by line.
//!
//! Everything that is read is bounded. The last line survives a timeout, because an endpoint that sends something else
//! differs from one that sends nothing.

use std::io;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::dialog::{FilledStep, Missed, ROOM, TOO_MUCH, fill, silence, unmet};
use super::prepared::{Attempt, AttemptRecord, PreparedProbe, endpoint_of};
use super::secrets::Secrets;
use crate::kinds::{Dialog, DialogStep, Evidence, Talk, hex};
use crate::monitor::{Budget, Monitor};
use crate::net::{ClientHello, Dialer, Endpoint, Refused, TlsVersions, failure, tls_fault_of};
use crate::observation::{Fault, Transport};

/// Bytes of a line that are kept: a longer one is cut, and still one line.
const LINE: usize = 8 << 10;

/// What a read came to.
enum Arrival {
    Bytes,
    End,
}

/// A dialog with its endpoint, its secrets filled in. It has no `Debug` for that reason.
pub struct Conversation {
    endpoint: Endpoint,
    steps: Vec<FilledStep>,
    /// The time that an attempt has.
    patience: Duration,
}

impl Conversation {
    pub fn new(monitor: &Monitor, dialog: &Dialog, secrets: &Secrets) -> Result<Self, Fault> {
        let endpoint = endpoint_of(monitor, secrets)?;
        Ok(Self { endpoint, steps: fill(dialog, secrets)?, patience: monitor.timeout })
    }

    /// The place of the step at which TLS begins.
    fn tls_step(&self) -> Option<usize> {
        self.steps.iter().position(|step| matches!(step, FilledStep::StartsTls))
    }

    /// Goes through the dialog. A server that cannot sign in TLS 1.3 is called once more, in TLS 1.2.
    async fn talk(&self, dialer: &Dialer<'_>, record: &mut AttemptRecord) -> Result<Evidence, Fault> {
        Ok(Evidence::Tcp(match self.call(TlsVersions::All, dialer, record).await {
            Ok(talk) => talk,
            Err(refused) => self.call(refused.next()?, dialer, record).await?,
        }))
    }

    /// Connects, and goes through the dialog until a step is not met.
    async fn call(
        &self,
        versions: TlsVersions,
        dialer: &Dialer<'_>,
        record: &mut AttemptRecord,
    ) -> Result<Talk, Refused<TlsVersions>> {
        let tcp = dialer.connect(&self.endpoint, &mut record.trace).await?;
        record.trace.enter("dialog");
        let (plain, secured) = self.steps.split_at(self.tls_step().unwrap_or(self.steps.len()));
        let mut talking =
            Talking { stream: tcp, heard: BytesMut::new(), taken: 0, patience: self.patience, record };
        if let Some(unmet) = talking.go_through(plain, 1).await? {
            return Ok(unmet);
        }
        let Some((_, secured)) = secured.split_first() else { return Ok(Talk::default()) };
        let Talking { stream: tcp, heard, taken, patience, record } = talking;
        // What came before TLS is not part of what is said over it.
        if !heard.is_empty() {
            return Err(fault("more than one answer before TLS").into());
        }
        let hello = ClientHello { versions, ..ClientHello::PLAIN };
        let stream = dialer.start_tls(tcp, &self.endpoint, hello, &mut record.trace).await?;
        record.trace.enter("dialog");
        let mut talking = Talking { stream, heard, taken, patience, record };
        Ok(talking.go_through(secured, plain.len() + 2).await?.unwrap_or_default())
    }
}

impl PreparedProbe for Conversation {
    fn host(&self) -> &str {
        self.endpoint.host_name()
    }

    fn uses_tls(&self) -> bool {
        self.tls_step().is_some()
    }

    fn attempt<'a>(&'a self, dialer: &'a Dialer<'a>, record: &'a mut AttemptRecord) -> Attempt<'a> {
        self.talk(dialer, record).boxed()
    }
}

struct Talking<'a, S> {
    stream: S,
    /// Bytes that no step has taken yet.
    heard: BytesMut,
    /// Bytes read so far.
    taken: usize,
    patience: Duration,
    record: &'a mut AttemptRecord,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Talking<'_, S> {
    /// `None` if every step was met. The first of them has this number in the dialog.
    async fn go_through(&mut self, steps: &[FilledStep], first: usize) -> Result<Option<Talk>, Fault> {
        for (number, step) in (first..).zip(steps) {
            match step {
                FilledStep::Says(line) => self.say(format!("{line}\r\n").as_bytes()).await?,
                FilledStep::SaysBytes(bytes) => self.say(bytes).await?,
                FilledStep::StartsTls => {}
                FilledStep::Waits(step) => {
                    let mut last = None;
                    let waited = self.wait(number, step, &mut last).await;
                    self.record.evidence = None;
                    match waited {
                        Ok(()) => {}
                        Err(Missed::Fault(fault)) => return Err(fault),
                        Err(Missed::Ended(end)) => return Ok(Some(unmet(number, step, last, end))),
                    }
                }
            }
        }
        Ok(None)
    }

    async fn say(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let sent = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        sent.await.map_err(|error| broken(&error))
    }

    async fn wait(
        &mut self,
        number: usize,
        step: &DialogStep,
        last: &mut Option<String>,
    ) -> Result<(), Missed> {
        match step {
            DialogStep::Expect(pattern) => {
                let mut budget = Budget::default();
                loop {
                    let line = self.next_line(number, step, last).await?;
                    let is_met = pattern.is_match(&line, &mut budget);
                    *last = Some(line);
                    match is_met {
                        Ok(true) => return Ok(()),
                        Ok(false) => {}
                        Err(why) => return Err(Missed::Ended(why.to_string())),
                    }
                }
            }
            DialogStep::ExpectBytes(choices) => {
                let length = choices.iter().map(Vec::len).max().unwrap_or_default();
                let is_met = |heard: &[u8]| choices.iter().any(|choice| heard.starts_with(choice));
                while !is_met(&self.heard) && self.heard.len() < length {
                    match self.fill().await.map_err(|missed| self.missed(missed, last))? {
                        Arrival::Bytes => {}
                        Arrival::End => return Err(self.missed(hung_up(), last)),
                    }
                }
                let taken = length.min(self.heard.len());
                if is_met(&self.heard) {
                    self.heard.advance(taken);
                    return Ok(());
                }
                *last = Some(hex(&self.heard[..taken]));
                Err(Missed::Ended("these bytes are others".to_owned()))
            }
            DialogStep::Send(_) | DialogStep::SendBytes(_) | DialogStep::StartTls => Ok(()),
        }
    }

    /// The next line without its end.
    async fn next_line(
        &mut self,
        number: usize,
        step: &DialogStep,
        last: &mut Option<String>,
    ) -> Result<String, Missed> {
        loop {
            if let Some(line) = self.line() {
                return Ok(line);
            }
            self.record.evidence = last.clone().map(|heard| self.silence(number, step, heard));
            match self.fill().await.map_err(|missed| self.missed(missed, last))? {
                Arrival::Bytes => {}
                Arrival::End if self.heard.is_empty() => return Err(self.missed(hung_up(), last)),
                // The last line of a connection needs no end.
                Arrival::End => return Ok(text(&self.heard.split())),
            }
        }
    }

    /// The next line without its end, if all of it has come.
    fn line(&mut self) -> Option<String> {
        let end = self.heard.iter().position(|byte| *byte == b'\n')?;
        Some(text(&self.heard.split_to(end + 1)))
    }

    /// The evidence of a step that got another line, if nothing more comes in time.
    fn silence(&self, number: usize, step: &DialogStep, heard: String) -> Evidence {
        Evidence::Tcp(unmet(number, step, Some(heard), silence(self.patience)))
    }

    /// Keeps the rest of the bytes as the last line, if there is any.
    fn missed(&mut self, missed: Missed, last: &mut Option<String>) -> Missed {
        if !self.heard.is_empty() {
            *last = Some(text(&self.heard));
        }
        match missed {
            // Without a single byte there was no answer.
            Missed::Ended(_) if last.is_none() && self.taken == 0 => {
                Missed::Fault(fault("connection closed before an answer"))
            }
            missed => missed,
        }
    }

    async fn fill(&mut self) -> Result<Arrival, Missed> {
        if self.taken >= ROOM {
            return Err(Missed::Ended(TOO_MUCH.to_owned()));
        }
        self.heard.reserve(LINE);
        match self.stream.read_buf(&mut self.heard).await {
            Ok(0) => Ok(Arrival::End),
            Ok(read) => {
                self.taken += read;
                Ok(Arrival::Bytes)
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Arrival::End),
            Err(error) => Err(Missed::Fault(broken(&error))),
        }
    }
}

fn hung_up() -> Missed {
    Missed::Ended("the end of the connection".to_owned())
}

fn text(line: &[u8]) -> String {
    let cut = line.get(..LINE).unwrap_or(line);
    String::from_utf8_lossy(cut).trim_end_matches(['\r', '\n']).to_owned()
}

fn broken(error: &io::Error) -> Fault {
    tls_fault_of(error).unwrap_or_else(|| fault(&format!("{} during the dialog", failure::words(error))))
}

fn fault(actual: &str) -> Fault {
    Fault::new(Transport::Protocol, actual, "the dialog to go on")
}
