//! What is allowed and rarely meant: warnings about valid monitors. Pure.
//!
//! A warning that every ordinary file gets is never read. So what is only a habit of a repository, such as
//! naming a team, is missed only where most of its monitors have it.

use std::net::IpAddr;
use std::time::Duration;

use crate::config::catalog::dependencies::Extent;
use crate::config::catalog::reach::unnotified;
use crate::config::credentials::offered;
use crate::config::diagnostic::Code;
use crate::config::settings::WrittenChannels;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::{Node, TextPlace};
use crate::kinds::{Recipient, Sent, WithoutTls};
use crate::monitor::{Monitor, Offer, Severity, format_duration, is_credential_header};
use crate::written::Violation;

/// What advice depends on beyond the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances<'a> {
    /// Time from one run of `check` to the next.
    pub period: Duration,
    /// How much of the repository the files are.
    pub extent: Extent,
    /// What this machine offers, if it says so.
    pub offer: Option<&'a Offer>,
}

/// So many monitors are a habit, if they are the most as well.
const HABIT: usize = 3;

/// What is to be said about one monitor; `document` is the one with its defaults that the monitor was made of.
pub fn on_monitor(
    monitor: &Monitor,
    document: &Node,
    channels: Option<&WrittenChannels>,
    circumstances: Circumstances<'_>,
) -> Vec<PlacedViolation> {
    let violations = [
        unnotified(monitor, channels),
        tight(monitor),
        clear_text(monitor),
        unused_tls(monitor, document),
        at_once(monitor),
        too_often(monitor, document, circumstances.period),
    ];
    let mut of_kind = Vec::new();
    monitor.ask.lint(&monitor.expect.assertions, &mut of_kind);
    let unlisted = circumstances.offer.map(|offer| offered::unlisted(monitor, offer)).unwrap_or_default();
    // A reference that took the place of a literal credential is not in the file.
    let is_written = |violation: &Violation| !document.find(&violation.path).is_some_and(Node::has_faults);
    let unlisted = unlisted.into_iter().filter(is_written);
    violations
        .into_iter()
        .flatten()
        .chain(of_kind)
        .chain(unlisted)
        .map(|violation| PlacedViolation::at(violation, document))
        .collect()
}

/// What is to be said about monitors because of the others; each comes with the place of its id.
pub fn on_catalog<'a>(monitors: impl Iterator<Item = (TextPlace, &'a Monitor)>) -> Vec<PlacedViolation> {
    let enabled: Vec<_> = monitors.filter(|(_, monitor)| monitor.enabled).collect();
    let critical: Vec<_> =
        enabled.iter().copied().filter(|(_, monitor)| monitor.alert.severity == Severity::Critical).collect();
    let mut faults = without_habit(
        &enabled,
        |monitor| monitor.team.is_some(),
        |place, number| {
            PlacedViolation::new(
                Code::NoTeam,
                place,
                format!("this monitor has no `team`; {number} others have one"),
            )
            .label("no owner for alerts")
            .help("write `team:`, here or in the defaults.yaml of the folder")
        },
    );
    faults.extend(without_habit(
        &critical,
        |monitor| monitor.runbook.is_some(),
        |place, number| {
            PlacedViolation::new(
                Code::NoRunbook,
                place,
                format!("this critical monitor has no `runbook`; {number} others have one"),
            )
            .label("the on-call engineer has no instructions")
            .help("write `runbook:` with a link, or `alert: { severity: warning }`")
        },
    ));
    faults
}

fn without_habit(
    monitors: &[(TextPlace, &Monitor)],
    has: impl Fn(&Monitor) -> bool,
    fault: impl Fn(TextPlace, usize) -> PlacedViolation,
) -> Vec<PlacedViolation> {
    let number = monitors.iter().filter(|(_, monitor)| has(monitor)).count();
    if number < HABIT || number * 2 <= monitors.len() {
        return Vec::new();
    }
    monitors.iter().filter(|(_, monitor)| !has(monitor)).map(|(place, _)| fault(*place, number)).collect()
}

/// Attempts that may take as long as the interval are an error; near it, a slow endpoint makes slow runs.
fn tight(monitor: &Monitor) -> Option<Violation> {
    let worst = monitor.retry.worst(monitor.timeout);
    if worst * 2 <= monitor.interval {
        return None;
    }
    let message = format!(
        "a probe may take {} of the {} until the next one",
        format_duration(worst),
        format_duration(monitor.interval)
    );
    let violation = Violation::new(Code::TightTiming, "timeout", message)
        .label("long for the interval")
        .also("interval", "the interval")
        .also("retry", "the retries");
    Some(violation.help("make the timeout shorter, retry less often, or make the interval longer"))
}

/// Everybody on the way reads what is not encrypted. A machine may talk to itself.
fn clear_text(monitor: &Monitor) -> Option<Violation> {
    to_issuer_in_clear(monitor).or_else(|| to_endpoint_in_clear(monitor))
}

fn to_issuer_in_clear(monitor: &Monitor) -> Option<Violation> {
    let issuer = monitor.ask.sent().into_iter().find_map(|sent| match sent.to {
        Recipient::Issuer(url) => Some(url.to_string()),
        Recipient::Endpoint | Recipient::Relay(_) => None,
    })?;
    let is_clear = issuer.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"));
    let violation = Violation::new(
        Code::ClearTextCredential,
        "auth.oauth2.token_url",
        "the secret of `auth.oauth2` is sent unencrypted over http",
    );
    (is_clear && !is_local(&issuer)).then(|| violation.label("not encrypted").help("write `https://`"))
}

fn is_local(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let host = without_port(authority);
    let is_loopback = |host: &str| host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || is_loopback(host.trim_matches(['[', ']']))
}

/// The host of `host:port` or `[::1]:port`.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        Some(_) | None => authority,
    }
}

fn to_endpoint_in_clear(monitor: &Monitor) -> Option<Violation> {
    let url = monitor.url.to_string();
    let (scheme, _) = url.split_once("://")?;
    if is_local(&url) {
        return None;
    }
    let is_secret = |sent: &Sent<'_>| is_credential_header(sent.key) || sent.text.secrets().next().is_some();
    let Sent { field, key, text: _, to: _ } =
        monitor.ask.sent_in_clear(&monitor.url).into_iter().find(is_secret)?;
    let what = match field {
        "headers" => format!("the header `{key}`"),
        "url" => "a secret in the URL".to_owned(),
        "body" | "json" => "a secret in the body".to_owned(),
        "auth" | "auth.basic" => "the credential of `auth`".to_owned(),
        "auth.oauth2" => "the token of `auth.oauth2`".to_owned(),
        field => format!("a secret in `{field}`"),
    };
    let help = match monitor.ask.kind().schemes() {
        [_, secured, ..] => format!("write `{secured}://`"),
        [] | [_] => "send it after a step `starttls: true`".to_owned(),
    };
    let message = format!("{what} is sent unencrypted over {}", scheme.to_ascii_lowercase());
    let violation = Violation::new(Code::ClearTextCredential, "url", message).label("not encrypted");
    Some(if field == "url" { violation } else { violation.also(field, "sent here") }.help(help))
}

/// What is said about TLS means nothing where there is none. What a folder hands down need not apply.
fn unused_tls(monitor: &Monitor, document: &Node) -> Option<Violation> {
    let file = document.entry("id")?.key_place.file;
    document.entry("tls").filter(|entry| entry.key_place.file == file)?;
    let WithoutTls { message: _, help } = monitor.ask.without_tls(&monitor.url.to_string())?;
    let violation = Violation::new(Code::UnusedTls, "tls", "`tls` has no effect: this check uses no TLS");
    Some(violation.on_key().label("no effect").also("url", "because of this").help(help))
}

/// One lost packet wakes a person.
fn at_once(monitor: &Monitor) -> Option<Violation> {
    if monitor.alert.failures > 1 || monitor.retry.attempts > 0 {
        return None;
    }
    let message = "a single failed attempt alerts, without a retry or a second probe";
    let violation = Violation::new(Code::SingleFailure, "alert.failures", message);
    Some(
        violation
            .label("the first failure counts")
            .also("retry.attempts", "no retry")
            .help("write `failures: 2`, or allow a retry"),
    )
}

/// Probes cannot come more often than `check` runs.
fn too_often(monitor: &Monitor, document: &Node, period: Duration) -> Option<Violation> {
    document.entry("interval")?;
    if monitor.interval >= period {
        return None;
    }
    let (interval, period) = (format_duration(monitor.interval), format_duration(period));
    let message = format!("check runs every {period}, so an interval of {interval} becomes {period}");
    let violation = Violation::new(Code::BelowPeriod, "interval", message);
    Some(violation.label("shorter than the period").help(
        "make the interval longer; if check or run comes more often, set --period or MONITORCTL_PERIOD",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Definitions, SourceFile, load, load_with_lints};

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), group: String::new(), bytes: text.as_bytes().to_vec() }
    }

    /// Code, file, line and column of everything that is found.
    fn lint(files: &[SourceFile]) -> Vec<(Code, String, usize, usize)> {
        let circumstances =
            Circumstances { period: Duration::from_mins(2), extent: Extent::Whole, offer: None };
        let loaded = load_with_lints(files, Definitions::default(), circumstances);
        assert!(!loaded.is_invalid(), "{:#?}", loaded.diagnostics);
        loaded.diagnostics.into_iter().map(|d| (d.code, d.file, d.span.line, d.span.column)).collect()
    }

    #[test]
    fn each_warning_has_its_place_and_its_neighbours_have_none() {
        for (fields, expected) in [
            ("", None),
            ("interval: 2m", None),
            ("timeout: 29s", None),
            ("timeout: 30s", Some((Code::TightTiming, 3, 10))),
            ("interval: 1m\ntimeout: 5s", Some((Code::BelowPeriod, 3, 11))),
            ("alert: { failures: 1 }", None),
            ("retry: { attempts: 0 }", None),
            ("retry: { attempts: 0 }\nalert: { failures: 1 }", Some((Code::SingleFailure, 4, 20))),
            ("expect: { status: [200, 404] }", None),
            ("expect: { status: [200, 503] }", Some((Code::AcceptsServerError, 3, 19))),
            ("expect: { status: 5xx }", Some((Code::AcceptsServerError, 3, 19))),
            ("headers: { authorization: 'Bearer ${env:T}' }", None),
        ] {
            let expected = expected.map(|(code, line, column)| (code, "a.yaml".to_owned(), line, column));
            let text = format!("id: a\nurl: https://a.example\n{fields}\n");
            assert_eq!(lint(&[file("a.yaml", &text)]), expected.into_iter().collect::<Vec<_>>(), "{fields}");
        }
    }

    #[test]
    fn a_credential_goes_over_http_to_this_machine_only() {
        for (url, rest, expected) in [
            ("http://a.example/", "", false),
            ("http://a.example/", "headers: { authorization: 'Bearer ${env:T}' }", true),
            ("http://a.example/", "headers: { x-y: 'v ${env:T}' }", true),
            ("http://a.example/?k=${env:T}", "", true),
            ("http://a.example/", "method: POST\njson: { p: '${env:T}' }", true),
            ("http://localhost:8080/", "headers: { authorization: 'Bearer ${env:T}' }", false),
            ("http://[::1]:8080/", "headers: { authorization: 'Bearer ${env:T}' }", false),
            // A name that only begins like one of this machine.
            ("http://localhost.a.example/", "headers: { authorization: 'Bearer ${env:T}' }", true),
            ("http://127.a.example/", "headers: { authorization: 'Bearer ${env:T}' }", true),
            ("https://a.example/", "headers: { authorization: 'Bearer ${env:T}' }", false),
            ("tcp://a.example:6379", "dialog: [{ send: 'AUTH ${env:T}' }]", true),
            ("tcp://127.0.0.1:6379", "dialog: [{ send: 'AUTH ${env:T}' }]", false),
            ("tcp://a.example:6379", "dialog: [{ starttls: true }, { send: 'AUTH ${env:T}' }]", false),
        ] {
            let found = lint(&[file("a.yaml", &format!("id: a\nurl: {url}\n{rest}\n"))]);
            let expected = expected.then(|| (Code::ClearTextCredential, "a.yaml".to_owned(), 2, 6));
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{url} {rest}");
        }
        for (url, token_url, expected) in [
            ("https://a.example/", "https://id.example/t", None),
            ("https://a.example/", "http://id.example/t", Some((3, 30))),
            ("https://a.example/", "http://127.0.0.1/t", None),
            // The token would be read on the way.
            ("http://a.example/", "https://id.example/t", Some((2, 6))),
        ] {
            let auth = format!(
                "auth: {{ oauth2: {{ token_url: '{token_url}', client_id: c, client_secret: '${{env:S}}' }} }}"
            );
            let found = lint(&[file("a.yaml", &format!("id: a\nurl: {url}\n{auth}\n"))]);
            let expected =
                expected.map(|(line, column)| (Code::ClearTextCredential, "a.yaml".to_owned(), line, column));
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{url} {token_url}");
        }
    }

    #[test]
    fn tls_is_warned_of_where_a_file_writes_it_for_a_check_without_it() {
        let warns = |defaults: &str, text: &str| {
            let files = [file("defaults.yaml", defaults), file("a.yaml", &format!("id: a\n{text}\n"))];
            lint(&files).into_iter().map(|(code, _, line, column)| (code, line, column)).collect::<Vec<_>>()
        };
        let tls = "tls: { ca: /etc/ca.pem }";
        let unused = [(Code::UnusedTls, 3, 1)];
        assert_eq!(warns("team: t", &format!("url: tcp://a.example:25\n{tls}")), unused);
        assert_eq!(warns("team: t", &format!("url: http://a.example\n{tls}\nredirects: 0")), unused);
        let steps = "dialog: [{ starttls: true }]";
        assert_eq!(warns("team: t", &format!("url: tcp://a.example:25\n{tls}\n{steps}")), []);
        assert_eq!(warns("team: t", &format!("url: tls://a.example:25\n{tls}")), []);
        assert_eq!(warns(tls, "url: tcp://a.example:25"), []);
    }

    #[test]
    fn what_a_folder_says_is_warned_of_once_where_it_stands() {
        let files = [
            file("defaults.yaml", "timeout: 40s\n"),
            file("a.yaml", "id: a\nurl: https://a\n---\nid: b\nurl: https://b\n"),
        ];
        assert_eq!(lint(&files), [(Code::TightTiming, "defaults.yaml".to_owned(), 1, 10)]);
    }

    #[test]
    fn a_team_and_a_runbook_are_missed_only_where_most_have_one() {
        let catalog = |with: usize, without: usize| {
            let habits = |i: usize| if i < with { "team: t\nrunbook: https://r\n" } else { "" };
            let one = |i: usize| format!("id: m{i}\nurl: https://a\n{}", habits(i));
            let documents: Vec<_> = (0..with + without).map(one).collect();
            lint(&[file("a.yaml", &documents.join("---\n"))])
                .into_iter()
                .map(|found| found.0)
                .collect::<Vec<_>>()
        };
        for (with, without) in [(0, 5), (2, 1), (3, 3), (4, 0)] {
            assert_eq!(catalog(with, without), [], "{with} {without}");
        }
        assert_eq!(catalog(3, 1), [Code::NoTeam, Code::NoRunbook]);
    }

    #[test]
    fn a_quiet_monitor_needs_no_runbook_and_one_that_is_off_nothing() {
        let most = "id: x\nurl: https://a\nteam: t\nrunbook: https://r\n";
        let documents: Vec<_> = (0..4).map(|i| most.replace("id: x", &format!("id: x{i}"))).collect();
        let others = [
            "id: a\nurl: https://a\nteam: t\nalert: { severity: info }\n",
            "id: b\nurl: https://a\nenabled: false\n",
        ];
        let text = format!("{}---\n{}", documents.join("---\n"), others.join("---\n"));
        assert_eq!(lint(&[file("a.yaml", &text)]), []);
    }

    #[test]
    fn plans_are_made_without_advice() {
        let loaded = load(&[file("a.yaml", "id: a\nurl: https://a\ntimeout: 50s\n")], None);
        assert_eq!(loaded.diagnostics, []);
    }
}
