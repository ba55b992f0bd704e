//! As whom a probe comes, and who must not learn of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use tokio::io::AsyncWriteExt;
use tokio::time::Instant;

use super::server::{answering, answering_in_turn, ok, redirect, redirecting, request, serving};
use super::{
    answer, fault, http, monitor, observe_knowing, observe_with, prober, reading, secrets_of, template,
};
use crate::aws::{Aws, RoleCredentials};
use crate::kinds::http::{Auth, AwsRole, ClientGrant};
use crate::monitor::{Monitor, Offer, Permits};
use crate::net::AddressPolicy;
use crate::observation::{FaultKind, Transport};
use crate::probe::accounts::Accounts;
use crate::probe::{Limits, Probed, Prober, Secrets};

fn as_whom(mut monitor: Monitor, auth: Auth) -> Monitor {
    monitor.request().auth = Some(auth);
    monitor
}

fn grant(token_url: &str, secret: &str) -> Auth {
    Auth::OAuth2(ClientGrant {
        token_url: template(token_url),
        client_id: template("shop"),
        client_secret: template(secret),
        scope: Some("orders:read".to_owned()),
    })
}

fn token(text: &str) -> Vec<u8> {
    ok("content-type: application/json\r\n", text.as_bytes())
}

#[tokio::test]
async fn a_credential_goes_to_the_origin_of_the_url_and_to_no_other() {
    let (other, away) = answering(ok("", b"")).await;
    let basic = Auth::Basic { user: template("me"), password: template("${env:P}") };
    for (auth, header) in [
        // `me:p-s3cr/t value`
        (basic, "authorization: Basic bWU6cC1zM2NyL3QgdmFsdWU=\r\n"),
        (Auth::Bearer(template("${env:T}")), "authorization: Bearer t-s3cr/t value\r\n"),
    ] {
        let (address, log) = redirecting(&format!("http://{other}/")).await;
        answer(&as_whom(monitor(&format!("http://{address}/")), auth)).await;
        let asked = log.lock().expect("the log")[0].clone();
        assert!(asked.contains(header), "{asked}");
        let asked = away.lock().expect("the log").pop().expect("a request");
        assert!(!asked.contains("authorization"), "{asked}");
    }
}

// P10: an endpoint that shows what it got, in base64.
#[tokio::test]
async fn a_password_that_an_endpoint_repeats_is_not_shown() {
    let basic = Auth::Basic { user: template("me"), password: template("${env:P}") };
    let address = serving(|_, mut stream| async move {
        let asked = request(&mut stream).await;
        drop(stream.write_all(&ok("", asked.as_bytes())).await);
    });
    let monitor = as_whom(reading(&format!("http://{}/", address.await)), basic);
    let secrets = secrets_of(&monitor);
    let answer = http(observe_knowing(&prober(), &monitor, &secrets).await.result.expect("an answer"));
    let body = String::from_utf8(answer.body.expect("a body")).expect("a text");
    assert!(body.contains("bWU6cC1zM2NyL3Q"), "{body}");
    let said = secrets.quoter(&monitor).quote(&body, 500);
    assert!(!said.contains("bWU6cC1zM2NyL3Q"), "{said}");
}

#[tokio::test]
async fn a_token_is_fetched_once_for_equal_settings_and_again_for_others() {
    let (issuer, asked) =
        answering(token(r#"{"access_token":"t0k3n-of-the-run","token_type":"Bearer"}"#)).await;
    let (api, log) = answering(ok("", b"t0k3n-of-the-run")).await;
    let prober = prober();
    let of = |secret: &str| {
        as_whom(reading(&format!("http://{api}/")), grant(&format!("http://{issuer}/token"), secret))
    };
    for secret in ["${env:A}", "${env:A}", "${env:B}"] {
        let observation = observe_with(&prober, &of(secret)).await;
        // What is judged is what came.
        assert_eq!(
            http(observation.result.expect("an answer")).body.as_deref(),
            Some(&b"t0k3n-of-the-run"[..])
        );
    }
    let asked = asked.lock().expect("the log").clone();
    assert_eq!(asked.len(), 2, "{asked:?}");
    // `shop:a-s3cr%2Ft+value`, as RFC 6749 encodes it.
    let header = "authorization: Basic c2hvcDphLXMzY3IlMkZ0K3ZhbHVl\r\n";
    assert!(asked[0].starts_with("POST /token ") && asked[0].contains(header), "{}", asked[0]);
    assert!(asked[0].ends_with("grant_type=client_credentials&scope=orders%3Aread"), "{}", asked[0]);
    for request in log.lock().expect("the log").iter() {
        assert!(request.contains("authorization: Bearer t0k3n-of-the-run\r\n"), "{request}");
        assert!(!request.contains("s3cr"), "{request}");
    }
}

/// The value of every variable is `value`.
fn knowing(monitor: &Monitor, value: &str) -> Secrets {
    Secrets::resolve([monitor], &Offer::everything(), |_| Some(value.to_owned()), |_| None)
}

/// A text in the forms in which a server may repeat it.
fn spellings(text: &str) -> Vec<String> {
    let hex = text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let percent = text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let reversed = text.chars().rev().collect();
    vec![text.to_owned(), STANDARD.encode(text), hex, percent, reversed, text[..text.len() - 3].to_owned()]
}

// P10: no file names what was fetched, and it is a secret all the same, for every monitor of the run.
#[tokio::test]
async fn a_fetched_token_is_hidden_like_a_secret_in_the_words_of_every_monitor() {
    const TOKEN: &str = "t0k3n-of/the+run_0123456789";
    let (issuer, _) = answering(token(&format!(r#"{{"access_token":"{TOKEN}"}}"#))).await;
    let (api, _) = answering(ok("", b"")).await;
    let asked = as_whom(monitor(&format!("http://{api}/")), grant(&format!("http://{issuer}/"), "${env:A}"));
    let secrets = secrets_of(&asked);
    let later = Secrets::default().sharing_fetched_with(&secrets);
    observe_knowing(&prober(), &asked, &secrets).await.result.expect("an answer");
    let other = Monitor::sample("other", "http://b.example/");
    for spelling in spellings(TOKEN) {
        for (secrets, monitor) in [(&secrets, &asked), (&secrets, &other), (&later, &asked), (&later, &other)]
        {
            let said = secrets.quoter(monitor).quote(&format!("you sent {spelling}."), 200);
            assert!(said.contains("<access token>"), "{said}");
            assert!(!said.contains(&spelling[..8]), "{said}");
        }
    }
}

#[tokio::test]
async fn an_answer_is_judged_as_it_came_whatever_the_token_is() {
    let (issuer, _) = answering(token(r#"{"access_token":"fine"}"#)).await;
    let (api, _) = answering(ok("x-state: fine\r\n", b"all fine")).await;
    let asked = as_whom(reading(&format!("http://{api}/")), grant(&format!("http://{issuer}/"), "${env:A}"));
    let answer = answer(&asked).await;
    assert_eq!(answer.body.as_deref(), Some(&b"all fine"[..]));
    assert!(answer.headers.contains(&("x-state".to_owned(), b"fine".to_vec())), "{:?}", answer.headers);
}

// A file with a secret often ends in a line break, and each kind of credential goes without it.
#[tokio::test]
async fn the_blanks_around_a_secret_are_not_sent() {
    let (issuer, granted) = answering(token(r#"{"access_token":"abcdef"}"#)).await;
    let (api, log) = answering(ok("", b"")).await;
    let basic = Auth::Basic { user: template("me"), password: template("${env:P}") };
    let bearer = Auth::Bearer(template("${env:P}"));
    for auth in [basic, bearer, grant(&format!("http://{issuer}/"), "${env:P}")] {
        let asked = as_whom(monitor(&format!("http://{api}/")), auth);
        let secrets = knowing(&asked, "hunter2\n");
        observe_knowing(&prober(), &asked, &secrets).await.result.expect("an answer");
    }
    let sent = log.lock().expect("the log").clone();
    // `me:hunter2` and `shop:hunter2`
    assert!(sent[0].contains("authorization: Basic bWU6aHVudGVyMg==\r\n"), "{}", sent[0]);
    assert!(sent[1].contains("authorization: Bearer hunter2\r\n"), "{}", sent[1]);
    let granted = granted.lock().expect("the log")[0].clone();
    assert!(granted.contains("authorization: Basic c2hvcDpodW50ZXIy\r\n"), "{granted}");
}

// A server of tokens that hangs must not keep a monitor from being judged, however short a run is.
#[tokio::test]
async fn a_server_of_tokens_that_hangs_is_a_fault_before_the_run_ends() {
    let issuer = serving(|_, stream| async move {
        let _open = stream;
        std::future::pending::<()>().await;
    });
    let url = format!("http://{}/", issuer.await);
    let asked = as_whom(monitor("http://127.0.0.1:1/"), grant(&url, "${env:A}"));
    let asked = Monitor { timeout: Duration::from_millis(200), ..asked };
    let deadline = Some(Instant::now() + Duration::from_secs(2));
    let secrets = secrets_of(&asked);
    let probed = prober().observe(&asked, &secrets, Timestamp::UNIX_EPOCH, deadline).await;
    let Probed::Observed(observation) = probed.redacted(&secrets.quoter(&asked)) else { panic!("skipped") };
    let fault = observation.result.expect_err("no token");
    let words = format!("no token from {url}: no answer after 200ms");
    assert_eq!((fault.kind, fault.actual), (Transport::Auth.into(), words));
}

#[tokio::test]
async fn a_server_that_wants_the_credentials_in_the_form_gets_them_there() {
    let forms = Arc::<Mutex<Vec<String>>>::default();
    let kept = Arc::clone(&forms);
    let issuer = serving(move |_, mut stream| {
        let forms = Arc::clone(&kept);
        async move {
            let asked = request(&mut stream).await;
            let refused = b"HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n".to_vec();
            let is_form = asked.contains("client_id=shop&client_secret=");
            forms.lock().expect("the log").push(asked);
            drop(
                stream
                    .write_all(&if is_form { token(r#"{"access_token":"abcdef"}"#) } else { refused })
                    .await,
            );
        }
    })
    .await;
    let (api, log) = answering(ok("", b"")).await;
    let asked = as_whom(monitor(&format!("http://{api}/")), grant(&format!("http://{issuer}/"), "${env:A}"));
    answer(&asked).await;
    assert!(log.lock().expect("the log")[0].contains("authorization: Bearer abcdef\r\n"));
    assert!(!forms.lock().expect("the log")[1].contains("authorization"));
}

// P10 and P12: hostile servers of tokens.
#[tokio::test]
async fn without_a_token_nothing_is_asked_and_nothing_secret_is_said() {
    let (api, log) = answering(ok("", b"")).await;
    let hostile = [
        (
            b"HTTP/1.1 403 No\r\ncontent-length: 32\r\n\r\n{\"error\":\"a-s3cr/t value\"}      ".to_vec(),
            "HTTP 403",
        ),
        (token(r#"{"error":"invalid_client"}"#), "HTTP 200 invalid_client without `access_token`"),
        (token("{\"access_token\":\"a\\r\\nx: y\"}"), "the answer has a token that no header can hold"),
        (
            token(&format!(r#"{{"access_token":"{}"}}"#, "x".repeat(60_000))),
            "the answer has a token of more than 8 KiB",
        ),
        (token("<html>"), "HTTP 200 without `access_token`"),
        (redirect(302, "http://127.0.0.1:1/"), "HTTP 302"),
    ];
    for (answer, why) in hostile {
        let (issuer, _) = answering(answer).await;
        let url = format!("http://{issuer}/");
        let fault = fault(&as_whom(monitor(&format!("http://{api}/")), grant(&url, "${env:A}"))).await;
        assert_eq!(fault.kind, FaultKind::Transport(Transport::Auth));
        assert_eq!(fault.to_string(), format!("no token from {url}: {why}, expected an access token"));
    }
    let many = std::num::NonZeroUsize::new(8).expect("more than none");
    let strict = Prober::new(AddressPolicy::new(Vec::new()), Limits { total: many, per_host: many });
    // A word that could be a code may be the secret itself.
    let (issuer, _) = answering(token(r#"{"error":"correct_horse_battery"}"#)).await;
    let asked = as_whom(monitor(&format!("http://{api}/")), grant(&format!("http://{issuer}/"), "${env:A}"));
    let secrets = knowing(&asked, "correct_horse_battery");
    let fault = observe_knowing(&prober(), &asked, &secrets).await.result.expect_err("no token");
    assert_eq!(fault.actual, format!("no token from http://{issuer}/: HTTP 200 without `access_token`"));
    for url in ["http://169.254.169.254/latest", "http://127.0.0.1:1/"] {
        let asked = as_whom(monitor(&format!("http://{api}/")), grant(url, "${env:A}"));
        let fault = observe_with(&strict, &asked).await.result.expect_err("refused");
        assert_eq!(fault.kind, FaultKind::Transport(Transport::Auth), "{fault}");
    }
    assert_eq!(log.lock().expect("the log").len(), 0);
}

const ROLE: &str = "arn:aws:iam::123456789012:role/probe";

/// A request that is signed as the role, and its prober, which knows the role's credentials.
async fn signed(url: &str, permits: Permits) -> (Monitor, Prober) {
    let role = AwsRole { service: "execute-api".into(), region: "eu-west-1".into(), role: ROLE.into() };
    let credentials =
        RoleCredentials::of_keys("AKIAEXAMPLE", "secret-of-the-role", Some("token-of-the-session"));
    let mut prober = prober().permitting(permits);
    prober.accounts = prober.accounts.knowing(ROLE, credentials).await;
    (as_whom(monitor(url), Auth::Aws(role)), prober)
}

#[tokio::test]
async fn a_request_is_signed_as_a_role_for_its_own_origin() {
    let (other, away) = answering(ok("", b"")).await;
    let (address, log) =
        answering_in_turn(vec![redirect(302, "/next"), redirect(302, &format!("http://{other}/"))]).await;
    let permits = Permits::parse(None, None, None, Some(ROLE)).expect("a role");
    let (asked, prober) = signed(&format!("http://{address}/"), permits).await;
    let secrets = secrets_of(&asked);
    let observation = observe_knowing(&prober, &asked, &secrets).await;
    assert!(observation.result.is_ok(), "{observation:?}");
    // P10: what the role has is shown to no one.
    let quoter = secrets.quoter(&asked);
    for value in ["secret-of-the-role", "token-of-the-session"] {
        for spelling in spellings(value) {
            let said = quoter.quote(&format!("you sent {spelling}."), 200);
            assert!(said.contains("<credentials of the role>"), "{said}");
        }
    }
    let requests = log.lock().expect("the log").clone();
    let signature = |request: &str| {
        let line = request.lines().find_map(|line| line.strip_prefix("authorization: ")).expect("signed");
        let scope = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/19700101/eu-west-1/execute-api/aws4_request, ";
        let rest = line.strip_prefix(scope).expect(line);
        rest.strip_prefix("SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=")
            .expect(rest)
            .to_owned()
    };
    // Another path has another signature.
    assert_ne!(signature(&requests[0]), signature(&requests[1]));
    for request in &requests {
        assert!(request.contains("x-amz-security-token: token-of-the-session\r\n"), "{request}");
    }
    let asked = away.lock().expect("the log")[0].clone();
    assert!(!asked.contains("authorization") && !asked.contains("x-amz-"), "{asked}");
}

/// An AWS that never answers.
#[derive(Debug)]
struct Silent;

impl HttpConnector for Silent {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(std::future::pending())
    }
}

impl HttpClient for Silent {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Self)
    }
}

// What is between this machine and AWS says nothing about the endpoint.
#[tokio::test]
async fn without_the_credentials_of_a_role_nothing_is_known_of_the_endpoint() {
    let permits = Permits::parse(None, None, None, Some(ROLE)).expect("a role");
    let (asked, mut prober) = signed("http://127.0.0.1:1/", permits).await;
    prober.accounts = Accounts::new(AddressPolicy::new(Vec::new())).within(Aws::served_by(Silent));
    let asked = Monitor { timeout: Duration::from_millis(200), ..asked };
    let fault = observe_with(&prober, &asked).await.result.expect_err("no credentials");
    let words = format!("no credentials of {ROLE}: no answer after 200ms");
    assert_eq!((fault.kind, fault.actual), (FaultKind::Prober, words));
}

// P10: the author of a file does not choose a role, and the machine's own credentials never sign.
#[tokio::test]
async fn a_role_that_the_machine_does_not_list_signs_nothing() {
    let (address, log) = answering(ok("", b"")).await;
    let (asked, prober) = signed(&format!("http://{address}/"), Permits::default()).await;
    let fault = observe_with(&prober, &asked).await.result.expect_err("not listed");
    let words = format!("the role {ROLE} is not offered by this machine: add it to MONITORCTL_ROLES");
    assert_eq!((fault.kind, fault.actual), (FaultKind::Prober, words));
    assert_eq!(log.lock().expect("the log").len(), 0);
}
