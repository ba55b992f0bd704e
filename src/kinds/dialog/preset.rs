//! Dialogs that have a name.

use super::steps::{Dialog, DialogStep};
use crate::value::{Pattern, Template};

/// The dialogs that have a name: what the protocol says first, and a polite end.
pub fn preset(name: &str) -> Option<Dialog> {
    let expect = |pattern: &str| DialogStep::Expect(Pattern::trusted(pattern));
    let send = |text: &str| Template::parse(text).map(DialogStep::Send).ok();
    let (name, steps) = match name {
        // RFC 5321: the last line of a reply has a blank behind its code.
        "smtp" => (
            "smtp",
            vec![Some(expect("^220 ")), send("EHLO monitorctl"), Some(expect("^250 ")), send("QUIT")],
        ),
        // RFC 9051.
        "imap" => ("imap", vec![Some(expect(r"^\* OK")), send("a1 LOGOUT"), Some(expect("^a1 OK"))]),
        // RFC 1939.
        "pop3" => ("pop3", vec![Some(expect(r"^\+OK")), send("QUIT"), Some(expect(r"^\+OK"))]),
        // RFC 959.
        "ftp" => ("ftp", vec![Some(expect("^220 ")), send("QUIT"), Some(expect("^221"))]),
        // RFC 4253, section 4.2.
        "ssh" => ("ssh", vec![Some(expect(r"^SSH-(2\.0|1\.99)-"))]),
        // One that asks for a password is there.
        "redis" => ("redis", vec![send("PING"), Some(expect(r"^(\+PONG|-NOAUTH)"))]),
        // An SSLRequest: the server answers with S or N, whether it speaks TLS or not.
        "postgres" => (
            "postgres",
            vec![
                Some(DialogStep::SendBytes(vec![0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])),
                Some(DialogStep::ExpectBytes(vec![b"S".to_vec(), b"N".to_vec()])),
            ],
        ),
        _ => return None,
    };
    Some(Dialog { preset: Some(name), steps: steps.into_iter().flatten().collect() })
}

/// The names of [`preset`].
pub const PRESETS: [&str; 7] = ["smtp", "imap", "pop3", "ftp", "ssh", "redis", "postgres"];
