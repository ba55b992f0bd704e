//! Servers that Debian packages, each a process on loopback with a folder of its own and no privileges.

use std::ffi::OsStr;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long one may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// Ends the program with the standard input of this shell, so that it never outlives the test, however that ended.
const LEASH: &str = r#""$@" & program=$!; cat >/dev/null; kill "$program"; wait "$program""#;

/// Makes root a user like any other: some of these programs drop its rights in their own way, and some refuse to start.
/// The number is that of the user and the group `daemon`, as some want a user with a name.
const UNPRIVILEGED: [&str; 4] = ["unshare", "--user", "--map-user=1", "--map-group=1"];

/// Where Debian keeps programs that are not on the path of every user.
const FOLDERS: [&str; 2] = ["/usr/sbin", "/usr/bin"];

/// Has a folder for each version, with its programs.
const POSTGRESQL: &str = "/usr/lib/postgresql";

/// A running server. It ends with the test that holds it.
pub struct Daemon {
    address: SocketAddr,
    process: Child,
    _folder: TempDir,
}

impl Daemon {
    /// Runs `program` in `folder` until the end of the test. It takes connections at `address` as soon as it is ready.
    pub fn start(
        program: &Path,
        args: impl IntoIterator<Item = impl AsRef<OsStr>>,
        folder: TempDir,
        address: SocketAddr,
    ) -> Self {
        let log = folder.path().join("output.log");
        let output = File::create(&log).expect("a file");
        let process = Command::new("sh")
            .args(["-c", LEASH, "leash"])
            .args(UNPRIVILEGED)
            .arg(program)
            .args(args)
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(output.try_clone().expect("a file"))
            .stderr(output)
            .spawn()
            .expect("a shell");
        let server = Self { address, process, _folder: folder };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            let said = || std::fs::read_to_string(&log).unwrap_or_default();
            assert!(begun.elapsed() < PATIENCE, "{} did not start: {}", program.display(), said());
            // There is nothing to wait for but its port.
            thread::sleep(Duration::from_millis(20));
        }
        server
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // The leash: without its input, the shell ends the program and itself.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// An address that was free a moment ago: most of these programs take no port 0.
pub fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
}

/// Where a program is. Panics with what to install if it is nowhere.
pub fn installed(program: &str, package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let of_versions = std::fs::read_dir(POSTGRESQL).into_iter().flatten().flatten();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    folders.extend(FOLDERS.map(PathBuf::from));
    folders.extend(of_versions.map(|version| version.path().join("bin")));
    folders.into_iter().map(|folder| folder.join(program)).find(|file| file.is_file()).unwrap_or_else(|| {
        panic!("these tests need {program}: on Debian, apt-get install --no-install-recommends {package}")
    })
}

/// Runs a program to its end, as the user that servers are. Panics with what it said if it fails.
pub fn prepared(program: &Path, args: impl IntoIterator<Item = impl AsRef<OsStr>>) {
    let [unshare, options @ ..] = UNPRIVILEGED;
    let mut command = Command::new(unshare);
    command.args(options).arg(program).args(args);
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
