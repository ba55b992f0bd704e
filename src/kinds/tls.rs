//! `tls://host:port`: a TLS session whose certificate verifies. Pure.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::{Field, HOST_AND_PORT, Kind, NoFields, Own, Proof, UrlForm, WARN};
use crate::assert::{Redact, Subject, Unmet};
use crate::written::Violation;

/// What an expectation on the session is called.
const TLS: Subject = Subject::one("tls", "tls").numbered(17);

#[derive(Debug)]
pub struct TlsCheck;

impl Kind for TlsCheck {
    const NAME: &'static str = "tls";
    const SCHEMES: &'static [&'static str] = &["tls"];
    const URL: UrlForm = HOST_AND_PORT;
    const PROVES: Proof = Proof::Session;
    const FIELDS: &'static [Field] = &[WARN];
    const EXPECT_FIELDS: &'static [Field] = &[Field::new("expect.tls").subject(TLS)];

    type Fields = NoFields;
    type Expect = SessionField;
    type Ask = SessionRule;
    type Evidence = SessionFacts;
    type Reader<'a> = ();

    fn build(own: &Own<Self>, _violations: &mut Vec<Violation>) -> SessionRule {
        let min = |fields: &SessionField| fields.tls.as_ref().and_then(|raw| raw.min);
        SessionRule { min: min(&own.expect), warn: own.warn.as_ref().and_then(min) }
    }

    fn describe(_ask: &SessionRule, url: &str) -> String {
        format!("TLS {}", url.split_once("://").map_or(url, |(_, place)| place))
    }

    fn weaker(before: &SessionRule, after: &SessionRule) -> Option<&'static str> {
        after.weaker_than(before)
    }

    fn expected(ask: &SessionRule) -> Vec<(Subject, String)> {
        let SessionRule { min, warn } = ask;
        let warn = warn.map(|warn| (TLS, format!("{}, or it is degraded", at_least(warn))));
        min.map(|min| (TLS, at_least(min))).into_iter().chain(warn).collect()
    }

    fn reader(_evidence: &SessionFacts) {}

    fn unmet(ask: &SessionRule, evidence: &SessionFacts, _: Redact<'_>) -> Option<(Subject, Unmet)> {
        Some((TLS, evidence.below(ask.min)?))
    }

    fn shortfall(ask: &SessionRule, evidence: &SessionFacts, _: Redact<'_>) -> Option<(Subject, Unmet)> {
        Some((TLS, evidence.below(ask.warn)?))
    }

    fn example(_code: u16) -> SessionFacts {
        SessionFacts { version: TlsVersion::V13 }
    }
}

/// What a session must be, beside its certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionRule {
    /// The minimum version.
    pub min: Option<TlsVersion>,
    /// Below this one it is only worth a warning.
    pub warn: Option<TlsVersion>,
}

/// A version of TLS that is spoken here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum TlsVersion {
    #[default]
    #[serde(rename = "1.2")]
    V12,
    #[serde(rename = "1.3")]
    V13,
}

impl JsonSchema for TlsVersion {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "TlsVersion".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^1\.[23]$",
            "patternErrorMessage": "write \"1.2\" or \"1.3\"; monitorctl never speaks TLS 1.0 or 1.1",
            "examples": ["1.2", "1.3"]
        })
    }
}

/// The session that an endpoint agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionFacts {
    pub version: TlsVersion,
}

/// What it takes within `expect`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct SessionField {
    /// Requirements for the session of a tls:// check.
    pub tls: Option<RawSession>,
}

/// `expect.tls` as it is written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSession {
    /// Minimum version of TLS: 1.2 or 1.3. monitorctl never speaks 1.0 or 1.1.
    pub min: Option<TlsVersion>,
}

impl TlsVersion {
    /// `TLS 1.2`
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V12 => "TLS 1.2",
            Self::V13 => "TLS 1.3",
        }
    }
}

impl SessionFacts {
    /// The version, if it is older than `min`.
    fn below(self, min: Option<TlsVersion>) -> Option<Unmet> {
        let min = min.filter(|min| self.version < *min)?;
        Some(Unmet { actual: self.version.as_str().to_owned(), expected: at_least(min) })
    }
}

fn at_least(min: TlsVersion) -> String {
    format!("at least {}", min.as_str())
}

impl SessionRule {
    /// The field in which an older version will do than before.
    fn weaker_than(&self, before: &Self) -> Option<&'static str> {
        let Self { min, warn } = before;
        if self.min < *min {
            return Some("expect.tls.min");
        }
        // What fails needs no warning.
        (self.warn < *warn && self.min < *warn).then_some("warn.tls.min")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_version_than_the_oldest_is_not_met() {
        let facts = |version| SessionFacts { version };
        let unmet = facts(TlsVersion::V12).below(Some(TlsVersion::V13)).expect("it is older");
        assert_eq!((unmet.actual.as_str(), unmet.expected.as_str()), ("TLS 1.2", "at least TLS 1.3"));
        assert_eq!(facts(TlsVersion::V13).below(Some(TlsVersion::V12)), None);
        assert_eq!(facts(TlsVersion::V12).below(None), None);
    }

    #[test]
    fn a_version_that_is_only_warned_of_is_a_shortfall_and_nothing_unmet() {
        let (v12, v13) = (Some(TlsVersion::V12), Some(TlsVersion::V13));
        let rule = SessionRule { min: v12, warn: v13 };
        let facts = SessionFacts { version: TlsVersion::V12 };
        let redact: Redact<'_> = &str::to_owned;
        assert_eq!(TlsCheck::unmet(&rule, &facts, redact), None);
        assert!(TlsCheck::shortfall(&rule, &facts, redact).is_some());
        for (before, after, field) in [
            ((v12, None), (None, None), Some("expect.tls.min")),
            ((v12, None), (v13, None), None),
            ((v12, v13), (v12, None), Some("warn.tls.min")),
            ((v12, v13), (v13, None), None),
        ] {
            let rule = |(min, warn)| SessionRule { min, warn };
            assert_eq!(TlsCheck::weaker(&rule(before), &rule(after)), field, "{before:?} {after:?}");
        }
    }
}
