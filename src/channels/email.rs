//! Mail, by a server of one's own. Pure: `deliver` speaks SMTP.
//!
//! Threads: RFC 5322, section 3.6.4. All mails of an incident refer to the same id, which no mail has.

use std::fmt::Write as _;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::escape::escaped;
use super::plain::text_of;
use super::rules::check_address;
use super::sheet::{Sheet, fitting};
use super::{Channel, ChannelLimits, ChannelRequest, Mail, SecretText};
use crate::message::{AlertParts, Grouping, Message, MessageFact, MessageLink, NextStep};
use crate::monitor::digest;
use crate::written::{Code, Path, Violation};

/// Units of a subject.
const SUBJECT: usize = 200;

/// Alerts that have a mail each; more share one.
const EACH: usize = 20;

/// Receivers of one channel. Servers take at least 100 (RFC 5321, section 4.5.3.1.8).
const RECEIVERS: usize = 50;

/// Units of a value in HTML.
const VALUE: usize = 10_000;

/// A label stays in one line. A long URL breaks, or a phone would have to scroll sideways.
const LABEL: &str = "color:#666;padding-right:12px;vertical-align:top;white-space:nowrap";
const CELL: &str = "vertical-align:top;word-break:break-word";

#[derive(Debug)]
pub struct EmailChannel;

/// What it has of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailSettings {
    /// Mail server as a URL: smtps for TLS from the beginning, smtp for STARTTLS. The default ports are 465 and 587.
    #[schemars(
        regex(pattern = "^smtps?://"),
        extend("patternErrorMessage" = "write a server like smtps://mail.example.com or smtp://mail.example.com:587"),
        example = &"smtps://mail.example.com"
    )]
    pub server: String,
    /// User name, if the server asks for one.
    #[schemars(example = &"monitorctl")]
    pub user: Option<SecretText>,
    /// Password, as a reference such as ${env:NAME}.
    #[schemars(example = &"${ssm:/prod/smtp}")]
    pub password: Option<SecretText>,
    /// Sender.
    #[schemars(example = &"monitorctl@example.com")]
    pub from: String,
    /// Receivers.
    #[schemars(length(min = 1, max = RECEIVERS), example = &["ops@example.com"])]
    pub to: Vec<String>,
}

impl Channel for EmailChannel {
    const KIND: &'static str = "email";
    /// Mail clients cut what is longer: Gmail at 102 KB of HTML.
    const LIMITS: ChannelLimits = ChannelLimits {
        grouping: Grouping::Each { up_to: EACH },
        bytes: 150_000,
        pace: Duration::from_millis(200),
        texts: &[],
        counts: &[],
    };
    const CREDENTIALS: &'static [&'static str] = &["password"];

    type Settings = EmailSettings;

    fn secrets(settings: &mut EmailSettings) -> Vec<(&'static str, &mut SecretText)> {
        let pairs = [("user", settings.user.as_mut()), ("password", settings.password.as_mut())];
        pairs.into_iter().filter_map(|(field, text)| Some((field, text?))).collect()
    }

    fn check(settings: &EmailSettings, at: &Path, violations: &mut Vec<Violation>) {
        let EmailSettings { server, user, password, from, to } = settings;
        let is_server = Url::parse(server).is_ok_and(|url| {
            let plain = url.username().is_empty() && matches!(url.path(), "" | "/") && url.query().is_none();
            matches!(url.scheme(), "smtp" | "smtps") && url.has_host() && plain
        });
        if !is_server {
            let path = at.key("server");
            let message =
                format!("`{path}` must be smtps://HOST or smtp://HOST, with a port if it is another one");
            violations.push(Violation::new(Code::InvalidUrl, path, message).label("not a mail server"));
        }
        if user.is_some() != password.is_some() {
            let message = format!("`{at}` needs `user` and `password`, or neither");
            violations.push(Violation::new(Code::Contradiction, at.clone(), message));
        }
        check_address(from, &at.key("from"), violations);
        for (index, address) in to.iter().enumerate() {
            check_address(address, &at.key("to").index(index), violations);
        }
        if to.is_empty() || to.len() > RECEIVERS {
            let path = at.key("to");
            let message = format!("`{path}` has 1 to {RECEIVERS} receivers, found {}", to.len());
            violations.push(Violation::new(Code::OutOfBounds, path, message));
        }
    }

    fn render(settings: &EmailSettings, message: &Message) -> Vec<ChannelRequest> {
        let host = settings.from.rsplit('@').next().unwrap_or_default();
        let thread = message.only().map_or(&message.id, |alert| &alert.record.incident_key);
        let layout = |sheet: &Sheet<'_>| {
            vec![ChannelRequest::Mail(Mail {
                server: settings.server.clone(),
                user: settings.user.clone(),
                password: settings.password.clone(),
                from: settings.from.clone(),
                to: settings.to.clone(),
                subject: message.headline(SUBJECT),
                text: text_of(sheet),
                html: html(sheet),
                message_id: message_id("alert", &message.id, host),
                references: message_id("incident", thread, host),
            })]
        };
        fitting(message, layout, |requests| Self::LIMITS.allow(requests))
    }
}

/// `<alert.payments-api.a1b2c3d4.3@example.com>`. An id that has another character, or is long, is hashed.
fn message_id(what: &str, id: &str, host: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_/".contains(c);
    let is_plain = id.len() <= 160 && id.chars().all(plain) && !id.contains("..") && !id.ends_with('.');
    let id = if is_plain { id.to_owned() } else { digest(id) };
    format!("<{what}.{id}@{host}>")
}

/// Simple enough for every client: no style sheet, no picture, nothing from elsewhere.
fn html(sheet: &Sheet<'_>) -> String {
    let mut html = String::from("<!doctype html><html><body style=\"font-family:sans-serif\">\n");
    let _ = writeln!(html, "<h2 style=\"font-size:18px\">{}</h2>", text(&sheet.message.headline(SUBJECT)));
    if let Some(line) = &sheet.cause {
        let _ = writeln!(html, "<p>{}</p>", text(line));
    }
    if !sheet.lines.is_empty() || sheet.rest.is_some() {
        let items = sheet.lines.iter().chain(&sheet.rest).map(|line| format!("<li>{}</li>\n", text(line)));
        let _ = writeln!(html, "<ul>\n{}</ul>", items.collect::<String>());
    }
    details(&mut html, &sheet.facts, sheet.excerpt.as_deref(), &sheet.links, &sheet.steps);
    for (alert, facts) in sheet.in_full() {
        let AlertParts { word, subject, tail, excerpt, next, links, .. } = alert;
        let _ =
            writeln!(html, "<h3 style=\"font-size:16px\">{}</h3>", text(&format!("{word} {subject}{tail}")));
        let (links, next): (Vec<_>, Vec<_>) = (links.iter().collect(), next.iter().collect());
        details(&mut html, &facts, excerpt.as_deref(), &links, &next);
    }
    let _ = writeln!(html, "<p style=\"color:#666\">{}</p>\n</body></html>", text(&sheet.footer));
    html
}

fn details(
    html: &mut String,
    facts: &[MessageFact],
    excerpt: Option<&str>,
    links: &[&MessageLink],
    steps: &[&NextStep],
) {
    let row = |label: &str, value: &str| {
        format!("<tr><td style=\"{LABEL}\">{label}</td><td style=\"{CELL}\">{value}</td></tr>\n")
    };
    let mut rows: String = facts.iter().map(|fact| row(fact.label, &text(&fact.value))).collect();
    if let Some(excerpt) = excerpt {
        rows.push_str(&row("Answer", &format!("<code>{}</code>", text(excerpt))));
    }
    for link in links {
        let url = text(&link.url);
        let is_web = link.url.starts_with("https://") || link.url.starts_with("http://");
        rows.push_str(&row(link.label, &if is_web { format!("<a href=\"{url}\">{url}</a>") } else { url }));
    }
    if !rows.is_empty() {
        let _ = writeln!(html, "<table>\n{rows}</table>");
    }
    if !steps.is_empty() {
        let steps = steps
            .iter()
            .map(|step| format!("{}: <code>{}</code><br>\n", text(step.purpose), text(&step.command)));
        let _ = writeln!(html, "<p><b>What to do next</b><br>\n{}</p>", steps.collect::<String>());
    }
}

fn text(text: &str) -> String {
    escaped(text, VALUE, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        _ => None,
    })
}
