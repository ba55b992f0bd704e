//! What makes a certificate unfit for TLS today, whichever authority signed it. Pure.

use std::fmt;

use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::X509Version;

use super::names;

/// The shortest RSA key that is trusted, in bits: the rule of browsers, of OpenSSL and of webpki.
const RSA_BITS: usize = 2048;

/// The first thing that is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateWeakness {
    /// `None` for the certificate of the server itself, else the name of an issuing one.
    issuer: Option<String>,
    kind: WeaknessKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum WeaknessKind {
    /// Before version 3 a certificate says neither for which hosts nor for what it is.
    Version(u32),
    /// An RSA key of so many bits.
    ShortKey(usize),
    /// Signed with an algorithm that can be forged.
    OldSignature(&'static str),
}

/// Looks at the certificate of a server, and then at those that it sent along.
pub fn of(server: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Option<CertificateWeakness> {
    let own = names::parsed(server).and_then(|parsed| kind_of(&parsed));
    own.map(|kind| CertificateWeakness { issuer: None, kind })
        .or_else(|| others.iter().find_map(of_an_issuer))
}

fn of_an_issuer(certificate: &CertificateDer<'_>) -> Option<CertificateWeakness> {
    let parsed = names::parsed(certificate)?;
    Some(CertificateWeakness { kind: kind_of(&parsed)?, issuer: Some(names::name(parsed.subject())) })
}

fn kind_of(certificate: &X509Certificate<'_>) -> Option<WeaknessKind> {
    if certificate.version() != X509Version::V3 {
        return Some(WeaknessKind::Version(certificate.version().0.saturating_add(1)));
    }
    if let Ok(PublicKey::RSA(key)) = certificate.public_key().parsed()
        && bits(key.modulus) < RSA_BITS
    {
        return Some(WeaknessKind::ShortKey(bits(key.modulus)));
    }
    // From RFC 3279: the old signatures that certificates were made with.
    match certificate.signature_algorithm.algorithm.to_id_string().as_str() {
        "1.2.840.113549.1.1.4" => Some(WeaknessKind::OldSignature("MD5")),
        "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1" | "1.2.840.10040.4.3" => {
            Some(WeaknessKind::OldSignature("SHA-1"))
        }
        _ => None,
    }
}

/// Bits of a number in big-endian bytes.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let first = number.get(zeros).map_or(0, |byte| byte.leading_zeros() as usize);
    (number.len() - zeros) * 8 - first
}

impl fmt::Display for CertificateWeakness {
    /// `the certificate has an RSA key of 1024 bits; at least 2048 are required`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.issuer {
            None => f.write_str("the certificate ")?,
            Some(name) => write!(f, "the issuing certificate {name} ")?,
        }
        match self.kind {
            WeaknessKind::Version(version) => {
                write!(f, "is an X.509 v{version} certificate, which names no hosts; v3 is required")
            }
            WeaknessKind::ShortKey(bits) => {
                write!(f, "has an RSA key of {bits} bits; at least {RSA_BITS} are required")
            }
            WeaknessKind::OldSignature(algorithm) => {
                write!(f, "is signed with {algorithm}, which can be forged")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_as_long_as_its_number() {
        for (number, length) in [(&[0, 0x80, 0][..], 16), (&[0x7f, 0xff], 15), (&[1], 1), (&[0], 0), (&[], 0)]
        {
            assert_eq!(bits(number), length, "{number:?}");
        }
    }
}
