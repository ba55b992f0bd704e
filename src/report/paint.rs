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

/// `142 ms`, `3.21 s`. Rounded up: no latency is shown better than it was.
pub fn latency(latency: Duration) -> String {
    let micros = latency.as_micros();
    match micros.div_ceil(1_000) {
        _ if micros < 1_000 => "<1 ms".to_owned(),
        millis @ ..1_000 => format!("{millis} ms"),
        _ => {
            let hundredths = micros.div_ceil(10_000);
            format!("{}.{:02} s", hundredths / 100, hundredths % 100)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // P15: a figure shown to people is never rounded in our favour.
    #[test]
    fn a_latency_is_rounded_up() {
        let cases = [
            (0, "<1 ms"),
            (999, "<1 ms"),
            (1_000, "1 ms"),
            (1_001, "2 ms"),
            (999_000, "999 ms"),
            (999_001, "1.00 s"),
            (3_210_000, "3.21 s"),
            (3_210_001, "3.22 s"),
        ];
        for (micros, expected) in cases {
            assert_eq!(latency(Duration::from_micros(micros)), expected, "{micros}");
        }
    }

    #[test]
    fn a_column_is_filled_to_its_width() {
        assert_eq!(anstream::adapter::strip_str(&column(BAD, "ab", 4)).to_string(), "ab  ");
        assert_eq!(anstream::adapter::strip_str(&column(BAD, "abcde", 4)).to_string(), "abcde");
    }
}
