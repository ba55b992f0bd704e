//! Which monitors are meant: `payments-*,tag:checkout,!group:eu`. The same in every command.

use std::fmt;

use regex::Regex;
use serde_json::Value;

use super::{Monitor, MonitorId, Spec};

/// Divides the arguments of a selector that is written down as one text.
const OR: char = '|';

/// Characters of a selector: it is stored, and every run holds every monitor against it.
const LENGTH: usize = 1_000;

/// Terms of a selector.
const TERMS: usize = 100;

/// Some monitors, by what they are.
///
/// Several arguments add up. In one argument values of one kind are alternatives and different kinds narrow:
/// `team:search,team:web,tag:eu` is what is of search or web, and eu. A term with `!` takes away from its argument; an
/// argument of nothing but such terms takes away from all others, or from everything if there are none.
#[derive(Debug, Clone)]
pub struct Selector {
    arguments: Vec<Argument>,
}

#[derive(Debug, Clone)]
struct Argument {
    terms: Vec<Term>,
}

#[derive(Debug, Clone)]
struct Term {
    /// As it was written, for people.
    text: String,
    sense: Sense,
    field: SelectorField,
    value: TermValue,
}

#[derive(Debug, Clone)]
enum TermValue {
    Exact(String),
    Pattern(Regex),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Takes,
    Leaves,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SelectorField {
    Id,
    Tag,
    Group,
    Team,
}

impl SelectorField {
    const ALL: [Self; 4] = [Self::Id, Self::Tag, Self::Group, Self::Team];
}

/// Why a text selects nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    #[error("an empty term selects nothing")]
    Empty,
    #[error("{0:?} is not an id, tag:, group: or team:")]
    UnknownField(String),
    #[error("it has {0} characters; the limit is {LENGTH}")]
    TooLong(usize),
    #[error("it has {0} terms; the limit is {TERMS}")]
    TooManyTerms(usize),
}

/// A part of a selector that matches nothing: most likely a mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Idle {
    #[error("no monitor {0}")]
    Id(String),
    #[error("no monitor matches {0}")]
    Term(String),
    /// Each of its terms matches some, and no monitor all that must hold.
    #[error("no monitor matches all of {0}")]
    Argument(String),
    /// What is taken away leaves nothing.
    #[error("{0} excludes every selected monitor")]
    Whole(String),
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
    /// One argument, or several divided by `|`. Its terms are divided by commas: an id, where `*` stands for any
    /// characters and `?` for one, or `tag:`, `group:` (a folder and those in it) or `team:` and a value.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        match text.chars().count() {
            ..=LENGTH => {}
            long => return Err(SelectorError::TooLong(long)),
        }
        let terms = text.split([OR, ',']).count();
        if terms > TERMS {
            return Err(SelectorError::TooManyTerms(terms));
        }
        Ok(Self { arguments: text.split(OR).map(Argument::parse).collect::<Result<_, _>>()? })
    }

    /// From arguments as typed, which add up; `None` if there is none.
    pub fn of(arguments: &[String]) -> Result<Option<Self>, SelectorError> {
        if arguments.is_empty() {
            return Ok(None);
        }
        Self::parse(&arguments.join(&OR.to_string())).map(Some)
    }

    pub fn takes(&self, monitor: &Traits<'_>) -> bool {
        let mut adding = self.arguments.iter().filter(|argument| !argument.only_leaves()).peekable();
        let is_taken = adding.peek().is_none() || adding.any(|argument| argument.takes(monitor));
        let removing = self.arguments.iter().filter(|argument| argument.only_leaves());
        is_taken && removing.into_iter().all(|argument| argument.takes(monitor))
    }

    /// Whether a monitor is named by its id.
    pub fn names(&self, id: &MonitorId) -> bool {
        let mut terms = self.arguments.iter().flat_map(|argument| &argument.terms);
        terms.any(|term| {
            term.sense == Sense::Takes && term.field == SelectorField::Id && term.text == id.as_str()
        })
    }

    /// The first part that matches none of `monitors`.
    pub fn idle(&self, monitors: &[Traits<'_>]) -> Option<Idle> {
        let mut terms = self.arguments.iter().flat_map(|argument| &argument.terms);
        let term = terms.find(|term| !monitors.iter().any(|monitor| term.matches(monitor)));
        let term = term.map(|term| match term.field {
            SelectorField::Id if term.sense == Sense::Takes && !term.text.contains(['*', '?']) => {
                Idle::Id(term.text.clone())
            }
            SelectorField::Id | SelectorField::Tag | SelectorField::Group | SelectorField::Team => {
                Idle::Term(term.text.clone())
            }
        });
        let argument = || {
            let mut arguments = self.arguments.iter();
            let idle = arguments.find(|argument| !monitors.iter().any(|monitor| argument.takes(monitor)));
            idle.map(|argument| Idle::Argument(argument.to_string()))
        };
        let whole = || {
            let is_idle = !monitors.iter().any(|monitor| self.takes(monitor));
            is_idle.then(|| Idle::Whole(self.to_string()))
        };
        term.or_else(argument).or_else(whole)
    }
}

impl Argument {
    fn parse(text: &str) -> Result<Self, SelectorError> {
        Ok(Self { terms: text.split(',').map(Term::parse).collect::<Result<_, _>>()? })
    }

    fn only_leaves(&self) -> bool {
        self.terms.iter().all(|term| term.sense == Sense::Leaves)
    }

    fn takes(&self, monitor: &Traits<'_>) -> bool {
        let takes = |field: SelectorField| {
            let of_kind = |term: &&Term| term.sense == Sense::Takes && term.field == field;
            let mut of_kind = self.terms.iter().filter(of_kind).peekable();
            of_kind.peek().is_none() || of_kind.any(|term| term.matches(monitor))
        };
        let leaves = |term: &Term| term.sense == Sense::Leaves && term.matches(monitor);
        SelectorField::ALL.into_iter().all(takes) && !self.terms.iter().any(leaves)
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
            None => (SelectorField::Id, rest),
            Some(("tag", value)) => (SelectorField::Tag, value),
            Some(("group", value)) => (SelectorField::Group, value.trim_end_matches('/')),
            Some(("team", value)) => (SelectorField::Team, value),
            Some(_) => return Err(SelectorError::UnknownField(rest.to_owned())),
        };
        if value.is_empty() {
            return Err(SelectorError::Empty);
        }
        let value = TermValue::parse(value).ok_or_else(|| SelectorError::TooLong(text.chars().count()))?;
        Ok(Self { text: text.to_owned(), sense, field, value })
    }

    fn matches(&self, monitor: &Traits<'_>) -> bool {
        let Traits { id, group, team, tags } = monitor;
        match self.field {
            SelectorField::Id => self.value.fits(id),
            SelectorField::Tag => tags.iter().any(|tag| self.value.fits(tag)),
            SelectorField::Team => team.is_some_and(|team| self.value.fits(team)),
            SelectorField::Group => {
                let ends = group.match_indices('/').map(|(at, _)| at).chain([group.len()]);
                ends.filter_map(|end| group.get(..end)).any(|folder| self.value.fits(folder))
            }
        }
    }
}

impl TermValue {
    /// `None` if the pattern is too large.
    fn parse(value: &str) -> Option<Self> {
        if !value.contains(['*', '?']) {
            return Some(Self::Exact(value.to_owned()));
        }
        // Many stars in a row mean what one does. The time of a match grows with the length alone: this is no backtracker.
        let mut pattern = String::new();
        for c in value.chars() {
            match c {
                '*' if pattern.ends_with(".*") => {}
                '*' => pattern.push_str(".*"),
                '?' => pattern.push('.'),
                c => pattern.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
            }
        }
        Regex::new(&format!("^(?s:{pattern})$")).ok().map(Self::Pattern)
    }

    fn fits(&self, text: &str) -> bool {
        match self {
            Self::Exact(value) => value == text,
            Self::Pattern(pattern) => pattern.is_match(text),
        }
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let terms: Vec<_> = self.terms.iter().map(|term| term.text.as_str()).collect();
        f.write_str(&terms.join(","))
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments: Vec<_> = self.arguments.iter().map(ToString::to_string).collect();
        f.write_str(&arguments.join(&OR.to_string()))
    }
}

#[cfg(test)]
mod tests;
