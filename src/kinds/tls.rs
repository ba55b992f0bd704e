//! `tls://host:port`: a TLS session whose certificate verifies. Pure.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::{Field, HOST_AND_PORT, Kind, NoFields, Own, Proof, UrlForm};
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
    const EXPECT_FIELDS: &'static [Field] = &[Field::new("expect.tls").subject(TLS)];

    type Fields = NoFields;
    type Expect = SessionField;
    type Ask = SessionRule;
    type Evidence = SessionFacts;
    type Reader<'a> = ();

    fn build(own: &Own<Self>, _violations: &mut Vec<Violation>) -> SessionRule {
        SessionRule { min: own.expect.tls.as_ref().and_then(|raw| raw.min) }
    }

    fn describe(_ask: &SessionRule, url: &str) -> String {
        format!("TLS {}", url.split_once("://").map_or(url, |(_, place)| place))
    }

    fn weaker(before: &SessionRule, after: &SessionRule) -> Option<&'static str> {
        after.is_weaker_than(before).then_some("expect.tls.min")
    }

    fn reader(_evidence: &SessionFacts) {}

    fn unmet(ask: &SessionRule, evidence: &SessionFacts, _: Redact<'_>) -> Option<(Subject, Unmet)> {
        Some((TLS, ask.unmet(*evidence)?))
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

impl SessionRule {
    /// What is not as it should be.
    pub fn unmet(&self, facts: SessionFacts) -> Option<Unmet> {
        let min = self.min.filter(|min| facts.version < *min)?;
        Some(Unmet {
            actual: facts.version.as_str().to_owned(),
            expected: format!("at least {}", min.as_str()),
        })
    }

    /// Whether an older version will do than before.
    pub fn is_weaker_than(&self, before: &Self) -> bool {
        self.min < before.min
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_version_than_the_oldest_is_not_met() {
        let rule = |min| SessionRule { min };
        let facts = |version| SessionFacts { version };
        let unmet = rule(Some(TlsVersion::V13)).unmet(facts(TlsVersion::V12)).expect("it is older");
        assert_eq!((unmet.actual.as_str(), unmet.expected.as_str()), ("TLS 1.2", "at least TLS 1.3"));
        assert_eq!(rule(Some(TlsVersion::V12)).unmet(facts(TlsVersion::V13)), None);
        assert_eq!(rule(None).unmet(facts(TlsVersion::V12)), None);
        assert!(rule(None).is_weaker_than(&rule(Some(TlsVersion::V12))));
        assert!(!rule(Some(TlsVersion::V13)).is_weaker_than(&rule(Some(TlsVersion::V12))));
    }
}
