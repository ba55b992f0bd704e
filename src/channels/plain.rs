//! Plain text: for mail, for terminals, and for whatever shows no markup. It reads well in a proportional font.

use std::fmt::Write as _;

use super::sheet::Sheet;
use crate::message::{AlertParts, HEADLINE, Message, MessageFact, MessageLink, NextStep};
use crate::monitor::is_hidden;

/// The whole message.
pub fn plain_text(message: &Message) -> String {
    text_of(&Sheet::full(message))
}

/// What a sheet shows of it.
pub fn text_of(sheet: &Sheet<'_>) -> String {
    let mut text = format!("{}\n", sheet.message.headline(HEADLINE));
    if let Some(cause) = &sheet.cause {
        let _ = writeln!(text, "\n{}", visible(cause));
    }
    if !sheet.lines.is_empty() || sheet.rest.is_some() {
        text.push('\n');
    }
    for line in sheet.lines.iter().chain(&sheet.rest) {
        let _ = writeln!(text, "{}", visible(line));
    }
    details(&mut text, &sheet.facts, sheet.excerpt.as_deref(), &sheet.links, &sheet.steps);
    for (alert, facts) in sheet.in_full() {
        let AlertParts { word, subject, tail, excerpt, next, links, .. } = alert;
        let _ = writeln!(text, "\n{}", visible(&format!("{word} {subject}{tail}")));
        let (links, next): (Vec<_>, Vec<_>) = (links.iter().collect(), next.iter().collect());
        details(&mut text, &facts, excerpt.as_deref(), &links, &next);
    }
    let _ = writeln!(text, "\n{}", visible(&sheet.footer));
    text
}

fn details(
    text: &mut String,
    facts: &[MessageFact],
    excerpt: Option<&str>,
    links: &[&MessageLink],
    steps: &[&NextStep],
) {
    if !facts.is_empty() || !links.is_empty() || excerpt.is_some() {
        text.push('\n');
    }
    for MessageFact { label, value } in facts {
        let _ = writeln!(text, "{label}: {}", visible(value));
    }
    if let Some(excerpt) = excerpt {
        let _ = writeln!(text, "Answer: {}", visible(excerpt));
    }
    for MessageLink { label, url } in links {
        let _ = writeln!(text, "{label}: {}", visible(url));
    }
    if !steps.is_empty() {
        text.push_str("\nWhat to do next:\n");
    }
    for NextStep { purpose, command } in steps {
        let _ = writeln!(text, "{purpose}: {}", visible(command));
    }
}

/// What would begin a line of its own, or steer a terminal, becomes a space.
fn visible(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect()
}
