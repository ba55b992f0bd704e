//! Messages as a mail program, Slack and a phone show them, as pages for a browser.

use std::fmt::Write as _;

use serde_json::Value;

use super::Failure;
use super::browser::HEIGHT;
use super::sent::SentMail;

const STYLE: &str = "
body{margin:0;width:$WIDTHpx;background:#fff;color:#1d1c1d;font:13px/1.46 'Noto Sans','Liberation Sans',sans-serif}
main{padding:16px} code{font:12px 'DejaVu Sans Mono',monospace}
.head{border-bottom:1px solid #ddd;margin-bottom:12px;padding-bottom:8px;color:#666;font-size:13px}
.slack{display:flex;gap:8px} .slack .icon{flex:none;width:36px;height:36px;border-radius:6px;background:#2c6e49;color:#fff;text-align:center;line-height:36px;font-weight:bold}
.slack .said{min-width:0;overflow-wrap:anywhere} .slack .who{font-weight:900} .slack .app{background:#ddd;border-radius:2px;font-size:10px;padding:1px 3px;color:#616061;font-weight:bold}
.slack .time,.slack .context{color:#616061;font-size:12px} .slack h1{font-size:16px;line-height:1.33;margin:4px 0 8px} .slack p{margin:0 0 8px}
.slack code{color:#c01343;background:#f6f6f6;border:1px solid #ddd;border-radius:3px;padding:1px 3px;font-size:11px} .slack a{color:#1264a3;text-decoration:none}
.phone{max-width:340px;margin:0 auto;background:#f2f2f7;border-radius:18px;padding:14px} .phone .who{text-align:center;color:#666;font-size:12px;margin-bottom:8px}
.phone .text{background:#e1e1e6;border-radius:16px;padding:8px 12px;margin:0 24px 8px 0;overflow-wrap:anywhere}";

/// A mail below its head. The headline in it is its subject.
pub fn mail(SentMail { from, to, html }: &SentMail) -> String {
    let head = format!("<div class=head>{} to {}</div>", escaped(from), escaped(to));
    let body = html.replace("<!doctype html><html><body", "<div").replace("</body></html>", "</div>");
    page(&format!("{head}{body}"))
}

/// The blocks that monitorctl sends; any other kind of block is an error.
pub fn slack(body: &Value) -> Result<String, Failure> {
    let mut said = String::from(
        "<span class=who>monitorctl</span> <span class=app>APP</span> <span class=time>2:10 PM</span>",
    );
    for block in body["blocks"].as_array().ok_or("a message without blocks")? {
        match block["type"].as_str() {
            Some("header") => {
                let _ = write!(said, "<h1>{}</h1>", escaped(text(&block["text"])?));
            }
            Some("section") => {
                let _ = write!(said, "<p>{}</p>", mrkdwn(text(&block["text"])?));
            }
            Some("context") => {
                let _ = write!(said, "<div class=context>{}</div>", mrkdwn(text(&block["elements"][0])?));
            }
            Some(other) => return Err(format!("no one has drawn a block {other:?}").into()),
            None => return Err("a block without a type".into()),
        }
    }
    Ok(page(&format!("<div class=slack><div class=icon>m</div><div class=said>{said}</div></div>")))
}

/// Text messages, one below the other.
pub fn phone(messages: &[String]) -> String {
    let texts = messages.iter().map(|text| format!("<div class=text>{}</div>", escaped(text)));
    page(&format!("<div class=phone><div class=who>AWS</div>{}</div>", texts.collect::<String>()))
}

fn page(content: &str) -> String {
    format!(
        "<!doctype html><meta charset=utf-8><title></title><style>{STYLE}</style><body><main>{content}</main>{HEIGHT}"
    )
}

fn text(object: &Value) -> Result<&str, Failure> {
    Ok(object["text"].as_str().ok_or("a block without a text")?)
}

/// Slack's markup: code, a bold label at the start of a line, links. Its escapes are those of HTML.
fn mrkdwn(text: &str) -> String {
    let line = |line: &str| {
        let parts = line.split('`').enumerate();
        let parts =
            parts.map(
                |(number, part)| {
                    if number % 2 == 1 { format!("<code>{part}</code>") } else { linked(&bold(part)) }
                },
            );
        parts.collect::<String>()
    };
    text.lines().map(line).collect::<Vec<_>>().join("<br>")
}

fn bold(part: &str) -> String {
    let label = part.strip_prefix('*').and_then(|rest| rest.split_once('*'));
    label.map_or_else(|| part.to_owned(), |(label, rest)| format!("<b>{label}</b>{rest}"))
}

fn linked(part: &str) -> String {
    let mut pieces = part.split("<http");
    let mut html = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (url, rest) = piece.split_once('>').unwrap_or((piece, ""));
        let _ = write!(html, "<a>http{url}</a>{rest}");
    }
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
