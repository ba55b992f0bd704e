//! Mutates the example monitors of this repository, and reports every file that `validate` accepts and that does not
//! come back equal from the table. `cargo run --example mutate -- --seconds 600`
//!
//! Each round writes some hundred mutants, each in a file of its own, removes what `validate` refuses, and lets `sync`
//! and `diff --exit-code` have their say: a second plan must be empty. The seed of a round is printed with what it finds.

mod mutation;
mod program;
mod round;

use std::io;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anstream::{eprintln, println};

/// How long it runs where nothing is said: long enough to see that it works.
const SECONDS: u64 = 20;

fn main() -> ExitCode {
    // An example does not know where the binary is, so it is the binary too: it starts itself.
    if std::env::var_os(program::IS_MONITORCTL).is_some() {
        return monitorctl::main();
    }
    match arguments().map_err(io::Error::other).and_then(|(time, seed)| run(time, seed)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot mutate: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `--seconds N` and `--seed N`
fn arguments() -> Result<(Duration, u64), String> {
    let (mut seconds, mut seed) = (SECONDS, fastrand::u64(..));
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().and_then(|value| value.parse().ok());
        let value = value.ok_or_else(|| format!("{name} takes a number"))?;
        match name.as_str() {
            "--seconds" => seconds = value,
            "--seed" => seed = value,
            _ => return Err(format!("unknown argument {name}; there are --seconds N and --seed N")),
        }
    }
    Ok((Duration::from_secs(seconds), seed))
}

/// Gives the number of findings.
fn run(time: Duration, first: u64) -> io::Result<usize> {
    let documents = mutation::examples()?;
    let begun = Instant::now();
    let (mut mutants, mut accepted, mut found, mut rounds) = (0, 0, 0, 0);
    while rounds == 0 || begun.elapsed() < time {
        let seed = first.wrapping_add(rounds);
        let outcome = round::play(&documents, seed)?;
        mutants += outcome.mutants;
        accepted += outcome.accepted;
        found += outcome.findings.len();
        for finding in &outcome.findings {
            println!("--- found with --seed {seed}\n{finding}");
        }
        rounds += 1;
    }
    println!(
        "{rounds} rounds in {} s from seed {first}: {mutants} mutants of {} examples, {accepted} accepted, {found} findings",
        begun.elapsed().as_secs(),
        documents.len(),
    );
    // A mutator of which nothing is accepted proves nothing.
    if accepted == 0 { Err(io::Error::other("no mutant was accepted")) } else { Ok(found) }
}
