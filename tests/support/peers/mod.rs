//! Servers from PyPI on loopback, pinned, in a Python environment of their own below `target/`.

#[path = "../python.rs"]
mod python;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A running server. It ends with the test that holds it.
pub struct PythonPeer {
    pub port: u16,
    process: Child,
    /// The certificate and its key, if it speaks TLS.
    _files: TempDir,
}

impl PythonPeer {
    /// Runs a script of this folder in a mode of it; with a certificate and its key, in PEM, it speaks TLS.
    pub fn start(script: &str, mode: &str, identity: Option<(String, String)>) -> Self {
        let files = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(python::python("peers"));
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/peers");
        command.arg(folder.join(script)).arg(mode).env_clear();
        if let Some((certificate, key)) = identity {
            for (name, text) in [("certificate.pem", certificate), ("key.pem", key)] {
                std::fs::write(files.path().join(name), text).expect("a file");
                command.arg(files.path().join(name));
            }
        }
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the environment has a Python");
        let mut port = String::new();
        let answers = process.stdout.as_mut().expect("it is piped");
        BufReader::new(answers).read_line(&mut port).expect("the server speaks");
        let port = port.trim().parse().expect("a port; see above why there is none");
        Self { port, process, _files: files }
    }
}

impl Drop for PythonPeer {
    fn drop(&mut self) {
        // Either may only fail because it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
