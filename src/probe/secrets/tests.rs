//! What leaves through the door, and what does not.

use proptest::prelude::*;

use super::*;

fn secrets(values: &[(&str, &str)]) -> Secrets {
    let values = values.iter().map(|&(name, value)| {
        let secret = SecretRef::Env(name.to_owned());
        let value = look_up(&secret, &Offer::everything(), |_| Some(value.to_owned()), |_| None);
        (secret, value)
    });
    Secrets::holding(values.collect())
}

/// A monitor that sends the values of these variables.
fn sending(names: &[&str]) -> Monitor {
    let text = names.iter().map(|name| format!("${{env:{name}}}")).collect::<Vec<_>>().join(" ");
    Monitor::sample("m", "https://m.example").with_body(&text)
}

/// As it is shown of the answer to a probe without secrets.
fn quoted(secrets: &Secrets, text: &str) -> String {
    secrets.quoter(&sending(&[])).quote(text, 1_000)
}

fn cleaned(secrets: &Secrets, text: &str) -> String {
    let fault = Fault::new(Transport::Redirect, crate::net::foreign(text), "");
    secrets.quoter(&sending(&[])).clean(&fault).actual
}

// Trap 13
#[test]
fn a_secret_that_cannot_be_had_is_a_fault_that_names_it() {
    let texts = [
        ("a ${env:EMPTY}", "${env:EMPTY} is empty, expected an environment variable with a value"),
        ("a ${env:UNSET}", "${env:UNSET} is not set, expected an environment variable with a value"),
        (
            "${env:OTHER}",
            "${env:OTHER} is not offered by this machine: add it to MONITORCTL_SECRETS, expected a variable that the machine offers",
        ),
        (
            "${env:AWS_SECRET_ACCESS_KEY}",
            "${env:AWS_SECRET_ACCESS_KEY} is reserved for the machine itself, expected a variable that the machine offers",
        ),
        ("${ssm:/blank}", "${ssm:/blank} is empty, expected a parameter with a value"),
        ("${ssm:/a}", "${ssm:/a} cannot be read: access is denied, expected a parameter with a value"),
        (
            "${secretsmanager:x#y}",
            "${secretsmanager:x#y} cannot be read: it was not fetched, expected a secret with a value",
        ),
    ];
    let monitors = texts.map(|(text, _)| Monitor::sample("m", "https://m.example").with_body(text));
    let environment = |name: &str| match name {
        "EMPTY" => Some(String::new()),
        "UNSET" => None,
        other => Some(other.to_owned()),
    };
    let fetched = |secret: &SecretRef| match secret {
        SecretRef::Ssm(name) if name == "/blank" => Some(Ok(" ".to_owned())),
        SecretRef::Ssm(_) => Some(Err("access is denied".to_owned())),
        SecretRef::SecretsManager { .. } | SecretRef::Env(_) => None,
    };
    let offer = Offer::parse("EMPTY,UNSET").expect("a list");
    let known = Secrets::resolve(&monitors, &offer, environment, fetched);
    for (text, said) in texts {
        let fault = known.fill(&Template::parse(text).expect(text)).expect_err(text);
        assert_eq!((fault.kind, fault.to_string().as_str()), (Transport::Secret.into(), said));
    }
}

// P10
#[test]
fn a_value_is_hidden_however_it_is_spelt() {
    let known = secrets(&[("TOKEN", "t0k/en ü"), ("LONG", "t0k/en ü and more"), ("BROKEN", "abc\ndef")]);
    for (text, shown) in [
        ("to t0k/en ü.", "to ${env:TOKEN}."),
        ("to T0K%2fen%20%C3%BC.", "to ${env:TOKEN}."),
        ("to %740k%2Fen+%c3%bc!", "to ${env:TOKEN}!"),
        ("t0k/en ü and more", "${env:LONG}"),
        ("t0k/en üt0k/en ü", "${env:TOKEN}${env:TOKEN}"),
        ("t0k\u{7}/en\u{200b} ü", "${env:TOKEN}"),
        ("abcdef", "${env:BROKEN}"),
        ("t0k %", "t0k %"),
    ] {
        assert_eq!(cleaned(&known, text), shown, "{text:?}");
    }
    assert_eq!(format!("{known:?}"), r#"{"${env:BROKEN}", "${env:LONG}", "${env:TOKEN}"}"#);
}

// P10: an endpoint that echoes what it got does so in its own notation.
#[test]
fn a_value_is_hidden_however_it_is_escaped() {
    let known = secrets(&[("X", "a\"b\\c/d\ne😀")]);
    for text in [
        r#"a"b\c/de😀"#,
        r#"a\"b\\c\/d\ne\ud83d\ude00"#,
        r#"A\"b\\c/d\u000AE\u{1f600}"#,
        "a%22b%5Cc%2Fd%0Ae%F0%9F%98%80",
    ] {
        assert_eq!(quoted(&known, &format!("<{text}>")), "<${env:X}>", "{text}");
    }
    // Where it is open whether a backslash escapes, both hide.
    assert_eq!(quoted(&secrets(&[("X", r"\\\\")]), r"<\\\\\\\\>"), "<${env:X}>");
}

// Trap 34
#[test]
fn a_value_that_is_too_short_is_not_redacted_and_is_reported() {
    let known = secrets(&[("PID", "5"), ("PORT", "8080"), ("FIVE", "HTTP5")]);
    assert_eq!(quoted(&known, "503: 5 of 5 workers on port 8080"), "503: 5 of 5 workers on port ${env:PORT}");
    assert_eq!(known.too_short().collect::<Vec<_>>(), ["${env:PID}"]);
}

// Trap 34: our own words are no text of an endpoint.
#[test]
fn our_own_words_stay_as_they_are_whatever_a_secret_says() {
    let known = secrets(&[("A", "connection"), ("B", "expected"), ("C", "redirect"), ("D", "evil.example")]);
    let said = |text: String| {
        let fault = Fault::new(Transport::Connect, text, "an expected connection");
        known.quoter(&sending(&["A", "B", "C", "D"])).clean(&fault).to_string()
    };
    assert_eq!(said("connection refused".to_owned()), "connection refused, expected an expected connection");
    assert_eq!(
        said(format!("a redirect to {} as expected", crate::net::foreign("https://evil.example/redirect"))),
        "a redirect to https://${env:D}/${env:C} as expected, expected an expected connection"
    );
}

// P10: what a probe sent is never quoted from its own answer.
#[test]
fn an_answer_that_may_hold_what_was_sent_in_another_form_is_left_out() {
    let known =
        secrets(&[("TOKEN", "s3cr3t-T0ken/of+forty~characters=abcdef"), ("OTHER", "hunter2-hunter2-value")]);
    let monitor = sending(&["TOKEN"]);
    let quoter = known.quoter(&monitor);
    for text in [
        // base64 of it, of `user:` and it, and at the other alignments
        "got czNjcjN0LVQwa2VuL29mK2ZvcnR5fmNoYXJhY3RlcnM9YWJjZGVm",
        "Basic dXNlcjpzM2NyM3QtVDBrZW4vb2YrZm9ydHl-Y2hhcmFjdGVycz1hYmNkZWY",
        "eHN czNjcjN0LVQwa2VuL29mK2Zvcn",
        "733363723374 2d54306b656e2f6f662b666f727479",
        "s3cr3t%252DT0ken%252Fof%252Bforty",
        "&#115;&#51;&#99;&#114;&#51;&#116;&#45;&#84;0ken/of+fort",
        "fedcba=sretcarahc~ytrof+fo/nek0T-t3rc3s",
        "s3cr3t-T0ken/of+f",
        "S3CR3T-t0KEN/OF",
        "…/of+forty~characters=abcdef",
        "s 3 c r 3 t - T 0 k e n / o f",
        "f3pe3g-G0xra/bs+sbegl",
    ] {
        let said = quoter.quote(&format!("bad credentials: {text}."), 120);
        assert_eq!(said, "(redacted: it may contain ${env:TOKEN})", "{text}");
    }
    // What another monitor sent is hidden as well, and doubted only where there is much of it.
    assert_eq!(quoter.quote("aHVudGVyMi1odW50ZXIyLXZhbHVl", 120), "(redacted: it may contain ${env:OTHER})");
    assert_eq!(quoter.quote("hunter2 is a program", 120), "hunter2 is a program");
    assert_eq!(quoter.quote("<h1>403 Forbidden</h1> token expired, characters", 120).len(), 48);
    assert_eq!(
        quoter.quote("you sent s3cr3t-T0ken/of+forty~characters=abcdef", 120),
        "you sent ${env:TOKEN}"
    );
}

#[test]
fn the_cost_of_a_quote_is_that_of_what_is_shown() {
    let names: Vec<_> = (0..2_000).map(|n| (format!("N{n}"), format!("value-{n:04}-{}", n * 7919))).collect();
    let values: Vec<_> = names.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let known = secrets(&values);
    let body = "the quick brown fox: value-9999 \\u0041 %41 ".repeat(25_000);
    assert!(body.len() > 1 << 20);
    // A character that is shown is looked at, and a value that begins at the last one; the rest of the body is not.
    let (shown, _) = known.redacted(&body, 120);
    assert_eq!(shown.chars().count(), 121);
    let room = Secrets::looked_at(120, known.hidden.longest());
    assert!(room < 4_096, "{room}");
}

// Trap 17
#[test]
fn what_is_shown_is_short_and_has_nothing_to_steer_a_terminal() {
    let known = secrets(&[("TOKEN", "secret")]);
    assert_eq!(cleaned(&known, "a\u{1b}[31m\r\nb\u{202e}c\u{0}"), "a[31mbc");
    let cut = cleaned(&known, &format!("{}secret", "ü".repeat(197)));
    assert_eq!(cut, format!("{}${{e…", "ü".repeat(197)));
}

proptest! {
    #[test]
    fn no_spelling_of_a_value_is_shown(value in r#"[a-cA-C"'/\\\n\t\u{7f}\u{200b} %+ü€😀]{4,12}"#) {
        prop_assume!(value.trim() == value && value.chars().filter(|c| !is_hidden(*c)).count() >= 4);
        let known = secrets(&[("X", &value)]);
        let quoted_by_rust = format!("{value:?}");
        let json = serde_json::to_string(&value).expect("a text");
        let units = value.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat();
        let url = value.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        let form = value.replace('%', "%25").replace('+', "%2B").replace(' ', "+");
        let inner = |text: &str| text[1..text.len() - 1].to_owned();
        for text in
            [inner(&quoted_by_rust), inner(&json), inner(&json.replace('/', r"\/")), units, url, form, value]
        {
            prop_assert_eq!(quoted(&known, &text), "${env:X}", "{}", text);
        }
    }

    #[test]
    fn no_value_survives_cleaning(value in "[a-z]{4,9}", before in "\\PC{0,40}", after in "\\PC{0,40}") {
        let known = secrets(&[("X", &value)]);
        prop_assume!(!"(left out: it may hold ${env:X})".contains(&value));
        let text = cleaned(&known, &format!("{before}{value}{after}"));
        prop_assert!(!text.contains(&value), "{}", text);
    }
}
