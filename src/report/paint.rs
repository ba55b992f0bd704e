//! Colours and columns of text output. Renderers always colour; the terminal's edge strips what is not wanted.

use std::time::Duration;

use anstyle::{AnsiColor, Style};

use crate::transition::Health;
use crate::verdict::Verdict;

pub const GOOD: Style = AnsiColor::Green.on_default();
pub const WARN: Style = AnsiColor::Yellow.on_default();
pub const BAD: Style = AnsiColor::Red.on_default().bold();
pub const FAINT: Style = Style::new().dimmed();
pub const STRONG: Style = Style::new().bold();

/// `text` in `style`.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// `text` in `style`, filled with spaces up to `width` characters.
pub fn column(style: Style, text: &str, width: usize) -> String {
    let fill = width.saturating_sub(text.chars().count());
    format!("{style}{text}{style:#}{:fill$}", "")
}

pub fn verdict_style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Pass => GOOD,
        Verdict::Degraded => WARN,
        Verdict::Fail => BAD,
        Verdict::Unknown | Verdict::Skipped => FAINT,
    }
}

pub fn health_style(health: Health) -> Style {
    match health {
        Health::Up => GOOD,
        Health::Degraded => WARN,
        Health::Down => BAD,
        Health::New => FAINT,
    }
}

/// A health as people see it: in capitals.
pub fn health_word(health: Health) -> String {
    health.as_str().to_uppercase()
}

/// `142 ms`, `3.21 s`
pub fn latency(latency: Duration) -> String {
    match latency.as_millis() {
        0 => "<1 ms".to_owned(),
        millis @ 1..1_000 => format!("{millis} ms"),
        _ => format!("{:.2} s", latency.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_filled_to_its_width() {
        assert_eq!(anstream::adapter::strip_str(&column(BAD, "ab", 4)).to_string(), "ab  ");
        assert_eq!(anstream::adapter::strip_str(&column(BAD, "abcde", 4)).to_string(), "abcde");
    }
}
