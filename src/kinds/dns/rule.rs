//! What an answer must be, and what it is not.

use std::collections::BTreeSet;

use super::question::ServerName;
use super::rcode::Rcode;
use super::record::RecordKind;
use super::reply::{DnsReply, OtherReply, RecordSet};
use crate::assert::{Redact, Subject, Unmet, shown};
use crate::value::{Budget, Pattern};

/// What expectations on an answer are called.
pub const RCODE: Subject = Subject::one("rcode", "rcode").numbered(20);
pub const ANSWERS: Subject = Subject::one("answers", "answers").numbered(21);
pub const AGREEMENT: Subject = Subject::one("agreement", "agree_with").numbered(22);

/// What is expected of a lookup.
#[derive(Debug, Clone, PartialEq)]
pub struct LookupRule {
    pub rcodes: Vec<Rcode>,
    /// `None` asks for one record, whatever it is.
    pub answers: Option<AnswerRule>,
    /// Servers that must give the same answer.
    pub agree_with: Vec<ServerName>,
    pub warn: WarningRule,
}

/// What is only worth a warning.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WarningRule {
    pub rcodes: Option<Vec<Rcode>>,
    pub answers: Option<AnswerRule>,
}

/// What records must be. The texts are as they are written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnswerRule {
    pub equals: Option<Vec<String>>,
    pub contains: Vec<String>,
    pub matches: Vec<Pattern>,
    pub count: Option<u32>,
}

impl LookupRule {
    /// The first of what is not as it should be.
    pub fn unmet(&self, reply: &DnsReply, redact: Redact<'_>) -> Option<(Subject, Unmet)> {
        let DnsReply { kind, server, said, others } = reply;
        let of_rcode = || {
            let is_accepted = self.rcodes.contains(&said.rcode);
            (!is_accepted).then(|| Unmet { actual: said.rcode.words(), expected: or(&self.rcodes) })
        };
        let of_answers = || match &self.answers {
            Some(rule) => rule.unmet(*kind, said, redact),
            None if said.rcode == Rcode::NOERROR && said.records.is_empty() => {
                Some(Unmet { actual: found(*kind, said, redact), expected: "at least one".to_owned() })
            }
            None => None,
        };
        let of_others = || others.iter().find_map(|other| disagreement(server, said, other, redact));
        of_rcode()
            .map(|unmet| (RCODE, unmet))
            .or_else(|| of_answers().map(|unmet| (ANSWERS, unmet)))
            .or_else(|| of_others().map(|unmet| (AGREEMENT, unmet)))
    }

    /// What must hold, in words.
    pub fn expected(&self) -> Vec<(Subject, String)> {
        let Self { rcodes, answers, agree_with, warn } = self;
        let mut expected = vec![(RCODE, or(rcodes))];
        match answers {
            Some(rule) => expected.extend(rule.expected().map(|words| (ANSWERS, words))),
            None if rcodes.contains(&Rcode::NOERROR) => expected.push((ANSWERS, "at least one".to_owned())),
            None => {}
        }
        expected.extend(agree_with.iter().map(|server| (AGREEMENT, format!("the same as {server} says"))));
        let WarningRule { rcodes, answers } = warn;
        let otherwise = |(subject, words)| (subject, format!("{words}, or it is degraded"));
        expected.extend(rcodes.iter().map(|rcodes| (RCODE, or(rcodes))).map(otherwise));
        let answers = answers.iter().flat_map(AnswerRule::expected);
        expected.extend(answers.map(|words| (ANSWERS, words)).map(otherwise));
        expected
    }

    /// The field in which less is asked than before.
    pub fn weaker_than(&self, before: &Self) -> Option<&'static str> {
        let accepts_more = self.rcodes.iter().any(|rcode| !before.rcodes.contains(rcode));
        if accepts_more {
            return Some("expect.rcode");
        }
        let asks_less = match (&before.answers, &self.answers) {
            (Some(before), Some(after)) => after.is_weaker_than(before),
            (Some(_), None) => true,
            // Without a rule at least one record must come.
            (None, Some(after)) => !after.asks_for_one(),
            (None, None) => false,
        };
        if asks_less {
            return Some("expect.answers");
        }
        if let Some(field) = self.warn.weaker_than(&before.warn) {
            return Some(field);
        }
        let asks_fewer = before.agree_with.iter().any(|server| !self.agree_with.contains(server));
        asks_fewer.then_some("agree_with")
    }
}

impl WarningRule {
    /// The first of what is not as it should be.
    pub fn unmet(&self, reply: &DnsReply, redact: Redact<'_>) -> Option<(Subject, Unmet)> {
        let Self { rcodes, answers } = self;
        let DnsReply { kind, server: _, said, others: _ } = reply;
        if let Some(rcodes) = rcodes.as_ref().filter(|rcodes| !rcodes.contains(&said.rcode)) {
            return Some((RCODE, Unmet { actual: said.rcode.words(), expected: or(rcodes) }));
        }
        Some((ANSWERS, answers.as_ref()?.unmet(*kind, said, redact)?))
    }

    fn weaker_than(&self, before: &Self) -> Option<&'static str> {
        let Self { rcodes, answers } = before;
        let accepts = |own: &Option<Vec<Rcode>>, before: &[Rcode]| {
            own.as_ref().is_none_or(|own| own.iter().any(|rcode| !before.contains(rcode)))
        };
        if rcodes.as_ref().is_some_and(|before| accepts(&self.rcodes, before)) {
            return Some("warn.rcode");
        }
        let asks_less =
            |before: &AnswerRule| self.answers.as_ref().is_none_or(|after| after.is_weaker_than(before));
        answers.as_ref().is_some_and(asks_less).then_some("warn.answers")
    }
}

impl AnswerRule {
    /// Whether an answer without records cannot be good.
    pub fn asks_for_one(&self) -> bool {
        let Self { equals, contains, matches, count } = self;
        equals.is_some()
            || !contains.is_empty()
            || !matches.is_empty()
            || count.is_some_and(|count| count > 0)
    }

    fn expected(&self) -> impl Iterator<Item = String> {
        let Self { equals, contains, matches, count } = self;
        let equals = equals.iter().map(|texts| texts.join(", "));
        let contains = contains.iter().map(|text| among_them(text));
        let matches = matches.iter().map(a_match);
        equals.chain(contains).chain(matches).chain(count.map(in_all))
    }

    fn is_weaker_than(&self, before: &Self) -> bool {
        let Self { equals, contains, matches, count } = before;
        let lacks = |text: &String| !self.contains.contains(text) && self.equals.is_none();
        (equals.is_some() && self.equals.is_none())
            || contains.iter().any(lacks)
            || matches.iter().any(|pattern| !self.matches.contains(pattern) && self.equals.is_none())
            || (count.is_some() && self.count.is_none() && self.equals.is_none())
    }

    fn unmet(&self, kind: RecordKind, said: &RecordSet, redact: Redact<'_>) -> Option<Unmet> {
        let Self { equals, contains, matches, count } = self;
        let unmet = |expected: String| Some(Unmet { actual: found(kind, said, redact), expected });
        let spelled = |text: &String| kind.canonical(text).unwrap_or_else(|| text.clone());
        if let Some(equals) = equals {
            let equals: BTreeSet<_> = equals.iter().map(spelled).collect();
            if equals != said.records {
                return unmet(listed(&equals));
            }
        }
        if let Some(missing) = contains.iter().map(spelled).find(|text| !said.records.contains(text)) {
            return unmet(among_them(&missing));
        }
        let mut budget = Budget::default();
        for pattern in matches {
            let mut is_found = false;
            for record in &said.records {
                match pattern.is_match(record, &mut budget) {
                    Ok(true) => is_found = true,
                    Ok(false) => {}
                    // What cannot be judged never passes.
                    Err(why) => return unmet(format!("{}, but {why}", a_match(pattern))),
                }
            }
            if !is_found {
                return unmet(a_match(pattern));
            }
        }
        let count = count.filter(|count| *count as usize != said.records.len())?;
        unmet(in_all(count))
    }
}

fn among_them(text: &str) -> String {
    format!("{text} among them")
}

fn a_match(pattern: &Pattern) -> String {
    format!("a record that matches {pattern:?}")
}

fn in_all(count: u32) -> String {
    match count {
        0 => "none".to_owned(),
        count => format!("{count} in all"),
    }
}

/// `no MX record`, `the MX record 10 mail.example.com`, `2 A records: 192.0.2.1, 192.0.2.2`.
fn found(kind: RecordKind, said: &RecordSet, redact: Redact<'_>) -> String {
    let RecordSet { rcode: _, records, alias } = said;
    let kind = kind.as_str();
    let of = match alias {
        Some(alias) => format!(" of its alias {}", shown(alias, redact)),
        None => String::new(),
    };
    match records.len() {
        0 => format!("no {kind} record{of}"),
        1 => format!("the {kind} record {}{of}", shown(&listed(records), redact)),
        several => format!("{several} {kind} records{of}: {}", shown(&listed(records), redact)),
    }
}

fn listed(records: &BTreeSet<String>) -> String {
    records.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn or(rcodes: &[Rcode]) -> String {
    let names: Vec<_> = rcodes.iter().map(Rcode::to_string).collect();
    names.join(" or ")
}

/// What another server says that differs.
fn disagreement(server: &str, said: &RecordSet, other: &OtherReply, redact: Redact<'_>) -> Option<Unmet> {
    let short = |set: &RecordSet| match (set.rcode, set.records.is_empty()) {
        (Rcode::NOERROR, true) => "no record".to_owned(),
        (Rcode::NOERROR, false) => shown(&listed(&set.records), redact),
        (rcode, _) => rcode.to_string(),
    };
    let actual = match &other.said {
        Ok(set) if set.rcode == said.rcode && set.records == said.records => return None,
        Ok(set) => format!("{} says {}", other.server, short(set)),
        Err(why) => format!("{} gave no answer: {}", other.server, shown(why, redact)),
    };
    Some(Unmet { actual, expected: format!("{}, as {server} says", short(said)) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::kinds::dns::{DnsCheck, LookupOutcome};
    use crate::kinds::{Kind as _, Own, Scrutiny};
    use crate::written::Code;

    /// The rule of a file, with the codes of what is wrong with it.
    fn written(document: Value) -> (LookupRule, Vec<Code>) {
        read(document, Scrutiny::Written)
    }

    fn read(document: Value, scrutiny: Scrutiny) -> (LookupRule, Vec<Code>) {
        let Value::Object(fields) = document else { panic!("{document} is no map") };
        let mut violations = Vec::new();
        let own = Own::<DnsCheck>::read(&Map::from_iter(fields)).expect("it is readable");
        let (rule, _) = own.build(scrutiny, &mut violations);
        (rule, violations.into_iter().map(|violation| violation.code).collect())
    }

    fn expecting(kind: &str, answers: &Value) -> LookupRule {
        let url = format!("dns:///a.example?type={kind}");
        let (rule, codes) = written(json!({"url": url, "expect": {"answers": answers}}));
        assert_eq!(codes, []);
        rule
    }

    fn why(rule: &LookupRule, kind: RecordKind, records: &[&str]) -> String {
        let records = records.iter().map(|record| (*record).to_owned()).collect();
        let said = RecordSet { rcode: Rcode::NOERROR, records, alias: None };
        let reply = DnsReply { kind, server: "ns".to_owned(), said, others: Vec::new() };
        let unmet = rule.unmet(&reply, &str::to_owned);
        unmet
            .map_or(String::new(), |(_, Unmet { actual, expected })| format!("{actual}, expected {expected}"))
    }

    #[test]
    fn what_is_only_warned_of_is_a_shortfall_and_nothing_unmet() {
        let document = |warn: Value| json!({"url": "dns:///a.example?type=A", "warn": warn});
        let (rule, codes) = written(document(json!({"answers": {"count": 2}})));
        assert_eq!(codes, []);
        let records = std::iter::once("192.0.2.1".to_owned()).collect();
        let said = RecordSet { rcode: Rcode::NOERROR, records, alias: None };
        let reply = DnsReply { kind: RecordKind::A, server: "ns".to_owned(), said, others: Vec::new() };
        let evidence = LookupOutcome::Replied(Box::new(reply));
        assert_eq!(DnsCheck::unmet(&rule, &evidence, &str::to_owned), None);
        let (subject, unmet) = DnsCheck::shortfall(&rule, &evidence, &str::to_owned).expect("a warning");
        assert_eq!((subject, unmet.expected.as_str()), (ANSWERS, "2 in all"));
        let (lax, _) = written(document(json!({})));
        assert_eq!(DnsCheck::weaker(&rule, &lax), Some("warn.answers"));
        assert_eq!(DnsCheck::weaker(&lax, &rule), None);
        assert_eq!(written(document(json!({"answers": {"equals": "nonsense"}}))).1, [Code::NeverPasses]);
    }

    #[test]
    fn records_are_compared_as_sets_and_in_one_spelling() {
        use RecordKind::{A, Mx, Txt};
        let two = ["10 mx1.a.example", "20 mx2.a.example"];
        for (kind, answers, records, said) in [
            (Mx, json!({"equals": ["20 MX2.a.example.", "10 mx1.a.example"]}), &two[..], ""),
            (
                Mx,
                json!({"equals": "10 mx1.a.example"}),
                &two[..],
                "2 MX records: 10 mx1.a.example, 20 mx2.a.example, expected 10 mx1.a.example",
            ),
            (Mx, json!({"contains": "20 mx2.A.example"}), &two[..], ""),
            (
                Mx,
                json!({"contains": ["20 mx2.a.example", "30 mx3.a.example"]}),
                &two[..],
                "2 MX records: 10 mx1.a.example, 20 mx2.a.example, expected 30 mx3.a.example among them",
            ),
            (A, json!({"contains": "192.0.2.1"}), &[], "no A record, expected 192.0.2.1 among them"),
            (A, json!({"count": 2}), &["192.0.2.1"], "the A record 192.0.2.1, expected 2 in all"),
            (A, json!({"count": 0}), &["192.0.2.1"], "the A record 192.0.2.1, expected none"),
            (A, json!({"count": 0}), &[], ""),
            (Txt, json!({"matches": "^v=spf1 "}), &["other", "v=spf1 -all"], ""),
            (
                Txt,
                json!({"matches": ["^v=spf1 ", "\\+all"]}),
                &["v=spf1 -all"],
                "the TXT record v=spf1 -all, expected a record that matches /\\+all/",
            ),
        ] {
            let rule = expecting(kind.as_str(), &answers);
            assert_eq!(why(&rule, kind, records), said, "{answers}");
        }
    }

    #[test]
    fn what_no_answer_meets_is_refused_where_it_is_written() {
        let url = "dns:///a.example?type=A";
        for (document, codes) in [
            (json!({"url": url, "expect": {"answers": {"equals": "a.example"}}}), &[Code::NeverPasses][..]),
            (
                json!({"url": url, "expect": {"answers": {"equals": ["192.0.2.1", "192.0.2.2"], "count": 3}}}),
                &[Code::NeverPasses],
            ),
            (
                json!({"url": url, "expect": {"rcode": "NXDOMAIN", "answers": {"count": 1}}}),
                &[Code::NeverPasses],
            ),
            (json!({"url": url, "expect": {"rcode": "nxdomain", "answers": {"count": 0}}}), &[]),
            (json!({"url": url, "expect": {"rcode": "NOPE"}}), &[Code::BadFormat]),
            (json!({"url": url, "expect": {"answers": {"count": 257}}}), &[Code::OutOfBounds]),
            (json!({"url": url, "expect": {"answers": {"matches": "("}}}), &[Code::InvalidPattern]),
            (json!({"url": url, "agree_with": ["a/b"]}), &[Code::BadFormat]),
            // A reference hides the type, so nothing can be said of the text.
            (
                json!({"url": "dns://${env:S}/a.example?type=A", "expect": {"answers": {"equals": "a.example"}}}),
                &[],
            ),
        ] {
            assert_eq!(written(document.clone()).1, codes, "{document}");
        }
        // Of a file, the schema says so.
        let stored = json!({"url": url, "expect": {"answers": {}}});
        assert_eq!(read(stored, Scrutiny::Stored).1, [Code::Empty]);
    }

    #[test]
    fn what_asks_less_than_before_names_its_field() {
        let rule = |expect: Value, others: Value| {
            written(json!({"url": "dns:///a.example", "expect": expect, "agree_with": others})).0
        };
        let none = || json!(null);
        let plain = || rule(json!({}), none());
        for (before, after, field) in [
            (plain(), plain(), None),
            (plain(), rule(json!({"rcode": ["NOERROR", "NXDOMAIN"]}), none()), Some("expect.rcode")),
            (rule(json!({"rcode": ["NOERROR", "NXDOMAIN"]}), none()), plain(), None),
            (plain(), rule(json!({"answers": {"count": 0}}), none()), Some("expect.answers")),
            (rule(json!({"answers": {"equals": "192.0.2.1"}}), none()), plain(), Some("expect.answers")),
            (
                rule(json!({"answers": {"equals": "192.0.2.1"}}), none()),
                rule(json!({"answers": {"contains": "192.0.2.1"}}), none()),
                Some("expect.answers"),
            ),
            (
                rule(json!({"answers": {"contains": "192.0.2.1"}}), none()),
                rule(json!({"answers": {"equals": "192.0.2.1"}}), none()),
                None,
            ),
            (rule(json!({}), json!(["9.9.9.9"])), plain(), Some("agree_with")),
            (plain(), rule(json!({}), json!(["9.9.9.9"])), None),
        ] {
            assert_eq!(after.weaker_than(&before), field, "{before:?} {after:?}");
        }
    }
}
