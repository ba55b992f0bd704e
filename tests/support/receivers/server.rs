//! One HTTP server for every service: connections, failures, and the record.

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::{Accepted, Answer, Failure, Refusal, Request, Service, Verdict, record};

/// How long to try for the port that was given up.
const PATIENCE: Duration = Duration::from_secs(5);

pub struct Server {
    address: SocketAddr,
    path: String,
    shared: Arc<Shared>,
    /// The thread that accepts connections; `None` while they are refused.
    listening: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    service: Arc<Mutex<dyn Service>>,
    tls: Option<Arc<ServerConfig>>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    open: bool,
    /// What is wrong, and with how many requests from now on; `None`: with all.
    failure: Option<(Failure, Option<usize>)>,
    /// Grows when the service recovers: what waits goes on.
    recoveries: usize,
    requests: Vec<Request>,
    accepted: Vec<Accepted>,
    refused: Vec<Refusal>,
}

impl Server {
    pub(super) fn start(
        path: String,
        service: Arc<Mutex<dyn Service>>,
        tls: Option<Arc<ServerConfig>>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let state = Mutex::new(State::default());
        let server = Self {
            address,
            path,
            shared: Arc::new(Shared { service, tls, state, changed: Condvar::new() }),
            listening: Mutex::default(),
        };
        server.listen(listener);
        server
    }

    /// What a channel is given.
    pub fn url(&self) -> String {
        format!("{}{}", self.base(), self.path)
    }

    /// Without a path.
    pub fn base(&self) -> String {
        match self.shared.tls {
            Some(_) => format!("https://localhost:{}", self.address.port()),
            None => format!("http://{}", self.address),
        }
    }

    /// Goes wrong from now on, until it recovers.
    pub fn fail(&self, failure: Failure) {
        self.shared.state().failure = Some((failure, None));
        if failure == Failure::Refuse {
            self.close();
        }
    }

    /// Goes wrong with so many requests. [`Failure::Refuse`] sees no requests that it could count.
    pub fn fail_times(&self, times: usize, failure: Failure) {
        assert!(failure != Failure::Refuse, "connections that are refused cannot be counted");
        self.shared.state().failure = (times > 0).then_some((failure, Some(times)));
    }

    pub fn recover(&self) {
        self.shared.release(|state| state.failure = None);
        if self.thread().is_none() {
            self.listen(self.rebound());
        }
    }

    /// Everything it accepted, in order.
    pub fn accepted(&self) -> Vec<Accepted> {
        self.shared.state().accepted.clone()
    }

    /// What people read, in order.
    pub fn texts(&self) -> Vec<String> {
        self.shared.state().accepted.iter().map(|message| message.text.clone()).collect()
    }

    /// What people read about one monitor, in order.
    pub fn texts_about(&self, monitor: &str) -> Vec<String> {
        self.texts().into_iter().filter(|text| record::names(text, monitor)).collect()
    }

    /// Identities that were accepted more than once, and how often.
    pub fn duplicates(&self) -> BTreeMap<String, usize> {
        record::duplicates(&self.shared.state().accepted)
    }

    /// What it refused by its rules, and what it lost; not what a [`Failure`] kept from it.
    pub fn refused(&self) -> Vec<Refusal> {
        self.shared.state().refused.clone()
    }

    /// Every request that was read, whatever became of it.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.clone()
    }

    /// Waits until what it accepted is as expected; false if that takes too long.
    pub fn wait_for(&self, patience: Duration, expected: impl Fn(&[Accepted]) -> bool) -> bool {
        let state = self.shared.state();
        let waited =
            self.shared.changed.wait_timeout_while(state, patience, |state| !expected(&state.accepted));
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    fn listen(&self, listener: TcpListener) {
        self.shared.state().open = true;
        let shared = Arc::clone(&self.shared);
        *self.thread() = Some(thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if !shared.state().open {
                    return;
                }
                let shared = Arc::clone(&shared);
                thread::spawn(move || shared.serve(stream));
            }
        }));
    }

    fn close(&self) {
        let Some(thread) = self.thread().take() else { return };
        self.shared.release(|state| state.open = false);
        // The thread waits for a connection: this one lets it see that it is the last.
        let _ = TcpStream::connect(self.address);
        let _ = thread.join();
    }

    /// The same port again. Another process may have it for a moment.
    fn rebound(&self) -> TcpListener {
        let begun = Instant::now();
        loop {
            match TcpListener::bind(self.address) {
                Ok(listener) => return listener,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "{}: {error}", self.address),
            }
            thread::yield_now();
        }
    }

    fn thread(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.listening.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn service(&self) -> MutexGuard<'_, dyn Service> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, and lets go on what waits.
    fn release(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        state.recoveries += 1;
        drop(state);
        self.changed.notify_all();
    }

    fn serve(&self, stream: TcpStream) {
        match &self.tls {
            Some(config) => {
                let connection = ServerConnection::new(Arc::clone(config)).expect("a TLS server");
                self.converse(StreamOwned::new(connection, stream));
            }
            None => self.converse(stream),
        }
    }

    /// One request after the other, until one side has had enough.
    fn converse(&self, stream: impl Read + Write) {
        let mut stream = BufReader::new(stream);
        while let Ok(Some(request)) = Request::read(&mut stream) {
            let Some(answer) = self.treat(&request) else { return };
            if answer.write(stream.get_mut()).is_err() {
                return;
            }
        }
    }

    /// `None`: the connection ends without an answer.
    fn treat(&self, request: &Request) -> Option<Answer> {
        let failure = self.next_failure(request);
        match failure {
            None => Some(self.judge(request)),
            Some(Failure::Refuse | Failure::Drop) => None,
            Some(Failure::Silent) => {
                self.wait(None);
                None
            }
            Some(Failure::LoseAnswer) => {
                self.judge(request);
                None
            }
            Some(Failure::Slow(delay)) => {
                let answer = self.judge(request);
                self.wait(Some(delay));
                Some(answer)
            }
            Some(Failure::Status(status)) => Some(Answer::text(status, "out of order")),
            Some(Failure::Busy(after)) => Some(self.service().busy(after)),
        }
    }

    /// Notes the request, and what goes wrong with it.
    fn next_failure(&self, request: &Request) -> Option<Failure> {
        let mut state = self.state();
        state.requests.push(request.clone());
        let (failure, times) = state.failure?;
        if let Some(times) = times {
            state.failure = (times > 1).then_some((failure, Some(times - 1)));
        }
        Some(failure)
    }

    fn judge(&self, request: &Request) -> Answer {
        // Each of them documents a POST, and nothing else for these URLs.
        let verdict = if request.method == "POST" {
            self.service().judge(request)
        } else {
            Verdict::Refused(Answer::text(405, "Method Not Allowed"))
        };
        let mut state = self.state();
        let answer = match verdict {
            Verdict::Accepted(answer, messages) => {
                state.accepted.extend(messages);
                answer
            }
            Verdict::Refused(answer) => {
                state.refused.push(Refusal { status: answer.status, reason: answer.body.clone() });
                answer
            }
            Verdict::Lost(answer, reason) => {
                state.refused.push(Refusal { status: answer.status, reason });
                answer
            }
        };
        drop(state);
        self.changed.notify_all();
        answer
    }

    /// Until the service recovers or ends, or for this long.
    fn wait(&self, most: Option<Duration>) {
        let state = self.state();
        let before = state.recoveries;
        let same = |state: &mut State| state.open && state.recoveries == before;
        match most {
            Some(most) => drop(self.changed.wait_timeout_while(state, most, same)),
            None => drop(self.changed.wait_while(state, same)),
        }
    }
}
