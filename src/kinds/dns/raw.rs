//! A lookup and what is expected of it, as they are written, and what is wrong with them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;

use super::question::{DnsQuestion, ServerName};
use super::rcode::Rcode;
use super::record::RecordKind;
use super::rule::{AnswerRule, LookupRule, WarningRule};
use crate::value::{PATTERN_LENGTH, Pattern};
use crate::written::{Code, Path, Texts, Violation, check_pattern, check_text, spelled_set};

/// Other servers that a lookup may be compared with.
const MOST_SERVERS: usize = 5;

/// Records that an answer may have.
pub const MOST_RECORDS: u32 = 256;

/// The fields of a monitor.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct LookupFields {
    /// Other name servers for a dns:// check. Each must give the same answer.
    #[schemars(length(min = 1, max = 5), inner(length(min = 1)), extend("uniqueItems" = true), example = serde_json::json!(["ns2.example.com", "9.9.9.9"]))]
    pub agree_with: Option<Vec<String>>,

    /// The field of all kinds: the type in it says how records are written.
    #[serde(default)]
    #[schemars(skip)]
    pub url: Option<String>,
}

/// Those within `expect`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct ReplyFields {
    /// Accepted response codes of a dns:// check: one or several of NOERROR, NXDOMAIN, SERVFAIL, REFUSED and so on.
    #[schemars(extend("default" = "NOERROR"))]
    pub rcode: Option<RcodeForm>,

    /// Expected records of a dns:// check, compared as a set. Without it, at least one record must come.
    #[schemars(extend("minProperties" = 1), example = serde_json::json!({"contains": "10 mail.example.com"}))]
    pub answers: Option<RawAnswers>,
}

/// `expect.answers` as it is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAnswers {
    /// The records are exactly these, in any order.
    #[schemars(example = &"192.0.2.1", example = serde_json::json!(["10 mx1.example.com", "20 mx2.example.com"]))]
    pub equals: Option<Texts>,
    /// This record is among them, or each of these.
    #[schemars(example = &"v=spf1 -all")]
    pub contains: Option<Texts>,
    /// At least one record matches this regular expression, or each of these.
    #[schemars(example = &"^v=spf1 ")]
    pub matches: Option<Texts>,
    /// There are so many records.
    #[schemars(range(min = 0, max = 256), example = &2)]
    pub count: Option<u32>,
}

/// `NOERROR` or `[NOERROR, NXDOMAIN]`.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct RcodeForm(pub Texts);

impl JsonSchema for RcodeForm {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Rcode".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        const WORDS: &str = "a response code is a name such as NOERROR, NXDOMAIN, SERVFAIL or REFUSED";
        let pattern = Rcode::pattern();
        json_schema!({
            "type": ["string", "array"],
            "pattern": pattern.clone(),
            "patternErrorMessage": WORDS,
            "items": { "type": "string", "pattern": pattern, "patternErrorMessage": WORDS },
            "minItems": 1,
            "uniqueItems": true,
            "examples": ["NXDOMAIN", ["NOERROR", "NXDOMAIN"]]
        })
    }
}

/// Codes in upper case; of several the order means nothing, and one alone is no list.
pub fn canonical_rcode(value: Value) -> Value {
    let upper = |value: Value| match value {
        Value::String(text) => text.to_ascii_uppercase().into(),
        other => other,
    };
    one_or_set(match value {
        Value::Array(codes) => codes.into_iter().map(upper).collect(),
        one => upper(one),
    })
}

/// Records are sets. How one is written depends on its type, so its text stays.
pub fn canonical_answers(value: Value) -> Value {
    let Value::Object(mut answers) = value else { return value };
    for key in ["equals", "contains", "matches"] {
        if let Some(texts) = answers.get_mut(key) {
            *texts = one_or_set(texts.take());
        }
    }
    Value::Object(answers)
}

/// Servers in the spelling that equal ones share.
pub fn canonical_servers(value: Value) -> Value {
    let spelled = |value: Value| match value.as_str().and_then(ServerName::parse) {
        Some(server) => server.to_string().into(),
        None => value,
    };
    match value {
        Value::Array(servers) => spelled_set(servers.into_iter().map(spelled).collect()),
        other => other,
    }
}

fn one_or_set(value: Value) -> Value {
    match spelled_set(value) {
        Value::Array(mut items) if items.len() == 1 => items.remove(0),
        value => value,
    }
}

impl LookupFields {
    /// The type of records that the URL asks for; `None` if a reference hides it, or the URL is wrong.
    fn kind(&self) -> Option<RecordKind> {
        self.url.as_deref().and_then(|url| DnsQuestion::parse(url).ok()).map(|question| question.kind)
    }

    fn servers(&self, violations: &mut Vec<Violation>) -> Vec<ServerName> {
        let path = Path::from("agree_with");
        let written = self.agree_with.as_deref().unwrap_or_default();
        violations.extend(Violation::of_length(path.clone(), written.len(), MOST_SERVERS));
        let mut servers = Vec::new();
        for (index, text) in written.iter().enumerate() {
            if let Some(server) = ServerName::parse(text) {
                servers.push(server);
                continue;
            }
            let path = path.index(index);
            let message = format!("`{path}`: a name server is a host, or host:port");
            let help = "write it like ns2.example.com, 192.0.2.53 or [2001:db8::53]:53";
            violations.push(Violation::new(Code::BadFormat, path, message).label("here").help(help));
        }
        servers
    }
}

impl ReplyFields {
    /// What is expected; one with violations is not to be used.
    pub fn build(&self, fields: &LookupFields, violations: &mut Vec<Violation>) -> LookupRule {
        let WarningRule { rcodes, answers } = self.parts("expect", fields, violations);
        LookupRule {
            rcodes: rcodes.unwrap_or_else(|| vec![Rcode::NOERROR]),
            answers,
            agree_with: fields.servers(violations),
            warn: WarningRule::default(),
        }
    }

    /// What is only worth a warning. Nothing is implied there.
    pub fn build_warning(&self, fields: &LookupFields, violations: &mut Vec<Violation>) -> WarningRule {
        self.parts("warn", fields, violations)
    }

    fn parts(
        &self,
        top: &'static str,
        fields: &LookupFields,
        violations: &mut Vec<Violation>,
    ) -> WarningRule {
        let Self { rcode, answers } = self;
        let rcodes = rcode.as_ref().map(|RcodeForm(texts)| rcodes(top, texts, violations));
        let answers = answers.as_ref().map(|raw| raw.build(top, fields.kind(), violations));
        WarningRule { rcodes, answers }
    }

    /// Reports records that are compared with nothing, which every answer would meet.
    pub fn check_stored(&self, top: &'static str, violations: &mut Vec<Violation>) {
        let Some(RawAnswers { equals, contains, matches, count }) = &self.answers else { return };
        if equals.is_none() && contains.is_none() && matches.is_none() && count.is_none() {
            let path = Path::from(top).key("answers");
            let message = format!("`{path}` has no comparison");
            violations.push(Violation::new(Code::Empty, path, message));
        }
    }

    /// Reports what can never be met, and patterns that are none.
    pub fn check_sense(
        &self,
        top: &'static str,
        rcodes: &[Rcode],
        answers: Option<&AnswerRule>,
        violations: &mut Vec<Violation>,
    ) {
        let path = Path::from(top).key("answers");
        let Some(raw) = &self.answers else { return };
        for (place, text) in raw.matches.iter().flat_map(|texts| texts.placed(&path.key("matches"))) {
            violations.extend(check_pattern(place, text));
        }
        let asks_for_one = answers.is_some_and(AnswerRule::asks_for_one);
        if asks_for_one && !rcodes.contains(&Rcode::NOERROR) {
            let message = "only an answer with NOERROR has records";
            violations.push(
                Violation::never_passes(path.clone(), message)
                    .on_key()
                    .also(Path::from(top).key("rcode"), "because of this"),
            );
        }
        let equals = answers.and_then(|answers| answers.equals.as_ref());
        if let (Some(equals), Some(count)) = (equals, raw.count)
            && equals.len() != count as usize
        {
            let message = format!("{} different records are never {count}", equals.len());
            violations.push(
                Violation::never_passes(path.key("count"), message)
                    .also(path.key("equals"), "because of this"),
            );
        }
    }
}

impl RawAnswers {
    fn build(
        &self,
        top: &'static str,
        kind: Option<RecordKind>,
        violations: &mut Vec<Violation>,
    ) -> AnswerRule {
        let Self { equals, contains, matches, count } = self;
        let path = Path::from(top).key("answers");
        if let Some(count) = count.filter(|count| *count > MOST_RECORDS) {
            let path = path.key("count");
            let message = format!("`{path}` is at most {MOST_RECORDS}, found {count}");
            violations.push(Violation::new(Code::OutOfBounds, path, message));
        }
        let mut records = |key: &str, texts: &Texts| {
            let mut records = Vec::new();
            for (place, text) in texts.placed(&path.key(key)) {
                violations.extend(check_text(place.clone(), text));
                match kind.map(|kind| (kind, kind.canonical(text))) {
                    Some((kind, None)) => violations.push(no_record(place, kind)),
                    Some((_, Some(_))) | None => records.push(text.to_owned()),
                }
            }
            records
        };
        let equals = equals.as_ref().map(|texts| records("equals", texts));
        let contains = contains.as_ref().map(|texts| records("contains", texts)).unwrap_or_default();
        let mut patterns = Vec::new();
        for (place, text) in matches.iter().flat_map(|texts| texts.placed(&path.key("matches"))) {
            if let Ok(pattern) = Pattern::stored(text) {
                patterns.push(pattern);
                continue;
            }
            let message = format!("a pattern has at most {PATTERN_LENGTH} characters");
            violations.push(Violation::new(Code::OutOfBounds, place, message).label("too long"));
        }
        AnswerRule { equals, contains, matches: patterns, count: *count }
    }
}

fn rcodes(top: &'static str, texts: &Texts, violations: &mut Vec<Violation>) -> Vec<Rcode> {
    let mut rcodes = Vec::new();
    for (place, text) in texts.placed(&Path::from(top).key("rcode")) {
        if let Some(rcode) = Rcode::parse(text) {
            rcodes.push(rcode);
            continue;
        }
        let message = format!("`{place}`: there is no response code `{text}`");
        let help = "write a name such as NOERROR, NXDOMAIN, SERVFAIL or REFUSED";
        violations.push(Violation::new(Code::BadFormat, place, message).label("here").help(help));
    }
    rcodes
}

fn no_record(place: Path, kind: RecordKind) -> Violation {
    let message = format!("`{place}`: this is no record of the type {}", kind.as_str());
    let help = format!("write it like `{}`", kind.example());
    Violation::new(Code::NeverPasses, place, message).label("never passes").help(help)
}
