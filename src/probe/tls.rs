//! A check of `tls://`: the connection, and the session over it.

use futures_util::FutureExt;
use rustls::ProtocolVersion;

use super::prepared::{Attempt, AttemptRecord, PreparedProbe, endpoint_of};
use super::secrets::Secrets;
use crate::kinds::Evidence;
use crate::kinds::tls::{SessionFacts, TlsVersion};
use crate::monitor::Monitor;
use crate::net::{ClientHello, Dialer, Endpoint};
use crate::observation::Fault;

/// Connects and agrees on a session; nothing is said over it.
pub struct Greeting {
    endpoint: Endpoint,
}

impl Greeting {
    pub fn new(monitor: &Monitor, secrets: &Secrets) -> Result<Self, Fault> {
        Ok(Self { endpoint: endpoint_of(monitor, secrets)? })
    }
}

impl PreparedProbe for Greeting {
    fn host(&self) -> &str {
        self.endpoint.host_name()
    }

    fn uses_tls(&self) -> bool {
        true
    }

    fn attempt<'a>(&'a self, dialer: &'a Dialer<'a>, record: &'a mut AttemptRecord) -> Attempt<'a> {
        async {
            let stream = dialer.connect_tls(&self.endpoint, ClientHello::PLAIN, &mut record.trace).await?;
            let version = match stream.get_ref().1.protocol_version() {
                Some(ProtocolVersion::TLSv1_2) => TlsVersion::V12,
                // No other one is offered.
                Some(_) | None => TlsVersion::V13,
            };
            Ok(Evidence::Tls(SessionFacts { version }))
        }
        .boxed()
    }
}
