//! Whose a certificate is, and who signed it, in words. Pure.

use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Name;

/// Who signed a certificate.
pub enum Issuer {
    Itself,
    Other(String),
}

/// The certificate as far as it can be read.
pub fn parsed<'a>(certificate: &'a CertificateDer<'_>) -> Option<X509Certificate<'a>> {
    X509Certificate::from_der(certificate).ok().map(|(_, parsed)| parsed)
}

pub fn issuer(certificate: &CertificateDer<'_>) -> Option<Issuer> {
    let parsed = parsed(certificate)?;
    Some(if parsed.issuer().as_raw() == parsed.subject().as_raw() {
        Issuer::Itself
    } else {
        Issuer::Other(name(parsed.issuer()))
    })
}

/// The first host that a certificate is for; the name of its subject, if it is for none.
pub fn host_of(certificate: &X509Certificate<'_>) -> String {
    let hosts = certificate.subject_alternative_name().ok().flatten();
    let hosts = hosts.iter().flat_map(|extension| &extension.value.general_names);
    let mut named = hosts.filter_map(|host| match host {
        GeneralName::DNSName(host) => Some((*host).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    });
    named.next().unwrap_or_else(|| name(certificate.subject()))
}

/// The common name, or the whole name where there is none.
pub fn name(name: &X509Name<'_>) -> String {
    let common = name.iter_common_name().find_map(|common| common.as_str().ok());
    match common.map_or_else(|| name.to_string(), str::to_owned) {
        text if text.is_empty() => "an unnamed issuer".to_owned(),
        text => text,
    }
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(four).to_string());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|sixteen| std::net::Ipv6Addr::from(sixteen).to_string())
}
