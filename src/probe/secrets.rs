//! The values behind the references of a run, and their redaction.

mod fetched;
mod finder;
mod hidden;
mod pieces;
mod quoter;
mod readings;
mod spelling;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use self::quoter::Quoter;

use self::fetched::FetchedValues;
use self::hidden::{Hidden, HiddenValues};
use crate::monitor::{Monitor, NotOffered, Offer, SecretRef, Template, is_hidden};
use crate::observation::{Fault, Transport};

/// The values of all secrets that the monitors of one run refer to, or why a value is missing.
#[derive(Default)]
pub struct Secrets {
    values: BTreeMap<SecretRef, Result<String, MissingSecret>>,
    /// Those of the references.
    hidden: HiddenValues,
    /// Those that came while the run went on.
    fetched: FetchedValues,
    /// References whose values are too short to be distinguished from ordinary text.
    short: BTreeSet<String>,
}

/// Why a secret has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum MissingSecret {
    /// The machine does not offer it, whether there is a value or not.
    NotOffered(NotOffered),
    Unset,
    /// Or blank. A deployment went wrong; it is no secret.
    Empty,
    /// The store of secrets did not return it, for this reason.
    Redacted(String),
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
        let sent = monitor.ask.sent().into_iter().map(|sent| sent.text);
        let templates = std::iter::once(&monitor.url).chain(sent).chain(monitor.tls.templates());
        templates.flat_map(Template::secrets)
    }

    fn holding(values: BTreeMap<SecretRef, Result<String, MissingSecret>>) -> Self {
        let (mut hidden, mut short) = (Vec::new(), BTreeSet::new());
        for (secret, value) in
            values.iter().filter_map(|(secret, value)| Some((secret, value.as_ref().ok()?)))
        {
            match Hidden::new(value, secret.to_string()) {
                Some(new) => hidden.push(new),
                None => drop(short.insert(secret.to_string())),
            }
        }
        Self { values, hidden: HiddenValues::new(hidden), fetched: FetchedValues::default(), short }
    }

    /// The same, with one record of fetched values for both.
    #[must_use]
    pub fn sharing_fetched_with(self, other: &Self) -> Self {
        Self { fetched: other.fetched.clone(), ..self }
    }

    /// From now on, no text of the run shows this value, which `monitor` sends and no reference names.
    pub(super) fn hide(&self, monitor: &Monitor, value: &str, reference: &str) {
        if let Some(new) = Hidden::new(value, reference.to_owned()) {
            self.fetched.hide(monitor, &new);
        }
    }

    /// Quotes what the probe of `monitor` received.
    pub fn quoter<'a>(&'a self, monitor: &'a Monitor) -> Quoter<'a> {
        Quoter::new(self, monitor)
    }

    /// References whose values have fewer than four characters. They are filled in and not redacted, because a text
    /// without all their occurrences would be unreadable.
    pub fn too_short(&self) -> impl Iterator<Item = &str> {
        self.short.iter().map(String::as_str)
    }

    /// The text with all its secrets filled in.
    pub(super) fn fill(&self, template: &Template) -> Result<String, Fault> {
        template.fill(|secret| match self.values.get(secret) {
            Some(Ok(value)) => Ok(value.clone()),
            Some(Err(missing)) => Err(missing.fault(secret)),
            None => Err(MissingSecret::Unset.fault(secret)),
        })
    }

    /// The first characters of a text, somewhat more than `limit`, with a reference in the place of each value of a
    /// secret and without the characters that could hide one; and the same without the references.
    fn redacted(&self, text: &str, limit: usize) -> (String, String) {
        let fetched = self.fetched.all();
        let longest = self.hidden.longest().max(fetched.longest());
        // A character may be escaped in twelve, and hidden ones count for nothing.
        let room = Self::looked_at(limit, longest);
        let visible: String = text.chars().filter(|&c| !is_hidden(c)).take(room).collect();
        let (mut shown, mut left) = (String::new(), String::new());
        let (mut rest, mut number) = (visible.as_str(), 0);
        while let Some(next) = rest.chars().next().filter(|_| number <= limit) {
            let found = [&self.hidden, &*fetched].into_iter().filter_map(|values| values.value_at(rest));
            if let Some((Hidden { value: _, reference }, length)) = found.max_by_key(|(_, length)| *length) {
                shown.push_str(reference);
                // It divides what stands before from what stands after.
                left.push('\n');
                number += reference.chars().count();
                rest = &rest[length..];
            } else {
                shown.push(next);
                left.push(next);
                number += 1;
                rest = &rest[next.len_utf8()..];
            }
        }
        (shown, left)
    }

    /// Characters that are looked at for `limit` of them: a value may begin at the last one, and each of its characters
    /// may be escaped in twelve.
    fn looked_at(limit: usize, longest: usize) -> usize {
        const ESCAPE: usize = 12;
        // Each reference that is shown takes some of the limit, and the value in its place may be a long one.
        (limit + 1).saturating_mul(longest.max(1)).min((limit + 1 + longest.saturating_mul(4)) * ESCAPE)
    }

    /// What `monitor` itself sends.
    fn hidden_of(&self, monitor: &Monitor) -> Vec<Hidden> {
        let own: BTreeSet<_> = Self::references(monitor).map(ToString::to_string).collect();
        let of_references = self.hidden.iter().filter(|hidden| own.contains(&hidden.reference)).cloned();
        of_references.chain(self.fetched.of(monitor)).collect()
    }

    /// Whether a text may hold a value, from any sender, and the reference of that.
    fn doubt_of_others(&self, text: &str) -> Option<String> {
        let fetched = self.fetched.all();
        self.hidden.held_by(text).or_else(|| fetched.held_by(text)).map(str::to_owned)
    }
}

impl MissingSecret {
    fn fault(&self, secret: &SecretRef) -> Fault {
        let actual = match self {
            Self::NotOffered(why) => format!("{secret} {why}"),
            Self::Unset => format!("{secret} is not set"),
            Self::Empty => format!("{secret} is empty"),
            Self::Redacted(why) => format!("{secret} cannot be read: {why}"),
        };
        let expected = match secret {
            SecretRef::Env(_) if matches!(self, Self::NotOffered(_)) => "a variable that the machine offers",
            SecretRef::Env(_) => "an environment variable with a value",
            SecretRef::Ssm(_) => "a parameter with a value",
            SecretRef::SecretsManager { .. } => "a secret with a value",
        };
        Fault::new(Transport::Secret, actual, expected)
    }
}

fn look_up(
    secret: &SecretRef,
    offer: &Offer,
    environment: impl Fn(&str) -> Option<String>,
    fetched: impl Fn(&SecretRef) -> Option<Result<String, String>>,
) -> Result<String, MissingSecret> {
    offer.check_reference(secret).map_err(MissingSecret::NotOffered)?;
    let value = match secret {
        SecretRef::Env(name) => environment(name).ok_or(MissingSecret::Unset)?,
        SecretRef::Ssm(_) | SecretRef::SecretsManager { .. } => fetched(secret)
            .unwrap_or_else(|| Err("it was not fetched".to_owned()))
            .map_err(MissingSecret::Redacted)?,
    };
    if value.trim().is_empty() { Err(MissingSecret::Empty) } else { Ok(value) }
}

impl fmt::Debug for Secrets {
    /// References only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys().map(ToString::to_string)).finish()
    }
}
