//! A real name server on loopback: BIND, with a zone of the test.

use std::net::SocketAddr;

use crate::daemon::{Daemon, free_address, installed};

/// A running server. It ends with the test that holds it.
pub struct Bind(Daemon);

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
        Self(Daemon::start(&installed("named", "bind9"), ["-g", "-c", "named.conf"], folder, address))
    }

    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }
}
