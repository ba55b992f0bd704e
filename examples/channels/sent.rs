//! What the channels sent, from the snapshots of their tests.

use serde_json::Value;

use super::Failure;

/// A mail as its reader sees it.
pub struct SentMail {
    pub from: String,
    pub to: String,
    pub html: String,
}

pub fn mail(shape: &str) -> Result<SentMail, Failure> {
    let sent = snapshot("email", shape)?;
    let (_, html) = sent.split_once("\n--- html\n").ok_or("a mail without HTML")?;
    Ok(SentMail {
        from: header(&sent, "From: ")?,
        to: header(&sent, "To: ")?.replace(['[', ']', '"'], ""),
        html: html.to_owned(),
    })
}

/// The body of the request to Slack.
pub fn slack(shape: &str) -> Result<Value, Failure> {
    let sent = snapshot("slack", shape)?;
    let (_, body) = sent.split_once("\n\n").ok_or("a request without a body")?;
    Ok(serde_json::from_str(body)?)
}

/// A text message of SNS, which is the subject of its mail.
pub fn text_message(shape: &str) -> Result<String, Failure> {
    header(&snapshot("sns", shape)?, "Subject: ")
}

fn snapshot(kind: &str, shape: &str) -> Result<String, Failure> {
    let path = format!("src/channels/tests/snapshots/monitorctl__channels__tests__{kind}__{shape}.snap");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let (_, sent) = text.split_once("\n---\n").ok_or("a snapshot without a head")?;
    Ok(sent.to_owned())
}

fn header(sent: &str, name: &str) -> Result<String, Failure> {
    let value = sent.lines().find_map(|line| line.strip_prefix(name));
    Ok(value.ok_or_else(|| format!("no line begins with {name:?}"))?.to_owned())
}
