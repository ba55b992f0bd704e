//! A check of `http://` and `https://`: a request, the redirects that it meets, and an answer.
//!
//! ```text
//! request ─▶ connection ─▶ exchange ─▶ body ─▶ answer
//!    ▲                        │
//!    └────────redirect────────┘
//! ```
//!
//! There is no HTTP client with a pool underneath, only hyper for HTTP/2 and a lenient reader of HTTP/1.1.

mod body;
mod encoding;
mod exchange;
mod fault;
mod head;
mod hops;
mod http1;
mod offer;
mod redirect;
mod request;

pub use request::HopRequest;
