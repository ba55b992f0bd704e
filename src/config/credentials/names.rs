//! Names whose values are credentials. Pure.

use crate::config::credentials::values::{is_literal, looks_random, words};
use crate::monitor::is_credential_header;

/// Where a name stands; some names mean a credential in one place and something harmless in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamePlace {
    /// The name of a request header.
    Header,
    /// A key of a URL's query.
    Query,
    /// A key of a body: of its JSON, its form, its XML, or of a map in the file.
    Field,
    /// The name of a cookie.
    Cookie,
}

/// What a value under a name must look like to be a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    /// Anything: people choose passwords.
    Chosen,
    /// Eight characters or more: what is shorter is a word such as `true`.
    Issued,
    /// What looks drawn at random: the name alone says little.
    Random,
}

/// Names that end in these words, where they say so, and why.
struct Name {
    places: &'static [NamePlace],
    endings: &'static [&'static str],
    value: Value,
    why: &'static str,
}

const ALL: &[NamePlace] = &[NamePlace::Header, NamePlace::Query, NamePlace::Field, NamePlace::Cookie];
const QUERY: &[NamePlace] = &[NamePlace::Query];

const NAMES: &[Name] = &[
    Name {
        places: ALL,
        endings: &["password", "passwd", "passphrase", "passcode", "pwd"],
        value: Value::Chosen,
        why: "a password, whatever it looks like",
    },
    Name {
        places: ALL,
        endings: &[
            "secret",
            "secretkey",
            "clientsecret",
            "privatekey",
            "signingkey",
            "encryptionkey",
            "masterkey",
        ],
        value: Value::Issued,
        why: "its name says that it is private",
    },
    Name {
        places: ALL,
        endings: &[
            "apikey",
            "apisecret",
            "accesskey",
            "accountkey",
            "adminkey",
            "appkey",
            "authkey",
            "functionskey",
            "licensekey",
            "rapidapikey",
            "servicekey",
            "subscriptionkey",
        ],
        value: Value::Issued,
        why: "a key that a service issues to its clients",
    },
    Name {
        places: ALL,
        endings: &[
            "accesstoken",
            "admintoken",
            "apitoken",
            "authtoken",
            "authenticationtoken",
            "bearertoken",
            "bottoken",
            "idtoken",
            "jwt",
            "jwttoken",
            "logintoken",
            "oauthtoken",
            "personaltoken",
            "privatetoken",
            "refreshtoken",
            "sastoken",
            "securitytoken",
            "servicetoken",
            "sessiontoken",
            "usertoken",
        ],
        value: Value::Issued,
        why: "a token that authenticates its sender",
    },
    Name {
        places: ALL,
        endings: &["token"],
        value: Value::Random,
        why: "a token of a service, not of a page, a form or a device",
    },
    Name {
        places: QUERY,
        endings: &["signature", "sastoken"],
        value: Value::Issued,
        why: "anyone who has a signed URL can use it",
    },
    Name {
        places: QUERY,
        endings: &["key", "sig", "auth", "pass", "code"],
        value: Value::Random,
        why: "a random value, like the keys and signatures of services",
    },
    Name {
        places: &[NamePlace::Cookie],
        endings: &[
            "session",
            "jsessionid",
            "phpsessid",
            "sessionid",
            "sess",
            "sid",
            "auth",
            "remember",
            "rememberme",
            "aspxauth",
            "identity",
        ],
        value: Value::Random,
        why: "the session of a logged-in user",
    },
];

/// Words before `token` that make it a position, a proof of a form, or the address of a device.
const HARMLESS_TOKENS: [&str; 27] = [
    "antiforgery",
    "cancellation",
    "captcha",
    "change",
    "client",
    "continuation",
    "continue",
    "csrf",
    "cursor",
    "delta",
    "device",
    "idempotency",
    "next",
    "page",
    "pagination",
    "prev",
    "previous",
    "push",
    "recaptcha",
    "registration",
    "resume",
    "scroll",
    "start",
    "sync",
    "verification",
    "watch",
    "xsrf",
];

/// First words that make the name a question about a credential.
const QUESTIONS: [&str; 12] =
    ["allow", "enable", "forgot", "has", "is", "max", "min", "no", "require", "requires", "reset", "show"];

const SHORTEST_CHOSEN: usize = 3;
const SHORTEST_ISSUED: usize = 8;

/// Why `value` under this name is a credential that stands there as itself, if it is one.
pub fn reason(place: NamePlace, name: &str, value: &str) -> Option<&'static str> {
    // Most names are none of these; that is found without any work.
    if !might_be_secret(name) || !is_literal(value) {
        return None;
    }
    if matches!(place, NamePlace::Header | NamePlace::Field) && is_credential_header(name) {
        return Some("a header that carries only a credential");
    }
    let words = words(name);
    if words.first().is_some_and(|first| QUESTIONS.contains(&first.as_str())) {
        return None;
    }
    let suffixes: Vec<String> =
        (0..words.len()).map(|from| words.iter().skip(from).map(String::as_str).collect()).collect();
    let is_named =
        |row: &&Name| row.endings.iter().any(|ending| suffixes.iter().any(|suffix| suffix == ending));
    let has_value = |row: &&Name| match row.value {
        Value::Chosen => value.len() >= SHORTEST_CHOSEN,
        Value::Issued => value.len() >= SHORTEST_ISSUED,
        Value::Random => !is_harmless_token(&words) && (is_token(&words, value) || looks_random(value)),
    };
    let mut rows = NAMES.iter().filter(|row| row.places.contains(&place));
    rows.find(|row| is_named(row) && has_value(row)).map(|row| row.why)
}

/// `token` alone is the credential of the service that is asked.
fn is_token(words: &[String], value: &str) -> bool {
    words.len() == 1 && words.iter().all(|word| word == "token") && value.len() >= SHORTEST_ISSUED
}

fn is_harmless_token(words: &[String]) -> bool {
    words.iter().rev().nth(1).is_some_and(|word| HARMLESS_TOKENS.contains(&word.as_str()))
}

/// Whether a part of the name is in any row.
fn might_be_secret(name: &str) -> bool {
    const PARTS: [&[u8]; 14] = [
        b"pass",
        b"pwd",
        b"secret",
        b"key",
        b"token",
        b"jwt",
        b"sig",
        b"auth",
        b"code",
        b"sess",
        b"sid",
        b"remember",
        b"identity",
        b"cookie",
    ];
    let bytes = name.as_bytes();
    (0..bytes.len()).any(|at| {
        PARTS
            .iter()
            .any(|part| bytes.get(at..at + part.len()).is_some_and(|here| here.eq_ignore_ascii_case(part)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_reason_and_every_name_of_it_is_looked_at() {
        for row in NAMES {
            assert!(!row.why.is_empty());
            for ending in row.endings {
                assert!(might_be_secret(ending), "{ending}");
            }
        }
        for name in ["authorization", "cookie", "x-api-key", "private-token"] {
            assert!(might_be_secret(name), "{name}");
        }
    }

    #[test]
    fn a_name_and_its_value_make_a_credential() {
        use NamePlace::{Cookie, Field, Header, Query};
        for (place, name, value, expected) in [
            (Query, "token", "abcdefgh", true),
            (Query, "Access_Token", "abcdef123456", true),
            (Query, "sig", "3q2%2B7wZk9f", true),
            (Query, "key", "AbC123dEf456", true),
            (Query, "token", "v1.${env:TOKEN}", false),
            (Query, "token", "true", false),
            (Query, "password", "1", false),
            (Query, "secret", "", false),
            (Query, "key", "available", false),
            (Query, "key", "20260101", false),
            (Query, "key", "iPhone15ProMax256GB", false),
            (Query, "key", "iPhone15ProMax", false),
            (Query, "tokens", "abcdefghij", false),
            (Query, "page_token", "CAUQAAaB3dE6gH1jK", false),
            (Query, "api_key", "DEMO_KEY", false),
            (Field, "dbPassword", "hunter2", true),
            (Field, "reset_password", "/account/reset", false),
            (Field, "token", "invalid-token", false),
            (Field, "key", "aB3dE6gH1jK2", false),
            (Header, "X-Vault-Token", "s0mEr4nd0mV4lu3x9Yz1", true),
            (Header, "x-csrf-token", "fetch", false),
            (Header, "x-api-key", "abc", true),
            (Header, "idempotency-key", "aB3dE6gH1jK2", false),
            (Header, "sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==", false),
            (Cookie, "connect.sid", "s%3AaB3dE6gH1jK2.m4N5", true),
            (Cookie, "euconsent-v2", "CPzXqAAPzXqAAAGABCENDcCgAAAA", false),
        ] {
            assert_eq!(reason(place, name, value).is_some(), expected, "{place:?} {name}={value}");
        }
    }
}
