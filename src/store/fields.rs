//! Reads the attributes of an item. Values are moved out; unused ones are ignored, so a newer
//! version may add attributes.
//!
//! `serde_dynamo` would do it too, at a price that `check` pays for each row: it converts an item into a map of its own
//! first (measured: 1.3 times the CPU, and 1.6 times with the path of a fault, which its errors lack), it panics on a
//! kind of value that it does not know, and it reads a number of a `spec` as a float.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::item::Item;
use super::unreadable::{Malformed, Unreadable, UnreadableReason};
use crate::monitor::marked;

/// An item, or a map in it, that is being read.
pub struct Fields(Item);

/// Reads an item of one of our formats; what is wrong with it is reported with its key.
pub fn read<T>(
    key: &str,
    newest: u32,
    item: Item,
    decode: impl FnOnce(&mut Fields) -> Result<T, Malformed>,
) -> Result<T, Unreadable> {
    let mut fields = Fields(item);
    // An item without a format was put in by hand, or by a version that did not know formats.
    let result = match fields.maybe_number::<u32>("format") {
        Ok(Some(format)) if format > newest => Err(UnreadableReason::Newer { format }),
        Ok(_) => decode(&mut fields).map_err(|Malformed(why)| UnreadableReason::Malformed(why)),
        Err(Malformed(why)) => Err(UnreadableReason::Malformed(why)),
    };
    result.map_err(|reason| Unreadable::new(key, reason))
}

impl Fields {
    pub fn of(item: Item) -> Self {
        Self(item)
    }

    pub fn text(&mut self, name: &str) -> Result<String, Malformed> {
        required(name, self.maybe_text(name)?)
    }

    pub fn maybe_text(&mut self, name: &str) -> Result<Option<String>, Malformed> {
        self.take(name, "a string", |value| match value {
            AttributeValue::S(text) => Some(text),
            _ => None,
        })
    }

    /// A text that is shown to people. The table may hold foreign texts (trap 17).
    pub fn words(&mut self, name: &str) -> Result<String, Malformed> {
        required(name, self.maybe_words(name)?)
    }

    pub fn maybe_words(&mut self, name: &str) -> Result<Option<String>, Malformed> {
        Ok(self.maybe_text(name)?.map(marked))
    }

    pub fn number<T: TryFrom<i64>>(&mut self, name: &str) -> Result<T, Malformed> {
        required(name, self.maybe_number(name)?)
    }

    /// A whole number. Every one that counts up fits into an i64, so that adding one to what was read is safe.
    pub fn maybe_number<T: TryFrom<i64>>(&mut self, name: &str) -> Result<Option<T>, Malformed> {
        self.take(name, "a whole number in range", |value| match value {
            AttributeValue::N(digits) => digits.parse().ok().and_then(|number| T::try_from(number).ok()),
            _ => None,
        })
    }

    /// A moment as milliseconds since 1970.
    pub fn moment(&mut self, name: &str) -> Result<Timestamp, Malformed> {
        required(name, self.maybe_moment(name)?)
    }

    pub fn maybe_moment(&mut self, name: &str) -> Result<Option<Timestamp>, Malformed> {
        self.take(name, "a time in milliseconds", |value| match value {
            AttributeValue::N(digits) => Timestamp::from_millisecond(digits.parse().ok()?).ok(),
            _ => None,
        })
    }

    /// Moments, each as milliseconds since 1970.
    pub fn maybe_moments(&mut self, name: &str) -> Result<Option<Vec<Timestamp>>, Malformed> {
        self.take(name, "a list of times in milliseconds", |value| match value {
            AttributeValue::L(values) => values
                .into_iter()
                .map(|value| match value {
                    AttributeValue::N(digits) => Timestamp::from_millisecond(digits.parse().ok()?).ok(),
                    _ => None,
                })
                .collect(),
            _ => None,
        })
    }

    /// A moment as people read it, RFC 3339.
    pub fn maybe_date(&mut self, name: &str) -> Result<Option<Timestamp>, Malformed> {
        self.take(name, "an RFC 3339 time", |value| match value {
            AttributeValue::S(text) => text.parse().ok(),
            _ => None,
        })
    }

    pub fn date(&mut self, name: &str) -> Result<Timestamp, Malformed> {
        required(name, self.maybe_date(name)?)
    }

    pub fn flag(&mut self, name: &str) -> Result<bool, Malformed> {
        let flag = self.take(name, "a boolean", |value| match value {
            AttributeValue::Bool(flag) => Some(flag),
            _ => None,
        })?;
        required(name, flag)
    }

    pub fn bytes(&mut self, name: &str) -> Result<Vec<u8>, Malformed> {
        let bytes = self.take(name, "binary", |value| match value {
            AttributeValue::B(bytes) => Some(bytes.into_inner()),
            _ => None,
        })?;
        required(name, bytes)
    }

    pub fn texts(&mut self, name: &str) -> Result<Vec<String>, Malformed> {
        required(name, self.maybe_texts(name)?)
    }

    pub fn maybe_texts(&mut self, name: &str) -> Result<Option<Vec<String>>, Malformed> {
        self.take(name, "a list of strings", |value| match value {
            AttributeValue::L(values) => values
                .into_iter()
                .map(|value| if let AttributeValue::S(text) = value { Some(text) } else { None })
                .collect(),
            _ => None,
        })
    }

    pub fn map(&mut self, name: &str) -> Result<Self, Malformed> {
        required(name, self.maybe_map(name)?)
    }

    /// What a map holds. What is wrong inside is reported with its path.
    pub fn inner<T>(
        &mut self,
        name: &str,
        decode: impl FnOnce(&mut Self) -> Result<T, Malformed>,
    ) -> Result<T, Malformed> {
        required(name, self.maybe_inner(name, decode)?)
    }

    pub fn maybe_inner<T>(
        &mut self,
        name: &str,
        decode: impl FnOnce(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Malformed> {
        let Some(mut fields) = self.maybe_map(name)? else { return Ok(None) };
        decode(&mut fields).map(Some).map_err(|error| error.within(name))
    }

    /// What the maps of a list hold.
    pub fn maybe_list<T>(
        &mut self,
        name: &str,
        decode: impl Fn(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Option<Vec<T>>, Malformed> {
        let maps = self.take(name, "a list of maps", |value| match value {
            AttributeValue::L(values) => values
                .into_iter()
                .map(|value| if let AttributeValue::M(fields) = value { Some(Self(fields)) } else { None })
                .collect::<Option<Vec<_>>>(),
            _ => None,
        })?;
        let decode = |mut fields| decode(&mut fields).map_err(|error| error.within(name));
        maps.map(|maps| maps.into_iter().map(decode).collect()).transpose()
    }

    pub fn maybe_map(&mut self, name: &str) -> Result<Option<Self>, Malformed> {
        self.take(name, "a map", |value| match value {
            AttributeValue::M(fields) => Some(Self(fields)),
            _ => None,
        })
    }

    /// A word of a closed set.
    pub fn word<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, Malformed> {
        let text = self.text(name)?;
        parse(&text).ok_or_else(|| Malformed(format!("`{name}` has the unknown value {text:?}")))
    }

    /// The names of all that was not read yet.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.0.keys().cloned()
    }

    pub fn into_inner(self) -> Item {
        self.0
    }

    fn take<T>(
        &mut self,
        name: &str,
        kind: &str,
        read: impl FnOnce(AttributeValue) -> Option<T>,
    ) -> Result<Option<T>, Malformed> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| Malformed(format!("`{name}` is not {kind}"))),
        }
    }
}

fn required<T>(name: &str, value: Option<T>) -> Result<T, Malformed> {
    value.ok_or_else(|| Malformed(format!("`{name}` is missing")))
}
