//! Gives the program the commit that it is built from, for `--version`.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=MONITORCTL_COMMIT");
    println!("cargo:rerun-if-changed=build.rs");
    let version = env!("CARGO_PKG_VERSION");
    let version = match commit() {
        Some(commit) => format!("{version} ({commit})"),
        None => version.to_owned(),
    };
    println!("cargo:rustc-env=MONITORCTL_VERSION={version}");
}

/// What the packager says; else what git says; nothing in a source archive.
fn commit() -> Option<String> {
    let said = std::env::var("MONITORCTL_COMMIT").ok().filter(|commit| !commit.is_empty());
    said.map(|commit| commit.chars().take(12).collect()).or_else(|| {
        // A source archive inside another repository is not of that repository's commit.
        let root = git(&["rev-parse", "--show-toplevel"])?;
        let ours = Path::new(env!("CARGO_MANIFEST_DIR")).canonicalize().ok()?;
        if Path::new(&root).canonicalize().ok()? != ours {
            return None;
        }
        watch();
        git(&["rev-parse", "--short=12", "HEAD"])
    })
}

/// A new commit changes HEAD, or the file of the branch that HEAD names.
fn watch() {
    let branch = git(&["symbolic-ref", "--quiet", "HEAD"]);
    for name in ["HEAD".to_owned(), "packed-refs".to_owned()].into_iter().chain(branch) {
        let path = git(&["rev-parse", "--git-path", &name]);
        // Cargo builds anew each time while a watched file is missing.
        if let Some(path) = path.filter(|path| Path::new(path).exists()) {
            println!("cargo:rerun-if-changed={path}");
        }
    }
}

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
