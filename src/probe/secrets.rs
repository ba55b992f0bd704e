//! The values behind the references of a run, and the door through which no value leaves.

use std::collections::BTreeMap;
use std::fmt;

use crate::monitor::{Monitor, SecretRef, Template};
use crate::observation::{Fault, FaultKind, excerpt};

/// How much of a text from a target is shown to people.
const SHOWN: usize = 200;

/// The values of all secrets that the monitors of one run refer to, or why they could not be had.
#[derive(Default)]
pub struct Secrets {
    values: BTreeMap<SecretRef, Result<String, Missing>>,
    /// What must not be shown and the reference shown in its place, the longest first, so that a secret that
    /// begins another one does not leave the other's rest behind.
    hidden: Vec<(Vec<u8>, String)>,
}

/// Why a secret could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Missing {
    Unset,
    /// Or blank: a deployment that went wrong, never a secret.
    Empty,
    /// Whoever keeps it did not give it, for this reason.
    Withheld(String),
}

impl Secrets {
    /// Looks up each reference of `monitors` once; `environment` gives the value of a variable, and `fetched` what
    /// AWS gave for a reference, or why it gave nothing.
    pub fn resolve<'a>(
        monitors: impl IntoIterator<Item = &'a Monitor>,
        environment: impl Fn(&str) -> Option<String>,
        fetched: impl Fn(&SecretRef) -> Option<Result<String, String>>,
    ) -> Self {
        let mut values = BTreeMap::new();
        for secret in monitors.into_iter().flat_map(Self::references) {
            if !values.contains_key(secret) {
                values.insert(secret.clone(), look_up(secret, &environment, &fetched));
            }
        }
        Self::holding(values)
    }

    /// The references of a monitor, in the order in which it is written.
    pub fn references(monitor: &Monitor) -> impl Iterator<Item = &SecretRef> {
        let headers = monitor.headers.iter().map(|(_, value)| value);
        let templates = std::iter::once(&monitor.url).chain(headers).chain(&monitor.body);
        templates.flat_map(Template::secrets)
    }

    fn holding(values: BTreeMap<SecretRef, Result<String, Missing>>) -> Self {
        let mut hidden: Vec<_> = values
            .iter()
            .filter_map(|(secret, value)| {
                Some((visible(value.as_ref().ok()?).into_bytes(), secret.to_string()))
            })
            .filter(|(value, _)| !value.is_empty())
            .collect();
        hidden.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        Self { values, hidden }
    }

    /// The text with all its secrets filled in.
    pub(super) fn fill(&self, template: &Template) -> Result<String, Fault> {
        template.fill(|secret| match self.values.get(secret) {
            Some(Ok(value)) => Ok(value.clone()),
            Some(Err(missing)) => Err(missing.fault(secret)),
            None => Err(Missing::Unset.fault(secret)),
        })
    }

    /// The fault made fit to be shown: no value of a secret, no control characters, nothing overlong.
    ///
    /// The order matters. A value that was cut in two, or that a control character was put into, would no longer
    /// be recognised.
    #[must_use]
    pub fn clean(&self, fault: &Fault) -> Fault {
        let clean = |text: &str| excerpt(&self.redact(text), SHOWN);
        Fault { kind: fault.kind, actual: clean(&fault.actual), expected: clean(&fault.expected) }
    }

    /// The text with a reference in the place of each value of a secret, and without the characters that could
    /// hide one.
    pub fn redact(&self, text: &str) -> String {
        let visible = visible(text);
        let text = visible.as_str();
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            let found = self.hidden.iter().find_map(|(value, reference)| {
                Some((rest.get(matched(rest.as_bytes(), value)?..)?, reference))
            });
            if let Some((after, reference)) = found {
                shown.push_str(reference);
                rest = after;
            } else {
                shown.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
        shown
    }
}

impl Missing {
    fn fault(&self, secret: &SecretRef) -> Fault {
        let actual = match self {
            Self::Unset => format!("{secret} is not set"),
            Self::Empty => format!("{secret} is empty"),
            Self::Withheld(why) => format!("{secret} cannot be read: {why}"),
        };
        let expected = match secret {
            SecretRef::Env(_) => "an environment variable with a value",
            SecretRef::Ssm(_) => "a parameter with a value",
            SecretRef::SecretsManager { .. } => "a secret with a value",
        };
        Fault::new(FaultKind::Secret, actual, expected)
    }
}

fn look_up(
    secret: &SecretRef,
    environment: impl Fn(&str) -> Option<String>,
    fetched: impl Fn(&SecretRef) -> Option<Result<String, String>>,
) -> Result<String, Missing> {
    let value = match secret {
        SecretRef::Env(name) => environment(name).ok_or(Missing::Unset)?,
        SecretRef::Ssm(_) | SecretRef::SecretsManager { .. } => fetched(secret)
            .unwrap_or_else(|| Err("nobody fetched it".to_owned()))
            .map_err(Missing::Withheld)?,
    };
    if value.trim().is_empty() { Err(Missing::Empty) } else { Ok(value) }
}

/// The length of `value` at the start of `text`, however a URL may have spelt it: escaped as `%2F`, a space as
/// `+`, in another case as in a host.
fn matched(text: &[u8], value: &[u8]) -> Option<usize> {
    let mut at = 0;
    for &byte in value {
        at += match text.get(at..)? {
            [b'%', high, low, ..] if escaped(*high, *low) == Some(byte) => 3,
            [b'+', ..] if byte == b' ' => 1,
            [literal, ..] if literal.eq_ignore_ascii_case(&byte) => 1,
            _ => return None,
        };
    }
    Some(at)
}

fn escaped(high: u8, low: u8) -> Option<u8> {
    let digit = |byte| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Without control characters and those that turn or hide what is beside them.
fn visible(text: &str) -> String {
    let hides = |c| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    text.chars().filter(|&c| !c.is_control() && !hides(c)).collect()
}

impl fmt::Debug for Secrets {
    /// References only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys().map(ToString::to_string)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secrets(values: &[(&str, &str)]) -> Secrets {
        let values = values.iter().map(|&(name, value)| {
            let value = look_up(&SecretRef::Env(name.to_owned()), |_| Some(value.to_owned()), |_| None);
            (SecretRef::Env(name.to_owned()), value)
        });
        Secrets::holding(values.collect())
    }

    fn cleaned(secrets: &Secrets, text: &str) -> String {
        secrets.clean(&Fault::new(FaultKind::Redirect, text, "")).actual
    }

    // Trap 13
    #[test]
    fn a_secret_that_cannot_be_had_is_a_fault_that_names_it() {
        let texts = [
            ("a ${env:EMPTY}", "${env:EMPTY} is empty, expected an environment variable with a value"),
            ("a ${env:UNSET}", "${env:UNSET} is not set, expected an environment variable with a value"),
            ("${ssm:/blank}", "${ssm:/blank} is empty, expected a parameter with a value"),
            ("${ssm:/a}", "${ssm:/a} cannot be read: access is denied, expected a parameter with a value"),
            (
                "${secretsmanager:x#y}",
                "${secretsmanager:x#y} cannot be read: nobody fetched it, expected a secret with a value",
            ),
        ];
        let monitors = texts.map(|(text, _)| Monitor {
            body: Template::parse(text).ok(),
            ..Monitor::sample("m", "https://m.example")
        });
        let environment = |name: &str| (name == "EMPTY").then(String::new);
        let fetched = |secret: &SecretRef| match secret {
            SecretRef::Ssm(name) if name == "/blank" => Some(Ok(" ".to_owned())),
            SecretRef::Ssm(_) => Some(Err("access is denied".to_owned())),
            SecretRef::SecretsManager { .. } | SecretRef::Env(_) => None,
        };
        let known = Secrets::resolve(&monitors, environment, fetched);
        for (text, said) in texts {
            let fault = known.fill(&Template::parse(text).expect(text)).expect_err(text);
            assert_eq!((fault.kind, fault.to_string().as_str()), (FaultKind::Secret, said));
        }
    }

    // P10
    #[test]
    fn a_value_is_hidden_however_it_is_spelt() {
        let known = secrets(&[("TOKEN", "t0k/en ü"), ("LONG", "t0k/en ü and more"), ("BROKEN", "a\nb")]);
        for (text, shown) in [
            ("to t0k/en ü.", "to ${env:TOKEN}."),
            ("to T0K%2fen%20%C3%BC.", "to ${env:TOKEN}."),
            ("to %740k%2Fen+%c3%bc!", "to ${env:TOKEN}!"),
            ("t0k/en ü and more", "${env:LONG}"),
            ("t0k/en üt0k/en ü", "${env:TOKEN}${env:TOKEN}"),
            ("t0k\u{7}/en\u{200b} ü", "${env:TOKEN}"),
            ("ab", "${env:BROKEN}"),
            ("t0k/en %", "t0k/en %"),
        ] {
            assert_eq!(cleaned(&known, text), shown, "{text:?}");
        }
        assert_eq!(format!("{known:?}"), r#"{"${env:BROKEN}", "${env:LONG}", "${env:TOKEN}"}"#);
    }

    // Trap 17
    #[test]
    fn what_is_shown_is_short_and_has_nothing_to_steer_a_terminal() {
        let known = secrets(&[("TOKEN", "secret")]);
        assert_eq!(cleaned(&known, "a\u{1b}[31m\r\nb\u{202e}c\u{0}"), "a[31mbc");
        let cut = cleaned(&known, &format!("{}secret", "ü".repeat(197)));
        assert_eq!(cut, format!("{}${{e…", "ü".repeat(197)));
    }

    proptest! {
        #[test]
        fn no_value_survives_cleaning(value in "[a-z]{4,9}", before in "\\PC{0,40}", after in "\\PC{0,40}") {
            let known = secrets(&[("X", &value)]);
            prop_assume!(!"${env:X}".contains(&value));
            let text = cleaned(&known, &format!("{before}{value}{after}"));
            prop_assert!(!text.contains(&value), "{}", text);
        }
    }
}
