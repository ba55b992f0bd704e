//! Which diagnostics are shown where there are very many: a thousand equal ones must not hide the one that differs.

use std::collections::{BTreeMap, HashMap};

use crate::config::{Code, Diagnostic, grouped};
use crate::monitor::count;

/// Diagnostics for people: more in one run are not read.
pub const FOR_PEOPLE: usize = 100;

/// Diagnostics for programs.
pub const FOR_PROGRAMS: usize = 1000;

/// The diagnostics that are shown, in their order, and what is said of the others.
pub struct Most<'a> {
    pub shown: Vec<&'a Diagnostic>,
    pub hidden: Vec<&'a Diagnostic>,
}

/// At most `most` of them: errors before warnings, and the first of each kind in each file before the second of any.
pub fn most(diagnostics: &[Diagnostic], most: usize) -> Most<'_> {
    if diagnostics.len() <= most {
        return Most { shown: diagnostics.iter().collect(), hidden: Vec::new() };
    }
    let mut earlier: HashMap<(&str, Code), usize> = HashMap::new();
    let mut ranked: Vec<_> = diagnostics
        .iter()
        .enumerate()
        .map(|(position, diagnostic)| {
            let nth = earlier.entry((&diagnostic.file, diagnostic.code)).or_default();
            *nth += 1;
            (diagnostic.severity, *nth, position)
        })
        .collect();
    ranked.sort_unstable();
    let mut positions: Vec<usize> = ranked.into_iter().map(|(_, _, position)| position).collect();
    let (shown, hidden) = positions.split_at_mut(most);
    shown.sort_unstable();
    hidden.sort_unstable();
    let get =
        |positions: &[usize]| positions.iter().filter_map(|position| diagnostics.get(*position)).collect();
    Most { shown: get(shown), hidden: get(hidden) }
}

impl Most<'_> {
    /// `and 9,900 more: 9,000 unknown_key, 900 wrong_type`, if there are more.
    pub fn rest(&self) -> Option<String> {
        /// So many kinds are named.
        const KINDS: usize = 5;
        if self.hidden.is_empty() {
            return None;
        }
        let mut kinds: BTreeMap<Code, usize> = BTreeMap::new();
        for diagnostic in &self.hidden {
            *kinds.entry(diagnostic.code).or_default() += 1;
        }
        let mut kinds: Vec<_> = kinds.into_iter().collect();
        kinds.sort_by_key(|(code, number)| (std::cmp::Reverse(*number), *code));
        let named = kinds.iter().take(KINDS).map(|(code, number)| format!("{} {code}", grouped(*number)));
        let mut named: Vec<_> = named.collect();
        if kinds.len() > KINDS {
            named.push(count(kinds.len() - KINDS, "other kind"));
        }
        Some(format!("and {} more: {}", grouped(self.hidden.len()), named.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{SourceFile, load};

    #[test]
    fn many_equal_faults_hide_none_that_differs() {
        let bogus = (0..10_000).map(|i| format!("key{i}: 1\n")).collect::<Vec<_>>().concat();
        let file = |path: &str, text: String| SourceFile {
            path: path.to_owned(),
            group: String::new(),
            bytes: text.into_bytes(),
        };
        let files = [
            file("a.yaml", format!("id: a\nurl: https://a\n{bogus}redirects: 99\nbody: x\n")),
            file("z.yaml", "id: z\nurl: nowhere\nbogus: 1\n".to_owned()),
        ];
        let found = load(&files, None).diagnostics;
        assert_eq!(found.len(), 10_000 + 4);
        let most = most(&found, 100);
        assert_eq!((most.shown.len(), most.hidden.len()), (100, 9904));
        let kinds = |file: &str| {
            let mut codes: Vec<_> = most.shown.iter().filter(|d| d.file == file).map(|d| d.code).collect();
            codes.sort_unstable();
            codes.dedup();
            codes
        };
        assert_eq!(kinds("a.yaml"), [Code::UnknownKey, Code::OutOfBounds]);
        assert_eq!(kinds("z.yaml"), [Code::UnknownKey, Code::BadFormat]);
        assert!(most.shown.is_sorted());
        assert_eq!(most.rest().as_deref(), Some("and 9,904 more: 9,903 unknown_key, 1 ignored_body"));
    }
}
