//! Dialogs with a server of mailboxes: Dovecot, over IMAP and POP3.

use crate::checked::{checked, checked_with, fault, passes};
use crate::daemon::{Daemon, free_address, installed};
use crate::receivers::Authority;

/// The ports of a running server.
struct Mailboxes {
    imap: u16,
    imaps: u16,
    pop3: u16,
    _daemon: Daemon,
}

/// Takes any user with the password `s3cret-pass`.
fn dovecot(authority: &Authority) -> Mailboxes {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().display();
    let (imap, imaps, pop3) = (free_address(), free_address(), free_address());
    let (certificate, key) = authority.identity().pem();
    let config = format!(
        r"base_dir = {place}/run
state_dir = {place}/state
log_path = /dev/stderr
listen = 127.0.0.1
protocols = imap pop3
default_internal_user = daemon
default_internal_group = daemon
default_login_user = daemon
first_valid_uid = 1
auth_failure_delay = 0
ssl = yes
ssl_cert = <{place}/certificate.pem
ssl_key = <{place}/key.pem
mail_location = maildir:{place}/mail
passdb {{
  driver = static
  args = password=s3cret-pass
}}
userdb {{
  driver = static
  args = uid=daemon gid=daemon home={place}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {}
  }}
  inet_listener imaps {{
    port = {}
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
",
        imap.port(),
        imaps.port(),
        pop3.port()
    );
    for (name, text) in [("dovecot.conf", config), ("certificate.pem", certificate), ("key.pem", key)] {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let program = installed("dovecot", "dovecot-imapd dovecot-pop3d");
    let daemon = Daemon::start(&program, ["-F", "-c", "dovecot.conf"], folder, imap);
    Mailboxes { imap: imap.port(), imaps: imaps.port(), pop3: pop3.port(), _daemon: daemon }
}

#[test]
fn a_real_server_of_mailboxes_is_known_by_its_presets_and_by_its_session() {
    let authority = Authority::new();
    let server = dovecot(&authority);
    let of =
        |port: u16, preset: &str| checked(&format!("url: tcp://127.0.0.1:{port}\ndialog: {preset}\n"), None);
    passes(&of(server.imap, "imap"));
    passes(&of(server.pop3, "pop3"));
    let monitor = of(server.pop3, "imap");
    assert_eq!(fault(&monitor).0, "dialog");
    assert!(fault(&monitor).1.starts_with("step 1 of the dialog got \"+OK Dovecot"), "{monitor:#}");

    let session =
        format!("url: tls://localhost:{}\nexpect: {{ certificate: {{ down: 3d }} }}\n", server.imaps);
    passes(&checked(&session, Some(&authority)));
    assert_eq!(fault(&checked(&session, None)).0, "tls");
}

#[test]
fn a_mailbox_is_opened_over_starttls() {
    let authority = Authority::new();
    let server = dovecot(&authority);
    let imap = format!(
        r#"url: tcp://localhost:{}
dialog:
  - {{ expect: '^\* OK \[CAPABILITY .*STARTTLS' }}
  - {{ send: a1 STARTTLS }}
  - {{ expect: ^a1 OK }}
  - {{ starttls: true }}
  - {{ send: "a2 LOGIN monitor ${{env:PASSWORD}}" }}
  - {{ expect: ^a2 OK }}
  - {{ send: a3 SELECT INBOX }}
  - {{ expect: ^a3 OK }}
expect: {{ certificate: {{ down: 3d }} }}
"#,
        server.imap
    );
    let pop3 = format!(
        r#"url: tcp://localhost:{}
dialog:
  - {{ expect: '^\+OK' }}
  - {{ send: STLS }}
  - {{ expect: '^\+OK' }}
  - {{ starttls: true }}
  - {{ send: USER monitor }}
  - {{ expect: '^\+OK' }}
  - {{ send: "PASS ${{env:PASSWORD}}" }}
  - {{ expect: '^\+OK' }}
  - {{ send: QUIT }}
  - {{ expect: '^\+OK' }}
"#,
        server.pop3
    );
    for (fields, step) in
        [(imap, "step 6 of the dialog got \"a2 NO"), (pop3, "step 8 of the dialog got \"-ERR")]
    {
        passes(&checked_with(&fields, Some(&authority), &[("PASSWORD", "s3cret-pass")]));
        let monitor = checked_with(&fields, Some(&authority), &[("PASSWORD", "another-pass")]);
        assert_eq!(fault(&monitor).0, "dialog");
        assert!(fault(&monitor).1.starts_with(step), "{monitor:#}");
        let monitor = checked_with(&fields, Some(&Authority::new()), &[("PASSWORD", "s3cret-pass")]);
        assert_eq!(fault(&monitor).0, "tls");
    }
}
