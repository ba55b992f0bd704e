//! Which certificates of servers are taken, and why one is not.

use std::fmt;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
    client::verify_server_name,
};

use super::{expiry, names, provider};
use crate::observation::Certificate;

/// Whom the sessions of a monitor trust.
#[derive(Clone)]
pub enum Trusted {
    Roots {
        verifier: Arc<Verifier>,
        roots: Arc<RootCertStore>,
    },
    /// Any certificate will do; whoever answers is talked to.
    Anyone,
}

/// Verifies as rustls does, and says more of a certificate that does not.
#[derive(Debug)]
pub struct Verifier {
    inner: Arc<WebPkiServerVerifier>,
    /// Certificates of servers that are trusted themselves, whoever signed them.
    pinned: Vec<CertificateDer<'static>>,
}

/// What rustls has no variant for.
#[derive(Debug, thiserror::Error)]
pub enum Distrust {
    #[error("self-signed")]
    SelfSigned,
    #[error("unknown issuer {0}")]
    UnknownIssuer(String),
}

/// Verifies nothing about a certificate but that the server holds its key.
struct Unverified(Arc<CryptoProvider>);

impl Trusted {
    /// Trusts what `roots` signed, and `pinned`.
    pub fn roots(roots: RootCertStore, pinned: Vec<CertificateDer<'static>>) -> Result<Self, Error> {
        let roots = Arc::new(roots);
        let inner = WebPkiServerVerifier::builder_with_provider(Arc::clone(&roots), provider())
            .build()
            .map_err(|error| Error::General(error.to_string()))?;
        Ok(Self::Roots { verifier: Arc::new(Verifier { inner, pinned }), roots })
    }

    pub fn verifier(&self) -> Arc<dyn ServerCertVerifier> {
        match self {
            Self::Roots { verifier, roots: _ } => Arc::clone(verifier) as Arc<dyn ServerCertVerifier>,
            Self::Anyone => Arc::new(Unverified(provider())),
        }
    }

    /// Of the certificates that a server presented and that are relied upon, the first to expire.
    pub fn first_to_expire(&self, presented: &[CertificateDer<'_>]) -> Option<Certificate> {
        let (server, others) = presented.split_first()?;
        match self {
            Self::Roots { verifier, roots } => {
                let algorithms = provider().signature_verification_algorithms.all;
                let verified = expiry::of_the_best_path(server, others, roots, algorithms);
                verified.or_else(|| {
                    verifier.pinned.contains(server).then(|| expiry::of_the_server(server)).flatten()
                })
            }
            Self::Anyone => expiry::of_the_server(server),
        }
    }
}

impl Verifier {
    /// A certificate that is trusted itself need not be one that an authority may sign with, or be signed by one.
    fn verify_pinned(
        server: &CertificateDer<'_>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        verify_server_name(&ParsedCertificate::try_from(server)?, name)?;
        expiry::is_valid(server, now)?;
        Ok(ServerCertVerified::assertion())
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        server: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.inner.verify_server_cert(server, others, name, ocsp, now);
        verified.or_else(|error| {
            if self.pinned.contains(server) {
                Self::verify_pinned(server, name, now)
            } else {
                Err(told_apart(error, server))
            }
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, server, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, server, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// Names the issuer that is unknown. A certificate that signed itself is often one for authorities too, which is
/// all that is said of it then.
fn told_apart(error: Error, server: &CertificateDer<'_>) -> Error {
    let distrust = match &error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::Other(_)) => {
            match names::issuer(server) {
                Some(names::Issuer::Itself) => Distrust::SelfSigned,
                Some(names::Issuer::Other(name)) if error == CertificateError::UnknownIssuer.into() => {
                    Distrust::UnknownIssuer(name)
                }
                Some(names::Issuer::Other(_)) | None => return error,
            }
        }
        _ => return error,
    };
    CertificateError::Other(OtherError(Arc::new(distrust))).into()
}

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _server: &CertificateDer<'_>,
        _others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, server, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, server, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

impl fmt::Debug for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unverified")
    }
}
