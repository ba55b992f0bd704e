//! The mails of a channel, by the program itself through a real mail server.

use serde_json::Value;

use crate::receivers::Authority;
use crate::smtp::{Smtp, SmtpSecurity};
use crate::support::repository::Run;
use crate::support::{Api, Repository};

/// A repository with one monitor, whose alerts go to one mail server.
struct Mailed {
    api: Api,
    server: Smtp,
    repository: Repository,
    password: &'static str,
}

impl Mailed {
    /// The server has a certificate of `its`, and the channel trusts those of `trusted`.
    fn new(security: SmtpSecurity, its: &Authority, trusted: &Authority) -> Self {
        let (api, server) = (Api::start(), Smtp::start(security, its.identity().pem()));
        let monitor =
            format!("{}retry: {{ attempts: 0 }}\nalert: {{ failures: 1 }}\n", api.monitor("shop", "/shop"));
        let repository = Repository::new(&[("monitors/shop.yaml", &monitor)]);
        let scheme = match security {
            SmtpSecurity::Tls => "smtps",
            SmtpSecurity::StartTls | SmtpSecurity::Never => "smtp",
        };
        let (port, user) = (server.port(), Smtp::USER);
        let settings = format!(
            "owner: acme/monitors\nchannels:\n  ops:\n    kind: email\n    server: {scheme}://localhost:{port}\n    \
             user: {user}\n    password: \"${{env:SMTP_PASSWORD}}\"\n    from: m@example.com\n    \
             to: [ops@example.com]\n    ca: {}\n",
            repository.path("ca.pem").display()
        );
        repository.write("monitorctl.yaml", &settings);
        repository.write("ca.pem", &trusted.pem());
        repository.run(&["sync", "--yes"]).exits(0);
        Self { api, server, repository, password: Smtp::PASSWORD }
    }

    /// Probes while the API answers with `status`.
    fn check(&self, status: u16) -> Run {
        self.api.answer(status);
        let mut check = self.repository.command(&["check", "--all"]);
        let output = check.env("SMTP_PASSWORD", self.password).output().expect("it runs");
        let run = Run::from(output);
        let said = said(&run);
        assert!(!said.contains(Smtp::PASSWORD) && !said.contains("wrong pass"), "{said}");
        run
    }

    fn subjects(&self) -> Vec<String> {
        let subject = |mail: &Value| mail["headers"]["Subject"].as_str().unwrap_or_default().to_owned();
        self.server.mails().iter().map(subject).collect()
    }
}

fn said(run: &Run) -> String {
    format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr))
}

#[test]
fn an_outage_and_its_end_are_two_mails_of_one_thread() {
    let authority = Authority::new();
    for security in [SmtpSecurity::StartTls, SmtpSecurity::Tls] {
        let mailed = Mailed::new(security, &authority, &authority);
        mailed.check(200).exits(0);
        mailed.check(503).exits(0);
        mailed.check(503).exits(0);
        mailed.check(200).exits(0);
        let mails = mailed.server.mails();
        let [down, up] = &mails[..] else { panic!("two mails: {:?}", mailed.subjects()) };
        assert_eq!(down["headers"]["Subject"], "CRITICAL DOWN shop: HTTP 503, expected 200");
        let subject = up["headers"]["Subject"].as_str().expect("a subject");
        assert!(subject.starts_with("UP shop: recovered after"), "{subject}");
        for mail in [down, up] {
            assert_eq!((&mail["encrypted"], &mail["authenticated"]), (&true.into(), &true.into()));
            assert_eq!(mail["to"], serde_json::json!(["ops@example.com"]));
        }
        assert_eq!(down["headers"]["References"], up["headers"]["References"]);
        assert_ne!(down["headers"]["Message-ID"], up["headers"]["Message-ID"]);
        let text = down["text"].as_str().expect("a text");
        assert!(text.contains("monitorctl explain shop"), "{text}");
        assert!(down["html"].as_str().is_some_and(|html| html.contains("HTTP 503")));
    }
}

#[test]
fn a_server_that_no_trusted_authority_signed_gets_neither_password_nor_mail() {
    let (its, another) = (Authority::new(), Authority::new());
    for security in [SmtpSecurity::StartTls, SmtpSecurity::Tls] {
        let mailed = Mailed::new(security, &its, &another);
        let down = mailed.check(503);
        down.exits(4);
        let said = said(&down);
        // Both authorities have one name, so their keys tell them apart.
        assert!(said.contains("the certificate has a wrong signature"), "{said}");
        assert_eq!(mailed.subjects(), [] as [&str; 0]);
        // Nothing is lost.
        mailed.repository.write("ca.pem", &its.pem());
        mailed.check(503).exits(0);
        assert_eq!(mailed.subjects(), ["CRITICAL DOWN shop: HTTP 503, expected 200"]);
    }
}

#[test]
fn a_mail_that_is_put_off_refused_or_lost_is_sent_again() {
    let authority = Authority::new();
    let mut mailed = Mailed::new(SmtpSecurity::StartTls, &authority, &authority);
    // Put off twice: three tries in one run.
    mailed.server.answer(2, "451 4.3.0 try again later");
    mailed.check(503).exits(0);
    assert_eq!(mailed.subjects().len(), 1);
    // The answer is lost each time: what came more than once has one id.
    mailed.server.lose_answers(3);
    mailed.check(200).exits(4);
    mailed.check(200).exits(0);
    let mails = mailed.server.mails();
    let ids: Vec<_> = mails.iter().skip(1).map(|mail| mail["headers"]["Message-ID"].clone()).collect();
    assert_eq!(ids.len(), 4);
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    // A refusal has the words of the server.
    mailed.password = "wrong pass";
    let refused = mailed.check(503);
    refused.exits(4);
    assert!(said(&refused).contains("SMTP 535"), "{}", said(&refused));
    assert_eq!(mailed.server.mails().len(), 5);
}
