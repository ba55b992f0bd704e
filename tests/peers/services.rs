//! Dialogs with the servers that presets are for: Redis, OpenSSH and PostgreSQL.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::checked::{checked, fault, passes};
use crate::daemon::{Daemon, free_address, installed, prepared};
use crate::receivers::Authority;

fn redis(password: &str) -> Daemon {
    let address = free_address();
    let port = address.port().to_string();
    let args = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port", &port];
    let args = args.into_iter().chain(["--requirepass", password]);
    Daemon::start(
        &installed("redis-server", "redis-server"),
        args,
        tempfile::tempdir().expect("a folder"),
        address,
    )
}

fn openssh() -> Daemon {
    let folder = tempfile::tempdir().expect("a folder");
    let address = free_address();
    let key = folder.path().join("key");
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).status();
    assert!(made.expect("ssh-keygen of openssh-client runs").success());
    let (key, listen) = (key.display().to_string(), format!("ListenAddress={address}"));
    let args = ["-D", "-e", "-f", "/dev/null", "-h", &key, "-o", &listen, "-o", "PidFile=none"];
    Daemon::start(&installed("sshd", "openssh-server"), args, folder, address)
}

/// With TLS if it has an authority.
fn postgresql(authority: Option<&Authority>) -> Daemon {
    let folder = tempfile::tempdir().expect("a folder");
    let address = free_address();
    let place = folder.path().display().to_string();
    let data = format!("{place}/data");
    let init = ["-U", "postgres", "-A", "trust", "--no-sync", "-D", &data];
    prepared(&installed("initdb", "postgresql"), init);
    let port = address.port().to_string();
    let mut args =
        ["-D", &data, "-k", &place, "-h", "127.0.0.1", "-F", "-p", &port].map(str::to_owned).to_vec();
    if let Some(authority) = authority {
        let (certificate, key) = authority.identity().pem();
        for (setting, name, text) in
            [("ssl_cert_file", "certificate.pem", certificate), ("ssl_key_file", "key.pem", key)]
        {
            let file = folder.path().join(name);
            std::fs::write(&file, text).expect("a file");
            // It takes no key that others may read.
            std::fs::set_permissions(&file, Permissions::from_mode(0o600)).expect("its owner may");
            args.extend(["-c".to_owned(), format!("{setting}={}", file.display())]);
        }
        args.extend(["-c", "ssl=on"].map(str::to_owned));
    }
    Daemon::start(&installed("postgres", "postgresql"), args, folder, address)
}

fn spoken_to(server: &Daemon, dialog: &str) -> serde_json::Value {
    checked(&format!("url: tcp://{}\ndialog: {dialog}\n", server.address()), None)
}

#[test]
fn a_real_redis_answers_with_and_without_a_password() {
    for password in ["", "s3cret-pass"] {
        passes(&spoken_to(&redis(password), "redis"));
    }
    // `-NOAU` is no `+PONG`.
    let monitor = spoken_to(&redis("s3cret-pass"), "[{ send: PING }, { expect_bytes: 2b504f4e47 }]");
    assert_eq!(fault(&monitor).0, "dialog");
    assert!(fault(&monitor).1.starts_with("step 2 of the dialog got \"2d4e4f4155\""), "{monitor:#}");
}

#[test]
fn a_real_ssh_server_is_known_by_its_banner() {
    let server = openssh();
    passes(&spoken_to(&server, "ssh"));
    let monitor = spoken_to(&server, "ftp");
    assert_eq!(fault(&monitor).0, "dialog");
    assert!(fault(&monitor).1.starts_with("step 1 of the dialog got \"SSH-2.0-OpenSSH_"), "{monitor:#}");
}

#[test]
fn a_real_database_says_whether_it_speaks_tls_and_then_does() {
    passes(&spoken_to(&postgresql(None), "postgres"));

    let authority = Authority::new();
    let server = postgresql(Some(&authority));
    passes(&spoken_to(&server, "postgres"));
    let fields = format!(
        "url: tcp://localhost:{}\ndialog: [{{ send_bytes: 0000000804d2162f }}, {{ expect_bytes: '53' }}, \
         {{ starttls: true }}]\nexpect: {{ certificate: {{ down: 3d }} }}\n",
        server.address().port()
    );
    let monitor = checked(&fields, Some(&authority));
    passes(&monitor);
    assert!(monitor["certificate_expires"].is_string(), "{monitor:#}");
    assert_eq!(fault(&checked(&fields, None)).0, "tls");
}
