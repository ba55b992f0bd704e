//! One component of a status page: its name, its monitors, and how their states combine. Pure.

use std::fmt;

use crate::monitor::{Selector, Traits};

/// How the id of a component is written. It names files and ends in addresses.
pub const COMPONENT_ID_PATTERN: &str = "^[a-z0-9][a-z0-9_-]{0,63}$";

/// Characters of an id.
const ID_CHARS: usize = 64;

/// A part of the product, as users know it.
#[derive(Debug, Clone)]
pub struct PageComponent {
    pub id: ComponentId,
    pub name: String,
    /// The heading under which it stands, if any.
    pub group: Option<String>,
    pub monitors: Selector,
    pub combine: Combine,
}

/// How the states of several monitors make the state of their component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combine {
    /// It is as bad as its worst monitor.
    Worst,
    /// It is down only if all of its monitors are.
    All,
}

impl PageComponent {
    /// Whether the component consists of this monitor, among others.
    pub fn takes(&self, monitor: &Traits<'_>) -> bool {
        self.monitors.takes(monitor)
    }
}

/// The id of a component in the names of files: it follows [`COMPONENT_ID_PATTERN`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComponentId(String);

impl ComponentId {
    /// `None` if `text` does not follow the pattern.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let first = text.chars().next()?;
        let is_id = fits(first) && text.chars().all(|c| fits(c) || matches!(c, '-' | '_'));
        (is_id && text.len() <= ID_CHARS).then(|| Self(text.to_owned()))
    }

    /// The id of a component without one of its own: `Sign-in (EU)` has `sign-in-eu`. `None` if no letter of the name
    /// can stand in an address.
    pub fn of_name(name: &str) -> Option<Self> {
        let mut id = String::new();
        for c in name.chars().flat_map(char::to_lowercase) {
            match plain(c) {
                Some(letters) => id.push_str(letters),
                None if c.is_ascii_alphanumeric() => id.push(c),
                None if id.ends_with('-') || id.is_empty() => {}
                None => id.push('-'),
            }
        }
        // Every character is one byte.
        id.truncate(ID_CHARS);
        Self::parse(id.trim_end_matches('-'))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The letters that stand for an accented one where only ASCII is taken.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' | 'æ' => "ae",
        'ö' | 'œ' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'à'..='ã' | 'å' | 'ą' | 'ă' => "a",
        'ç' | 'ć' | 'č' => "c",
        'ď' => "d",
        'è'..='ë' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì'..='ï' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò'..='õ' | 'ø' | 'ő' => "o",
        'ř' => "r",
        'ś' | 'š' | 'ş' => "s",
        'ť' | 'ţ' => "t",
        'ù'..='û' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        // The dot that lowercase İ leaves above its i.
        '\u{307}' => "",
        _ => return None,
    })
}

impl fmt::Display for ComponentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_an_id_that_is_safe_in_a_file_name() {
        let long = "a".repeat(80);
        for (name, id) in [
            ("Payments", Some("payments")),
            ("Accounts and sign-in", Some("accounts-and-sign-in")),
            ("  Sign-in (EU)  ", Some("sign-in-eu")),
            ("../../etc/passwd", Some("etc-passwd")),
            ("Zahlungen für Kunden", Some("zahlungen-fuer-kunden")),
            ("Čeština / İstanbul", Some("cestina-istanbul")),
            ("API v2.1", Some("api-v2-1")),
            ("支払い", None),
            ("支払い API", Some("api")),
            ("!?", None),
            ("", None),
            (&long, Some(&long[..64])),
        ] {
            let found = ComponentId::of_name(name);
            assert_eq!(found.as_ref().map(ComponentId::as_str), id, "{name}");
        }
    }

    #[test]
    fn an_id_is_taken_exactly_where_the_pattern_takes_it() {
        let pattern = regex::Regex::new(COMPONENT_ID_PATTERN).expect("a pattern");
        let (longest, too_long) = ("a".repeat(64), "a".repeat(65));
        for text in ["a", "0", "pay-eu_1", "", "-a", "_a", "A", "a.b", "a/b", "ä", "a b", &longest, &too_long]
        {
            assert_eq!(ComponentId::parse(text).is_some(), pattern.is_match(text), "{text}");
        }
    }
}
