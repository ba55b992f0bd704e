//! A real name server on loopback: BIND, with a zone of the test.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Where Debian has it, which is not on the path of every user, and by the path.
const PROGRAMS: [&str; 2] = ["/usr/sbin/named", "named"];

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// Ends the program with the standard input of this shell, so that it never outlives the test, however that ended.
const LEASH: &str = r#""$@" & program=$!; cat >/dev/null; kill "$program"; wait "$program""#;

/// A running server. It ends with the test that holds it.
pub struct Bind {
    address: SocketAddr,
    process: Child,
    _folder: TempDir,
}

impl Bind {
    /// Responsible for `a.example` with these records, and for `broken.example`, which it cannot read.
    pub fn start(records: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let address = free_address();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
        let port = address.port();
        let place = folder.path().display();
        write(
            "named.conf",
            &format!(
                "options {{ directory \"{place}\"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; \
                 pid-file none; session-keyfile none; recursion no; dnssec-validation no; minimal-responses yes; }};\n\
                 controls {{ }};\n\
                 zone \"a.example\" {{ type primary; file \"a.zone\"; }};\n\
                 zone \"broken.example\" {{ type primary; file \"missing.zone\"; }};\n"
            ),
        );
        let head = "$TTL 300\n@ SOA ns1 hostmaster 7 7200 3600 1209600 300\n@ NS ns1\nns1 A 127.0.0.1\n";
        write("a.zone", &format!("{head}{records}"));
        let process = Command::new("sh")
            .args(["-c", LEASH, "named", program(), "-g", "-c"])
            .arg(folder.path().join("named.conf"))
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let server = Self { address, process, _folder: folder };
        server.wait_until_ready();
        server
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// It listens for TCP as soon as it answers.
    fn wait_until_ready(&self) {
        let begun = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            assert!(begun.elapsed() < PATIENCE, "named did not start");
            // There is nothing to wait for but its port.
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Bind {
    fn drop(&mut self) {
        // The leash: without its input, the shell ends the program and itself.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// A port that was free a moment ago: the program takes no port 0.
fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
}

fn program() -> &'static str {
    let is_there = |program: &&&str| Command::new(program).arg("-v").output().is_ok();
    PROGRAMS.iter().find(is_there).unwrap_or_else(|| {
        panic!("these tests need named: on Debian, apt-get install --no-install-recommends bind9")
    })
}
