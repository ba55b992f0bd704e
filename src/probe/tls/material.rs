//! Certificates and keys of a monitor: from a file of the box, or from behind references.

use std::fs::{self, File};
use std::io::{self, Read};

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::fault::fault;
use super::verifier::Trusted;
use crate::monitor::{ClientIdentity, Pem, Template};
use crate::observation::{Fault, FaultKind};
use crate::probe::failure;
use crate::probe::secrets::Secrets;

/// Room for a file of certificates; the list of all public authorities takes a fifth of it.
const ROOM: u64 = 1 << 20;

/// What a client shows of itself.
pub struct Client {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: PrivateKeyDer<'static>,
}

/// The authorities that `pem` names, and nobody else.
pub fn authorities(pem: &Pem, secrets: &Secrets) -> Result<Trusted, Fault> {
    let (text, place, kind) = match pem {
        Pem::File(path) => {
            let text = read(path).map_err(|error| {
                let actual = format!("{path} cannot be read: {}", failure::words(&error));
                Fault::new(FaultKind::Tls, actual, "a file of certificates on this box")
            })?;
            (text, path.clone(), FaultKind::Tls)
        }
        Pem::Secret(template) => {
            (secrets.fill(template)?.into_bytes(), template.to_string(), FaultKind::Secret)
        }
    };
    let certificates = certificates(&text, &place, kind)?;
    let mut roots = RootCertStore::empty();
    let (taken, _) = roots.add_parsable_certificates(certificates.iter().cloned());
    if taken == 0 {
        return Err(without(&place, kind));
    }
    Trusted::roots(roots, certificates).map_err(|error| fault(format!("no trust from {place}: {error}")))
}

impl Client {
    pub fn read(identity: &ClientIdentity, secrets: &Secrets) -> Result<Self, Fault> {
        let ClientIdentity { certificate, key } = identity;
        let chain =
            certificates(secrets.fill(certificate)?.as_bytes(), &certificate.to_string(), FaultKind::Secret)?;
        let key = private_key(key, secrets)?;
        Ok(Self { chain, key })
    }
}

/// What the parser would say of a broken key is not passed on: it may quote it.
fn private_key(key: &Template, secrets: &Secrets) -> Result<PrivateKeyDer<'static>, Fault> {
    PrivateKeyDer::from_pem_slice(secrets.fill(key)?.as_bytes())
        .map_err(|_| Fault::new(FaultKind::Secret, format!("no private key in {key}"), "a key in PEM form"))
}

fn certificates(text: &[u8], place: &str, kind: FaultKind) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    match found {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) | Err(_) => Err(without(place, kind)),
    }
}

fn without(place: &str, kind: FaultKind) -> Fault {
    Fault::new(kind, format!("no certificate in {place}"), "certificates in PEM form")
}

/// Reads a small regular file: a path comes from the repository, and a device or a pipe would never end.
fn read(path: &str) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(ROOM).read_to_end(&mut bytes)?;
    Ok(bytes)
}
