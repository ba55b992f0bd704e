//! A check of `http://` and `https://`: a request, the redirects that it meets, and an answer.
//!
//! ```text
//! request ─▶ connection ─▶ exchange ─▶ body ─▶ answer
//!    ▲                        │
//!    └────────redirect────────┘
//! ```

mod auth;
mod body;
mod encoding;
mod exchange;
mod hops;
mod offer;
mod proxy;
mod redirect;
mod request;

pub use request::HopRequest;
