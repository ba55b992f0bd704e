//! TLS sessions with a certificate that verifies.

mod expiry;
mod fault;
mod hello;
mod material;
mod names;
mod session;
mod verifier;
mod weakness;

pub use fault::fault_of as tls_fault_of;
pub use hello::{ClientHello, HandshakeError, Identity, TlsVersions};
pub use session::{Session, Tls};
