//! Discord's webhooks.
//!
//! <https://discord.com/developers/docs/resources/webhook#execute-webhook>; limits of embeds:
//! <https://discord.com/developers/docs/resources/message#embed-object-embed-limits>; errors:
//! <https://discord.com/developers/docs/reference#error-messages> and
//! <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>.

use serde_json::{Map, Value, json};

use super::{Accepted, Answer, Request, Service, Verdict, units};

const ID: &str = "223704706495545344";
const TOKEN: &str =
    "3d89bb7572e0fb30d8128367b3b1b44fecd1726de135cbe28a41f8b2f777c372ba2939e72279b94526ff5d1bd4358d65cf11";

const CONTENT: usize = 2_000;
const EMBEDS: usize = 10;
const FIELDS: usize = 25;

/// "the combined sum of characters … across all embeds attached to a message must not exceed 6000"
const ALL: usize = 6_000;

#[derive(Default)]
pub struct Discord {
    /// A person deleted the webhook.
    pub deleted: bool,
    sent: usize,
}

impl Service for Discord {
    /// With the parameter by which a sender learns that the message is there.
    fn path(&self) -> String {
        format!("/api/webhooks/{ID}/{TOKEN}?wait=true")
    }

    fn judge(&mut self, request: &Request) -> Verdict {
        if self.deleted || !request.path.starts_with(&format!("/api/webhooks/{ID}/")) {
            return refused(404, 10015, "Unknown Webhook");
        }
        if !request.path.ends_with(TOKEN) {
            return refused(401, 50027, "Invalid Webhook Token");
        }
        // <https://discord.com/developers/docs/reference#user-agent>: without one it may be blocked.
        if request.header("user-agent").is_none_or(str::is_empty) {
            return refused(403, 40333, "internal network error");
        }
        let Some(message) = request.json().filter(Value::is_object) else {
            return refused(400, 50109, "The request body contains invalid JSON.");
        };
        let errors = errors(&message);
        if !errors.is_empty() {
            let body = json!({"code": 50035, "message": "Invalid Form Body", "errors": errors});
            return Verdict::Refused(Answer::json(400, &body));
        }
        let text = text(&message);
        if text.trim().is_empty() {
            return refused(400, 50006, "Cannot send an empty message");
        }
        self.sent += 1;
        let id = self.sent.to_string();
        let sent = json!({"id": id, "type": 0, "webhook_id": ID, "content": message["content"], "embeds": message["embeds"]});
        let waits = request.query("wait") == Some("true");
        let answer = if waits { Answer::json(200, &sent) } else { Answer::text(204, "") };
        Verdict::Accepted(answer, vec![Accepted::new(None, text, &message).mentioning(mentions(&message))])
    }

    /// <https://discord.com/developers/docs/topics/rate-limits#exceeding-a-rate-limit>: the header has whole seconds, the
    /// body is exact.
    fn busy(&self, after: u32) -> Answer {
        let exact = (f64::from(after) - 0.43).max(0.0);
        let body = json!({"message": "You are being rate limited.", "retry_after": exact, "global": false});
        Answer::json(429, &body).with("retry-after", &after).with("x-ratelimit-scope", "user")
    }
}

fn refused(status: u16, code: u32, message: &str) -> Verdict {
    Verdict::Refused(Answer::json(status, &json!({"code": code, "message": message})))
}

/// What is wrong, as the tree of the request: `{"embeds": {"0": {"title": {"_errors": […]}}}}`.
#[derive(Default)]
struct Errors(Map<String, Value>);

impl Errors {
    fn add(&mut self, path: &[&str], code: &str, message: &str) {
        let mut at = &mut self.0;
        for name in path {
            let next = at.entry(*name).or_insert_with(|| json!({}));
            at = next.as_object_mut().expect("only objects are put there");
        }
        at.insert("_errors".to_owned(), json!([{"code": code, "message": message}]));
    }

    /// A text of at most so many characters; gives how many it has.
    fn text(&mut self, value: Option<&Value>, path: &[&str], most: usize, is_required: Required) -> usize {
        match (value, is_required) {
            (None | Some(Value::Null), Required::No) => 0,
            (None | Some(Value::Null), Required::Yes) => {
                self.add(path, "BASE_TYPE_REQUIRED", "This field is required");
                0
            }
            (Some(Value::String(text)), Required::Yes) if text.trim().is_empty() => {
                self.add(path, "BASE_TYPE_REQUIRED", "This field is required");
                0
            }
            (Some(Value::String(text)), _) => {
                if units(text) > most {
                    let message = format!("Must be {most} or fewer in length.");
                    self.add(path, "BASE_TYPE_MAX_LENGTH", &message);
                }
                units(text)
            }
            (Some(_), _) => {
                self.add(path, "STRING_TYPE_CONVERT", "Could not interpret as string.");
                0
            }
        }
    }

    fn url(&mut self, value: Option<&Value>, path: &[&str]) {
        let Some(value) = value.filter(|value| !value.is_null()) else { return };
        let url = value.as_str().and_then(|url| url::Url::parse(url).ok());
        if !url.is_some_and(|url| matches!(url.scheme(), "http" | "https")) {
            self.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
        }
    }
}

#[derive(Clone, Copy)]
enum Required {
    Yes,
    No,
}

fn errors(message: &Value) -> Map<String, Value> {
    let mut errors = Errors::default();
    errors.text(message.get("content"), &["content"], CONTENT, Required::No);
    errors.text(message.get("username"), &["username"], 80, Required::No);
    match message.get("embeds").filter(|embeds| !embeds.is_null()) {
        None => {}
        Some(Value::Array(embeds)) => {
            if embeds.len() > EMBEDS {
                errors.add(&["embeds"], "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.");
            }
            let all: usize =
                embeds.iter().enumerate().map(|(at, embed)| self::embed(embed, at, &mut errors)).sum();
            if all > ALL && !errors.0.contains_key("embeds") {
                errors.add(&["embeds"], "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000");
            }
        }
        Some(_) => errors.add(&["embeds"], "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"),
    }
    errors.0
}

/// Gives how many characters of it count.
fn embed(embed: &Value, at: usize, errors: &mut Errors) -> usize {
    let at = at.to_string();
    let Some(parts) = embed.as_object() else {
        errors.add(&["embeds", &at], "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType");
        return 0;
    };
    let mut all = errors.text(parts.get("title"), &["embeds", &at, "title"], 256, Required::No);
    all += errors.text(parts.get("description"), &["embeds", &at, "description"], 4_096, Required::No);
    if let Some(footer) = parts.get("footer") {
        all += errors.text(footer.get("text"), &["embeds", &at, "footer", "text"], 2_048, Required::Yes);
    }
    if let Some(author) = parts.get("author") {
        all += errors.text(author.get("name"), &["embeds", &at, "author", "name"], 256, Required::Yes);
    }
    errors.url(parts.get("url"), &["embeds", &at, "url"]);
    if parts.get("color").is_some_and(|color| color.as_u64().is_none_or(|color| color > 0x00ff_ffff)) {
        let message = "int value should be less than or equal to 16777215.";
        errors.add(&["embeds", &at, "color"], "NUMBER_TYPE_MAX", message);
    }
    if parts
        .get("timestamp")
        .is_some_and(|time| time.as_str().is_none_or(|time| time.parse::<jiff::Timestamp>().is_err()))
    {
        errors.add(
            &["embeds", &at, "timestamp"],
            "DATE_TIME_TYPE_PARSE",
            "Could not parse. Should be ISO8601.",
        );
    }
    let fields = parts.get("fields").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if fields.len() > FIELDS {
        errors.add(&["embeds", &at, "fields"], "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.");
        return all;
    }
    for (number, field) in fields.iter().enumerate() {
        let number = number.to_string();
        let path = ["embeds", &at, "fields", &number];
        all += errors.text(field.get("name"), &[&path[..], &["name"]].concat(), 256, Required::Yes);
        all += errors.text(field.get("value"), &[&path[..], &["value"]].concat(), 1_024, Required::Yes);
    }
    all
}

/// What people read.
fn text(message: &Value) -> String {
    let mut texts = vec![&message["content"]];
    for embed in message["embeds"].as_array().into_iter().flatten() {
        texts.extend([&embed["author"]["name"], &embed["title"], &embed["description"]]);
        for field in embed["fields"].as_array().into_iter().flatten() {
            texts.extend([&field["name"], &field["value"]]);
        }
        texts.push(&embed["footer"]["text"]);
    }
    texts.iter().filter_map(|text| text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Whom the content wakes; embeds wake no one. All kinds are parsed unless `allowed_mentions.parse` says which:
/// <https://discord.com/developers/docs/resources/message#allowed-mentions-object>.
fn mentions(message: &Value) -> Vec<String> {
    let content = message["content"].as_str().unwrap_or_default();
    let allowed = message["allowed_mentions"]["parse"].as_array();
    let parses = |kind: &str| allowed.is_none_or(|kinds| kinds.iter().any(|allowed| allowed == kind));
    let mut found = Vec::new();
    for (pattern, kind) in [(r"@(everyone|here)", "everyone"), (r"<@!?\d+>", "users"), (r"<@&\d+>", "roles")]
    {
        let pattern = regex::Regex::new(pattern).expect("a pattern");
        if parses(kind) {
            found.extend(pattern.find_iter(content).map(|found| found.as_str().to_owned()));
        }
    }
    found
}
