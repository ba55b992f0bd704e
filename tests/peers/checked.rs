//! One monitor, checked by the program itself.

use serde_json::Value;

use crate::receivers::Authority;
use crate::support::Repository;
use crate::support::repository::Run;

/// Checks the monitor that `fields` make, whose TLS trusts `authority`, and gives what the report says of it.
pub fn checked(fields: &str, authority: Option<&Authority>) -> Value {
    checked_with(fields, authority, &[])
}

/// The same on a machine with these variables.
pub fn checked_with(fields: &str, authority: Option<&Authority>, variables: &[(&str, &str)]) -> Value {
    let repository = Repository::new(&[]);
    let trust = match authority {
        Some(authority) => {
            repository.write("ca.pem", &authority.pem());
            format!("tls: {{ ca: {} }}\n", repository.path("ca.pem").display())
        }
        None => String::new(),
    };
    let monitor = format!("id: peer\ntimeout: 5s\nretry: {{ attempts: 0 }}\n{trust}{fields}");
    repository.write("monitors/peer.yaml", &monitor);
    let mut check = repository.command(&["check", "--dir", "monitors", "--format", "json"]);
    let Run { stdout, stderr, .. } =
        Run::from(check.envs(variables.iter().copied()).output().expect("it runs"));
    let report: Value = serde_json::from_slice(&stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&stderr)));
    report["monitors"][0].clone()
}

/// Panics with all that is known unless the monitor passed.
pub fn passes(monitor: &Value) {
    assert_eq!(monitor["verdict"], "pass", "{monitor:#}");
}

/// The word for the gravest fault of a monitor that failed, and what was seen.
pub fn fault(monitor: &Value) -> (&str, &str) {
    assert_eq!(monitor["verdict"], "fail", "{monitor:#}");
    let fault = &monitor["faults"][0];
    (fault["kind"].as_str().expect("a word"), fault["actual"].as_str().expect("a text"))
}
