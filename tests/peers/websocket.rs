//! WebSockets of websockets, a server from PyPI.

use crate::checked::{checked, checked_with, fault, passes};
use crate::peers::PythonPeer;
use crate::receivers::Authority;

const ECHO: &str =
    "dialog: [{ send: hello }, { expect: ^hello$ }, { send_bytes: 00ff }, { expect_bytes: 00ff }]\n";

#[test]
fn a_real_server_is_spoken_with_and_closes_cleanly() {
    let server = PythonPeer::start("websocket_server.py", "echo", None);
    let url = |path: &str| format!("url: ws://127.0.0.1:{}{path}\n", server.port);
    passes(&checked(&url("/"), None));
    passes(&checked(&format!("{}{ECHO}", url("/")), None));
    passes(&checked(
        &format!("{}headers: {{ sec-websocket-protocol: 'chat.v1, chat.v2' }}\n", url("/")),
        None,
    ));

    let monitor =
        checked(&format!("{}dialog: [{{ send: hello }}, {{ expect: ^bye$ }}]\n", url("/full")), None);
    let said = "step 2 of the dialog got \"no room\" and a close of the server with code 1013";
    assert_eq!(fault(&monitor), ("dialog", said));
    assert_eq!(monitor["code"], 101);
}

#[test]
fn a_real_server_is_reached_over_tls_and_takes_a_header() {
    let authority = Authority::new();
    let server = PythonPeer::start("websocket_server.py", "echo", Some(authority.identity().pem()));
    let fields = format!(
        "url: wss://localhost:{}/private\nheaders: {{ authorization: 'Bearer ${{env:TOKEN}}' }}\n{ECHO}",
        server.port
    );
    passes(&checked_with(&fields, Some(&authority), &[("TOKEN", "s3cret-pass")]));
    let monitor = checked_with(&fields, Some(&authority), &[("TOKEN", "another-pass")]);
    assert_eq!(fault(&monitor), ("status", "HTTP 401"));
    assert_eq!(monitor["code"], 401);
    assert_eq!(fault(&checked_with(&fields, None, &[("TOKEN", "s3cret-pass")])).0, "tls");
}
