//! Dialogs with a mail server: aiosmtpd.

use crate::checked::{checked, checked_with, fault, passes};
use crate::receivers::Authority;
use crate::smtp::{Smtp, SmtpSecurity};

/// Through STARTTLS to a login, which the server refuses before it.
fn login(port: u16, greeting: &str) -> String {
    format!(
        r#"url: tcp://localhost:{port}
dialog:
  - {{ expect: "^220 " }}
  - {{ send: EHLO monitorctl }}
  - {{ expect: "^250 " }}
  - {{ send: STARTTLS }}
  - {{ expect: "^220 " }}
  - {{ starttls: true }}
  - {{ send: EHLO monitorctl }}
  - {{ expect: "^250 " }}
  - {{ send: "AUTH PLAIN ${{env:LOGIN}}" }}
  - {{ expect: "{greeting}" }}
expect:
  certificate: {{ down: 3d }}
"#
    )
}

/// `\0monitor\0s3cret pass`, as AUTH PLAIN has it.
const LOGIN: (&str, &str) = ("LOGIN", "AG1vbml0b3IAczNjcmV0IHBhc3M=");

#[test]
fn a_mail_server_is_asked_for_tls_and_takes_the_login() {
    let authority = Authority::new();
    let server = Smtp::start(SmtpSecurity::StartTls, authority.identity().pem());
    let monitor = checked_with(&login(server.port(), "^235 "), Some(&authority), &[LOGIN]);
    passes(&monitor);
    assert!(monitor["certificate_expires"].is_string(), "{monitor:#}");

    let monitor = checked_with(&login(server.port(), "^334 "), Some(&authority), &[LOGIN]);
    let (kind, actual) = fault(&monitor);
    assert_eq!(kind, "dialog");
    assert!(actual.starts_with("step 10 of the dialog got \"235 "), "{actual}");

    let monitor = checked_with(&login(server.port(), "^235 "), Some(&Authority::new()), &[LOGIN]);
    assert_eq!(fault(&monitor).0, "tls");
}

#[test]
fn a_mail_server_is_known_by_its_preset_and_by_its_session() {
    let authority = Authority::new();
    let plain = Smtp::start(SmtpSecurity::Never, authority.identity().pem());
    passes(&checked(&format!("url: tcp://127.0.0.1:{}\ndialog: smtp\n", plain.port()), None));
    let kind = checked(&format!("url: tls://127.0.0.1:{}\n", plain.port()), Some(&authority));
    assert_eq!(fault(&kind).0, "tls");

    let secured = Smtp::start(SmtpSecurity::Tls, authority.identity().pem());
    let session = format!("url: tls://127.0.0.1:{}\nexpect: {{ tls: {{ min: '1.3' }} }}\n", secured.port());
    passes(&checked(&session, Some(&authority)));
}
