//! A dialog as it is written, and what is wrong with it.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde_json::Value;

use super::preset::{PRESETS, preset};
use super::steps::{Dialog, DialogStep, MOST_BYTES, MOST_STEPS};
use crate::value::{PATTERN_LENGTH, Pattern, Template};
use crate::written::{Code, Path, Violation, check_pattern};

/// A dialog as it is written: a name, or steps.
#[derive(Debug, Clone)]
pub enum RawDialog {
    Preset(String),
    Steps(Vec<RawStep>),
}

/// One step of the dialog: exactly one of these.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
pub struct RawStep {
    /// Reads lines, or messages of a WebSocket, until the regular expression is found in one.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1), example = &"^220 ")]
    pub expect: Option<String>,
    /// Sends this line with CR LF, or this message to a WebSocket. Secrets are references, such as ${env:NAME}.
    #[serde(default)]
    #[schemars(with = "String", example = &"EHLO monitorctl")]
    pub send: Option<String>,
    /// Reads as many bytes, or the next message of a WebSocket, and compares the beginning: hexadecimal digits, two per byte.
    #[serde(default)]
    #[schemars(with = "HexText", example = &"53")]
    pub expect_bytes: Option<HexText>,
    /// Sends these bytes: hexadecimal digits, two per byte.
    #[serde(default)]
    #[schemars(with = "HexText", example = &"0000000804d2162f")]
    pub send_bytes: Option<HexText>,
    /// With true, TLS begins here, and every later step goes over it.
    #[serde(default)]
    #[schemars(with = "bool")]
    pub starttls: Option<bool>,
}

/// `0000000804d2162f`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct HexText(pub String);

impl RawDialog {
    /// The dialog; one with violations is not to be used.
    pub fn build(&self, violations: &mut Vec<Violation>) -> Dialog {
        match self {
            Self::Preset(name) => preset(name).unwrap_or_else(|| {
                let message = format!("there is no dialog `{name}`");
                let help = format!("known ones are {}", PRESETS.join(", "));
                violations.push(violation(Path::from("dialog"), &message).help(help));
                Dialog::default()
            }),
            Self::Steps(steps) => Dialog { preset: None, steps: steps_of(steps, violations) },
        }
    }

    /// Patterns that do not compile.
    pub fn check_patterns(&self) -> Vec<Violation> {
        let steps = match self {
            Self::Preset(_) => &[][..],
            Self::Steps(steps) => steps.as_slice(),
        };
        let patterns = steps.iter().enumerate().filter_map(|(index, step)| {
            let text = step.expect.as_ref()?;
            check_pattern(Path::from("dialog").index(index).key("expect"), text)
        });
        patterns.collect()
    }
}

#[cfg(test)]
impl Dialog {
    /// The valid dialog that a file has so.
    pub fn written(raw: Value) -> Self {
        let mut violations = Vec::new();
        let raw: RawDialog = serde_json::from_value(raw).expect("it is readable");
        let dialog = raw.build(&mut violations);
        assert!(violations.is_empty(), "{violations:?}");
        dialog
    }
}

/// Hexadecimal digits are the same in any case.
pub fn canonical(value: Value) -> Value {
    let Value::Array(mut steps) = value else { return value };
    for step in &mut steps {
        for key in ["expect_bytes", "send_bytes"] {
            if let Some(Value::String(text)) = step.get_mut(key) {
                text.make_ascii_lowercase();
            }
        }
    }
    Value::Array(steps)
}

fn violation(path: Path, message: &str) -> Violation {
    let message = format!("`{path}`: {message}");
    Violation::new(Code::BadFormat, path, message).label("here")
}

fn steps_of(raw: &[RawStep], violations: &mut Vec<Violation>) -> Vec<DialogStep> {
    let path = Path::from("dialog");
    if raw.is_empty() || raw.len() > MOST_STEPS {
        let message = format!("a dialog has 1 to {MOST_STEPS} steps, found {}", raw.len());
        let help = "leave it out to check the connection alone";
        violations.push(violation(path.clone(), &message).help(help));
    }
    let mut steps = Vec::new();
    for (index, raw) in raw.iter().take(MOST_STEPS).enumerate() {
        let path = path.index(index);
        match step(raw) {
            Ok(DialogStep::StartTls) if steps.contains(&DialogStep::StartTls) => {
                violations
                    .push(violation(path.key("starttls"), "TLS began in an earlier step").help("remove it"));
            }
            Ok(step) => steps.push(step),
            Err((key, message, help)) => {
                let path = key.map_or_else(|| path.clone(), |key| path.key(key));
                violations.push(violation(path, &message).help(help));
            }
        }
    }
    steps
}

/// A key of a step, what is wrong with it, and what helps.
type Wrong = (Option<&'static str>, String, &'static str);

fn step(raw: &RawStep) -> Result<DialogStep, Wrong> {
    let RawStep { expect, send, expect_bytes, send_bytes, starttls } = raw;
    match (expect, send, expect_bytes, send_bytes, starttls) {
        (Some(text), None, None, None, None) => {
            if text.is_empty() || Pattern::stored(text).is_err() {
                let message = format!("a pattern has 1 to {PATTERN_LENGTH} characters");
                return Err((Some("expect"), message, "write a regular expression such as '^220 '"));
            }
            Ok(DialogStep::Expect(Pattern::trusted(text)))
        }
        (None, Some(text), None, None, None) => {
            if text.len() > MOST_BYTES || text.contains(['\r', '\n']) {
                let message = format!("a line that is sent has at most {MOST_BYTES} bytes and no line break");
                return Err((Some("send"), message, "write a step for each line, or `send_bytes`"));
            }
            Template::parse(text).map(DialogStep::Send).map_err(|error| {
                (
                    Some("send"),
                    error.to_string(),
                    "write ${env:NAME}, ${ssm:/path} or ${secretsmanager:id#key}",
                )
            })
        }
        (None, None, Some(text), None, None) => {
            Ok(DialogStep::ExpectBytes(vec![bytes("expect_bytes", text)?]))
        }
        (None, None, None, Some(text), None) => Ok(DialogStep::SendBytes(bytes("send_bytes", text)?)),
        (None, None, None, None, Some(true)) => Ok(DialogStep::StartTls),
        _ => Err((
            None,
            "a step is one of expect, send, expect_bytes, send_bytes and `starttls: true`".to_owned(),
            "write each as a step of its own",
        )),
    }
}

fn bytes(key: &'static str, HexText(text): &HexText) -> Result<Vec<u8>, Wrong> {
    const HELP: &str = "write two hexadecimal digits per byte, such as 53 or 0d0a";
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let (pairs, rest) = digits.as_deref().unwrap_or_default().as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() {
        return Err((Some(key), "bytes are written as pairs of hexadecimal digits".to_owned(), HELP));
    }
    if pairs.len() > MOST_BYTES {
        return Err((Some(key), format!("a step has at most {MOST_BYTES} bytes"), HELP));
    }
    Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

impl JsonSchema for HexText {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Hex".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^([0-9A-Fa-f][0-9A-Fa-f])+$",
            "patternErrorMessage": "bytes are written as pairs of hexadecimal digits, such as 0d0a"
        })
    }
}

impl JsonSchema for RawDialog {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Dialog".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let step = generator.subschema_for::<RawStep>();
        json_schema!({
            "description": "What is said over the connection: the name of a dialog over TCP, or a list of steps. \
                            Without it, the connection is enough.",
            "type": ["string", "array"],
            "pattern": format!("^({})$", PRESETS.join("|")),
            "patternErrorMessage": format!("a dialog is one of {}, or a list of steps", PRESETS.join(", ")),
            "items": step,
            "minItems": 1,
            "maxItems": MOST_STEPS,
            "examples": ["smtp", [{"expect": "^220 "}, {"send": "QUIT"}]]
        })
    }
}

impl<'de> Deserialize<'de> for RawDialog {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DialogVisitor;

        impl<'de> Visitor<'de> for DialogVisitor {
            type Value = RawDialog;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a dialog, or a list of steps")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<RawDialog, E> {
                Ok(RawDialog::Preset(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawDialog, A::Error> {
                let mut steps = Vec::new();
                while let Some(step) = items.next_element()? {
                    steps.push(step);
                }
                Ok(RawDialog::Steps(steps))
            }
        }

        deserializer.deserialize_any(DialogVisitor)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn build(raw: Value) -> Result<Dialog, Vec<Violation>> {
        let mut violations = Vec::new();
        let dialog = serde_json::from_value::<RawDialog>(raw).expect("it is readable").build(&mut violations);
        if violations.is_empty() { Ok(dialog) } else { Err(violations) }
    }

    #[test]
    fn every_preset_has_a_dialog_that_waits_for_something() {
        for name in PRESETS {
            let dialog = build(json!(name)).expect(name);
            assert_eq!(dialog.preset, Some(name));
            assert!(dialog.steps.iter().any(|step| step.expected().is_some()), "{name}");
            for step in &dialog.steps {
                if let DialogStep::Expect(pattern) = step {
                    assert!(Pattern::parse(pattern.as_str()).is_ok(), "{name}: {pattern:?}");
                }
            }
        }
        assert!(build(json!("gopher")).is_err());
    }

    #[test]
    fn a_step_is_exactly_one_thing_within_its_bounds() {
        for (step, is_valid) in [
            (json!({"expect": "^220 "}), true),
            (json!({"send": "QUIT"}), true),
            (json!({"send": "AUTH ${env:REDIS}"}), true),
            (json!({"send": ""}), true),
            (json!({"expect_bytes": "0D0a"}), true),
            (json!({"starttls": true}), true),
            (json!({}), false),
            (json!({"starttls": false}), false),
            (json!({"expect": "a", "send": "b"}), false),
            (json!({"expect": ""}), false),
            (json!({"expect": "a".repeat(PATTERN_LENGTH + 1)}), false),
            (json!({"send": "a\r\nb"}), false),
            (json!({"send": "a".repeat(MOST_BYTES + 1)}), false),
            (json!({"send": "${env:"}), false),
            (json!({"send_bytes": "0"}), false),
            (json!({"send_bytes": ""}), false),
            (json!({"send_bytes": "0x"}), false),
            (json!({"send_bytes": "00".repeat(MOST_BYTES + 1)}), false),
        ] {
            assert_eq!(build(json!([step.clone()])).is_ok(), is_valid, "{step:.80}");
        }
        let starttls = json!({"starttls": true});
        assert!(build(json!([starttls, starttls])).is_err(), "TLS begins once");
        assert!(build(json!([])).is_err());
        assert!(build(Value::Array(vec![json!({"send": "a"}); MOST_STEPS + 1])).is_err());
    }

    #[test]
    fn a_dialog_that_waits_for_less_or_goes_without_tls_is_weaker() {
        let dialog = |raw| build(raw).expect("valid");
        let plain = || dialog(json!([{"expect": "^220 "}]));
        let secured = dialog(json!([{"expect": "^220 "}, {"send": "STARTTLS"}, {"starttls": true}]));
        assert!(Dialog::default().is_weaker_than(&plain()));
        assert!(plain().is_weaker_than(&secured));
        assert!(!secured.is_weaker_than(&plain()));
        assert!(!plain().is_weaker_than(&plain()));
    }
}
