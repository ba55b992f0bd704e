//! Hop after hop until there is an answer.

use futures_util::FutureExt;
use jiff::Timestamp;

use super::exchange::{self, Reply};
use super::offer::HttpVersions;
use super::request::HopRequest;
use crate::kinds::Evidence;
use crate::kinds::http::Answer;
use crate::net::{ClientHello, Dialer, Refused, TlsVersions};
use crate::observation::Fault;
use crate::probe::prepared::{Attempt, AttemptRecord, PreparedProbe, ProbeDeps, Readiness};
use crate::probe::wire::http2::HTTP_2;

impl PreparedProbe for HopRequest {
    fn host(&self) -> &str {
        self.target.endpoint().host_name()
    }

    fn uses_tls(&self) -> bool {
        self.target.is_https()
    }

    fn ready<'a>(&'a mut self, deps: ProbeDeps<'a>, now: Timestamp) -> Readiness<'a> {
        async move {
            if let Some(proxy) = &self.proxy {
                proxy.check(deps.permits)?;
            }
            self.authorize(deps, now).await
        }
        .boxed()
    }

    fn attempt<'a>(&'a self, dialer: &'a Dialer<'a>, record: &'a mut AttemptRecord) -> Attempt<'a> {
        async { hops(self, dialer, record).await.map(Evidence::Http) }.boxed()
    }
}

async fn hops(
    request: &HopRequest,
    dialer: &Dialer<'_>,
    record: &mut AttemptRecord,
) -> Result<Answer, Fault> {
    let mut reply = hop(request, dialer, record).await?;
    loop {
        match reply {
            Reply::Answer(answer) => return Ok(answer),
            Reply::Redirect(next) => {
                // The phases are those of the last hop.
                record.trace.next_hop();
                reply = hop(&next, dialer, record).await?;
            }
        }
    }
}

/// One request. A server that refuses what was offered is asked once more, with what it asked for.
async fn hop(request: &HopRequest, dialer: &Dialer<'_>, record: &mut AttemptRecord) -> Result<Reply, Fault> {
    match offering(HttpVersions::All, request, dialer, record).await {
        Ok(reply) => Ok(reply),
        Err(refused) => Ok(offering(refused.next()?, request, dialer, record).await?),
    }
}

/// One request over a connection of its own. Each hop is resolved and judged like the first.
async fn offering(
    versions: HttpVersions,
    request: &HopRequest,
    dialer: &Dialer<'_>,
    record: &mut AttemptRecord,
) -> Result<Reply, Refused<HttpVersions>> {
    let request = &*request.signed()?;
    let endpoint = request.target.endpoint();
    if !request.target.is_https() {
        let stream = match &request.proxy {
            Some(proxy) => proxy.connect(endpoint, dialer, record).await?,
            None => dialer.connect(endpoint, &mut record.trace).await?,
        };
        record.trace.enter("wait");
        return Ok(exchange::over_http1(stream, request, record).await?);
    }
    let hello = ClientHello {
        protocols: versions.protocols(),
        versions: TlsVersions::All,
        identity: request.identity,
    };
    let stream = match &request.proxy {
        Some(proxy) => {
            let tunnel = proxy.tunnel(endpoint, dialer, record).await?;
            match dialer.start_tls(tunnel, endpoint, hello, &mut record.trace).await {
                Ok(stream) => stream,
                // As without a proxy, a server that cannot sign in TLS 1.3 is asked once more.
                Err(refused) => {
                    let hello = ClientHello { versions: refused.next()?, ..hello };
                    let tunnel = proxy.tunnel(endpoint, dialer, record).await?;
                    let again = dialer.start_tls(tunnel, endpoint, hello, &mut record.trace).await;
                    again.map_err(Fault::from)?
                }
            }
        }
        None => dialer.connect_tls(endpoint, hello, &mut record.trace).await?,
    };
    let chosen = stream.get_ref().1.alpn_protocol();
    record.trace.enter("wait");
    if chosen == Some(HTTP_2) {
        exchange::over_http2(stream, request, record).await
    } else {
        Ok(exchange::over_http1(stream, request, record).await?)
    }
}
