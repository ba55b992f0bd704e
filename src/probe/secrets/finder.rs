//! Whether a text may hold a secret in a form that redaction does not replace. Pure.

use aho_corasick::AhoCorasick;

use super::readings::{self, ReadingKind, in_a_host, squeezed, texts_in};

/// Shorter values occur by chance.
pub const SHORTEST: usize = 4;

/// From this length on a value is also searched for backwards and rotated.
const TURNED: usize = 6;

/// The part of another monitor's value that counts as a match, at its beginning and its end.
const LONG_PART: usize = 16;

/// Bytes up to which the texts inside a base64 value, and its base64 in a host, are searched for as well. Longer values
/// are keys and certificates, which are neither.
const SPELT_OUT: usize = 1_000;

/// Common beginnings of values, which tell nothing about them.
const COMMON: [&str; 5] = ["https://", "http://", "bearer ", "basic ", "token "];

/// How closely a text is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// For what a probe sent itself: every part of a value counts that would help to guess it.
    Own,
    /// For what others sent: the whole value, or a long part.
    Others,
}

/// Looks for some values at once, in a time that does not depend on how many they are.
#[derive(Debug, Default)]
pub struct SecretFinder {
    automaton: Option<AhoCorasick>,
    /// Of each part that is looked for: which value it is of, and how long that is.
    parts: Vec<(usize, usize)>,
}

impl SecretFinder {
    /// For values in their order; those that are too short are passed over.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a str>, care: Care) -> Self {
        let (mut patterns, mut parts) = (Vec::new(), Vec::new());
        for (number, value) in values.into_iter().enumerate() {
            let lower = value.to_ascii_lowercase();
            let common = COMMON.iter().find_map(|common| lower.strip_prefix(common));
            let bytes = common.unwrap_or(&lower).as_bytes();
            let mut forms = vec![bytes.to_vec(), squeezed(bytes)];
            if value.len() <= SPELT_OUT {
                forms.extend(texts_in(value).iter().map(|text| text.to_ascii_lowercase()));
                forms.extend(in_a_host(value.as_bytes()));
            }
            for form in forms {
                for part in parts_of(&form, care) {
                    patterns.push(part.to_vec());
                    parts.push((number, form.len()));
                }
            }
        }
        let automaton = if patterns.is_empty() { None } else { AhoCorasick::new(patterns).ok() };
        Self { automaton, parts }
    }

    /// The number of a value that `text` may hold.
    pub fn of(&self, text: &str) -> Option<usize> {
        let automaton = self.automaton.as_ref()?;
        let found = std::cell::Cell::new(None);
        let look = |reading: &[u8], how: ReadingKind| {
            let mut matches = automaton.find_overlapping_iter(reading);
            let hit = matches.find_map(|hit| {
                let (number, length) = *self.parts.get(hit.pattern().as_usize())?;
                (how == ReadingKind::Plain || length >= TURNED).then_some(number)
            });
            found.set(hit);
            hit.is_some()
        };
        readings::any(text, &look);
        found.get()
    }
}

/// The parts of a value that make a doubt.
fn parts_of(value: &[u8], care: Care) -> Vec<&[u8]> {
    let length = value.len();
    if length < SHORTEST {
        return Vec::new();
    }
    let (edge, inside) = match care {
        Care::Others if length < TURNED => return Vec::new(),
        Care::Others => (length.min(LONG_PART), length),
        Care::Own => match length {
            0..6 => (length, length),
            6..16 => (length.div_ceil(2).max(5), (length.div_ceil(2) + 2).max(5)),
            _ => (8, 12),
        },
    };
    let mut parts = vec![&value[..edge], &value[length - edge..]];
    parts.extend(value.windows(inside.min(length)));
    parts.sort_unstable();
    parts.dedup();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    // P10: cut short, it is still a secret.
    #[test]
    fn a_long_part_of_what_was_sent_makes_a_doubt() {
        let value = "hunter2-value-of-forty-characters-abcdef";
        let (own, others) = (SecretFinder::new([value], Care::Own), SecretFinder::new([value], Care::Others));
        for (text, is_own, is_others) in [
            (value, true, true),
            (&value[..20], true, true),
            (&value[20..], true, true),
            (&value[..9], true, false),
            (&value[31..], true, false),
            (&value[10..24], true, false),
            ("hunter", false, false),
            ("a number of other words", false, false),
        ] {
            assert_eq!((own.of(text).is_some(), others.of(text).is_some()), (is_own, is_others), "{text}");
        }
    }

    #[test]
    fn a_short_value_is_met_only_as_it_is() {
        let finder = SecretFinder::new(["8081"], Care::Own);
        assert_eq!(
            (finder.of("port 8081"), finder.of("18:08, 1 of 5"), finder.of("ODA4MQ==")),
            (Some(0), None, Some(0))
        );
        assert_eq!(SecretFinder::new(["123", "", "x"], Care::Own).of("123 x"), None);
    }

    // P10: the value of basic authentication is a password in base64.
    #[test]
    fn a_value_in_base64_is_found_by_what_it_says() {
        for care in [Care::Own, Care::Others] {
            for value in
                ["YWRtaW46aHVudGVyMnBhc3M=", "Basic YWRtaW46aHVudGVyMnBhc3M", "x.YWRtaW46aHVudGVyMnBhc3M.y"]
            {
                let finder = SecretFinder::new([value], care);
                assert_eq!(finder.of("no user admin:hunter2pass here"), Some(0), "{value}");
                assert_eq!(finder.of("wrong password hunter2pass"), Some(0), "{value}");
                assert_eq!(finder.of("an ordinary answer"), None, "{value}");
            }
        }
    }

    #[test]
    fn a_value_in_base64_is_found_where_case_is_lost() {
        let finder = SecretFinder::new(["s3cr3t-T0ken/of+forty~characters=abcdef"], Care::Own);
        for host in
            ["czNjcjN0LVQwa2VuL29mK2ZvcnR5fmNoYXJh.evil.example", "dXNlcjpzM2NyM3QtVDBrZW4vb2YrZm9ydHl.x"]
        {
            assert_eq!(finder.of(&host.to_ascii_lowercase()), Some(0), "{host}");
        }
    }

    #[test]
    fn what_many_values_begin_with_is_no_doubt() {
        let finder = SecretFinder::new(["https://api.example.com"], Care::Own);
        assert_eq!(finder.of("see https://status.vendor.example"), None);
        assert_eq!(finder.of("no route to api.example.com"), Some(0));
    }
}
