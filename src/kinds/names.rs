//! Kinds by their schemes, and which fields mean something to which of them.

use super::shared::{SHARED, shared_field};
use super::urls::scheme;
use super::{Field, KindName, ListOrder, Manner};
use crate::assert::Subject;

impl KindName {
    /// The kind of a document: that of the field in place of `url`, or that of the URL.
    pub fn of_fields(url: &str, is_written: impl Fn(&str) -> bool) -> Self {
        let by_field = |kind: &Self| kind.in_place_of_url().is_some_and(&is_written);
        Self::ALL.iter().copied().find(by_field).unwrap_or_else(|| Self::of_url(url))
    }

    /// The kinds of URLs.
    pub fn of_urls() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|kind| kind.in_place_of_url().is_none())
    }

    /// The fields that may stand in place of `url`.
    pub fn in_places_of_url() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().filter_map(|kind| kind.in_place_of_url())
    }

    /// The kind of a URL.
    pub fn of_url(url: &str) -> Self {
        let scheme = scheme(url);
        let known = Self::ALL.iter().copied().find(|kind| kind.schemes().contains(&scheme.as_str()));
        known.unwrap_or(Self::HIDDEN)
    }

    /// A regular expression on the scheme, without anchors: `https?`.
    pub fn scheme_pattern(self) -> String {
        match self.schemes() {
            [plain, secured] if secured.strip_suffix('s') == Some(plain) => format!("{plain}s?"),
            [one] => (*one).to_owned(),
            several => format!("({})", several.join("|")),
        }
    }

    /// Its own field of this name.
    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.name == name)
    }

    /// The field of this name in a document of it: its own, or a shared one.
    pub fn known_field(self, name: &str) -> Option<&'static Field> {
        self.field(name).or_else(|| shared_field(name)).filter(|_| !self.lacks().contains(&name))
    }

    /// Fields that mean nothing here, each once: first those of all kinds, then those of others.
    pub fn foreign_fields(self) -> impl Iterator<Item = &'static str> {
        let names = move || self.lacks().iter().copied().chain(all_fields().map(|field| field.name));
        let foreign = names().enumerate().filter(move |(index, name)| {
            self.field(name).is_none() && !names().take(*index).any(|earlier| earlier == *name)
        });
        foreign.map(|(_, name)| name)
    }

    /// How a URL may be written, as a regular expression. Kinds whose URLs have one form stand together.
    pub fn url_pattern() -> String {
        let mut forms: Vec<(&str, Vec<String>)> = Vec::new();
        for kind in Self::of_urls() {
            let pattern = kind.url_form().pattern;
            match forms.iter_mut().find(|(known, _)| *known == pattern) {
                Some((_, schemes)) => schemes.push(kind.scheme_pattern()),
                None => forms.push((pattern, vec![kind.scheme_pattern()])),
            }
        }
        let form = |(pattern, schemes): (&str, Vec<String>)| match schemes.as_slice() {
            [one] => format!("{one}://{pattern}"),
            several => format!("({})://{pattern}", several.join("|")),
        };
        let forms: Vec<_> = forms.into_iter().map(form).collect();
        format!(r"^({}|\$\{{\S+)$", forms.join("|"))
    }

    /// How URLs are written, for people: `tcp://host:port or tls://host:port`.
    pub fn url_examples() -> String {
        let example = |kind: Self| {
            let example = kind.url_form().example;
            kind.schemes().iter().map(move |scheme| format!("{scheme}://{example}")).collect::<Vec<_>>()
        };
        let examples: Vec<_> = Self::of_urls().flat_map(example).collect();
        match examples.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            Some((only, _)) => only.clone(),
            None => String::new(),
        }
    }
}

/// How the values of `key` are merged, in the map that the keys `above` lead to. Kinds with a field of the same name agree
/// on it.
pub fn manner(above: &[&str], key: &str) -> Manner {
    field_at(above, key).map_or(Manner::Fields, |field| field.manner)
}

/// Whether a list at `key`, in the map that the keys `above` lead to, is a set.
pub fn is_set(above: &[&str], key: &str) -> bool {
    field_at(above, key).is_some_and(|field| field.list == ListOrder::Free)
}

/// The field of this name, whatever the kind.
pub fn field(name: &str) -> Option<&'static Field> {
    field_at(&[], name)
}

fn field_at(above: &[&str], key: &str) -> Option<&'static Field> {
    SHARED.iter().chain(all_fields()).find(|field| match above {
        [] => field.name == key,
        ["expect" | "warn"] => field.name.strip_prefix("expect.") == Some(key),
        _ => false,
    })
}

/// Where references to secrets are filled in, the fields that all kinds share first.
pub fn reference_fields() -> impl Iterator<Item = &'static Field> {
    SHARED.iter().chain(all_fields()).filter(|field| !field.references.is_empty())
}

/// What the expectations of each kind speak of, kind after kind, each once.
pub fn subjects() -> impl Iterator<Item = Subject> {
    let all = || KindName::ALL.iter().flat_map(|kind| kind.subjects());
    all()
        .enumerate()
        .filter(move |(index, one)| !all().take(*index).any(|earlier| earlier == *one))
        .map(|(_, one)| one)
}

fn all_fields() -> impl Iterator<Item = &'static Field> {
    KindName::ALL.iter().flat_map(|kind| kind.fields())
}

#[cfg(test)]
mod tests {
    use schemars::generate::SchemaSettings;
    use serde_json::{Map, Value};

    use super::*;

    #[test]
    fn the_scheme_decides_the_kind() {
        for (url, kind) in [
            ("https://a.example", KindName::Http),
            ("TCP://mail.example:25", KindName::Tcp),
            ("tls://a.example:443", KindName::Tls),
            ("${env:URL}", KindName::Http),
        ] {
            assert_eq!(KindName::of_url(url), kind, "{url}");
            assert_eq!(KindName::of_fields(url, |field| field == "url"), kind, "{url}");
            assert_eq!(KindName::of_fields(url, |field| field == "heartbeat"), KindName::Heartbeat, "{url}");
        }
        assert!(KindName::Tcp.foreign_fields().any(|field| field == "expect.status"));
        let of_others: Vec<_> = KindName::Http.foreign_fields().collect();
        assert!(of_others.contains(&"dialog") && of_others.contains(&"expect.tls"), "{of_others:?}");
    }

    #[test]
    fn the_fields_of_a_kind_are_those_that_it_reads() {
        let mut generator = SchemaSettings::draft07().with(|to| to.inline_subschemas = true).into_generator();
        for kind in KindName::ALL {
            let (own, expect) = kind.properties(&mut generator);
            let expect = expect.keys().map(|key| format!("expect.{key}"));
            let mut read: Vec<_> = own.keys().cloned().chain(expect).collect();
            let mut fields: Vec<_> =
                kind.fields().map(|field| field.name.to_owned()).filter(|name| name != "warn").collect();
            read.sort();
            fields.sort();
            assert_eq!(fields, read, "{}", kind.as_str());
        }
    }

    #[test]
    fn kinds_agree_on_the_fields_that_several_have() {
        for one in all_fields() {
            let agreed = match one.name.split_once('.') {
                Some((above, key)) => field_at(&[above], key),
                None => field_at(&[], one.name),
            };
            let traits = |field: &Field| (field.manner, field.list, field.texts, field.bearing);
            assert_eq!(agreed.map(traits), Some(traits(one)), "{}", one.name);
        }
    }

    #[test]
    fn kinds_describe_the_fields_that_several_have_in_the_same_words() {
        let mut generator = SchemaSettings::draft07().with(|to| to.inline_subschemas = true).into_generator();
        let mut known: Map<String, Value> = Map::new();
        for kind in KindName::ALL {
            let (own, expect) = kind.properties(&mut generator);
            let expect = expect.into_iter().map(|(key, schema)| (format!("expect.{key}"), schema));
            for (name, schema) in own.into_iter().chain(expect) {
                let first = known.entry(&name).or_insert_with(|| schema.clone());
                assert_eq!(*first, schema, "{name} of {}", kind.as_str());
            }
        }
    }

    #[test]
    fn a_field_within_expect_says_what_its_assertions_speak_of() {
        for field in all_fields() {
            if let Some(name) = field.name.strip_prefix("expect.") {
                assert_eq!(field.subject.map(Subject::field), Some(name), "{name}");
            }
        }
    }
}
