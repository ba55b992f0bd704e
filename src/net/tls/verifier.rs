//! Which certificates of servers are taken, and why one is not.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
    client::verify_server_name,
};

use super::weakness::{self, CertificateWeakness};
use super::{expiry, names};
use crate::observation::Certificate;

/// Whom the sessions of a monitor trust.
#[derive(Clone)]
pub enum Trusted {
    Roots {
        verifier: Arc<Verifier>,
        roots: Arc<RootCertStore>,
    },
    /// Any certificate will do, from any server.
    Anyone,
}

/// Verifies as rustls does, and says more of a certificate that does not.
#[derive(Debug)]
pub struct Verifier {
    inner: Arc<WebPkiServerVerifier>,
    /// Certificates of servers that are trusted themselves, whichever authority signed them.
    pinned: Vec<CertificateDer<'static>>,
}

/// What rustls has no variant for.
#[derive(Debug, thiserror::Error)]
pub enum Distrust {
    #[error("self-signed")]
    SelfSigned,
    #[error("unknown issuer {0}")]
    UnknownIssuer(String),
    #[error("{0}")]
    Weak(CertificateWeakness),
    /// The handshake is not signed with the key of the certificate.
    #[error("no proof of the key")]
    Unproven,
}

/// Verifies nothing, so any certificate is accepted: of an old version, with a short key, or unreadable. The signature of
/// the handshake is not verified either, because the key of an arbitrary certificate proves nothing.
#[derive(Debug)]
struct Unverified;

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
            Self::Anyone => Arc::new(Unverified),
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

/// The algorithms of every session.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
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
                Self::verify_pinned(server, name, now).map_err(|error| distinguished(error, server, others))
            } else {
                Err(distinguished(error, server, others))
            }
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let verified = self.inner.verify_tls12_signature(message, server, signature);
        verified.map_err(|error| unproven(error, server))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let verified = self.inner.verify_tls13_signature(message, server, signature);
        verified.map_err(|error| unproven(error, server))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// Names the unknown issuer, or what makes the certificate unfit. A self-signed certificate is often one for authorities
/// too, and rustls then reports only that.
fn distinguished(error: Error, server: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Error {
    let Error::InvalidCertificate(reason) = &error else { return error };
    let is_unknown = *reason == CertificateError::UnknownIssuer;
    let is_other = matches!(reason, CertificateError::Other(_));
    let issuer = if is_unknown || is_other { names::issuer(server) } else { None };
    let itself = matches!(issuer, Some(names::Issuer::Itself)).then_some(Distrust::SelfSigned);
    let distrust = match issuer {
        Some(names::Issuer::Other(name)) if is_unknown => Some(Distrust::UnknownIssuer(name)),
        _ if !is_unknown && is_about_fitness(reason) => weakness::of(server, others).map(Distrust::Weak),
        _ => None,
    };
    distrust.or(itself).map_or(error, because)
}

/// Whether a certificate was turned down for its form, and not for whose it is or how old.
fn is_about_fitness(reason: &CertificateError) -> bool {
    matches!(
        reason,
        CertificateError::BadSignature
            | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. }
            | CertificateError::Other(_)
    )
}

/// Why the signature of a handshake does not verify. Most often the key is too short.
fn unproven(error: Error, server: &CertificateDer<'_>) -> Error {
    match weakness::of(server, &[]) {
        Some(weakness) => because(Distrust::Weak(weakness)),
        None if error == CertificateError::BadSignature.into() => because(Distrust::Unproven),
        None => error,
    }
}

fn because(distrust: Distrust) -> Error {
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
        _message: &[u8],
        _server: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _server: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    /// What any key may sign with, the short hashes first: the signature of a short key has no room for a long one.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![
            SignatureScheme::ECDSA_NISTP256_SHA256,
            SignatureScheme::ECDSA_NISTP384_SHA384,
            SignatureScheme::ECDSA_NISTP521_SHA512,
            SignatureScheme::ED25519,
            SignatureScheme::ED448,
            // RSA_PSS_PSS of RFC 8446, for keys that are for PSS only.
            SignatureScheme::Unknown(0x0809),
            SignatureScheme::Unknown(0x080a),
            SignatureScheme::Unknown(0x080b),
            SignatureScheme::RSA_PSS_SHA256,
            SignatureScheme::RSA_PSS_SHA384,
            SignatureScheme::RSA_PSS_SHA512,
            SignatureScheme::RSA_PKCS1_SHA256,
            SignatureScheme::RSA_PKCS1_SHA384,
            SignatureScheme::RSA_PKCS1_SHA512,
            SignatureScheme::ECDSA_SHA1_Legacy,
            SignatureScheme::RSA_PKCS1_SHA1,
        ]
    }
}
