//! `icmp://host`: whether a host answers pings, and how many of them get lost. Pure.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use url::{Host, Url};

use super::{Field, Kind, Own, Proof, UrlForm, WithoutTls};
use crate::assert::{Redact, Subject, Unmet};
use crate::written::{Code, Path, Violation};

/// What an expectation on the loss is called.
const LOSS: Subject = Subject::one("loss", "loss").numbered(23);

/// Pings of an attempt, unless a file says otherwise.
const PINGS: u8 = 3;

/// Most pings of an attempt: a check is no load test.
const MOST_PINGS: u8 = 10;

/// `icmp://host`.
const HOST: UrlForm = UrlForm {
    example: "host",
    pattern: r"(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)/?",
    check: |path, text| {
        pinged_host(text).is_none().then(|| {
            let message = format!("`{path}` must be icmp://host, with nothing after it");
            let help = "pings go to a host and to no port; write tcp://host:port to check a port";
            Violation::new(Code::InvalidUrl, path.clone(), message).label("in this URL").help(help)
        })
    },
    canonical: |text| Some(format!("icmp://{}", pinged_host(text)?)),
};

#[derive(Debug)]
pub struct IcmpCheck;

/// How a host is pinged, and what loss is too much, in percent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PingRule {
    pub count: u8,
    pub degraded: Option<u8>,
    pub down: u8,
}

/// The pings of an attempt that got at least one reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pings {
    pub sent: u8,
    /// How long each reply took, in the order of the pings.
    pub replies: Vec<Duration>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct CountField {
    /// Number of pings that an icmp:// check sends.
    #[schemars(range(min = 1, max = 10), extend("default" = 3))]
    pub count: Option<u8>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct LossField {
    /// Bounds on the share of pings of an icmp:// check that get no reply, in percent.
    pub loss: Option<RawLoss>,
}

/// `expect.loss` as it is written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLoss {
    /// With this loss or more, the host is degraded.
    #[schemars(range(min = 1, max = 100), example = &30)]
    pub degraded: Option<u8>,
    /// With this loss or more, the probe fails.
    #[schemars(range(min = 1, max = 100), extend("default" = 100), example = &60)]
    pub down: Option<u8>,
}

impl Kind for IcmpCheck {
    const NAME: &'static str = "icmp";
    const SCHEMES: &'static [&'static str] = &["icmp"];
    const URL: UrlForm = HOST;
    const PROVES: Proof = Proof::Connection;
    const FIELDS: &'static [Field] = &[Field::new("count")];
    const EXPECT_FIELDS: &'static [Field] = &[Field::new("expect.loss").subject(LOSS)];

    type Fields = CountField;
    type Expect = LossField;
    type Ask = PingRule;
    type Evidence = Pings;
    type Reader<'a> = ();

    fn build(own: &Own<Self>, violations: &mut Vec<Violation>) -> PingRule {
        let count = own.fields.count.unwrap_or(PINGS);
        let RawLoss { degraded, down } = own.expect.loss.clone().unwrap_or_default();
        let loss = || Path::from("expect").key("loss");
        for (path, number, most) in [
            (Path::from("count"), Some(count), MOST_PINGS),
            (loss().key("degraded"), degraded, 100),
            (loss().key("down"), down, 100),
        ] {
            if let Some(number) = number.filter(|number| !(1..=most).contains(number)) {
                let message = format!("`{path}` is 1 to {most}, found {number}");
                violations.push(Violation::new(Code::OutOfBounds, path, message));
            }
        }
        let down = down.unwrap_or(100);
        if let Some(degraded) = degraded.filter(|degraded| *degraded >= down && down > 0) {
            let path = loss().key("degraded");
            let message = format!("`{path}` must be below `down`, and {degraded} is not below {down}");
            violations.push(Violation::new(Code::Contradiction, path, message).label("too high"));
        }
        PingRule { count, degraded, down }
    }

    fn describe(_ask: &PingRule, url: &str) -> String {
        format!("PING {}", url.split_once("://").map_or(url, |(_, host)| host))
    }

    fn without_tls(_ask: &PingRule, _url: &str) -> Option<WithoutTls> {
        Some(WithoutTls { message: "a ping has no certificate", help: "write a tls:// monitor beside it" })
    }

    fn weaker(before: &PingRule, after: &PingRule) -> Option<&'static str> {
        let bound = |rule: &PingRule| rule.degraded.unwrap_or(u8::MAX);
        (after.down > before.down || bound(after) > bound(before)).then_some("expect.loss")
    }

    fn expected(ask: &PingRule) -> Vec<(Subject, String)> {
        let PingRule { count, degraded, down } = *ask;
        let of = format!("of {}", crate::value::count(count, "ping"));
        let failing = (LOSS, format!("{} {of}", below(down)));
        let degraded =
            degraded.map(|degraded| (LOSS, format!("{} {of}, or it is degraded", below(degraded))));
        [failing].into_iter().chain(degraded).collect()
    }

    fn reader(_evidence: &Pings) {}

    fn unmet(ask: &PingRule, evidence: &Pings, _: Redact<'_>) -> Option<(Subject, Unmet)> {
        evidence.beyond(ask.down).map(|unmet| (LOSS, unmet))
    }

    fn shortfall(ask: &PingRule, evidence: &Pings, _: Redact<'_>) -> Option<(Subject, Unmet)> {
        ask.degraded.and_then(|degraded| evidence.beyond(degraded)).map(|unmet| (LOSS, unmet))
    }

    fn example(_code: u16) -> Pings {
        Pings { sent: 1, replies: vec![Duration::ZERO] }
    }
}

impl Pings {
    /// The time that people mean by the latency of a host: the median of the replies, of an even number the mean of the
    /// two in the middle. A single late reply does not change it.
    pub fn latency(&self) -> Duration {
        let mut sorted = self.replies.clone();
        sorted.sort();
        let middle = sorted.len() / 2;
        match (sorted.get(middle), middle.checked_sub(1).and_then(|before| sorted.get(before))) {
            (Some(one), Some(other)) if sorted.len().is_multiple_of(2) => (*one + *other) / 2,
            (Some(one), _) => *one,
            (None, _) => Duration::ZERO,
        }
    }

    /// The loss, if it is at least so many percent.
    fn beyond(&self, percent: u8) -> Option<Unmet> {
        let sent = usize::from(self.sent);
        let lost = sent.saturating_sub(self.replies.len());
        (sent > 0 && lost * 100 >= usize::from(percent) * sent).then(|| {
            let share = lost * 100 / sent;
            Unmet {
                actual: format!("a loss of {share} % ({lost} of {sent} pings)"),
                expected: below(percent),
            }
        })
    }
}

fn below(percent: u8) -> String {
    format!("less than {percent} %")
}

/// The host of such a URL in the spelling that equal ones share, an IPv6 address in brackets.
pub fn pinged_host(text: &str) -> Option<String> {
    let (_, host) = text.split_once("://")?;
    let host = host.strip_suffix('/').unwrap_or(host);
    if host.contains(['/', '?', '#', '@']) {
        return None;
    }
    // The colons of an address are in brackets; any other one is before a port.
    if !host.ends_with(']') && host.contains(':') {
        return None;
    }
    let url = Url::parse(&format!("http://{host}/")).ok()?;
    match url.host()? {
        Host::Domain("") => None,
        host => Some(host.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::kinds::Scrutiny;

    /// The rule of a file, with the codes of what is wrong with it.
    fn written(document: Value) -> (PingRule, Vec<Code>) {
        let Value::Object(fields) = document else { panic!("{document} is no map") };
        let mut violations = Vec::new();
        let own = Own::<IcmpCheck>::read(&fields).expect("it is readable");
        let (rule, _) = own.build(Scrutiny::Written, &mut violations);
        (rule, violations.into_iter().map(|violation| violation.code).collect())
    }

    fn pings(sent: u8, millis: &[u64]) -> Pings {
        Pings { sent, replies: millis.iter().copied().map(Duration::from_millis).collect() }
    }

    #[test]
    fn a_host_is_written_in_one_spelling_and_has_no_port() {
        for (text, canonical) in [
            ("icmp://Host.example/", Some("icmp://host.example")),
            ("ICMP://192.0.2.1", Some("icmp://192.0.2.1")),
            ("icmp://[2001:DB8::1]", Some("icmp://[2001:db8::1]")),
            ("icmp://b\u{fc}cher.example", Some("icmp://xn--bcher-kva.example")),
            ("icmp://host:80", None),
            ("icmp://[::1]:80", None),
            ("icmp://2001:db8::1", None),
            ("icmp://host/path", None),
            ("icmp://me@host", None),
            ("icmp://", None),
        ] {
            assert_eq!((HOST.canonical)(text).as_deref(), canonical, "{text}");
            assert_eq!((HOST.check)(&Path::from("url"), text).is_none(), canonical.is_some(), "{text}");
        }
    }

    #[test]
    fn a_bound_is_reached_with_so_many_percent_or_more() {
        let rule = PingRule { count: 3, degraded: Some(33), down: 66 };
        let said = |pings: &Pings| {
            let text =
                |(_, unmet): (Subject, Unmet)| format!("{}, expected {}", unmet.actual, unmet.expected);
            let redact: Redact<'_> = &str::to_owned;
            (
                IcmpCheck::unmet(&rule, pings, redact).map(text),
                IcmpCheck::shortfall(&rule, pings, redact).map(text),
            )
        };
        assert_eq!(said(&pings(3, &[1, 2, 3])), (None, None));
        let one = "a loss of 33 % (1 of 3 pings), expected less than 33 %";
        assert_eq!(said(&pings(3, &[1, 2])), (None, Some(one.to_owned())));
        let two = "a loss of 66 % (2 of 3 pings), expected less than 66 %";
        assert_eq!(said(&pings(3, &[1])).0.as_deref(), Some(two));
        assert_eq!(pings(3, &[1, 2]).beyond(34), None);
        assert_eq!(pings(10, &[1, 2, 3, 4, 5, 6, 7, 8, 9]).beyond(100), None);
    }

    #[test]
    fn the_latency_is_the_median_of_the_replies() {
        for (replies, millis) in
            [(&[5, 1, 900][..], 5), (&[1, 3], 2), (&[7], 7), (&[4, 1, 3, 100], 3), (&[], 0)]
        {
            let latency = pings(10, replies).latency();
            assert_eq!(latency.as_millis(), millis, "{replies:?}");
        }
    }

    #[test]
    fn bounds_are_held_and_less_is_named() {
        let rule = |loss: Value| written(json!({"expect": {"loss": loss}}));
        assert_eq!(written(json!({})).0, PingRule { count: 3, degraded: None, down: 100 });
        for (document, codes) in [
            (json!({"count": 10}), &[][..]),
            (json!({"count": 0}), &[Code::OutOfBounds]),
            (json!({"count": 11}), &[Code::OutOfBounds]),
            (json!({"expect": {"loss": {"down": 101}}}), &[Code::OutOfBounds]),
            (json!({"expect": {"loss": {"degraded": 50, "down": 50}}}), &[Code::Contradiction]),
            (json!({"expect": {"loss": {"degraded": 100}}}), &[Code::Contradiction]),
        ] {
            assert_eq!(written(document.clone()).1, codes, "{document}");
        }
        let (strict, lax) = (rule(json!({"degraded": 10, "down": 50})).0, rule(json!({"down": 50})).0);
        assert_eq!(IcmpCheck::weaker(&strict, &lax), Some("expect.loss"));
        assert_eq!(IcmpCheck::weaker(&lax, &strict), None);
        assert_eq!(IcmpCheck::weaker(&lax, &written(json!({})).0), Some("expect.loss"));
    }
}
