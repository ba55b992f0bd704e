//! A check of `dns://`: the question to one server, and the same to those that must agree with it.
//!
//! Nothing is kept from one attempt to the next, so each of them asks anew.

mod exchange;
mod message;

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};

use self::exchange::{Datagram, QueryForms};
use super::prepared::{Attempt, AttemptRecord, PreparedProbe};
use super::secrets::Secrets;
use crate::kinds::Evidence;
use crate::kinds::dns::{
    DnsQuestion, DnsReply, LookupOutcome, LookupRule, OtherReply, RecordSet, ServerName,
};
use crate::monitor::{Monitor, format_duration};
use crate::net::{Dialer, Endpoint, PermittedAddress, unmarked};
use crate::observation::{Fault, Peer, Transport};

/// How people call the servers that the machine asks.
const OWN: &str = "the name server of this machine";

/// A question with the servers that it goes to.
pub struct Inquiry {
    question: DnsQuestion,
    asking: QueryForms,
    /// `None` stands for those of the machine.
    server: Option<Endpoint>,
    others: Vec<(String, Endpoint)>,
    /// The time that an attempt has.
    patience: Duration,
}

impl Inquiry {
    pub fn new(monitor: &Monitor, rule: &LookupRule, secrets: &Secrets) -> Result<Self, Fault> {
        let wrong = || {
            let actual = format!("no question in {}", monitor.url);
            Fault::new(Transport::Protocol, actual, "a URL such as dns://server/name?type=A")
        };
        let question = DnsQuestion::parse(&secrets.fill(&monitor.url)?).map_err(|_| wrong())?;
        let asking = QueryForms::new(&question).ok_or_else(wrong)?;
        let endpoint =
            |server: &ServerName| Endpoint::parse(&format!("dns://{}", server.place())).ok_or_else(wrong);
        let server = question.server.as_ref().map(endpoint).transpose()?;
        let others = rule.agree_with.iter().map(|other| Ok((other.to_string(), endpoint(other)?)));
        let others = others.collect::<Result<_, Fault>>()?;
        Ok(Self { question, asking, server, others, patience: monitor.timeout })
    }

    async fn look_up(&self, dialer: &Dialer<'_>, record: &mut AttemptRecord) -> Result<Evidence, Fault> {
        let trace = &mut record.trace;
        trace.toward(Peer { reach: None, uses_tls: false });
        if self.server.is_some() {
            trace.enter("lookup");
        }
        let servers = dialer.name_servers(self.server.as_ref()).await?;
        trace.leads_to(PermittedAddress::reach(&servers));
        trace.enter("ask");
        let said = match self.asking.over_udp(&servers).await? {
            Datagram::Answer(set) => set,
            Datagram::Truncated(server) => {
                trace.enter("tcp");
                self.asking.over_tcp(server).await?
            }
        };
        Ok(evidence(self.compare(said, dialer, record).await))
    }

    /// Asks the others. One that has not answered when the time is up is named.
    async fn compare(&self, said: RecordSet, dialer: &Dialer<'_>, record: &mut AttemptRecord) -> DnsReply {
        let silent = || format!("nothing within {}", format_duration(self.patience));
        let other =
            |(server, _): &(String, Endpoint)| OtherReply { server: server.clone(), said: Err(silent()) };
        let server = self.question.server.as_ref().map_or_else(|| OWN.to_owned(), ServerName::to_string);
        let mut reply = DnsReply {
            kind: self.question.kind,
            server,
            said,
            others: self.others.iter().map(other).collect(),
        };
        if self.others.is_empty() {
            return reply;
        }
        record.trace.enter("agree");
        record.evidence = Some(evidence(reply.clone()));
        let ask = |(number, (_, endpoint)): (usize, &'_ (String, Endpoint))| {
            let endpoint = endpoint.clone();
            async move { (number, self.ask_other(&endpoint, dialer).await) }
        };
        let mut asked: FuturesUnordered<_> = self.others.iter().enumerate().map(ask).collect();
        while let Some((number, said)) = asked.next().await {
            if let Some(other) = reply.others.get_mut(number) {
                other.said = said.map_err(|fault| unmarked(&fault.actual));
            }
            record.evidence = Some(evidence(reply.clone()));
        }
        reply
    }

    async fn ask_other(&self, server: &Endpoint, dialer: &Dialer<'_>) -> Result<RecordSet, Fault> {
        let servers = dialer.name_servers(Some(server)).await?;
        self.asking.over_either(&servers).await
    }
}

fn evidence(reply: DnsReply) -> Evidence {
    Evidence::Dns(LookupOutcome::Replied(Box::new(reply)))
}

impl PreparedProbe for Inquiry {
    fn host(&self) -> &str {
        self.server.as_ref().map_or(OWN, Endpoint::host_name)
    }

    fn uses_tls(&self) -> bool {
        false
    }

    fn attempt<'a>(&'a self, dialer: &'a Dialer<'a>, record: &'a mut AttemptRecord) -> Attempt<'a> {
        self.look_up(dialer, record).boxed()
    }
}
