//! What holds for the whole way from text to monitors.

mod documented;
mod mistakes;
mod needs;
mod pairwise;
mod properties;
mod schema_parity;
mod secrecy;
mod stored;
