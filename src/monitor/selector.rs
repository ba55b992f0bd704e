//! Which monitors are meant: `payments-*,tag:checkout,!group:eu`.

use std::fmt;

use regex::Regex;
use serde_json::Value;

use super::{Monitor, MonitorId, Spec};

/// Some monitors, by what they are. A monitor is selected if one of the terms takes it, and none that begins with `!`;
/// a selector of nothing but `!` terms takes all others.
#[derive(Debug, Clone)]
pub struct Selector {
    terms: Vec<Term>,
}

#[derive(Debug, Clone)]
struct Term {
    /// As it was written, for people.
    text: String,
    sense: Sense,
    field: Field,
    pattern: Regex,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Takes,
    Leaves,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Id,
    Tag,
    Group,
    Team,
}

/// Why a text selects nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    #[error("an empty term selects nothing")]
    Empty,
    #[error("{0:?} is none of id, tag:, group:, team:")]
    UnknownField(String),
    #[error("{0:?} is too long")]
    TooLong(String),
}

/// What a selector looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traits<'a> {
    pub id: &'a str,
    pub group: &'a str,
    pub team: Option<&'a str>,
    pub tags: Vec<&'a str>,
}

impl<'a> Traits<'a> {
    /// Of a monitor as it is written or stored, valid or not.
    pub fn of(id: &'a MonitorId, spec: &'a Spec) -> Self {
        let text = |key| spec.fields().get(key).and_then(Value::as_str);
        let tags = spec.fields().get("tags").and_then(Value::as_array);
        Self {
            id: id.as_str(),
            group: text("group").unwrap_or_default(),
            team: text("team"),
            tags: tags.into_iter().flatten().filter_map(Value::as_str).collect(),
        }
    }

    /// Of a valid one.
    pub fn of_monitor(monitor: &'a Monitor) -> Self {
        let Monitor { id, group, team, tags, .. } = monitor;
        Self {
            id: id.as_str(),
            group,
            team: team.as_deref(),
            tags: tags.iter().map(String::as_str).collect(),
        }
    }
}

impl Selector {
    /// Terms divided by commas: an id, where `*` stands for any characters and `?` for one, or `tag:`, `group:` (a
    /// folder and those in it) or `team:` and a value; `!` in front turns a term round.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        Ok(Self { terms: text.split(',').map(Term::parse).collect::<Result<_, _>>()? })
    }

    pub fn takes(&self, monitor: &Traits<'_>) -> bool {
        let matched = |sense| self.terms.iter().any(|term| term.sense == sense && term.matches(monitor));
        let only_leaves = self.terms.iter().all(|term| term.sense == Sense::Leaves);
        (only_leaves || matched(Sense::Takes)) && !matched(Sense::Leaves)
    }

    /// The terms that match none of `monitors`: most likely misspelt.
    pub fn idle(&self, monitors: &[Traits<'_>]) -> Vec<&str> {
        let idle = |term: &&Term| !monitors.iter().any(|monitor| term.matches(monitor));
        self.terms.iter().filter(idle).map(|term| term.text.as_str()).collect()
    }
}

impl Term {
    fn parse(written: &str) -> Result<Self, SelectorError> {
        let text = written.trim();
        let (sense, rest) = match text.strip_prefix('!') {
            Some(rest) => (Sense::Leaves, rest),
            None => (Sense::Takes, text),
        };
        let (field, value) = match rest.split_once(':') {
            None => (Field::Id, rest),
            Some(("tag", value)) => (Field::Tag, value),
            Some(("group", value)) => (Field::Group, value.trim_end_matches('/')),
            Some(("team", value)) => (Field::Team, value),
            Some(_) => return Err(SelectorError::UnknownField(rest.to_owned())),
        };
        if value.is_empty() {
            return Err(SelectorError::Empty);
        }
        let pattern: String = value
            .chars()
            .map(|c| match c {
                '*' => ".*".to_owned(),
                '?' => ".".to_owned(),
                c => regex::escape(c.encode_utf8(&mut [0; 4])),
            })
            .collect();
        let pattern = Regex::new(&format!("^(?s:{pattern})$"));
        let pattern = pattern.map_err(|_| SelectorError::TooLong(text.to_owned()))?;
        Ok(Self { text: text.to_owned(), sense, field, pattern })
    }

    fn matches(&self, monitor: &Traits<'_>) -> bool {
        let Traits { id, group, team, tags } = monitor;
        match self.field {
            Field::Id => self.pattern.is_match(id),
            Field::Tag => tags.iter().any(|tag| self.pattern.is_match(tag)),
            Field::Team => team.is_some_and(|team| self.pattern.is_match(team)),
            Field::Group => {
                let ends = group.match_indices('/').map(|(at, _)| at).chain([group.len()]);
                ends.filter_map(|end| group.get(..end)).any(|folder| self.pattern.is_match(folder))
            }
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let terms: Vec<_> = self.terms.iter().map(|term| term.text.as_str()).collect();
        f.write_str(&terms.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn monitors() -> Vec<Traits<'static>> {
        let monitor =
            |id, group, team, tags: &[&'static str]| Traits { id, group, team, tags: tags.to_vec() };
        vec![
            monitor("payments-api", "web/eu", Some("pay"), &["checkout", "eu"]),
            monitor("payments-db", "web", Some("pay"), &["eu"]),
            monitor("search", "", None, &[]),
        ]
    }

    fn check(text: &str, expected: &[&str]) {
        let selector = Selector::parse(text).expect("a selector");
        let taken: Vec<_> =
            monitors().iter().filter(|monitor| selector.takes(monitor)).map(|monitor| monitor.id).collect();
        assert_eq!(taken, expected, "{text}");
    }

    #[test]
    fn terms_take_and_leave() {
        check("search", &["search"]);
        check("payments-*", &["payments-api", "payments-db"]);
        check("payments-?b", &["payments-db"]);
        check("tag:eu", &["payments-api", "payments-db"]);
        check("tag:eu,!tag:checkout", &["payments-db"]);
        check("group:web", &["payments-api", "payments-db"]);
        check("group:web/eu/", &["payments-api"]);
        check("group:we", &[]);
        check("team:pay,search", &["payments-api", "payments-db", "search"]);
        check("!team:pay", &["search"]);
        check("payments.api", &[]);
    }

    #[test]
    fn a_term_that_matches_nothing_is_named() {
        let selector = Selector::parse("search,tag:us,!payments-*").expect("a selector");
        assert_eq!(selector.idle(&monitors()), ["tag:us"]);
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        assert_eq!(Selector::parse("").err(), Some(SelectorError::Empty));
        assert_eq!(Selector::parse("a,,b").err(), Some(SelectorError::Empty));
        assert_eq!(Selector::parse("tag:").err(), Some(SelectorError::Empty));
        assert_eq!(Selector::parse("tags:x").err(), Some(SelectorError::UnknownField("tags:x".to_owned())));
    }
}
