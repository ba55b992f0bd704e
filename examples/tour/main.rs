//! The tour: a small shop breaks and is repaired, and monitorctl sees both. `cargo run --example tour [-- FOLDER]`
//!
//! Everything it shows is real: an HTTP API on loopback, files in a temporary folder, and each command a process
//! of its own. It needs no network, no AWS account and no configuration. It leaves nothing behind, unless you name a
//! FOLDER. It ends with an error if a command does not exit as the story says, so it is a test as well.

mod api;
mod files;
#[expect(dead_code, reason = "the tour hides no command")]
mod scene;
mod story;

use std::path::PathBuf;
use std::process::ExitCode;

use anstream::eprintln;

fn main() -> ExitCode {
    // An example does not know where the binary is, so it is the binary too: it starts itself.
    if std::env::var_os(scene::IS_MONITORCTL).is_some() {
        return monitorctl::main();
    }
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    match story::narrate(folder.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nthe tour went off its route: {error}");
            ExitCode::FAILURE
        }
    }
}
