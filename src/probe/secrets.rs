//! The values behind the references of a run, and the door through which no value leaves.

use std::collections::BTreeMap;
use std::fmt;

use crate::monitor::{Monitor, NotOffered, Offer, SecretRef, Template, is_hidden};
use crate::observation::{Fault, FaultKind, excerpt};

/// How much of a text from a target is shown to people.
const SHOWN: usize = 200;

/// The values of all secrets that the monitors of one run refer to, or why they could not be had.
#[derive(Default)]
pub struct Secrets {
    values: BTreeMap<SecretRef, Result<String, Missing>>,
    /// What must not be shown and the reference shown in its place, the longest first, so that a secret that
    /// begins another one does not leave the other's rest behind.
    hidden: Vec<(String, String)>,
}

/// Why a secret could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Missing {
    /// The machine does not offer it, whether there is a value or not.
    NotOffered(NotOffered),
    Unset,
    /// Or blank: a deployment that went wrong, never a secret.
    Empty,
    /// Whoever keeps it did not give it, for this reason.
    Withheld(String),
}

impl Secrets {
    /// Looks up each reference of `monitors` once; `environment` gives the value of a variable that the machine
    /// offers, and `fetched` what AWS gave for a reference, or why it gave nothing.
    pub fn resolve<'a>(
        monitors: impl IntoIterator<Item = &'a Monitor>,
        offer: &Offer,
        environment: impl Fn(&str) -> Option<String>,
        fetched: impl Fn(&SecretRef) -> Option<Result<String, String>>,
    ) -> Self {
        let mut values = BTreeMap::new();
        for secret in monitors.into_iter().flat_map(Self::references) {
            if !values.contains_key(secret) {
                values.insert(secret.clone(), look_up(secret, offer, &environment, &fetched));
            }
        }
        Self::holding(values)
    }

    /// The references of a monitor, in the order in which it is written.
    pub fn references(monitor: &Monitor) -> impl Iterator<Item = &SecretRef> {
        let headers = monitor.headers.iter().map(|(_, value)| value);
        let templates =
            std::iter::once(&monitor.url).chain(headers).chain(&monitor.body).chain(monitor.tls.templates());
        templates.flat_map(Template::secrets)
    }

    fn holding(values: BTreeMap<SecretRef, Result<String, Missing>>) -> Self {
        let mut hidden: Vec<_> = values
            .iter()
            .filter_map(|(secret, value)| Some((value.as_ref().ok()?.clone(), secret.to_string())))
            .filter(|(value, _)| !value.chars().all(is_hidden))
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
            let found = self
                .hidden
                .iter()
                .find_map(|(value, reference)| Some((&rest[matched(rest, value)?..], reference)));
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
            Self::NotOffered(why) => format!("{secret} {why}"),
            Self::Unset => format!("{secret} is not set"),
            Self::Empty => format!("{secret} is empty"),
            Self::Withheld(why) => format!("{secret} cannot be read: {why}"),
        };
        let expected = match secret {
            SecretRef::Env(_) if matches!(self, Self::NotOffered(_)) => "a variable that the machine offers",
            SecretRef::Env(_) => "an environment variable with a value",
            SecretRef::Ssm(_) => "a parameter with a value",
            SecretRef::SecretsManager { .. } => "a secret with a value",
        };
        Fault::new(FaultKind::Secret, actual, expected)
    }
}

fn look_up(
    secret: &SecretRef,
    offer: &Offer,
    environment: impl Fn(&str) -> Option<String>,
    fetched: impl Fn(&SecretRef) -> Option<Result<String, String>>,
) -> Result<String, Missing> {
    offer.check_reference(secret).map_err(Missing::NotOffered)?;
    let value = match secret {
        SecretRef::Env(name) => environment(name).ok_or(Missing::Unset)?,
        SecretRef::Ssm(_) | SecretRef::SecretsManager { .. } => fetched(secret)
            .unwrap_or_else(|| Err("nobody fetched it".to_owned()))
            .map_err(Missing::Withheld)?,
    };
    if value.trim().is_empty() { Err(Missing::Empty) } else { Ok(value) }
}

/// The length of `value` at the start of `text`, however an endpoint may have spelt it.
fn matched(text: &str, value: &str) -> Option<usize> {
    let mut chars = value.chars();
    // Two backslashes are two, or one that was escaped: a value may end at several places.
    let mut ends: Vec<usize> = spellings(text, chars.next()?).collect();
    for c in chars {
        if ends.is_empty() {
            break;
        }
        ends = ends.iter().flat_map(|&end| spellings(&text[end..], c).map(move |more| end + more)).collect();
        ends.sort_unstable();
        ends.dedup();
    }
    ends.into_iter().max()
}

/// The lengths of all that stands for `c` at the start of `text`: nothing, for a character that is never shown;
/// itself, in another case as in a host; escaped as in a URL; escaped as in JSON or in Rust.
fn spellings(text: &str, c: char) -> impl Iterator<Item = usize> {
    let itself = text.chars().next().filter(|first| first.eq_ignore_ascii_case(&c)).map(char::len_utf8);
    let space = (c == ' ' && text.starts_with('+')).then_some(1);
    [is_hidden(c).then_some(0), itself, space, percent(text, c), backslash(text, c)].into_iter().flatten()
}

/// `%2F`, once for each byte.
fn percent(text: &str, c: char) -> Option<usize> {
    let mut bytes = [0; 4];
    let bytes = c.encode_utf8(&mut bytes).as_bytes();
    escapes(text, "%", 2, bytes.iter().map(|&byte| byte.into()))
}

/// `\n`, `\"`, `\u00e9`, `\u{e9}`
fn backslash(text: &str, c: char) -> Option<usize> {
    let escape = text.strip_prefix('\\')?.chars().next()?;
    let meant = match escape {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        'u' => return unicode(text, c),
        itself => itself,
    };
    (meant == c).then_some(1 + escape.len_utf8())
}

fn unicode(text: &str, c: char) -> Option<usize> {
    if let Some(rest) = text.strip_prefix("\\u{") {
        let (digits, _) = rest.split_once('}')?;
        return (u32::from_str_radix(digits, 16) == Ok(c.into())).then_some(digits.len() + 4);
    }
    let mut units = [0; 2];
    escapes(text, "\\u", 4, c.encode_utf16(&mut units).iter().copied())
}

/// The length of `units` at the start of `text`, each as `start` and so many hexadecimal digits.
fn escapes(text: &str, start: &str, digits: usize, units: impl Iterator<Item = u16>) -> Option<usize> {
    let mut rest = text;
    for unit in units {
        let (number, after) = rest.strip_prefix(start)?.split_at_checked(digits)?;
        if u16::from_str_radix(number, 16) != Ok(unit) {
            return None;
        }
        rest = after;
    }
    Some(text.len() - rest.len())
}

/// Without the characters that are never shown.
fn visible(text: &str) -> String {
    text.chars().filter(|&c| !is_hidden(c)).collect()
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
            let value = look_up(
                &SecretRef::Env(name.to_owned()),
                &Offer::everything(),
                |_| Some(value.to_owned()),
                |_| None,
            );
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
            (
                "${env:OTHER}",
                "${env:OTHER} is not offered by this machine: MONITORCTL_SECRETS does not list it, expected a variable that the machine offers",
            ),
            (
                "${env:AWS_SECRET_ACCESS_KEY}",
                "${env:AWS_SECRET_ACCESS_KEY} is never filled in: such a name belongs to the machine itself, expected a variable that the machine offers",
            ),
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
        let offer = Offer::parse("EMPTY,UNSET").expect("a list");
        let known = Secrets::resolve(&monitors, &offer, environment, fetched);
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

    // P10: an endpoint that echoes what it got does so in its own notation.
    #[test]
    fn a_value_is_hidden_however_it_is_escaped() {
        let known = secrets(&[("X", "a\"b\\c/d\ne😀")]);
        for text in [
            r#"a"b\c/de😀"#,
            r#"a\"b\\c\/d\ne\ud83d\ude00"#,
            r#"A\"b\\c/d\u000AE\u{1f600}"#,
            "a%22b%5Cc%2Fd%0Ae%F0%9F%98%80",
        ] {
            assert_eq!(known.redact(&format!("<{text}>")), "<${env:X}>", "{text}");
        }
        // Where it is open whether a backslash escapes, both hide.
        assert_eq!(secrets(&[("X", r"\\")]).redact(r"<\\\\>"), "<${env:X}>");
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
        fn no_spelling_of_a_value_is_shown(value in r#"[a-cA-C"'/\\\n\t\u{7f}\u{200b} %+ü€😀]{1,9}"#) {
            prop_assume!(!value.chars().all(|c| is_hidden(c) || c.is_whitespace()));
            let known = secrets(&[("X", &value)]);
            let quoted = format!("{value:?}");
            let json = serde_json::to_string(&value).expect("a text");
            let units = value.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat();
            let url = value.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
            let form = value.replace('%', "%25").replace('+', "%2B").replace(' ', "+");
            let inner = |text: &str| text[1..text.len() - 1].to_owned();
            for text in [inner(&quoted), inner(&json), inner(&json.replace('/', r"\/")), units, url, form, value] {
                prop_assert_eq!(known.redact(&text), "${env:X}", "{}", text);
            }
        }

        #[test]
        fn no_value_survives_cleaning(value in "[a-z]{4,9}", before in "\\PC{0,40}", after in "\\PC{0,40}") {
            let known = secrets(&[("X", &value)]);
            prop_assume!(!"${env:X}".contains(&value));
            let text = cleaned(&known, &format!("{before}{value}{after}"));
            prop_assert!(!text.contains(&value), "{}", text);
        }
    }
}
