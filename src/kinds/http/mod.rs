//! `http://…` and `https://…`: a request, and the status, the headers and the body of its answer. Pure.

mod answer;
mod request;

pub use answer::{Answer, AnswerReader};
pub use request::{DEFAULT_REDIRECTS, Payload, Request};
