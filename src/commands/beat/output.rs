//! What a command prints goes on to where it went before, and the end of it is kept.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Bytes of the end that are kept.
const KEPT: usize = 4 * 1024;

/// How long output is waited for once the command has ended: what it left running may hold its output open for ever.
const PATIENCE: Duration = Duration::from_secs(2);

/// The end of what a command printed, on both of its streams.
pub struct CommandOutput {
    end: Arc<Mutex<VecDeque<u8>>>,
    done: Receiver<()>,
    sender: Sender<()>,
    streams: usize,
}

impl CommandOutput {
    pub fn new() -> Self {
        let (sender, done) = mpsc::channel();
        Self { end: Arc::default(), done, sender, streams: 0 }
    }

    /// Copies `from` to `to` until its end, beside everything else. If `to` takes no more, the command may go on printing
    /// all the same.
    pub fn copy(&mut self, from: impl Read + Send + 'static, to: impl Write + Send + 'static) {
        let (end, sender) = (Arc::clone(&self.end), self.sender.clone());
        self.streams += 1;
        std::thread::spawn(move || {
            copied(from, to, &end);
            // There may be no one who waits.
            let _ = sender.send(());
        });
    }

    /// The end of it as text, once both streams are at their end, or the time to wait for them is over.
    pub fn end(self) -> String {
        let until = Instant::now() + PATIENCE;
        for _ in 0..self.streams {
            let left = until.saturating_duration_since(Instant::now());
            if self.done.recv_timeout(left).is_err() {
                break;
            }
        }
        let end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = end.iter().copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn copied(mut from: impl Read, to: impl Write, end: &Mutex<VecDeque<u8>>) {
    let (mut to, mut buffer) = (Some(to), [0; 8 * 1024]);
    loop {
        let bytes = match from.read(&mut buffer) {
            Ok(0) => return,
            Ok(number) => buffer.get(..number).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        to = to.and_then(|mut to| to.write_all(bytes).and_then(|()| to.flush()).is_ok().then_some(to));
        let mut end = end.lock().unwrap_or_else(PoisonError::into_inner);
        end.extend(bytes);
        let surplus = end.len().saturating_sub(KEPT);
        end.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that goes away after some bytes.
    struct Short(Arc<Mutex<Vec<u8>>>);

    impl Write for Short {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut taken = self.0.lock().expect("one thread at a time");
            if taken.len() > 3 {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            taken.extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_end_is_kept_also_where_no_one_reads_it() {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let mut output = CommandOutput::new();
        let long = format!("begin{}end", "x".repeat(50_000));
        output.copy(io::Cursor::new(long), Short(Arc::clone(&taken)));
        let end = output.end();
        assert!(end.len() == KEPT && end.ends_with("xend"), "{}", end.len());
        assert_eq!(taken.lock().expect("it is over").len(), 8 * 1024);
    }
}
