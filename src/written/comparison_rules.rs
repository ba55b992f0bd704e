//! What comparisons must be, whatever they are held against.
//!
//! The bounds hold for files and for what is stored, where a hand may have put it. The bounds of a path stand in
//! `json`, those of a pattern and what judging may cost in all in `value`.

use super::comparisons::{MOST_TEXTS, RawComparisons};
use super::{Code, Path, Violation};
use crate::assert::Comparison;
use crate::json::JsonPath;
use crate::value::{PATTERN_LENGTH, Pattern};

/// Assertions of one list, or one map, that a monitor may have.
pub const ASSERTIONS: usize = 100;

/// Bytes of a text that an answer is compared with.
const TEXT: usize = 64 << 10;

impl RawComparisons {
    /// Whether it compares with nothing, which every value would meet.
    pub fn is_empty(&self) -> bool {
        self.comparisons().is_empty()
    }

    /// Reports what goes beyond the bounds.
    pub fn check_bounds(&self, path: &Path, violations: &mut Vec<Violation>) {
        if let Some(own) = &self.path {
            json_path(path, "path", own, violations);
        }
        for (key, other) in self.paths() {
            let other = other.and_then(|other| json_path(path, key, other, violations));
            let Some(other) = other else { continue };
            if !other.is_single() {
                let message = format!("`{path}.{key}` may match several values, but compares one");
                violations.push(
                    Violation::new(Code::InvalidPath, path.key(key), message)
                        .label("not only names and indexes")
                        .help("write it like $.total or $.items[0].total"),
                );
            }
        }
        for (key, texts) in self.texts() {
            let Some(texts) = texts else { continue };
            let number = texts.iter().count();
            violations.extend(Violation::of_length(path.key(key), number, MOST_TEXTS));
            for (place, text) in texts.placed(&path.key(key)) {
                match key {
                    "matches" | "not_matches" => violations.extend(long_pattern(place, text)),
                    _ => violations.extend(empty_or_long(place, text)),
                }
            }
        }
        for (key, value) in [("equals", &self.equals), ("not_equals", &self.not_equals)] {
            let length = value.as_ref().map_or(0, |value| match value.as_str() {
                Some(text) => text.len(),
                None => value.to_string().len(),
            });
            if length > TEXT {
                violations.push(too_long(path.key(key)));
            }
        }
    }

    /// Reports what can never be met, and patterns that are none. It compiles every pattern, so it is for files.
    pub fn check_sense(&self, path: &Path, violations: &mut Vec<Violation>) {
        self.check_path_patterns(path, violations);
        for (key, texts) in self.texts() {
            if let ("matches" | "not_matches", Some(texts)) = (key, texts) {
                for (place, text) in texts.placed(&path.key(key)) {
                    violations.extend(check_pattern(place, text));
                }
            }
        }
        self.check_absent(path, violations);
        self.check_bounds_meet(path, violations);
    }

    fn check_path_patterns(&self, path: &Path, violations: &mut Vec<Violation>) {
        // A path that is none is out of bounds already.
        let json_path = self.path.as_deref().and_then(|text| JsonPath::parse(text).ok());
        for written in json_path.iter().flat_map(JsonPath::patterns) {
            if let Err(error) = Pattern::parse(written.as_str()) {
                let message = format!("`{path}.path` has an invalid regular expression: {error}");
                violations.push(
                    Violation::new(Code::InvalidPattern, path.key("path"), message).label("not a pattern").help(
                        "match() and search() take patterns of RFC 9485; use single quotes to keep backslashes",
                    ),
                );
            }
        }
    }

    /// Bounds that leave no number between them.
    fn check_bounds_meet(&self, path: &Path, violations: &mut Vec<Violation>) {
        if let (Some(most), Some(least)) = (&self.less_than, &self.greater_than)
            && least >= most
        {
            violations.push(
                Violation::never_passes(
                    path.key("greater_than"),
                    format!("no number is above {least} and below {most}"),
                )
                .also(path.key("less_than"), "conflicts with this"),
            );
        }
    }

    /// What is absent has no value to compare.
    fn check_absent(&self, path: &Path, violations: &mut Vec<Violation>) {
        if self.exists != Some(false) {
            return;
        }
        let others = self.comparisons();
        if let Some(other) = others.iter().find(|other| !matches!(other, Comparison::Exists(_))) {
            let other = other.key();
            violations.push(
                Violation::new(
                    Code::NeverPasses,
                    path.key("exists"),
                    format!("`exists: false` and `{other}` can never both pass"),
                )
                .label("must be absent")
                .also(path.key(other), "but have this value"),
            );
        }
    }
}

fn json_path(path: &Path, key: &str, text: &str, violations: &mut Vec<Violation>) -> Option<JsonPath> {
    match JsonPath::parse(text) {
        Ok(parsed) => Some(parsed),
        Err(error) => {
            let message = format!("`{path}.{key}` is not a JSON path: {error}");
            violations.push(
                Violation::new(Code::InvalidPath, path.key(key), message)
                    .label("not an RFC 9535 path")
                    .help("write it like $.status or $.items[0].name"),
            );
            None
        }
    }
}

/// Every text has the empty one in it, so a comparison with that one would say nothing.
fn empty_or_long(path: Path, value: &str) -> Option<Violation> {
    if !value.is_empty() {
        return check_text(path, value);
    }
    let message = format!("`{path}` must not be empty");
    Some(Violation::new(Code::Empty, path, message).label("empty"))
}

/// A text that is longer than an answer may be compared with.
pub fn check_text(path: Path, value: &str) -> Option<Violation> {
    (value.len() > TEXT).then(|| too_long(path))
}

fn too_long(path: Path) -> Violation {
    let message = format!("`{path}` has more than {TEXT} bytes");
    Violation::new(Code::OutOfBounds, path, message).label("too long")
}

fn long_pattern(path: Path, value: &str) -> Option<Violation> {
    Pattern::stored(value).is_err().then(|| {
        let message = format!("`{path}` has at most {PATTERN_LENGTH} characters");
        Violation::new(Code::OutOfBounds, path, message).label("too long")
    })
}

/// A pattern that does not compile. One that is too long is out of bounds already.
pub fn check_pattern(path: Path, text: &str) -> Option<Violation> {
    Pattern::stored(text).ok()?;
    let error = Pattern::parse(text).err()?;
    let message = format!("`{path}` is not a regular expression: {error}");
    Some(
        Violation::new(Code::InvalidPattern, path, message)
            .label("not a pattern")
            .help("use single quotes to keep backslashes"),
    )
}
