//! Probes against real sockets on loopback, most of them with a hostile server.

mod answer;
mod auth;
mod authority;
mod blackbox;
mod body;
mod certificate;
mod client;
mod dns;
mod dns_server;
mod families;
mod grpc;
mod icmp;
mod names;
mod odd;
mod offer;
mod proxy;
mod redirect;
mod retry;
pub mod server;
mod session;
mod tcp;
mod timeout;
mod websocket;
mod zoo;

use std::num::NonZeroUsize;
use std::time::Duration;

use jiff::Timestamp;

use super::{Limits, Probed, Prober, Secrets};
use crate::assert::{Assertion, Comparison};
use crate::kinds::Evidence;
use crate::kinds::http::{Answer, BODY};
use crate::monitor::{Expectations, Monitor, Offer, Retry, Template};
use crate::net::AddressPolicy;
use crate::observation::{Fault, Observation};

/// A monitor that is done after one attempt.
fn monitor(url: &str) -> Monitor {
    Monitor {
        retry: Retry { attempts: 0, wait: Duration::ZERO, ..Retry::default() },
        ..Monitor::sample("probed", url)
    }
}

/// A monitor with a rule for the body.
fn reading(url: &str) -> Monitor {
    let body = vec![Comparison::Contains("ok".to_owned())];
    let mut expect = Expectations::default();
    expect.assertions.push(Assertion::new(BODY, "", body));
    Monitor { expect, ..monitor(url) }
}

fn template(text: &str) -> Template {
    Template::parse(text).expect(text)
}

/// Each variable's value is its own name in lower case, and some more.
fn secrets_of(monitor: &Monitor) -> Secrets {
    Secrets::resolve(
        [monitor],
        &Offer::everything(),
        |name| Some(format!("{}-s3cr/t value", name.to_lowercase())),
        |_| None,
    )
}

/// A prober that reaches loopback.
fn prober() -> Prober {
    let plenty = NonZeroUsize::new(64).expect("more than none");
    Prober::new(AddressPolicy::laptop(Vec::new()), Limits { total: plenty, per_host: plenty })
}

async fn observe_with(prober: &Prober, monitor: &Monitor) -> Observation {
    observe_knowing(prober, monitor, &secrets_of(monitor)).await
}

async fn observe_knowing(prober: &Prober, monitor: &Monitor, secrets: &Secrets) -> Observation {
    let ended = prober.observe(monitor, secrets, Timestamp::UNIX_EPOCH, None).await;
    match ended.redacted(&secrets.quoter(monitor)) {
        Probed::Observed(observation) => observation,
        Probed::Skipped => panic!("skipped without a deadline"),
    }
}

async fn observe(monitor: &Monitor) -> Observation {
    observe_with(&prober(), monitor).await
}

async fn answer(monitor: &Monitor) -> Answer {
    http(observe(monitor).await.result.expect("an answer"))
}

fn http(evidence: Evidence) -> Answer {
    let Evidence::Http(answer) = evidence else { panic!("{evidence:?}") };
    answer
}

async fn fault(monitor: &Monitor) -> Fault {
    observe(monitor).await.result.expect_err("a fault")
}

#[tokio::test]
async fn a_probe_may_run_on_any_thread() {
    fn is_send(_: impl Send) {}
    let monitor = monitor("http://127.0.0.1:1/");
    is_send(prober().observe(&monitor, &secrets_of(&monitor), Timestamp::UNIX_EPOCH, None));
}
