//! TLS sessions with a certificate that verifies.

mod client;
mod expiry;
mod fault;
mod hello;
mod material;
mod names;
mod verifier;
mod weakness;

pub use client::{SystemTls, TlsClient, config_trusting};
pub use fault::fault_of as tls_fault_of;
pub use hello::{ClientHello, Identity, TlsVersions};
pub use material::read_certificates;
