//! The certificate that a client shows to a server which asks for one.

use rcgen::KeyPair;
use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};

use super::authority::{Authority, asking, authority, authority_called, for_hosts, secure, signed, trusting};
use super::server::redirecting;
use super::{monitor, observe_knowing, observe_with, template};
use crate::monitor::{ClientIdentity, Monitor, Offer, Pem, Permits, TlsPolicy};
use crate::observation::{FaultKind, Observation, Transport};
use crate::probe::Secrets;

const HERE: &[&str] = &["127.0.0.1"];
const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

fn secret(reference: &str) -> Pem {
    Pem::Secret(template(reference))
}

fn showing(url: &str) -> Monitor {
    let identity = ClientIdentity { certificate: secret("${ssm:/certificate}"), key: secret("${ssm:/key}") };
    as_client(url, identity)
}

fn as_client(url: &str, identity: ClientIdentity) -> Monitor {
    Monitor { tls: TlsPolicy { client: Some(identity), ..TlsPolicy::default() }, ..monitor(url) }
}

/// A certificate for a client and its key, both in PEM form.
fn client(authority: &Authority) -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let certificate = for_hosts(&["client"], (2020, 2090)).signed_by(&key, authority).expect("a certificate");
    (certificate.pem(), key.serialize_pem())
}

async fn observe(root: &Authority, monitor: &Monitor, (certificate, key): &(String, String)) -> Observation {
    let secrets = Secrets::resolve(
        [monitor],
        &Offer::nothing(),
        |_| None,
        |reference| {
            let is_key = reference.to_string() == "${ssm:/key}";
            Some(Ok(if is_key { key.clone() } else { certificate.clone() }))
        },
    );
    observe_knowing(&trusting(root), monitor, &secrets).await
}

#[tokio::test]
async fn a_server_that_asks_for_a_certificate_gets_it() {
    let (root, people) = (authority(), authority_called("people"));
    for version in VERSIONS {
        let address = secure(asking(signed(&root, HERE, (2020, 2090)), version, &people)).await;
        let url = format!("https://{address}/");
        let observation = observe(&root, &showing(&url), &client(&people)).await;
        assert!(observation.result.is_ok(), "{observation:?}");
    }
}

// P10: what the machine keeps elsewhere is read for no monitor.
#[tokio::test]
async fn a_certificate_and_a_key_come_from_files_below_a_folder_that_the_machine_lists() {
    let (root, people) = (authority(), authority_called("people"));
    let address = secure(asking(signed(&root, HERE, (2020, 2090)), &TLS13, &people)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (certificate, key) = client(&people);
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("room");
        path.to_str().expect("a path").to_owned()
    };
    let (certificate, key) = (file("client.pem", &certificate), file("client.key", &key));
    let identity = ClientIdentity { certificate: Pem::File(certificate.clone()), key: Pem::File(key) };
    let monitor = as_client(&format!("https://{address}/"), identity);
    let listing = |folders: &str| {
        let permits = Permits::parse(Some(folders), None, None, None).expect("a folder");
        trusting(&root).permitting(permits)
    };
    let observation = observe_with(&listing(folder.path().to_str().expect("a path")), &monitor).await;
    assert!(observation.result.is_ok(), "{observation:?}");
    let fault = observe_with(&listing("/etc/monitorctl"), &monitor).await.result.expect_err("refused");
    let words = format!(
        "the file {certificate} is outside the folders of MONITORCTL_FILES, expected a file below /etc/monitorctl"
    );
    assert_eq!((fault.kind, fault.to_string()), (FaultKind::Prober, words));
}

#[tokio::test]
async fn a_server_that_misses_or_refuses_a_certificate_is_a_tls_fault() {
    let (root, people, strangers) = (authority(), authority_called("people"), authority_called("strangers"));
    for version in VERSIONS {
        let address = secure(asking(signed(&root, HERE, (2020, 2090)), version, &people)).await;
        let url = format!("https://{address}/");
        let fault = observe(&root, &monitor(&url), &client(&people)).await.result.expect_err("a fault");
        assert_eq!(fault.kind, Transport::Tls.into(), "{fault}");
        assert_eq!(
            fault.actual, "the server wants a client certificate: it sent the alert CertificateRequired",
            "{version:?}"
        );
        let fault = observe(&root, &showing(&url), &client(&strangers)).await.result.expect_err("a fault");
        assert_eq!(fault.kind, Transport::Tls.into(), "{fault}");
        assert!(
            fault.actual.starts_with("the server rejects this client or its certificate"),
            "{version:?}: {fault}"
        );
    }
}

/// Like a header with a credential.
#[tokio::test]
async fn a_redirect_to_another_origin_takes_no_client_certificate_along() {
    let (root, people) = (authority(), authority_called("people"));
    let target = secure(asking(signed(&root, HERE, (2020, 2090)), &TLS13, &people)).await;
    let (away, _) = redirecting(&format!("https://{target}/")).await;
    let observation = observe(&root, &showing(&format!("http://{away}/")), &client(&people)).await;
    let fault = observation.result.expect_err("a fault");
    assert!(fault.actual.starts_with("the server wants a client certificate"), "{fault}");
}

// P10: also where the key is broken.
#[tokio::test]
async fn a_key_that_is_none_is_a_fault_that_does_not_quote_it() {
    let (root, people) = (authority(), authority_called("people"));
    let (certificate, key) = client(&people);
    let monitor = showing("https://127.0.0.1:1/");
    for (pair, said) in [
        ((certificate.clone(), key.replace("PRIVATE", "PR1VATE")), "no private key in ${ssm:/key}"),
        ((certificate.clone(), "hunter2hunter2".to_owned()), "no private key in ${ssm:/key}"),
        (("hunter2hunter2".to_owned(), key), "no certificate in ${ssm:/certificate}"),
    ] {
        let fault = observe(&root, &monitor, &pair).await.result.expect_err("a fault");
        assert_eq!((fault.kind, fault.actual.as_str()), (Transport::Secret.into(), said));
        assert!(!fault.to_string().contains("hunter2"), "{fault}");
    }
    let (other, _) = client(&people);
    let (_, mismatched) = client(&people);
    let fault = observe(&root, &monitor, &(other, mismatched)).await.result.expect_err("a fault");
    assert_eq!(fault.kind, Transport::Tls.into(), "{fault}");
}
