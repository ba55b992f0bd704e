//! The Python environment: made once, by the first test that needs it, and again when its list of packages changes.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGES: &str = include_str!("requirements.txt");

/// The Python that has moto. Panics with what to install if it cannot be made.
pub fn python() -> PathBuf {
    let folder = target().join("moto-venv");
    let python = folder.join("bin/python");
    let lock = File::create(target().join("moto-venv.lock")).expect("target/ is writable");
    lock.lock().expect("the lock is granted");
    let made = folder.join("made-from.txt");
    if fs::read_to_string(&made).is_ok_and(|from| from == PACKAGES) {
        return python;
    }
    let list = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/moto/requirements.txt");
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", list];
    run(Command::new(&python).args(pip));
    fs::write(made, PACKAGES).expect("the environment is writable");
    python
}

fn run(command: &mut Command) {
    let help = "the tests against moto need python3 (3.10 or later) with venv, and pip's package index: \
                on Debian, apt-get install python3-venv";
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}\n{help}"));
    assert!(
        output.status.success(),
        "{command:?}\n{}{}\n{help}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Where cargo builds: a test is `target/debug/deps/name-hash`.
fn target() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its file");
    test.ancestors().nth(3).map(Path::to_owned).expect("it lies in target/")
}
