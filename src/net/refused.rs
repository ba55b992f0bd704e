//! A server that refused what it was offered. Pure.

use crate::observation::Fault;

/// Why there is no answer, or no session.
#[derive(Debug)]
pub struct Refused<O> {
    pub fault: Fault,
    /// What the server may take instead. It is offered once, so that no server keeps a client busy.
    pub instead: Option<O>,
}

impl<O> Refused<O> {
    /// What to offer next.
    pub fn next(self) -> Result<O, Fault> {
        self.instead.ok_or(self.fault)
    }
}

impl<O> From<Fault> for Refused<O> {
    fn from(fault: Fault) -> Self {
        Self { fault, instead: None }
    }
}

impl<O> From<Refused<O>> for Fault {
    fn from(refused: Refused<O>) -> Self {
        refused.fault
    }
}
