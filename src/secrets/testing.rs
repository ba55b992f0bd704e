//! Both services inside a test, and what they promise.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http::StatusCode;
use serde_json::{Value, json};

use super::{Values, Vault};
use crate::aws::Aws;
use crate::monitor::{SecretRef, Template};

/// Answers like AWS does, from two maps. What begins with `/denied` or `denied` must not be read.
#[derive(Debug, Clone, Default)]
struct Kept {
    texts: Arc<BTreeMap<&'static str, &'static str>>,
    requests: Arc<Mutex<Vec<String>>>,
    /// The region of each secret of Secrets Manager that was asked for alone.
    regions: Arc<Mutex<BTreeMap<String, String>>>,
    behaviour: Behaviour,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Behaviour {
    #[default]
    Serves,
    NoBatches,
    /// The same, and every answer takes a second.
    SlowlyNoBatches,
    Hangs,
}

impl Kept {
    fn new(texts: &[(&'static str, &'static str)]) -> Self {
        Self { texts: Arc::new(texts.iter().copied().collect()), ..Self::default() }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("a lock").clone()
    }

    fn note(&self, id: &str, request: &HttpRequest) {
        let host = request.uri().split('/').nth(2).unwrap_or_default();
        let region = host.split('.').nth(1).unwrap_or_default();
        self.regions.lock().expect("a lock").insert(id.to_owned(), region.to_owned());
    }

    fn answer(&self, request: &HttpRequest) -> (u16, Value) {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        self.requests.lock().expect("a lock").push(operation.to_owned());
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).expect("JSON");
        let list = |name: &str| -> Vec<String> {
            let names = body[name].as_array().cloned().unwrap_or_default();
            names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
        };
        let denied = |name: &String| name.trim_start_matches('/').starts_with("denied");
        let error = |code: &str| (400, json!({"__type": code, "message": "as the test wants it"}));
        match operation {
            "GetParameters" => {
                assert_eq!(body["WithDecryption"], true);
                let names = list("Names");
                assert!((1..=10).contains(&names.len()), "{names:?}");
                if names.iter().any(denied) {
                    return error("AccessDeniedException");
                }
                let parameter = |name: &String| {
                    let value = self.texts.get(name.as_str())?;
                    let (name, selector) = name.split_at(name.find(':').unwrap_or(name.len()));
                    Some(json!({"Name": name, "Value": value, "Selector": selector}))
                };
                let found: Vec<_> = names.iter().filter_map(parameter).collect();
                (200, json!({"Parameters": found, "InvalidParameters": []}))
            }
            "BatchGetSecretValue" if self.behaviour != Behaviour::Serves => error("AccessDeniedException"),
            "BatchGetSecretValue" => {
                let ids = list("SecretIdList");
                assert!((1..=20).contains(&ids.len()), "{ids:?}");
                let (known, unknown): (Vec<_>, Vec<_>) =
                    ids.iter().partition(|id| !denied(id) && self.texts.contains_key(id.as_str()));
                let code =
                    |id| if denied(id) { "AccessDeniedException" } else { "ResourceNotFoundException" };
                let value = |id: &&String| json!({"Name": id, "ARN": format!("arn:{id}-AbCdEf"), "SecretString": self.texts[id.as_str()]});
                let errors: Vec<_> =
                    unknown.iter().map(|id| json!({"SecretId": id, "ErrorCode": code(id)})).collect();
                (200, json!({"SecretValues": known.iter().map(value).collect::<Vec<_>>(), "Errors": errors}))
            }
            "GetSecretValue" => {
                match body["SecretId"].as_str().inspect(|id| self.note(id, request)).unwrap_or_default() {
                    id if denied(&id.to_owned()) => error("AccessDeniedException"),
                    "binary" => (200, json!({"Name": "binary", "SecretBinary": "AAAA"})),
                    id => match self.texts.get(id) {
                        Some(text) => (200, json!({"Name": id, "SecretString": text})),
                        None => error("ResourceNotFoundException"),
                    },
                }
            }
            other => panic!("{other} is not asked for"),
        }
    }
}

impl HttpConnector for Kept {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if self.behaviour == Behaviour::Hangs {
            return HttpConnectorFuture::new(std::future::pending());
        }
        let (status, body) = self.answer(&request);
        let status = StatusCode::from_u16(status).expect("a status");
        let answer = HttpResponse::new(status.into(), SdkBody::from(body.to_string()));
        if self.behaviour == Behaviour::SlowlyNoBatches {
            return HttpConnectorFuture::new(async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok(answer)
            });
        }
        HttpConnectorFuture::ready(Ok(answer))
    }
}

impl HttpClient for Kept {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

fn references(texts: &[&str]) -> BTreeSet<SecretRef> {
    let template = |text: &&str| Template::parse(text).expect(text).secrets().cloned().collect::<Vec<_>>();
    texts.iter().flat_map(template).collect()
}

async fn fetch(kept: &Kept, references: &BTreeSet<SecretRef>) -> Values {
    Vault::new(Aws::served_by(kept.clone())).fetch(references, Duration::from_secs(5)).await
}

/// What a reference came to, in one word or sentence.
fn said(values: &Values, text: &str) -> String {
    let reference = references(&[text]).pop_first().expect("one");
    values.get(&reference).expect(text).unwrap_or_else(|why| format!("! {why}"))
}

#[tokio::test]
async fn values_come_from_where_they_are_kept() {
    let kept = Kept::new(&[
        ("/prod/token", "t1"),
        ("/prod/token:3", "t0"),
        ("whole", "text"),
        ("prod/db", r#"{"password": "p1", "port": 5432, "hosts": []}"#),
        ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf", "by arn"),
    ]);
    let asked = [
        ("${ssm:/prod/token}", "t1"),
        ("${ssm:/prod/token:3}", "t0"),
        ("${ssm:/nowhere}", "! it does not exist"),
        ("${ssm:/denied}", "! access is denied"),
        ("${secretsmanager:whole}", "text"),
        ("${secretsmanager:whole#key}", "! it is not a JSON object"),
        ("${secretsmanager:prod/db#password}", "p1"),
        ("${secretsmanager:prod/db#port}", "5432"),
        ("${secretsmanager:prod/db#hosts}", "! its key `hosts` is not a string"),
        ("${secretsmanager:prod/db#user}", "! it has no key `user`"),
        ("${secretsmanager:nowhere}", "! it does not exist"),
        ("${secretsmanager:denied}", "! access is denied"),
        ("${secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf}", "by arn"),
    ];
    for behaviour in [Behaviour::Serves, Behaviour::NoBatches] {
        let kept = Kept { behaviour, ..kept.clone() };
        let texts: Vec<_> = asked.iter().map(|(text, _)| *text).collect();
        let values = fetch(&kept, &references(&texts)).await;
        for (text, expected) in asked {
            assert_eq!(said(&values, text), expected, "{text}");
        }
        assert!(!format!("{values:?}").contains("t1"), "a value is shown");
    }
    let binary = fetch(&kept, &references(&["${secretsmanager:binary}"])).await;
    assert_eq!(said(&binary, "${secretsmanager:binary}"), "! it is binary");
}

#[tokio::test]
async fn nothing_is_asked_that_no_one_uses_and_each_thing_once() {
    let kept = Kept::new(&[("/a", "1"), ("x", "{}"), ("y", "{}")]);
    fetch(&kept, &references(&["${env:HOME}"])).await;
    assert_eq!(kept.requests(), Vec::<String>::new());
    let names: Vec<_> = (0..25).map(|n| format!("${{ssm:/p{n}}}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    fetch(&kept, &references(&names)).await;
    assert_eq!(kept.requests(), ["GetParameters"; 3]);
    let kept = Kept::new(&[("x", "{}"), ("y", "{}")]);
    fetch(&kept, &references(&["${secretsmanager:x#a}", "${secretsmanager:x#b}", "${secretsmanager:y}"]))
        .await;
    assert_eq!(kept.requests(), ["BatchGetSecretValue"]);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_does_not_answer_costs_no_more_than_the_time_it_has() {
    let kept = Kept { behaviour: Behaviour::Hangs, ..Kept::default() };
    let begun = tokio::time::Instant::now();
    let asked = references(&["${ssm:/a}", "${ssm:/b}", "${secretsmanager:x}", "${secretsmanager:y}"]);
    let values = Vault::new(Aws::served_by(kept)).fetch(&asked, Duration::from_secs(5)).await;
    assert!(begun.elapsed() <= Duration::from_millis(5100), "{:?}", begun.elapsed());
    for text in ["${ssm:/a}", "${secretsmanager:y}"] {
        assert_eq!(said(&values, text), "! AWS does not answer");
    }
}

#[tokio::test(start_paused = true)]
async fn what_must_be_asked_for_one_by_one_is_not_asked_for_one_after_the_other() {
    let kept = Kept { behaviour: Behaviour::SlowlyNoBatches, ..Kept::new(&[("/a", "1"), ("x", "1")]) };
    // The first request of each batch is refused, and then there are as many as there are names.
    let parameters: Vec<_> = (0..9).map(|n| format!("${{ssm:/p{n}}}")).collect();
    let secrets: Vec<_> = (0..10).map(|n| format!("${{secretsmanager:s{n}}}")).collect();
    let asked = parameters.iter().chain(&secrets).map(String::as_str);
    let asked: Vec<_> = asked.chain(["${ssm:/denied}"]).collect();
    let values = fetch(&kept, &references(&asked)).await;
    assert_eq!(said(&values, "${ssm:/denied}"), "! access is denied");
    for text in [&parameters[8], &secrets[9]] {
        assert_eq!(said(&values, text), "! it does not exist");
    }
}

#[tokio::test]
async fn an_arn_is_asked_for_in_its_own_region() {
    let arn = |region: &str| format!("arn:aws:secretsmanager:{region}:123456789012:secret:x-AbCdEf");
    let (elsewhere, odd) = (arn("us-east-1"), arn("evil.example/"));
    let kept = Kept { behaviour: Behaviour::NoBatches, ..Kept::default() };
    let texts = [elsewhere.as_str(), &odd, "by-name"].map(|id| format!("${{secretsmanager:{id}}}"));
    fetch(&kept, &references(&texts.each_ref().map(String::as_str))).await;
    let regions = kept.regions.lock().expect("a lock");
    assert_eq!(regions[&elsewhere], "us-east-1");
    // A region becomes a part of a host's name.
    assert_eq!((regions[&odd].as_str(), regions["by-name"].as_str()), ("eu-central-1", "eu-central-1"));
}

#[tokio::test]
async fn only_another_value_is_a_change() {
    let asked = references(&["${ssm:/a}"]);
    let secret = asked.first().expect("one");
    let one = fetch(&Kept::new(&[("/a", "1")]), &asked).await;
    let two = fetch(&Kept::new(&[("/a", "2")]), &asked).await;
    let gone = fetch(&Kept::new(&[]), &asked).await;
    assert!(one.differ(&two, secret) && gone.differ(&one, secret));
    assert!(!one.differ(&one.clone(), secret) && !one.differ(&gone, secret));
}
