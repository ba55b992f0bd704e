//! A Python environment below `target/`: made by the first test that needs it, and again when its list of packages changes.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The Python that has the packages of `tests/support/NAME/requirements.txt`. Panics with what to install if it cannot
/// be made.
pub fn python(name: &str) -> PathBuf {
    let list =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(name).join("requirements.txt");
    let packages = fs::read_to_string(&list).expect("a list of packages");
    let folder = target().join(format!("{name}-venv"));
    let python = folder.join("bin/python");
    let lock = File::create(target().join(format!("{name}-venv.lock"))).expect("target/ is writable");
    lock.lock().expect("the lock is granted");
    let made = folder.join("made-from.txt");
    if fs::read_to_string(&made).is_ok_and(|from| from == packages) {
        return python;
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(Command::new(&python).args(pip).arg(list));
    fs::write(made, packages).expect("the environment is writable");
    python
}

fn run(command: &mut Command) {
    let help = "these tests need python3 (3.10 or later) with venv, and pip's package index: on Debian, \
                apt-get install python3-venv";
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
