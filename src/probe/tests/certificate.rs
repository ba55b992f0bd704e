//! Certificates of servers: who is trusted, for how long, and what is said of one that is not.

use std::io::Write as _;
use std::time::Duration;

use rcgen::{CertifiedIssuer, KeyPair};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::authority::{
    Authority, Shown, acceptor, authority, authority_called, for_authority, for_hosts, good, observe, secure,
    self_signed, signed, trusting,
};
use super::server::{redirect, request, serving};
use super::{monitor, observe_knowing, observe_with, prober, template};
use crate::monitor::{Monitor, Offer, Pem, TlsPolicy, Trust};
use crate::net::SystemTls;
use crate::observation::{Certificate, Fault, Transport};
use crate::probe::Secrets;

const HERE: &[&str] = &["127.0.0.1"];

fn believing(url: &str, trust: Trust) -> Monitor {
    Monitor { tls: TlsPolicy { trust, ..TlsPolicy::default() }, ..monitor(url) }
}

fn file(text: &str) -> (NamedTempFile, Trust) {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(text.as_bytes()).expect("room");
    let path = file.path().to_str().expect("a path").to_owned();
    (file, Trust::Only(Pem::File(path)))
}

fn year(certificate: Option<Certificate>) -> (String, i16) {
    let Certificate { expires, subject } = certificate.expect("a certificate");
    (subject, expires.to_zoned(jiff::tz::TimeZone::UTC).year())
}

/// An authority below `root`.
fn intermediate(root: &Authority, name: &str, years: (i32, i32)) -> Authority {
    let key = KeyPair::generate().expect("a key");
    CertifiedIssuer::signed_by(for_authority(name, years), key, root).expect("a certificate")
}

/// The same authority, its key included, vouched for by another one.
fn cross_signed(authority: &Authority, by: &Authority, name: &str, years: (i32, i32)) -> Vec<u8> {
    let crossed = for_authority(name, years).signed_by(authority.key(), by).expect("a certificate");
    crossed.der().to_vec()
}

fn with_issuers(mut shown: Shown, issuers: impl IntoIterator<Item = Vec<u8>>) -> Shown {
    shown.chain.extend(issuers.into_iter().map(Into::into));
    shown
}

#[tokio::test]
async fn the_name_that_a_monitor_gives_a_server_is_the_one_that_is_verified() {
    let root = authority();
    let named = |url: &str, name: &str| {
        let tls = TlsPolicy { server_name: Some(name.to_owned()), ..TlsPolicy::default() };
        Monitor { tls, ..monitor(url) }
    };
    let shop = secure(acceptor(signed(&root, &["shop.example"], (2020, 2090)), &[])).await;
    let url = format!("https://{shop}/");
    let prober = trusting(&root);
    assert!(observe_with(&prober, &named(&url, "shop.example")).await.result.is_ok());
    for (monitor, other) in [(named(&url, "other.example"), "other.example"), (monitor(&url), "127.0.0.1")] {
        let fault = observe_with(&prober, &monitor).await.result.expect_err("another name");
        assert_eq!(fault.actual, format!("the certificate is for shop.example, not for {other}"));
    }
    // Who redirects elsewhere vouches for no one there.
    let acceptor = acceptor(signed(&root, &["shop.example"], (2020, 2090)), &[]);
    let away = serving(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await.expect("a session");
            request(&mut stream).await;
            drop(stream.write_all(&redirect(302, &format!("https://{shop}/"))).await);
            drop(stream.shutdown().await);
        }
    });
    let url = format!("https://{}/", away.await);
    let fault = observe_with(&prober, &named(&url, "shop.example")).await.result.expect_err("another origin");
    assert_eq!(fault.actual, "the certificate is for shop.example, not for 127.0.0.1");
}

#[tokio::test]
async fn a_certificate_that_does_not_verify_says_why() {
    let (trusted, stranger) = (authority(), authority_called("Acme \u{1b}[31mCA"));
    for (shown, start, end) in [
        (signed(&trusted, HERE, (2020, 2021)), "the certificate expired ", " ago, on 2021-01-01"),
        (signed(&trusted, HERE, (2090, 2091)), "the certificate becomes valid only in ", ", on 2090-01-01"),
        (
            signed(&trusted, &["a.example", "b.example"], (2020, 2090)),
            "the certificate is for a.example, b.example, not for 127.0.0.1",
            "",
        ),
        (
            signed(&stranger, HERE, (2020, 2090)),
            "the certificate is from Acme [31mCA, an issuer that is not trusted here",
            "",
        ),
        (self_signed(&for_hosts(HERE, (2020, 2090))), "the certificate is self-signed", ""),
        (self_signed(&for_authority("a machine", (2020, 2090))), "the certificate is self-signed", ""),
    ] {
        let address = secure(acceptor(shown, &[])).await;
        let observation = observe(&trusted, address).await;
        let Fault { kind, actual, expected } = observation.result.expect_err("a fault");
        assert_eq!((kind, expected.as_str()), (Transport::Tls.into(), "a certificate that verifies"));
        assert!(actual.starts_with(start) && actual.ends_with(end), "{actual}");
        assert!(observation.phases.get("tls").is_some() && observation.phases.get("wait").is_none());
        assert_eq!(observation.certificate, None);
    }
}

#[tokio::test]
async fn a_server_that_gives_up_the_handshake_is_quoted() {
    let trusted = authority();
    for (alert, actual) in [
        (70, "the server speaks neither TLS 1.2 nor 1.3: it sent the alert ProtocolVersion"),
        (40, "the server and this machine have no cipher in common: it sent the alert HandshakeFailure"),
        (112, "the server has no site of this name: it sent the alert UnrecognisedName"),
    ] {
        let address = serving(move |_, mut stream| async move {
            drop(stream.read(&mut [0; 4096]).await);
            drop(stream.write_all(&[21, 3, 3, 0, 2, 2, alert]).await);
        })
        .await;
        let fault = observe(&trusted, address).await.result.expect_err("a fault");
        assert_eq!((fault.kind, fault.actual.as_str()), (Transport::Tls.into(), actual));
    }
}

#[tokio::test]
async fn the_first_certificate_to_expire_on_the_way_to_the_root_counts() {
    let root = authority();
    let soon = intermediate(&root, "Issuing CA", (2020, 2040));
    for (shown, expected) in [
        (signed(&root, HERE, (2020, 2050)), ("certificate of 127.0.0.1", 2050)),
        (
            with_issuers(signed(&soon, HERE, (2020, 2050)), [soon.der().to_vec()]),
            ("issuing certificate Issuing CA", 2040),
        ),
    ] {
        let observation = observe(&root, secure(acceptor(shown, &[])).await).await;
        assert!(observation.result.is_ok(), "{observation:?}");
        assert_eq!(year(observation.certificate), (expected.0.to_owned(), expected.1));
    }
}

// Trap 14: what the server sends beside the way that verifies does not matter.
#[tokio::test]
async fn an_expired_root_that_the_verified_way_does_not_need_does_not_count() {
    let (root, old) = (authority_called("Root"), authority_called("Old Root"));
    let issuing = intermediate(&root, "Issuing CA", (2020, 2060));
    let expired = cross_signed(&root, &old, "Root", (2010, 2021));
    let old_itself = old.der().to_vec();
    let shown =
        with_issuers(signed(&issuing, HERE, (2020, 2050)), [issuing.der().to_vec(), expired, old_itself]);
    let observation = observe(&root, secure(acceptor(shown, &[])).await).await;
    assert!(observation.result.is_ok(), "{observation:?}");
    assert_eq!(year(observation.certificate), ("certificate of 127.0.0.1".to_owned(), 2050));
}

#[tokio::test]
async fn of_two_ways_to_a_root_the_longer_lasting_one_counts() {
    let (root, other) = (authority_called("Root"), authority_called("Other Root"));
    let issuing = intermediate(&root, "Issuing CA", (2020, 2030));
    let crossed = cross_signed(&issuing, &other, "Issuing CA", (2020, 2040));
    for issuers in [[issuing.der().to_vec(), crossed.clone()], [crossed.clone(), issuing.der().to_vec()]] {
        let shown = with_issuers(signed(&issuing, HERE, (2020, 2050)), issuers);
        let address = secure(acceptor(shown, &[])).await;
        let mut prober = trusting(&root);
        prober.net.tls = SystemTls::trusting(&[root.der().clone(), other.der().clone()]);
        let observation = observe_with(&prober, &monitor(&format!("https://{address}/"))).await;
        assert_eq!(year(observation.certificate), ("issuing certificate Issuing CA".to_owned(), 2040));
    }
}

#[tokio::test]
async fn a_private_authority_is_trusted_instead_of_those_of_the_machine() {
    let (public, private) = (authority(), authority_called("private"));
    let (_kept, trust) = file(&private.pem());
    let inside = secure(good(&private, &[])).await;
    let outside = secure(good(&public, &[])).await;
    let prober = trusting(&public);
    let observe = async |address| {
        observe_with(&prober, &believing(&format!("https://{address}/"), trust.clone())).await
    };
    let seen = observe(inside).await;
    assert!(seen.result.is_ok(), "{seen:?}");
    assert_eq!(year(seen.certificate), ("certificate of 127.0.0.1".to_owned(), 2090));
    let fault = observe(outside).await.result.expect_err("a fault");
    assert_eq!(fault.actual, "the certificate is from authority, an issuer that is not trusted here");
}

#[tokio::test]
async fn a_private_authority_may_come_from_a_secret() {
    let private = authority_called("private");
    let address = secure(good(&private, &[])).await;
    let monitor =
        believing(&format!("https://{address}/"), Trust::Only(Pem::Secret(template("${ssm:/pki/ca}"))));
    let secrets = Secrets::resolve([&monitor], &Offer::nothing(), |_| None, |_| Some(Ok(private.pem())));
    let observation = observe_knowing(&trusting(&authority()), &monitor, &secrets).await;
    assert!(observation.result.is_ok(), "{observation:?}");
}

/// What `openssl req -x509` makes is a certificate of an authority, which the rules for servers forbid.
#[tokio::test]
async fn the_certificate_of_a_server_may_be_trusted_itself() {
    let mut params = for_authority("a machine", (2020, 2050));
    params.subject_alt_names = for_hosts(HERE, (2020, 2050)).subject_alt_names;
    let mut misnamed = for_authority("a machine", (2020, 2050));
    misnamed.subject_alt_names = for_hosts(&["a.example"], (2020, 2050)).subject_alt_names;
    let mut expired = for_authority("a machine", (2020, 2021));
    expired.subject_alt_names = for_hosts(HERE, (2020, 2021)).subject_alt_names;
    for (params, outcome) in [
        (params, Ok("certificate of 127.0.0.1")),
        (misnamed, Err("the certificate is for a.example, not for 127.0.0.1")),
        (expired, Err("the certificate expired ")),
    ] {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let (_kept, trust) = file(&certificate.pem());
        let address = secure(acceptor(Shown { chain: vec![certificate.der().clone()], key }, &[])).await;
        let observation =
            observe_with(&trusting(&authority()), &believing(&format!("https://{address}/"), trust)).await;
        match (observation.result, outcome) {
            (Ok(_), Ok(subject)) => assert_eq!(year(observation.certificate), (subject.to_owned(), 2050)),
            (Err(fault), Err(start)) => assert!(fault.actual.starts_with(start), "{fault}"),
            (result, _) => panic!("{result:?} instead of {outcome:?}"),
        }
    }
}

#[tokio::test]
async fn authorities_that_cannot_be_read_are_a_fault_that_says_where() {
    let (_kept, empty) = file("no certificate at all");
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let (_also_kept, broken) = file(broken);
    let path = |path: &str| Trust::Only(Pem::File(path.to_owned()));
    let folder = tempfile::tempdir().expect("a folder");
    let inside = |name: &str| folder.path().join(name).to_str().expect("a path").to_owned();
    let (pipe, sparse) = (inside("pipe"), inside("sparse"));
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    let file = std::fs::File::create(&sparse).expect("a file");
    file.set_len(10 << 30).expect("a sparse file");
    for (trust, said) in [
        (path("/no/such/file.pem"), "/no/such/file.pem cannot be read: no such file"),
        (path("/"), "/ cannot be read: not a regular file"),
        // These would never end.
        (path("/dev/zero"), "/dev/zero cannot be read: not a regular file"),
        (path(&pipe), &format!("{pipe} cannot be read: not a regular file")),
        // It says that it is empty.
        (path("/proc/self/status"), "no certificate in /proc/self/status"),
        (path(&sparse), &format!("{sparse} cannot be read: larger than 1 MiB")),
        (empty, "no certificate in /"),
        (broken, "no certificate in /"),
    ] {
        let observation =
            observe_with(&trusting(&authority()), &believing("https://127.0.0.1:1/", trust)).await;
        let fault = observation.result.expect_err("a fault");
        assert_eq!(fault.kind, Transport::Tls.into(), "{said}: {fault}");
        assert!(fault.actual.starts_with(said), "{fault}");
    }
}

/// The log of the kernel: a regular file by its metadata, and a read of it waits for the next message.
#[tokio::test]
async fn a_file_that_blocks_its_reader_holds_up_nothing() {
    let trust = Trust::Only(Pem::File("/proc/kmsg".to_owned()));
    let observing = async { observe_with(&prober(), &believing("https://127.0.0.1:1/", trust)).await };
    let observation = tokio::time::timeout(Duration::from_secs(5), observing).await.expect("an end");
    let fault = observation.result.expect_err("a fault");
    assert!(fault.kind == Transport::Tls.into() && fault.actual.contains("/proc/kmsg"), "{fault}");
}

#[tokio::test]
async fn with_insecure_any_certificate_is_taken_and_its_own_end_is_reported() {
    for shown in [
        self_signed(&for_hosts(&["a.example"], (2020, 2021))),
        signed(&authority(), &["a.example"], (2020, 2021)),
    ] {
        let address = secure(acceptor(shown, &[])).await;
        let insecure = believing(&format!("https://{address}/"), Trust::Anyone);
        let observation = observe_with(&trusting(&authority()), &insecure).await;
        assert!(observation.result.is_ok(), "{observation:?}");
        assert_eq!(year(observation.certificate), ("certificate of a.example".to_owned(), 2021));
    }
}
