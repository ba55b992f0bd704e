//! How long the certificates of a server will go on to verify. Pure.
//!
//! The path from the server's certificate to a root counts, not the list that the server sends. That list often holds an
//! old root that no client needs any more, and its end does not matter.

use std::cell::RefCell;

use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use rustls::{CertificateError, Error, RootCertStore};
use webpki::{EndEntityCert, KeyUsage, VerifiedPath};

use super::names;
use crate::observation::Certificate;

/// The certificate that expires first on the path that holds longest, of all paths from `server` over `others` to one of
/// `roots`. Roots do not count, because clients trust them whatever their dates.
pub fn of_the_best_path(
    server: &CertificateDer<'_>,
    others: &[CertificateDer<'_>],
    roots: &RootCertStore,
    algorithms: &[&dyn SignatureVerificationAlgorithm],
) -> Option<Certificate> {
    let best: RefCell<Option<Certificate>> = RefCell::new(None);
    // A path that is turned down makes webpki look for the next one, until it has shown all.
    let note = |path: &VerifiedPath<'_>| {
        let mut best = best.borrow_mut();
        let known = best.take();
        *best = known.into_iter().chain(weakest(path)).max_by_key(|certificate| certificate.expires);
        Err(webpki::Error::UnknownIssuer)
    };
    let end = EndEntityCert::try_from(server).ok()?;
    let usage = KeyUsage::server_auth();
    let now = UnixTime::now();
    drop(end.verify_for_usage(algorithms, &roots.roots, others, now, usage, None, Some(&note)));
    best.into_inner()
}

/// The certificate of the server alone.
pub fn of_the_server(server: &CertificateDer<'_>) -> Option<Certificate> {
    let parsed = names::parsed(server)?;
    let expires = Timestamp::from_second(parsed.validity().not_after.timestamp()).ok()?;
    Some(Certificate { expires, subject: format!("certificate of {}", names::host_of(&parsed)) })
}

/// Whether the dates of a certificate are those of today.
pub fn is_valid(certificate: &CertificateDer<'_>, now: UnixTime) -> Result<(), Error> {
    let parsed = names::parsed(certificate).ok_or(CertificateError::BadEncoding)?;
    let time = |seconds: i64| {
        UnixTime::since_unix_epoch(std::time::Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
    };
    let not_before = time(parsed.validity().not_before.timestamp());
    let not_after = time(parsed.validity().not_after.timestamp());
    if now < not_before {
        return Err(CertificateError::NotValidYetContext { time: now, not_before }.into());
    }
    if now > not_after {
        return Err(CertificateError::ExpiredContext { time: now, not_after }.into());
    }
    Ok(())
}

fn weakest(path: &VerifiedPath<'_>) -> Option<Certificate> {
    let server = of_the_server(&path.end_entity().der());
    let issuers = path.intermediate_certificates().filter_map(|issuer| {
        let der = issuer.der();
        let parsed = names::parsed(&der)?;
        let expires = Timestamp::from_second(parsed.validity().not_after.timestamp()).ok()?;
        let subject = format!("issuing certificate {}", names::name(parsed.subject()));
        Some(Certificate { expires, subject })
    });
    server.into_iter().chain(issuers).min_by_key(|certificate| certificate.expires)
}
