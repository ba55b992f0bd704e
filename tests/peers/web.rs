//! HTTP of nginx: plain, over TLS and HTTP/2, and as the proxy of other servers.

use std::net::SocketAddr;

use serde_json::Value;

use crate::checked::{checked, checked_with, fault, passes};
use crate::daemon::{Daemon, free_address, installed};
use crate::peers::PythonPeer;
use crate::receivers::Authority;

/// A running server, with the same places over `http` and over `https`.
struct Web {
    http: SocketAddr,
    https: SocketAddr,
    authority: Authority,
    _daemon: Daemon,
}

impl Web {
    /// `secured` are settings of the server for TLS, and `places` the locations of both.
    fn start(secured: &str, places: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let authority = Authority::new();
        let (http, https) = (free_address(), free_address());
        let (certificate, key) = authority.identity().pem();
        let config = format!(
            r"daemon off;
pid nginx.pid;
error_log stderr warn;
events {{ }}
http {{
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxied;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  add_header x-protocol $server_protocol always;
  server {{ listen {http}; {places} }}
  server {{
    listen {https} ssl http2;
    ssl_certificate certificate.pem;
    ssl_certificate_key key.pem;
    ssl_client_certificate ca.pem;
    {secured}
    {places}
  }}
}}
"
        );
        for (name, text) in [
            ("nginx.conf", config),
            ("certificate.pem", certificate),
            ("key.pem", key),
            ("ca.pem", authority.pem()),
        ] {
            std::fs::write(folder.path().join(name), text).expect("a file");
        }
        let place = format!("{}/", folder.path().display());
        let args = ["-p", &place, "-e", "stderr", "-c", "nginx.conf"];
        let daemon = Daemon::start(&installed("nginx", "nginx"), args, folder, http);
        Self { http, https, authority, _daemon: daemon }
    }

    /// Checks a place over `scheme`, with these other fields.
    fn asked(&self, scheme: &str, place: &str, fields: &str) -> Value {
        let (address, trusted) = match scheme {
            "http" | "ws" => (self.http, None),
            _ => (self.https, Some(&self.authority)),
        };
        checked(&format!("url: {scheme}://localhost:{}{place}\n{fields}", address.port()), trusted)
    }
}

/// What answers without a server behind it.
const PLACES: &str = r#"
    default_type application/json;
    location = /health { return 200 '{"status": "up", "queue": {"depth": 3}}'; }
    location = /old { return 301 /health; }
    location = /named { return 200 '"$host $ssl_server_name"'; }
    location = /said { return 200 '"$request_method $content_type $http_user_agent"'; }
    location = /gone { return 444; }
    location = /small { client_max_body_size 1k; proxy_pass http://127.0.0.1:1; }
    location = /nowhere { proxy_pass http://127.0.0.1:1; }
"#;

#[test]
fn a_real_web_server_is_read_over_each_version_of_http() {
    let server = Web::start("", PLACES);
    for (scheme, version) in [("http", "HTTP/1.1"), ("https", "HTTP/2.0")] {
        let expect = format!(
            "expect:\n  headers: {{ x-protocol: {version}, content-type: application/json }}\n  json:\n  \
             - {{ path: $.status, equals: up }}\n  - {{ path: $.queue.depth, less_than: 4 }}\n"
        );
        passes(&server.asked(scheme, "/health", &expect));
        passes(&server.asked(scheme, "/old", &expect));
        let monitor = server.asked(scheme, "/old", "redirects: 0\n");
        assert_eq!(fault(&monitor), ("status", "HTTP 301"));
        passes(&server.asked(scheme, "/old", "redirects: 0\nexpect: { status: 301 }\n"));
        let posted = "method: POST\njson: { query: '{ health }' }\nheaders: { user-agent: acme/2 }\n\
                      expect: { json: [{ path: $, equals: POST application/json acme/2 }] }\n";
        passes(&server.asked(scheme, "/said", posted));
        let monitor = server.asked(scheme, "/missing", "");
        assert_eq!(fault(&monitor), ("status", "HTTP 404"));
    }
    passes(&server.asked("https", "/health", "expect: { http: '2' }\n"));
    passes(&server.asked("http", "/health", "expect: { http: '1.1' }\n"));
    let monitor = server.asked("https", "/health", "expect: { http: '1.1' }\n");
    assert_eq!(fault(&monitor), ("http_version", "http_version is \"HTTP/2\""));
    let monitor = server.asked("https", "/health", "expect: { certificate: { down: 3d } }\n");
    passes(&monitor);
    assert!(monitor["certificate_expires"].is_string(), "{monitor:#}");
}

#[test]
fn a_real_web_server_is_asked_for_the_host_that_a_monitor_names() {
    let server = Web::start("", PLACES);
    let names = |host: &str, tls: &str| {
        format!(
            "host: {host}\ntls: {{ ca: '${{env:CA}}', server_name: {tls} }}\n\
             expect: {{ json: [{{ path: $, equals: {host} {tls} }}] }}\n"
        )
    };
    let asked = |fields: &str| {
        let url = format!("url: https://{}/named\n{fields}", server.https);
        checked_with(&url, None, &[("CA", &server.authority.pem())])
    };
    // The certificate is for the second name, whatever the first is.
    passes(&asked(&names("shop.example", "localhost")));
    assert_eq!(fault(&asked(&names("localhost", "shop.example"))).0, "tls");
}

#[test]
fn what_a_real_web_server_refuses_is_said_by_its_status_if_it_has_one() {
    let server = Web::start("", PLACES);
    for scheme in ["http", "https"] {
        // It closes the connection, or the stream, without a word.
        assert_eq!(fault(&server.asked(scheme, "/gone", "")).0, "protocol");
        assert_eq!(fault(&server.asked(scheme, "/nowhere", "")), ("status", "HTTP 502"));
        // It answers before it has read the body, and reads no further.
        for size in [2_000, 60_000] {
            let body = format!("method: POST\nbody: {}\n", "x".repeat(size));
            assert_eq!(fault(&server.asked(scheme, "/small", &body)), ("status", "HTTP 413"), "{size}");
        }
    }
    let plain = checked(&format!("url: http://{}/health\n", server.https), None);
    assert_eq!(fault(&plain), ("status", "HTTP 400"));
    let secured = checked(&format!("url: https://{}/health\n", server.http), Some(&server.authority));
    assert_eq!(fault(&secured).0, "tls");
}

#[test]
fn a_real_web_server_asks_for_a_client_certificate_and_for_a_version_of_tls() {
    let server = Web::start("ssl_verify_client on; ssl_protocols TLSv1.2;", PLACES);
    assert_eq!(fault(&server.asked("https", "/health", "")), ("status", "HTTP 400"));
    let (certificate, key) = server.authority.identity().pem();
    let fields = format!(
        "url: https://localhost:{}/health\ntls: {{ ca: '${{env:CA}}', client_certificate: '${{env:CERTIFICATE}}', \
         client_key: '${{env:KEY}}' }}\n",
        server.https.port()
    );
    let pem = server.authority.pem();
    passes(&checked_with(&fields, None, &[("CA", &pem), ("CERTIFICATE", &certificate), ("KEY", &key)]));

    let session = |min: &str| server.asked("tls", "", &format!("expect: {{ tls: {{ min: '{min}' }} }}\n"));
    passes(&session("1.2"));
    assert_eq!(fault(&session("1.3")), ("tls", "TLS 1.2"));
}

#[test]
fn a_websocket_goes_through_a_real_proxy_that_lets_it() {
    let behind = PythonPeer::start("websocket_server.py", "echo", None);
    let backend = format!("proxy_pass http://127.0.0.1:{}/; proxy_http_version 1.1;", behind.port);
    let places = format!(
        "location = /live {{ {backend} proxy_set_header upgrade $http_upgrade; proxy_set_header connection upgrade; }}
         location = /forgotten {{ {backend} }}
         location = /nowhere {{ proxy_pass http://127.0.0.1:1; }}"
    );
    let server = Web::start("", &places);
    let echo = "dialog: [{ send: hello }, { expect: ^hello$ }]\n";
    for scheme in ["ws", "wss"] {
        passes(&server.asked(scheme, "/live", echo));
        let monitor = server.asked(scheme, "/forgotten", echo);
        assert_eq!(fault(&monitor), ("status", "HTTP 426"));
        assert_eq!(fault(&server.asked(scheme, "/nowhere", "")), ("status", "HTTP 502"));
    }
}

#[test]
fn a_call_goes_through_a_real_proxy_of_grpc() {
    let behind = PythonPeer::start("grpc_server.py", "health", None);
    let through = |port: u16| {
        let server = Web::start("", &format!("location / {{ grpc_pass grpc://127.0.0.1:{port}; }}"));
        move |service: &str| server.asked("grpcs", service, "")
    };
    let of = through(behind.port);
    passes(&of("/shop.v1.Orders"));
    assert_eq!(fault(&of("/shop.v1.Search")), ("serving", "NOT_SERVING"));
    let said = "gRPC 5 NOT_FOUND, the server does not know the service";
    assert_eq!(fault(&of("/shop.v1.Gone")), ("serving", said));
    // The proxy answers itself, in HTTP alone.
    let monitor = through(1)("/shop.v1.Orders");
    let said = "HTTP 502 without a gRPC status, which means 14 UNAVAILABLE";
    assert_eq!(fault(&monitor), ("serving", said));
}
