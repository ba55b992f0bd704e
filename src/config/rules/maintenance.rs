//! Windows of maintenance, from what is written to what it means.

use crate::config::diagnostic::Code;
use crate::config::raw::RawMonitor;
use crate::config::raw::maintenance::RawWindow;
use crate::config::rules::timing::bounded;
use crate::monitor::{
    MOST_WINDOWS, RULE_CHARS, RecurrenceError, WINDOW_LASTS, Window, WindowError, leave_no_gap,
};
use crate::written::{Path, Violation};

/// The zone where none is said.
const DEFAULT_ZONE: &str = "UTC";

/// A start that says nothing against the other parts of a window.
const ANY_START: &str = "2026-01-01T00:00";

/// The windows of a monitor; one that is none is complained of.
pub fn read(raw: &RawMonitor, violations: &mut Vec<Violation>) -> Vec<Window> {
    let number = raw.maintenance.as_ref().map_or(0, Vec::len);
    violations.extend(Violation::of_length("maintenance", number, MOST_WINDOWS));
    let windows = raw.maintenance.iter().flatten().enumerate().take(MOST_WINDOWS);
    windows.filter_map(|(index, raw)| window(&place(index), raw, violations)).collect()
}

/// Complains of windows that never end, or never begin. It looks at some years of days, so it is for files only.
pub fn check(raw: &RawMonitor, violations: &mut Vec<Violation>) {
    let mut windows = Vec::new();
    for (index, raw) in raw.maintenance.iter().flatten().enumerate().take(MOST_WINDOWS) {
        let path = place(index);
        let Some(window) = window(&path, raw, &mut Vec::new()) else { continue };
        match window.ends() {
            Ok(()) => windows.push(window),
            Err(error) => violations.push(violation(&path, &error)),
        }
    }
    if leave_no_gap(&windows) {
        let message = "maintenance never ends: the windows leave no gap";
        violations.push(
            Violation::new(Code::Contradiction, "maintenance", message)
                .on_key()
                .label("no alert would ever be sent")
                .help("to disable a monitor, write `enabled: false`"),
        );
    }
}

fn place(index: usize) -> Path {
    Path::from("maintenance").index(index)
}

fn window(path: &Path, raw: &RawWindow, violations: &mut Vec<Violation>) -> Option<Window> {
    let RawWindow { starts, r#for, timezone, repeats, reason } = raw;
    let mut missing = |key: &str| {
        violations.push(Violation::new(
            Code::MissingKey,
            path.clone(),
            format!("missing key `{key}` in {path}"),
        ));
    };
    if starts.is_none() {
        missing("starts");
    }
    if r#for.is_none() {
        missing("for");
    }
    let lasts = bounded(path.key("for"), r#for.as_ref(), WINDOW_LASTS, violations);
    let starts = starts.as_ref().map(|starts| starts.0.as_str());
    let zone = timezone.as_deref().unwrap_or(DEFAULT_ZONE);
    let repeats = repeats.as_ref().map(|rule| rule.0.as_str());
    let parse = |starts: Option<&str>, zone: &str, repeats: Option<&str>| {
        let (starts, lasts) = (starts.unwrap_or(ANY_START), lasts.unwrap_or(WINDOW_LASTS.0));
        Window::parse(starts, lasts, zone, repeats, reason.as_deref())
    };
    match parse(starts, zone, repeats) {
        Ok(window) => starts.and(lasts).map(|_| window),
        Err(first) => {
            // Each part alone, so that none hides another.
            let parts = [(starts, DEFAULT_ZONE, None), (None, zone, None), (None, DEFAULT_ZONE, repeats)];
            let alone =
                parts.into_iter().filter_map(|(starts, zone, repeats)| parse(starts, zone, repeats).err());
            let mut errors: Vec<_> = alone.collect();
            if !errors.contains(&first) {
                errors.push(first);
            }
            violations.extend(errors.iter().map(|error| violation(path, error)));
            None
        }
    }
}

fn violation(path: &Path, error: &WindowError) -> Violation {
    // The schema says so of files, in the same words.
    if *error == WindowError::Recurrence(RecurrenceError::TooLong) {
        let path = path.key("repeats");
        let message = format!("`{path}` has at most {RULE_CHARS} characters");
        return Violation::new(Code::OutOfBounds, path, message).label("too long");
    }
    let (code, key, label, help) = match error {
        WindowError::NotATime(_) => {
            (Code::BadFormat, "starts", "not a time", "write it like 2026-12-01T02:00, without a zone")
        }
        WindowError::OutOfYears(_) => {
            (Code::OutOfBounds, "starts", "too far away", "write a day of this century")
        }
        WindowError::UnknownZone(_) => {
            (Code::BadFormat, "timezone", "unknown", "write an IANA time zone, such as Europe/Berlin")
        }
        WindowError::Recurrence(_) => (
            Code::BadFormat,
            "repeats",
            "not a rule",
            "write it like FREQ=WEEKLY;BYDAY=SU or FREQ=MONTHLY;BYDAY=1SU;COUNT=6",
        ),
        WindowError::Overlapping => (
            Code::Contradiction,
            "for",
            "longer than the time until the next window",
            "to disable a monitor, write `enabled: false`",
        ),
        WindowError::NeverBegins => (
            Code::Contradiction,
            "repeats",
            "never passes",
            "compare the rule with `starts`: days before it or after UNTIL do not count",
        ),
    };
    let at = path.key(key);
    let of = if code == Code::Contradiction { path } else { &at };
    let violation = Violation::new(code, at.clone(), format!("`{of}`: {error}")).label(label).help(help);
    match error {
        WindowError::Overlapping => violation.also(path.key("repeats"), "repeats this often"),
        WindowError::NeverBegins => violation.also(path.key("starts"), "from here on"),
        WindowError::NotATime(_)
        | WindowError::OutOfYears(_)
        | WindowError::UnknownZone(_)
        | WindowError::Recurrence(_) => violation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{SourceFile, load};

    #[test]
    fn no_part_of_a_window_hides_the_fault_of_another() {
        let text = "id: a\nurl: https://a\nmaintenance:\n  - starts: 2026-13-01T02:00\n    for: 90d\n    \
                    timezone: Mars\n    repeats: FREQ=MONTHLY;BYDAY=XX\n";
        let file = SourceFile { path: "a.yaml".to_owned(), group: String::new(), bytes: text.into() };
        let found: Vec<_> = load(&[file], None).diagnostics;
        let lines: Vec<_> = found.iter().map(|fault| fault.span.line).collect();
        assert_eq!(lines, [4, 5, 6, 7], "{found:#?}");
    }

    #[test]
    fn a_rule_that_is_too_long_is_one_fault() {
        for (days, expected) in [(61, &[][..]), (62, &[Code::OutOfBounds])] {
            let rule = format!("FREQ=WEEKLY;BYDAY={}", vec!["MO"; days].join(","));
            let text = format!(
                "id: a\nurl: https://a\nmaintenance:\n  - starts: 2026-12-01T02:00\n    for: 2h\n    repeats: {rule}\n"
            );
            let file =
                SourceFile { path: "a.yaml".to_owned(), group: String::new(), bytes: text.into_bytes() };
            let found: Vec<_> = load(&[file], None).diagnostics.into_iter().map(|fault| fault.code).collect();
            assert_eq!(found, expected, "{days}");
        }
    }
}
