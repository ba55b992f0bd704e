//! A check of `http://` and `https://`: a request, the redirects that it meets, and an answer.

mod body;
mod encoding;
pub mod exchange;
pub mod head;
mod http1;
pub mod offer;
mod redirect;
pub mod request;
