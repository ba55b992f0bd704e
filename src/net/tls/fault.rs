//! Why there is no TLS session, in words for people. Pure.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, Error, OtherError, PeerIncompatible};

use super::verifier::Distrust;
use crate::monitor::{TlsVersion, rough_duration};
use crate::net::foreign;
use crate::observation::{Fault, Transport};

/// The fault behind `error`, if it is TLS that failed and not the connection below.
///
/// A server may also refuse a client after the handshake, when it misses the client's certificate.
pub fn fault_of(error: &io::Error) -> Option<Fault> {
    let error = error.get_ref()?.downcast_ref::<Error>()?;
    Some(match error {
        Error::InvalidCertificate(reason) => {
            Fault::new(Transport::Tls, unverified(reason), "a certificate that verifies")
        }
        Error::AlertReceived(alert) => fault(refusal(*alert)),
        Error::InvalidMessage(_) => fault("an answer that is not TLS"),
        Error::PeerIncompatible(reason) => fault(incompatible(reason)),
        other => fault(format!("a broken TLS handshake: {}", foreign(other))),
    })
}

/// The same of a server that has no version from `min` on.
pub fn too_old(error: &io::Error, min: TlsVersion) -> Option<Fault> {
    let is_of_versions = match error.get_ref()?.downcast_ref::<Error>()? {
        Error::AlertReceived(alert) => *alert == AlertDescription::ProtocolVersion,
        Error::PeerIncompatible(reason) => matches!(
            reason,
            PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
        ),
        _ => false,
    };
    let actual = format!("the server does not speak {}", min.as_str());
    is_of_versions
        .then(|| Fault::new(Transport::Tls, actual, format!("at least {} (`tls.min`)", min.as_str())))
}

pub fn fault(actual: impl Into<String>) -> Fault {
    Fault::new(Transport::Tls, actual, "a TLS session")
}

fn unverified(reason: &CertificateError) -> String {
    match reason {
        CertificateError::Expired => "the certificate expired".to_owned(),
        CertificateError::ExpiredContext { time, not_after } => {
            format!("the certificate expired {} ago, on {}", between(*not_after, *time), day(*not_after))
        }
        CertificateError::NotValidYet => "the certificate is not valid yet".to_owned(),
        CertificateError::NotValidYetContext { time, not_before } => {
            let wait = between(*time, *not_before);
            format!("the certificate becomes valid only in {wait}, on {}", day(*not_before))
        }
        CertificateError::NotValidForName => "the certificate is for another host".to_owned(),
        CertificateError::NotValidForNameContext { expected, presented } => {
            format!(
                "the certificate is for {}, not for {}",
                foreign(hosts(presented)),
                foreign(host(expected))
            )
        }
        CertificateError::UnknownIssuer => "the certificate is from an unknown issuer".to_owned(),
        CertificateError::Revoked => "the certificate is revoked".to_owned(),
        CertificateError::BadSignature => "the certificate has a wrong signature".to_owned(),
        CertificateError::BadEncoding => "the certificate cannot be read".to_owned(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the certificate is not for servers".to_owned()
        }
        CertificateError::Other(OtherError(other)) => match other.downcast_ref::<Distrust>() {
            Some(Distrust::SelfSigned) => "the certificate is self-signed".to_owned(),
            Some(Distrust::UnknownIssuer(name)) => {
                format!("the certificate is from {}, an issuer that is not trusted here", foreign(name))
            }
            Some(Distrust::Weak(weakness)) => weakness.to_string(),
            Some(Distrust::Unproven) => "the server did not prove that the certificate is its own".to_owned(),
            None => match other.downcast_ref::<webpki::Error>() {
                Some(reason) => unfit(reason),
                None => format!("the certificate is unusable: {}", foreign(other)),
            },
        },
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "the certificate has an unsupported kind of key or signature".to_owned()
        }
        other => format!("the certificate is unusable: {}", foreign(other)),
    }
}

/// The words for errors of webpki that rustls has no variant for.
fn unfit(reason: &webpki::Error) -> String {
    use webpki::Error;
    match reason {
        Error::UnsupportedCriticalExtension => "the certificate has an unknown critical extension",
        Error::CaUsedAsEndEntity => "the certificate belongs to an authority, not to a server",
        Error::EndEntityUsedAsCa => "an issuing certificate does not belong to an authority",
        Error::UnsupportedCertVersion => "an issuing certificate is not an X.509 v3 certificate",
        Error::NameConstraintViolation => "an issuing certificate may not sign for this name",
        Error::PathLenConstraintViolated => "the chain of issuing certificates is too long",
        other => return format!("the certificate is unusable: {}", foreign(other)),
    }
    .to_owned()
}

/// The words for the alert by which the server ended the handshake.
fn refusal(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::ProtocolVersion => {
            "the server speaks neither TLS 1.2 nor 1.3: it sent the alert ProtocolVersion".to_owned()
        }
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
            format!("the server and this machine have no cipher in common: it sent the alert {alert:?}")
        }
        AlertDescription::UnrecognisedName => {
            "the server has no site of this name: it sent the alert UnrecognisedName".to_owned()
        }
        AlertDescription::CertificateRequired => {
            "the server wants a client certificate: it sent the alert CertificateRequired".to_owned()
        }
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied => {
            format!("the server rejects this client or its certificate: it sent the alert {alert:?}")
        }
        other => format!("the server sent the TLS alert {other:?}"),
    }
}

fn incompatible(reason: &PeerIncompatible) -> String {
    match reason {
        PeerIncompatible::ServerDoesNotSupportTls12Or13
        | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig => {
            "the server speaks neither TLS 1.2 nor 1.3".to_owned()
        }
        PeerIncompatible::NoCipherSuitesInCommon
        | PeerIncompatible::NoKxGroupsInCommon
        | PeerIncompatible::NoSignatureSchemesInCommon => {
            "the server and this machine have no cipher in common".to_owned()
        }
        other => format!("the server speaks TLS of another kind: {other:?}"),
    }
}

/// The first few hosts; a certificate may be for a hundred.
fn hosts(presented: &[String]) -> String {
    const SHOWN: usize = 3;
    // rustls writes them as `DnsName("a.example")` and `IpAddress(127.0.0.1)`.
    let address = |name: &'_ str| Some(name.strip_prefix("IpAddress(")?.strip_suffix(')')?.to_owned());
    let host = |name: &String| name.split('"').nth(1).map(str::to_owned).or_else(|| address(name));
    let names = presented.iter().map(|name| host(name).unwrap_or_else(|| name.clone()));
    let shown: Vec<_> = names.take(SHOWN).collect();
    match presented.len() {
        0 => "no host".to_owned(),
        all if all > SHOWN => format!("{} and {} more", shown.join(", "), all - SHOWN),
        _ => shown.join(", "),
    }
}

fn host(name: &ServerName<'_>) -> String {
    name.to_str().into_owned()
}

fn between(earlier: UnixTime, later: UnixTime) -> String {
    rough_duration(Duration::from_secs(later.as_secs().saturating_sub(earlier.as_secs())))
}

fn day(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let date = Timestamp::from_second(seconds).map(|time| time.to_zoned(TimeZone::UTC).date());
    date.map_or_else(|_| "a day out of range".to_owned(), |date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(seconds: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    #[test]
    fn a_certificate_that_does_not_verify_says_why_in_words() {
        const DAY: u64 = 86_400;
        let wrong = |presented: &[&str]| CertificateError::NotValidForNameContext {
            expected: ServerName::try_from("b.example").expect("a name"),
            presented: presented.iter().map(|name| format!("DnsName(\"{name}\")")).collect(),
        };
        let distrust = |why| CertificateError::Other(OtherError(std::sync::Arc::new(why)));
        for (reason, words) in [
            (
                CertificateError::ExpiredContext { time: time(13 * DAY + 7_300), not_after: time(10 * DAY) },
                "the certificate expired 3d2h ago, on 1970-01-11",
            ),
            (
                CertificateError::NotValidYetContext { time: time(DAY), not_before: time(2 * DAY - 60) },
                "the certificate becomes valid only in 23h59m, on 1970-01-02",
            ),
            (wrong(&["a.example"]), "the certificate is for a.example, not for b.example"),
            (wrong(&[]), "the certificate is for no host, not for b.example"),
            (
                CertificateError::NotValidForNameContext {
                    expected: ServerName::try_from("b.example").expect("a name"),
                    presented: vec!["DnsName(\"a\")".to_owned(), "IpAddress(127.0.0.1)".to_owned()],
                },
                "the certificate is for a, 127.0.0.1, not for b.example",
            ),
            (wrong(&["a", "b", "c", "d"]), "the certificate is for a, b, c and 1 more, not for b.example"),
            (distrust(Distrust::SelfSigned), "the certificate is self-signed"),
            (
                distrust(Distrust::UnknownIssuer("Acme CA".to_owned())),
                "the certificate is from Acme CA, an issuer that is not trusted here",
            ),
        ] {
            assert_eq!(unverified(&reason).replace(['\u{fdd0}', '\u{fdd1}'], ""), words);
        }
    }

    #[test]
    fn what_a_server_says_when_it_gives_up_is_distinguished() {
        for (alert, words) in [
            (AlertDescription::ProtocolVersion, "neither TLS 1.2 nor 1.3"),
            (AlertDescription::HandshakeFailure, "no cipher in common"),
            (AlertDescription::CertificateRequired, "wants a client certificate"),
            (AlertDescription::UnknownCA, "rejects this client or its certificate"),
            (AlertDescription::UnrecognisedName, "has no site of this name"),
            (AlertDescription::InternalError, "the TLS alert InternalError"),
        ] {
            assert!(refusal(alert).contains(words), "{alert:?}: {}", refusal(alert));
        }
    }
}
