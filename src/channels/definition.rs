//! A channel as a file or the table has it: what all kinds share, and what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::file::FileSettings;
use super::sns::SnsSettings;
use super::{
    ChannelAnswer, ChannelKind, ChannelLimits, ChannelRequest, ChannelTrust, KindSettings, Receipt,
    SecretText,
};
use crate::message::{Grouping, Message};
use crate::monitor::{ChannelPolicy, Severity, TopicArn, digest};
use crate::value::{SecretRef, Template, parse_duration};
use crate::written::{Code, DurationText, Path, Violation, template};

/// A secret that is shorter may stand in a reason by chance.
const SHORTEST_SECRET: usize = 6;

/// The fields that channels of all kinds share, as they are written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SharedFields {
    /// Only alerts of these severities; default: all.
    #[schemars(length(min = 1), extend("uniqueItems" = true), example = &["critical", "warning"])]
    severities: Option<Vec<RoutedSeverity>>,
    /// Escalation: a DOWN is sent only if it lasts this long.
    #[schemars(example = &"30m")]
    after: Option<DurationText>,
    /// Send reminders to it.
    #[schemars(extend("default" = true))]
    reminders: Option<bool>,
    /// Authorities that its server is trusted by, in place of those of the machine: the absolute path of a PEM file on
    /// the machine, or a reference.
    #[schemars(length(min = 1, max = 2_000), example = &"/etc/ssl/internal-ca.pem")]
    ca: Option<String>,
}

/// How loud an alert is.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum RoutedSeverity {
    Info,
    Warning,
    Critical,
}

/// A valid channel; its references to secrets are not filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelDefinition {
    settings: KindSettings,
    trust: ChannelTrust,
    pub policy: ChannelPolicy,
    /// The same for the same settings, whatever the policy.
    digest: String,
}

/// A channel with its secrets: what a run sends to.
#[derive(Debug, Clone)]
pub struct ReadyChannel {
    settings: KindSettings,
    trust: ChannelTrust,
}

impl ChannelDefinition {
    /// The channel that `fields` define, which stands at `at`; `None` if something is wrong with it.
    pub fn read(fields: &Map<String, Value>, at: &Path, violations: &mut Vec<Violation>) -> Option<Self> {
        let before = violations.len();
        let kind = kind(fields, at, violations)?;
        let (mut shared, mut own) = (Map::new(), Map::new());
        for (key, value) in fields.iter().filter(|(key, _)| *key != "kind") {
            let part = if shared_fields().contains(key) { &mut shared } else { &mut own };
            part.insert(key.clone(), value.clone());
        }
        violations.extend(keys(kind, &own, at));
        if violations.len() > before {
            return None;
        }
        let mut wrong = |error: serde_json::Error| {
            let message = format!("`{at}`: {error}");
            violations.push(Violation::new(Code::WrongType, at.clone(), message));
        };
        let shared = SharedFields::deserialize(&shared).map_err(&mut wrong).ok();
        let settings = kind.read(&own).map_err(&mut wrong).ok();
        let (mut shared, mut settings) = (shared?, settings?);
        let mut trust = ChannelTrust::read(shared.ca.take(), at, violations);
        if !kind.has_tls() {
            trust.check_use(kind.as_str(), at, violations);
        }
        check_secrets(kind, texts(&mut settings, &mut trust), at, violations);
        misplaced(&own, &mut settings, at, violations);
        settings.check(at, violations);
        let policy = policy(shared, at, violations);
        let mut canonical = Value::Object(own);
        canonical.sort_all_objects();
        let digest = digest(&format!("{} {canonical}", kind.as_str()));
        (violations.len() == before).then_some(Self { settings, trust, policy, digest })
    }

    /// A topic that people subscribe to.
    pub fn topic(topic: &TopicArn) -> Self {
        let settings = KindSettings::Sns(SnsSettings { topic: topic.as_str().to_owned(), chat: None });
        let (trust, policy) = (ChannelTrust::default(), ChannelPolicy::default());
        Self { settings, trust, policy, digest: digest(topic.as_str()) }
    }

    /// A file beside the store.
    pub fn file() -> Self {
        let settings = KindSettings::File(FileSettings::default());
        let (trust, policy) = (ChannelTrust::default(), ChannelPolicy::default());
        Self { settings, trust, policy, digest: digest("") }
    }

    /// What tells whether a channel is still the same. Its references to secrets count, and their values do not.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    pub fn kind(&self) -> ChannelKind {
        self.settings.kind()
    }

    /// Whether it is a file of the machine, and no service.
    pub fn is_file(&self) -> bool {
        self.kind() == ChannelKind::File
    }

    pub fn grouping(&self) -> Grouping {
        self.settings.grouping()
    }

    /// Labels that it adds to each alert, if it is one of levels.
    pub fn labels(&self) -> BTreeMap<String, String> {
        self.settings.labels()
    }

    /// The secrets that it refers to.
    pub fn references(&self) -> BTreeSet<SecretRef> {
        let (mut settings, mut trust) = (self.settings.clone(), self.trust.clone());
        let texts = texts(&mut settings, &mut trust).into_iter();
        let templates = texts.filter_map(|(_, text)| Template::parse(text.reveal()).ok());
        templates.flat_map(|template| template.secrets().cloned().collect::<Vec<_>>()).collect()
    }

    /// With each reference replaced by what `value` gives for it; its error ends the work.
    pub fn ready<E>(
        &self,
        mut value: impl FnMut(&SecretRef) -> Result<String, E>,
    ) -> Result<ReadyChannel, E> {
        let (mut settings, mut trust) = (self.settings.clone(), self.trust.clone());
        for (_, text) in texts(&mut settings, &mut trust) {
            *text = text.fill(&mut value)?;
        }
        Ok(ReadyChannel { settings, trust })
    }
}

impl ReadyChannel {
    pub fn limits(&self) -> ChannelLimits {
        self.settings.kind().limits()
    }

    /// Whom its server must be trusted by.
    pub fn trust(&self) -> &ChannelTrust {
        &self.trust
    }

    /// What is sent, in its order; each within the limits of the kind.
    pub fn render(&self, message: &Message) -> Vec<ChannelRequest> {
        self.settings.render(message)
    }

    /// What the answer to a request means. An endpoint may repeat what it was sent, so no secret stands in the reason.
    pub fn receipt(&self, answer: &ChannelAnswer) -> Receipt {
        match self.settings.kind().receipt(answer) {
            Receipt::Refused(reason) => Receipt::Refused(self.redacted(reason)),
            receipt @ (Receipt::Accepted | Receipt::Later(_)) => receipt,
        }
    }

    /// What the answer says, without a secret.
    pub fn words(&self, answer: &ChannelAnswer) -> String {
        self.redacted(answer.words())
    }

    fn redacted(&self, text: String) -> String {
        let mut settings = self.settings.clone();
        let mut secrets: Vec<_> =
            settings.secrets().into_iter().map(|(_, text)| text.reveal().to_owned()).collect();
        secrets.retain(|secret| secret.len() >= SHORTEST_SECRET);
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.iter().fold(text, |text, secret| text.replace(secret, "[redacted]"))
    }
}

/// The schema of one entry of `channels:`: the fields of every kind, since editors show alternatives badly. That a field
/// belongs to the kind is a rule of [`ChannelDefinition::read`].
pub fn channel_schema(generator: &mut SchemaGenerator) -> Value {
    let kinds: Vec<_> = ChannelKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let mut properties = Map::new();
    let kind = serde_json::json!({
        "type": "string",
        "enum": kinds,
        "description": "Kind of channel.",
    });
    properties.insert("kind".to_owned(), kind);
    for kind in ChannelKind::ALL {
        for (name, field) in fields_of(&kind.schema(generator)) {
            let name_of_kind = kind.as_str();
            let said = field.get("description").and_then(Value::as_str).unwrap_or_default();
            let said = format!("{name_of_kind}: {said}");
            let known = properties.entry(name).or_insert_with(|| {
                let mut field = field.clone();
                field["description"] = "".into();
                field
            });
            if let Some(Value::String(text)) = known.get_mut("description") {
                let space = if text.is_empty() { "" } else { " " };
                let _ = write!(text, "{space}{said}");
            }
        }
    }
    properties.extend(fields_of(&SharedFields::json_schema(generator)));
    serde_json::json!({
        "type": "object",
        "properties": properties,
        "required": ["kind"],
        "additionalProperties": false,
    })
}

fn fields_of(schema: &Schema) -> Map<String, Value> {
    match schema.get("properties") {
        Some(Value::Object(properties)) => properties.clone(),
        Some(_) | None => Map::new(),
    }
}

fn shared_fields() -> BTreeSet<String> {
    let schema = SharedFields::json_schema(&mut SchemaGenerator::default());
    fields_of(&schema).into_iter().map(|(name, _)| name).collect()
}

fn kind(fields: &Map<String, Value>, at: &Path, violations: &mut Vec<Violation>) -> Option<ChannelKind> {
    let all = || ChannelKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    let Some(written) = fields.get("kind") else {
        let violation = Violation::new(Code::MissingKey, at.clone(), format!("`{at}` has no `kind`"));
        violations.push(violation.help(format!("a channel is one of {}", all())));
        return None;
    };
    let found = ChannelKind::ALL.iter().find(|kind| written.as_str() == Some(kind.as_str())).copied();
    if found.is_none() {
        let message = format!("unknown kind of channel {written}");
        let violation = Violation::new(Code::UnknownValue, at.key("kind"), message).label("unknown kind");
        violations.push(violation.help(format!("a channel is one of {}", all())));
    }
    found
}

/// Keys that the kind has not, and keys that it must have.
fn keys(kind: ChannelKind, own: &Map<String, Value>, at: &Path) -> Vec<Violation> {
    let schema = kind.schema(&mut SchemaGenerator::default());
    let fields = fields_of(&schema);
    let word = kind.as_str();
    let known: Vec<_> = fields.keys().map(String::as_str).collect();
    let mut violations: Vec<_> = own
        .keys()
        .filter(|key| !fields.contains_key(*key))
        .map(|key| {
            let message = format!("`{key}` is no field of a channel of kind {word}");
            let violation =
                Violation::new(Code::UnknownKey, at.key(key), message).on_key().label("unknown key");
            violation.help(format!("it has {}", known.join(", ")))
        })
        .collect();
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    for key in required.filter_map(Value::as_str).filter(|key| !own.contains_key(*key)) {
        let message = format!("a channel of kind {word} needs `{key}`");
        violations.push(Violation::new(Code::MissingKey, at.clone(), message).label("missing key"));
    }
    violations
}

/// The texts in which references are filled in, by field.
fn texts<'a>(
    settings: &'a mut KindSettings,
    trust: &'a mut ChannelTrust,
) -> Vec<(&'static str, &'a mut SecretText)> {
    settings.secrets().into_iter().chain(trust.secret()).collect()
}

/// Malformed references, and credentials that stand there themselves.
fn check_secrets(
    kind: ChannelKind,
    texts: Vec<(&'static str, &mut SecretText)>,
    at: &Path,
    violations: &mut Vec<Violation>,
) {
    let credentials = kind.credentials();
    for (field, text) in texts {
        let path = at.key(field);
        let Some(template) = template(&path, text.reveal(), violations) else { continue };
        if credentials.contains(&field) && template.secrets().next().is_none() {
            let message = format!("`{path}` holds a literal credential");
            let violation = Violation::new(Code::LiteralCredential, path, message).label("a credential");
            violations.push(
                violation.help(format!("write a reference: `{field}: ${{env:NAME}}` or `${{ssm:/path}}`")),
            );
        }
    }
}

/// References where they would be taken as text.
fn misplaced(
    own: &Map<String, Value>,
    settings: &mut KindSettings,
    at: &Path,
    violations: &mut Vec<Violation>,
) {
    let filled_in: BTreeSet<_> = settings.secrets().into_iter().map(|(field, _)| field).collect();
    for (key, value) in own.iter().filter(|(key, _)| !filled_in.contains(key.as_str())) {
        if value.to_string().contains("${") {
            let message = format!("`{}` takes no references to secrets", at.key(key));
            violations
                .push(Violation::new(Code::MisplacedReference, at.key(key), message).label("taken as text"));
        }
    }
}

/// Whether a field says which alerts a channel takes, and not where they go.
pub fn is_of_policy(field: &str) -> bool {
    ["severities", "after", "reminders"].contains(&field)
}

/// Which alerts a channel takes that is written so, whatever its kind; `None` if that is not valid.
pub fn written_policy(fields: &Map<String, Value>) -> Option<ChannelPolicy> {
    fields.get("kind")?;
    let shared: Map<_, _> = fields
        .iter()
        .filter(|(key, _)| is_of_policy(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let mut violations = Vec::new();
    let policy = policy(SharedFields::deserialize(&shared).ok()?, &Path::default(), &mut violations);
    violations.is_empty().then_some(policy)
}

fn policy(shared: SharedFields, at: &Path, violations: &mut Vec<Violation>) -> ChannelPolicy {
    // Whom it trusts was read before.
    let SharedFields { severities, after, reminders, ca: _ } = shared;
    let severity = |raw: &RoutedSeverity| match raw {
        RoutedSeverity::Info => Severity::Info,
        RoutedSeverity::Warning => Severity::Warning,
        RoutedSeverity::Critical => Severity::Critical,
    };
    let all = [RoutedSeverity::Info, RoutedSeverity::Warning, RoutedSeverity::Critical];
    let severities: BTreeSet<_> = severities.as_deref().unwrap_or(&all).iter().map(severity).collect();
    if severities.is_empty() {
        let path = at.key("severities");
        violations.push(Violation::new(Code::Empty, path, "`severities` names no severity").label("empty"));
    }
    let after = after.and_then(|DurationText(text)| match parse_duration(&text) {
        Ok(after) => Some(after),
        Err(error) => {
            let path = at.key("after");
            violations.push(Violation::new(Code::BadFormat, path.clone(), format!("`{path}`: {error}")));
            None
        }
    });
    ChannelPolicy { severities, after, reminders: reminders.unwrap_or(true) }
}
