//! Lookups at a name server that others wrote: BIND.

use std::fmt::Write as _;
use std::net::UdpSocket;

use crate::bind::Bind;
use crate::checked::{checked, fault, passes};

const RECORDS: &str = r#"www A 192.0.2.2
www A 192.0.2.1
alias CNAME mid
mid CNAME www
out CNAME www.b.example.
six AAAA 2001:db8::6
mail MX 20 MX2
mail MX 10 mx1
mx1 A 192.0.2.11
mx2 A 192.0.2.12
@ CAA 0 issue "letsencrypt.org"
@ TXT "v=spf1 " "-all"
_sip._tcp SRV 10 60 5060 www
_25._tcp.mail TLSA 3 1 1 0D6FCE13243AA7CBF8D9F6F3D0D6B9C2F1E4A5B6C7D8E9FA0B1C2D3E4F506172
ns1 SSHFP 4 2 123456789ABCDEF67890123456789ABCDEF67890123456789ABCDEF123456789
sub DS 60485 8 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A
sub NS ns1
1.2.0.192.in-addr.arpa.a.example. PTR www
"#;

/// The verdict on a lookup with what is expected of it.
fn asked(server: &Bind, question: &str, expect: &str) -> serde_json::Value {
    checked(&format!("url: dns://{}/{question}\nexpect: {{ {expect} }}\n", server.address()), None)
}

#[test]
fn records_of_every_type_come_from_a_real_server_in_one_spelling() {
    let server = Bind::start(RECORDS);
    for (question, records) in [
        ("www.a.example?type=A", "192.0.2.1, 192.0.2.2"),
        ("WWW.A.Example.", "192.0.2.1, 192.0.2.2"),
        ("alias.a.example?type=A", "192.0.2.1, 192.0.2.2"),
        ("alias.a.example?type=CNAME", "mid.a.example"),
        ("six.a.example?type=AAAA", "'2001:DB8::6'"),
        ("mail.a.example?type=MX", "10 mx1.a.example, 20 MX2.a.example."),
        ("a.example?type=NS", "ns1.a.example"),
        ("a.example?type=SOA", "ns1.a.example hostmaster.a.example 7 7200 3600 1209600 300"),
        ("a.example?type=CAA", "'0 issue \"letsencrypt.org\"'"),
        ("a.example?type=TXT", "v=spf1 -all"),
        ("_sip._tcp.a.example?type=SRV", "10 60 5060 www.a.example"),
        (
            "_25._tcp.mail.a.example?type=TLSA",
            "3 1 1 0d6fce13243aa7cbf8d9f6f3d0d6b9c2f1e4a5b6c7d8e9fa0b1c2d3e4f506172",
        ),
        ("ns1.a.example?type=SSHFP", "4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789"),
        (
            "sub.a.example?type=DS",
            "60485 8 2 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a",
        ),
        ("1.2.0.192.in-addr.arpa.a.example?type=PTR", "www.a.example"),
    ] {
        passes(&asked(&server, question, &format!("answers: {{ equals: [ {records} ] }}")));
    }
}

#[test]
fn what_a_real_server_does_not_have_is_said_in_words() {
    let server = Bind::start(RECORDS);
    for (question, word, said) in [
        ("gone.a.example", "rcode", "NXDOMAIN (no such name)"),
        ("www.broken.example", "rcode", "SERVFAIL (the server could not find out)"),
        ("www.b.example", "rcode", "REFUSED (the server refuses to answer)"),
        ("six.a.example", "answers", "no A record"),
        ("out.a.example", "answers", "no A record of its alias www.b.example"),
    ] {
        let monitor = asked(&server, question, "rcode: NOERROR");
        assert_eq!(fault(&monitor), (word, said), "{question}");
    }
    passes(&asked(&server, "gone.a.example", "rcode: NXDOMAIN"));
    passes(&asked(&server, "six.a.example", "answers: { count: 0 }"));
}

#[test]
fn what_does_not_fit_comes_over_tcp_from_a_real_server() {
    let mut records = RECORDS.to_owned();
    for number in 0..60 {
        writeln!(records, "big TXT \"{number} {}\"", "y".repeat(100)).expect("a text grows");
    }
    let server = Bind::start(&records);
    let monitor = asked(&server, "big.a.example?type=TXT", "answers: { count: 60, matches: '^59 y+$' }");
    passes(&monitor);
    assert!(monitor["phases"].to_string().contains("\"tcp\""), "{monitor:#}");
}

#[test]
fn two_real_servers_agree_or_the_one_that_differs_is_named() {
    let (one, same) = (Bind::start(RECORDS), Bind::start(RECORDS));
    let behind = Bind::start(&RECORDS.replace("192.0.2.2", "192.0.2.3"));
    let comparing = |other: &Bind| {
        let url = format!("url: dns://{}/www.a.example", one.address());
        checked(&format!("{url}\nagree_with: [ '{}' ]\n", other.address()), None)
    };
    passes(&comparing(&same));
    let monitor = comparing(&behind);
    let said = format!("{} says 192.0.2.1, 192.0.2.3", behind.address());
    assert_eq!(fault(&monitor), ("agreement", said.as_str()));
}

#[test]
fn a_server_that_never_answers_is_a_timeout() {
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let address = silent.local_addr().expect("bound");
    let monitor = checked(&format!("url: dns://{address}/a.example\n"), None);
    assert_eq!(fault(&monitor), ("timeout", "no answer after 5s, in the phase ask"));
}
