//! Messages as a run composes them, and messages as large and as hostile as they can be.

use std::time::Duration;

use crate::alert::Alert;
use crate::alert::testing::{
    at, confirmed, delivered, down, failing, judged, message, monitor, now, pending, up,
};
use crate::assert::Subject;
use crate::kinds::http;
use crate::message::{Message, Purpose};
use crate::monitor::{AlertPolicy, Monitor, Origin, Template};
use crate::observation::{Fault, Transport};
use crate::state::Delivered;
use crate::transition::{Confirmed, Health, Incident, RecentChanges};
use crate::verdict::{Judgement, Verdict};

/// Texts that mean something to one channel or another.
pub const HOSTILE: [&str; 14] = [
    "<!channel> @everyone @here",
    "<https://evil.example|click>",
    "<script>alert(1)</script>",
    "*b* _i_ ~s~ `c` ```d``` [x](https://evil.example) ||spoiler|| # h",
    "\u{202e}txt.exe\u{202c}",
    "a\r\nSubject: forged\r\n\r\nbody",
    "a\nRunbook: https://evil.example",
    "\u{1b}[2J\u{0}\u{7}\u{9b}31m",
    "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 é\u{301}",
    "𝕳𝖊𝖑𝖑𝖔 🦀",
    "&amp;&lt;&gt; &#64;everyone",
    "${env:PATH} {{.Labels}} %s %00",
    "\"quoted\" \\ 'single'",
    "\u{2028}\u{2029}\u{85}\u{200b}",
];

/// Every shape of a message by its name.
pub fn shapes() -> Vec<(&'static str, Message)> {
    let many = |number: usize| {
        let alert = |n: usize| {
            let alert = down(&format!("shop-{n:02}"));
            let fault = if n.is_multiple_of(3) {
                Fault::new(Transport::Timeout, "no answer within 10s", "an answer")
            } else {
                Fault::new(Transport::Connect, "connection refused by 192.0.2.7:443", "a connection")
            };
            Alert { evidence: Some(judged(Verdict::Fail, vec![fault])), ..alert }
        };
        message((0..number).map(alert).chain([up("cart-api")]).collect())
    };
    let tried = Message { purpose: Purpose::Test, ..message(vec![down("payments-api")]) };
    vec![
        ("down", message(vec![down("payments-api")])),
        ("up", message(vec![up("payments-api")])),
        ("degraded", message(vec![degraded()])),
        ("flapping", message(vec![flapping()])),
        ("reminder", message(vec![reminder()])),
        ("three", message(vec![down("payments-api"), degraded_as("auth-api"), up("cart-api")])),
        ("fourteen", many(14)),
        ("thousand", many(1_000)),
        ("hostile", message(vec![with_texts("payments-api", &HOSTILE.join(" "))])),
        ("test", tried),
    ]
}

fn degraded() -> Alert {
    degraded_as("payments-api")
}

fn degraded_as(id: &str) -> Alert {
    let slow =
        judged(Verdict::Degraded, vec![Fault::new(Subject::LATENCY, "latency 164ms", "at most 100ms")]);
    let since = Confirmed { incident: None, ..confirmed(Health::Degraded, 3) };
    pending(&monitor(id), &since, &delivered(2, Health::Up), Some(&slow), "")
}

fn flapping() -> Alert {
    let minute = |n: u64| at("2026-11-22T13:00:00Z") + Duration::from_mins(n);
    let changes =
        (1..=8).fold(RecentChanges::default(), |changes, seq| changes.changed(seq, minute(36 + 4 * seq)));
    let confirmed = Confirmed { since: minute(68), recent_changes: changes, ..confirmed(Health::Down, 8) };
    pending(&monitor("payments-api"), &confirmed, &delivered(5, Health::Down), Some(&failing()), "")
}

fn reminder() -> Alert {
    let patient = Monitor {
        alert: AlertPolicy { remind: Some(Duration::from_hours(4)), ..AlertPolicy::default() },
        ..monitor("payments-api")
    };
    let last = Delivered { at: at("2026-11-22T06:02:15Z"), reminders: 1, ..delivered(3, Health::Down) };
    let long = Confirmed { since: at("2026-11-22T02:02:11Z"), ..confirmed(Health::Down, 3) };
    pending(&patient, &long, &last, Some(&failing()), "")
}

/// An alert whose every text is `text`.
pub fn with_texts(id: &str, text: &str) -> Alert {
    let own = || Some(text.to_owned());
    let monitor = Monitor {
        name: own(),
        group: text.to_owned(),
        team: own(),
        tags: (0..60).map(|n| format!("{n}{text}")).collect(),
        runbook: own(),
        url: Template::parse(&format!("https://x.example/?{}", "${env:KEY}")).expect("a URL"),
        origin: Origin { source: own(), commit: own(), synced_at: Some(now()) },
        ..monitor(id)
    };
    let faults = vec![Fault::new(http::BODY, text, text); 20];
    let failing = Judgement { excerpt: own(), ..judged(Verdict::Fail, faults) };
    let down = confirmed(Health::Down, 3);
    let incident = down.incident.clone().map(|incident| Incident { cause: text.to_owned(), ..incident });
    pending(&monitor, &Confirmed { incident, ..down }, &delivered(2, Health::Up), Some(&failing), text)
}
