//! The mail server takes what a client sends that it trusts, and nothing else; and the program is such a client.

use std::process::{Command, Output};

use serde_json::json;

use crate::receivers::Authority;
use crate::smtp::{Smtp, SmtpSecurity};

/// A client of another make: `smtplib`. Its arguments: port, `starttls`, `tls` or `plain`, user, file of the authority, password.
const CLIENT: &str = r#"
import smtplib, ssl, sys
port, mode, user, authority, password = sys.argv[1:]
context = ssl.create_default_context(cafile=authority)
if mode == "tls":
    client = smtplib.SMTP_SSL("localhost", int(port), context=context, timeout=5)
else:
    client = smtplib.SMTP("localhost", int(port), timeout=5)
if mode == "starttls":
    client.starttls(context=context)
if password:
    client.login(user, password)
client.sendmail("m@example.com", ["ops@example.com"], "Subject: DOWN shop\r\nMessage-ID: <1@x>\r\n\r\nHTTP 503\r\n")
"#;

fn send(server: &Smtp, mode: &str, authority: &Authority, password: &str) -> Output {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), authority.pem()).expect("room");
    let port = server.port().to_string();
    server
        .python()
        .args(["-c", CLIENT, &port, mode, Smtp::USER])
        .arg(file.path())
        .arg(password)
        .output()
        .expect("it runs")
}

fn refused(output: &Output, reason: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && error.contains(reason), "{reason}: {error}");
}

#[test]
fn a_mail_needs_encryption_trust_and_a_password() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    for (security, mode) in [(SmtpSecurity::StartTls, "starttls"), (SmtpSecurity::Tls, "tls")] {
        let server = Smtp::start(security, authority.identity().pem());
        refused(&send(&server, mode, &stranger, Smtp::PASSWORD), "CERTIFICATE_VERIFY_FAILED");
        refused(&send(&server, mode, &authority, "wrong"), "535");
        refused(&send(&server, mode, &authority, ""), "530");
        assert!(server.mails().is_empty());
        let output = send(&server, mode, &authority, Smtp::PASSWORD);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let [mail] = &server.mails()[..] else { panic!("one mail") };
        assert_eq!(mail["headers"]["Subject"], "DOWN shop");
        assert_eq!(mail["headers"]["Message-ID"], "<1@x>");
        assert_eq!(mail["text"], "HTTP 503\r\n");
        assert_eq!((&mail["encrypted"], &mail["authenticated"]), (&json!(true), &json!(true)));
    }
    let server = Smtp::start(SmtpSecurity::StartTls, authority.identity().pem());
    refused(&send(&server, "plain", &authority, ""), "Must issue a STARTTLS command first");
}

#[test]
fn a_mail_server_can_be_in_trouble() {
    let authority = Authority::new();
    let server = Smtp::start(SmtpSecurity::Never, authority.identity().pem());
    server.answer(1, "451 4.3.0 try again later");
    refused(&send(&server, "plain", &authority, Smtp::PASSWORD), "451");
    server.answer(1, "552 5.3.4 too large");
    refused(&send(&server, "plain", &authority, Smtp::PASSWORD), "552");
    server.keep_silent(1);
    refused(&send(&server, "plain", &authority, Smtp::PASSWORD), "timed out");
    assert!(server.mails().is_empty());
    server.lose_answers(1);
    refused(&send(&server, "plain", &authority, Smtp::PASSWORD), "SMTPServerDisconnected");
    assert_eq!(server.mails().len(), 1, "it is delivered all the same");
    assert!(send(&server, "plain", &authority, Smtp::PASSWORD).status.success());
    let mails = server.mails();
    assert_eq!((mails.len(), &mails[1]["encrypted"]), (2, &json!(false)));
}

/// The output of `notify test` with a channel of this server, whose authority the machine trusts.
fn notify_test(server: &Smtp, scheme: &str, authority: &Authority, password: &str) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let port = server.port();
    let settings = format!(
        "owner: acme/monitors\nchannels:\n  ops:\n    {{ kind: email, server: '{scheme}://127.0.0.1:{port}', user: {}, \
         password: '${{env:SMTP}}', from: m@example.com, to: [ops@example.com] }}\n",
        Smtp::USER
    );
    std::fs::write(folder.path().join("monitorctl.yaml"), settings).expect("room");
    let trusted = folder.path().join("authority.pem");
    std::fs::write(&trusted, authority.pem()).expect("room");
    Command::new(env!("CARGO_BIN_EXE_monitorctl"))
        .args(["notify", "test", "--files", "ops"])
        .env_clear()
        .env("SSL_CERT_FILE", trusted)
        .env("SMTP", password)
        .current_dir(folder.path())
        .output()
        .expect("it runs")
}

#[test]
fn a_test_of_a_mail_channel_arrives_in_a_thread_and_a_wrong_password_is_said() {
    let authority = Authority::new();
    for (security, scheme) in [(SmtpSecurity::StartTls, "smtp"), (SmtpSecurity::Tls, "smtps")] {
        let server = Smtp::start(security, authority.identity().pem());
        let output = notify_test(&server, scheme, &authority, Smtp::PASSWORD);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.starts_with("ops (email): accepted DOWN, UP in "), "{said}");
        let [down, up] = &server.mails()[..] else { panic!("two mails") };
        let subject =
            |mail: &serde_json::Value| mail["headers"]["Subject"].as_str().unwrap_or_default().to_owned();
        assert!(subject(down).starts_with("[TEST] CRITICAL DOWN example-api"), "{down}");
        assert!(subject(up).starts_with("[TEST] UP example-api"), "{up}");
        assert_eq!(down["headers"]["References"], up["headers"]["References"]);
        assert_ne!(down["headers"]["Message-ID"], up["headers"]["Message-ID"]);
        let refused = notify_test(&server, scheme, &authority, "wrong password");
        let said = String::from_utf8_lossy(&refused.stdout);
        assert!(refused.status.code() == Some(4) && said.contains("refused: SMTP 535"), "{said}");
        assert!(!said.contains("wrong password"), "{said}");
    }
}
