//! The ground of every connection that leaves this machine: names, addresses, TCP and TLS.
//!
//! It knows neither what is spoken over a connection nor who asks for it. It opens a socket to the very address that the
//! policy let through, so neither an IP literal, nor a redirect, nor a name that changes its mind between check and use
//! gets past the policy.

mod address;
mod connect;
mod dialer;
mod endpoint;
pub mod failure;
mod foreign;
mod hosts;
mod name_servers;
mod permitted;
mod refused;
mod resolve;
mod service;
mod tls;
mod trace;
mod unresolved;
mod web;

pub use address::{AddressPolicy, Cidr, CidrError};
pub use dialer::{Dialer, Net};
pub use endpoint::Endpoint;
pub use foreign::{MessagePart, foreign, message_parts, unmarked};
pub use permitted::PermittedAddress;
pub use refused::Refused;
pub use service::{ServiceAnswer, ServiceClient, ServiceRequest};
pub use tls::{ClientHello, Identity, TlsClient, TlsVersions, read_certificates, tls_fault_of};
pub use trace::Trace;
pub use web::{WebAnswer, WebClient, WebPost, without_connection};

#[cfg(test)]
pub use resolve::Resolver;
#[cfg(test)]
pub use tls::SystemTls;
