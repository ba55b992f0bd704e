//! HTTP on a connection of ours, for every kind of check that speaks it: what is sent, and what is read within bounds.
//!
//! There is no HTTP client with a pool underneath, only hyper for HTTP/2 and a lenient reader of HTTP/1.1.

pub mod chunks;
pub mod fault;
pub mod head;
pub mod headers;
pub mod http1;
pub mod http2;
pub mod target;
