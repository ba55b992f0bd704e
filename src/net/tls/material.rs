//! Certificates and keys of a monitor: from a file of the machine, or from behind references.

use std::fs::{self, File};
use std::io::{self, Read};
use std::thread;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::fault::fault;
use super::verifier::Trusted;
use crate::monitor::{ClientIdentity, Pem, Template, format_duration};
use crate::observation::{Fault, Transport};

/// Room for a file of certificates; the list of all public authorities takes a fifth of it.
const ROOM: u64 = 1 << 20;

/// Time to read a file for a channel.
const READING: Duration = Duration::from_secs(2);

/// Gives the text of a template with its secrets filled in.
pub type Fill<'a> = &'a (dyn Fn(&Template) -> Result<String, Fault> + Sync);

/// What a client shows of itself.
pub struct ClientCredentials {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: PrivateKeyDer<'static>,
}

/// The authorities that `pem` names, and no others. A file that does not come within `patience` is a fault.
pub async fn authorities(pem: &Pem, fill: Fill<'_>, patience: Duration) -> Result<Trusted, Fault> {
    let PemContent { text, place, kind } = PemContent::read(pem, fill, patience).await?;
    trusted(&text, &place, kind)
}

/// What a file or a reference holds.
struct PemContent {
    text: Vec<u8>,
    place: String,
    /// What a fault in it is about.
    kind: Transport,
}

impl PemContent {
    async fn read(pem: &Pem, fill: Fill<'_>, patience: Duration) -> Result<Self, Fault> {
        Ok(match pem {
            Pem::File(path) => {
                Self { text: file(path, patience).await?, place: path.clone(), kind: Transport::Tls }
            }
            Pem::Secret(template) => Self {
                text: fill(template)?.into_bytes(),
                place: template.to_string(),
                kind: Transport::Secret,
            },
        })
    }
}

/// The text of a file of certificates, for a client that makes its sessions itself.
pub async fn read_certificates(path: &str) -> Result<String, String> {
    let text = file(path, READING).await.map_err(|fault| fault.actual)?;
    String::from_utf8(text).map_err(|_| without(path, Transport::Tls).actual)
}

/// A file that does not come within `patience` is a fault.
async fn file(path: &str, patience: Duration) -> Result<Vec<u8>, Fault> {
    let read = timeout(patience, read(path.to_owned())).await;
    read.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::TimedOut => format!("not within {}", format_duration(patience)),
            // `net::failure` has the words for connections.
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            io::ErrorKind::NotFound => "no such file".to_owned(),
            _ => error.to_string(),
        };
        let actual = format!("{path} cannot be read: {why}");
        Fault::new(Transport::Tls, actual, "a certificate file on this machine")
    })
}

/// The authorities of a text in PEM form, which comes from `place`.
pub fn trusted(text: &[u8], place: &str, kind: Transport) -> Result<Trusted, Fault> {
    let certificates = certificates(text, place, kind)?;
    let mut roots = RootCertStore::empty();
    let (taken, _) = roots.add_parsable_certificates(certificates.iter().cloned());
    if taken == 0 {
        return Err(without(place, kind));
    }
    Trusted::roots(roots, certificates)
        .map_err(|error| fault(format!("unusable certificates in {place}: {error}")))
}

impl ClientCredentials {
    /// Files that do not come within `patience` are a fault.
    pub async fn read(identity: &ClientIdentity, fill: Fill<'_>, patience: Duration) -> Result<Self, Fault> {
        let ClientIdentity { certificate, key } = identity;
        let PemContent { text, place, kind } = PemContent::read(certificate, fill, patience).await?;
        let chain = certificates(&text, &place, kind)?;
        let key = private_key(&PemContent::read(key, fill, patience).await?)?;
        Ok(Self { chain, key })
    }
}

/// The error of the parser is dropped, because it may quote the key.
fn private_key(PemContent { text, place, kind }: &PemContent) -> Result<PrivateKeyDer<'static>, Fault> {
    PrivateKeyDer::from_pem_slice(text)
        .map_err(|_| Fault::new(*kind, format!("no private key in {place}"), "a key in PEM form"))
}

fn certificates(text: &[u8], place: &str, kind: Transport) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    match found {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) | Err(_) => Err(without(place, kind)),
    }
}

fn without(place: &str, kind: Transport) -> Fault {
    Fault::new(kind, format!("no certificate in {place}"), "certificates in PEM form")
}

/// Reads a small regular file on a thread of its own. A path comes from the repository, and reading it may never
/// end: a file of `/proc`, a dead network drive. A thread of the runtime would then hold up the end of the program.
async fn read(path: String) -> io::Result<Vec<u8>> {
    let (done, outcome) = oneshot::channel();
    thread::Builder::new().name("certificates".to_owned()).spawn(move || {
        // A probe that no longer waits needs no answer.
        drop(done.send(read_here(&path)));
    })?;
    outcome.await.unwrap_or_else(|_| Err(io::Error::other("the read was aborted")))
}

fn read_here(path: &str) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    if metadata.len() > ROOM {
        return Err(io::Error::other("larger than 1 MiB"));
    }
    let mut bytes = Vec::new();
    // Files of `/proc` report a length of 0, and some of them block their reader. So an empty file is not opened.
    if metadata.len() > 0 {
        File::open(path)?.take(ROOM).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
