//! Lookups at a resolver that others wrote: unbound, which asks BIND for what it does not know itself.

use std::net::TcpListener;

use crate::bind::Bind;
use crate::checked::{checked, fault, passes};
use crate::daemon::{Daemon, free_address, installed};

/// Knows `local.example` itself, and asks `server` about `a.example` and `broken.example`.
fn unbound(server: &Bind) -> Daemon {
    let folder = tempfile::tempdir().expect("a folder");
    let (address, other) = (free_address(), server.address());
    let config = format!(
        r#"server:
  directory: "{place}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  interface: 127.0.0.1@{port}
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  do-ip6: no
  module-config: "iterator"
  local-zone: "local.example." static
  local-data: "www.local.example. A 127.0.0.1"
  local-data: "www.local.example. A 127.0.0.2"
  local-data: "web.local.example. A 127.0.0.1"
  local-data-ptr: "192.0.2.7 web.local.example"
  local-data-ptr: "2001:db8::7 web.local.example"
  local-zone: "refused.example." refuse
stub-zone:
  name: "a.example."
  stub-addr: 127.0.0.1@{other}
stub-zone:
  name: "broken.example."
  stub-addr: 127.0.0.1@{other}
remote-control:
  control-enable: no
"#,
        place = folder.path().display(),
        port = address.port(),
        other = other.port()
    );
    std::fs::write(folder.path().join("unbound.conf"), config).expect("a file");
    Daemon::start(&installed("unbound", "unbound"), ["-d", "-p", "-c", "unbound.conf"], folder, address)
}

fn asked(resolver: &Daemon, question: &str, expect: &str) -> serde_json::Value {
    checked(&format!("url: dns://{}/{question}\nexpect: {{ {expect} }}\n", resolver.address()), None)
}

#[test]
fn a_real_resolver_gives_its_own_records_and_those_of_the_server_that_it_asks() {
    let server = Bind::start("www A 192.0.2.1\nwww A 192.0.2.2\nalias CNAME www\nmail MX 10 mx1\n");
    let resolver = unbound(&server);
    for (question, records) in [
        ("www.local.example", "127.0.0.1, 127.0.0.2"),
        ("192.0.2.7?type=PTR", "web.local.example"),
        ("7.2.0.192.in-addr.arpa?type=PTR", "web.local.example"),
        ("2001:db8::7?type=PTR", "web.local.example"),
        ("alias.a.example", "192.0.2.1, 192.0.2.2"),
        ("mail.a.example?type=MX", "10 mx1.a.example"),
    ] {
        passes(&asked(&resolver, question, &format!("answers: {{ equals: [ {records} ] }}")));
    }
    // The answer of a cache is as good as that of the server, whatever its TTL.
    let url = format!("url: dns://{}/www.a.example\n", resolver.address());
    passes(&checked(&format!("{url}agree_with: [ '{}' ]\n", server.address()), None));
}

#[test]
fn what_a_real_resolver_cannot_find_is_said_in_words() {
    let server = Bind::start("six AAAA 2001:db8::6\n");
    let resolver = unbound(&server);
    for (question, word, said) in [
        ("gone.local.example", "rcode", "NXDOMAIN (no such name)"),
        ("gone.a.example", "rcode", "NXDOMAIN (no such name)"),
        ("www.broken.example", "rcode", "SERVFAIL (the server could not find out)"),
        ("www.refused.example", "rcode", "REFUSED (the server refuses to answer)"),
        ("six.a.example", "answers", "no A record"),
    ] {
        assert_eq!(fault(&asked(&resolver, question, "rcode: NOERROR")), (word, said), "{question}");
    }
    passes(&asked(&resolver, "www.broken.example", "rcode: [SERVFAIL, NXDOMAIN]"));
}

#[test]
fn a_monitor_resolves_its_name_at_a_real_resolver() {
    let server = Bind::start("");
    let resolver = unbound(&server);
    let port = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = port.local_addr().map(|address| (port, address.port())).expect("bound");
    let of = |name: &str| {
        let url = format!("url: tcp://{name}:{}\nresolver: {}\n", port.1, resolver.address());
        checked(&url, None)
    };
    passes(&of("web.local.example"));
    let monitor = of("gone.local.example");
    assert_eq!(fault(&monitor), ("dns", "no such name: gone.local.example"));
}
