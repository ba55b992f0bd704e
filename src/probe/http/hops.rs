//! Hop after hop until there is an answer.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::exchange::{self, Reply};
use super::head::Head;
use super::offer::{HTTP_2, HttpVersions, Refused};
use super::request::Request;
use crate::kinds::Evidence;
use crate::kinds::http::Answer;
use crate::net::{ClientHello, Dialer, TlsVersions};
use crate::observation::Fault;
use crate::probe::prepared::{AttemptRecord, PreparedProbe};

impl PreparedProbe for Request {
    fn host(&self) -> &str {
        self.target.endpoint().host_name()
    }

    fn uses_tls(&self) -> bool {
        self.target.is_https()
    }

    fn attempt<'a>(
        &'a self,
        dialer: &'a Dialer<'a>,
        record: &'a mut AttemptRecord,
    ) -> BoxFuture<'a, Result<Evidence, Fault>> {
        hops(self, dialer, record).boxed()
    }
}

async fn hops(request: &Request, dialer: &Dialer<'_>, record: &mut AttemptRecord) -> Result<Evidence, Fault> {
    let mut reply = hop(request, dialer, record).await?;
    loop {
        match reply {
            Reply::Answer(Head { status, fields }, body) => {
                return Ok(Evidence::Http(Answer { status, headers: fields, body }));
            }
            Reply::Redirect(next) => {
                record.redirected();
                reply = hop(&next, dialer, record).await?;
            }
        }
    }
}

/// One request. A server that refuses what was offered is asked once more, with what it asked for.
async fn hop(request: &Request, dialer: &Dialer<'_>, record: &mut AttemptRecord) -> Result<Reply, Fault> {
    let refused = match offering(HttpVersions::All, request, dialer, record).await {
        Ok(reply) => return Ok(reply),
        Err(refused) => refused,
    };
    let Some(instead) = refused.instead else { return Err(refused.fault) };
    offering(instead, request, dialer, record).await.map_err(|refused| refused.fault)
}

/// One request over a connection of its own. Each hop is resolved and judged like the first.
async fn offering(
    versions: HttpVersions,
    request: &Request,
    dialer: &Dialer<'_>,
    record: &mut AttemptRecord,
) -> Result<Reply, Refused> {
    let endpoint = request.target.endpoint();
    if !request.target.is_https() {
        let stream = dialer.connect(endpoint, &mut record.trace).await?;
        record.trace.enter("wait");
        return Ok(exchange::over_http1(stream, request, record).await?);
    }
    let hello = ClientHello {
        protocols: versions.protocols(),
        versions: TlsVersions::All,
        identity: request.identity,
    };
    let stream = dialer.connect_tls(endpoint, hello, &mut record.trace).await?;
    let chosen = stream.get_ref().1.alpn_protocol();
    record.trace.enter("wait");
    if chosen == Some(HTTP_2) {
        exchange::over_http2(stream, request, record).await
    } else {
        Ok(exchange::over_http1(stream, request, record).await?)
    }
}
