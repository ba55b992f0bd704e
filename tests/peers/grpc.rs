//! Calls of the health service of grpcio-health-checking.

use crate::checked::{checked, checked_with, fault, passes};
use crate::peers::PythonPeer;
use crate::receivers::Authority;

#[test]
fn a_real_health_service_says_of_each_service_what_it_is() {
    let server = PythonPeer::start("grpc_server.py", "health", None);
    let of = |service: &str| checked(&format!("url: grpc://127.0.0.1:{}{service}\n", server.port), None);
    for service in ["", "/", "/shop.v1.Orders"] {
        passes(&of(service));
    }
    for (service, code, actual) in [
        ("/shop.v1.Search", None, "NOT_SERVING"),
        ("/shop.v1.New", None, "UNKNOWN"),
        ("/shop.v1.Gone", Some(5), "gRPC 5 NOT_FOUND, the server does not know the service"),
    ] {
        let monitor = of(service);
        assert_eq!(fault(&monitor), ("serving", actual));
        assert_eq!(monitor["code"].as_u64(), code);
    }
}

#[test]
fn a_real_server_without_the_health_service_is_a_fault_of_its_own() {
    let server = PythonPeer::start("grpc_server.py", "bare", None);
    let monitor = checked(&format!("url: grpc://127.0.0.1:{}/shop.v1.Orders\n", server.port), None);
    let (kind, actual) = fault(&monitor);
    assert_eq!(kind, "health_service");
    assert!(actual.starts_with("gRPC 12 UNIMPLEMENTED, the server has no health service"), "{actual}");
}

#[test]
fn a_real_server_is_reached_over_tls_and_takes_metadata() {
    let authority = Authority::new();
    let server = PythonPeer::start("grpc_server.py", "health", Some(authority.identity().pem()));
    let fields = format!(
        "url: grpcs://localhost:{}/shop.v1.Private\nheaders: {{ authorization: 'Bearer ${{env:TOKEN}}' }}\n\
         expect: {{ certificate: {{ down: 3d }} }}\n",
        server.port
    );
    passes(&checked_with(&fields, Some(&authority), &[("TOKEN", "s3cret-pass")]));
    let monitor = checked_with(&fields, Some(&authority), &[("TOKEN", "another-pass")]);
    assert_eq!(fault(&monitor).0, "serving");
    assert!(
        fault(&monitor).1.starts_with("gRPC 16 UNAUTHENTICATED: \"no token, or an ungültig one"),
        "{monitor}"
    );
    let monitor = checked_with(&fields, Some(&Authority::new()), &[("TOKEN", "s3cret-pass")]);
    assert_eq!(fault(&monitor).0, "tls");

    // A server with TLS does not answer what comes without it.
    let plain = checked(&format!("url: grpc://localhost:{}\n", server.port), None);
    assert_eq!(fault(&plain).0, "protocol");
}
