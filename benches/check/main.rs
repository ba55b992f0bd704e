//! What a run of `check` costs: time, processor, memory, store requests. `cargo bench --bench check`
//!
//! Real processes only: `monitorctl sync` brings N monitors into an embedded store, then `monitorctl check --all`
//! probes them over fresh connections to a local HTTP server. Server and measurement live in processes of their own
//! (this program, started again in another role), so that their work is in no figure. Prints Markdown; nothing is
//! asserted about time. Linux only: it uses the whole of 127.0.0.0/8.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod catalog;
#[path = "../support/gauge.rs"]
mod gauge;
mod scenario;
mod server;
mod table;

use std::error::Error;

/// Names the role of a process that this program starts.
const ROLE: &str = "MONITORCTL_BENCH_ROLE";

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::var(ROLE).as_deref() {
        Ok(server::ROLE) => server::serve(),
        Ok(gauge::ROLE) => gauge::measure(),
        _ => bench(),
    }
}

fn bench() -> Result<(), Box<dyn Error>> {
    // `cargo bench -- 100 1000` takes other sizes; cargo adds an option of its own.
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1, 100, 1_000, 10_000] } else { sizes };
    let mut server = server::Server::start()?;
    table::head();
    for size in sizes {
        for result in scenario::play(size, &mut server)? {
            table::row(&result);
        }
    }
    Ok(())
}
