//! What a value most likely means that is not written as it has to be: `120`, `2 minutes`, `200-299`. Pure.

use std::time::Duration;

use crate::monitor::format_duration;

/// What a duration without a unit, or with one of another tool, is here. `field` is the last key of its path.
pub fn duration(field: &str, text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    if let Ok(number) = text.parse::<f64>() {
        return bare(field, number);
    }
    let millis = iso(&text).or_else(|| clock(&text)).or_else(|| words(&text))?;
    written(millis)
}

fn written(millis: f64) -> Option<String> {
    const MOST: f64 = 1e13; // some centuries; beyond them nothing is meant
    if !(0.0..MOST).contains(&millis) {
        return None;
    }
    Duration::try_from_secs_f64((millis / 1000.0 * 1000.0).round() / 1000.0).ok().map(format_duration)
}

/// The unit that makes the number sensible: most tools count seconds, some milliseconds, certificates are counted in
/// days.
fn bare(field: &str, number: f64) -> Option<String> {
    const SECOND: f64 = 1e3;
    const MINUTE: f64 = 60.0 * SECOND;
    const HOUR: f64 = 60.0 * MINUTE;
    const DAY: f64 = 24.0 * HOUR;
    // Unit, least and most that the field takes, in milliseconds.
    let (units, least, most): (&[f64], f64, f64) = match field {
        "interval" => (&[SECOND, 1.0, MINUTE], 10.0 * SECOND, DAY),
        "timeout" => (&[SECOND, 1.0], 100.0, MINUTE),
        "wait" => (&[SECOND, 1.0], 0.0, MINUTE),
        "remind" => (&[SECOND, MINUTE, HOUR], 10.0 * MINUTE, 7.0 * DAY),
        "for" => (&[MINUTE, SECOND], MINUTE, 30.0 * DAY),
        // Bounds of a certificate, or of the latency.
        "certificate" => (&[DAY, HOUR, SECOND], HOUR, 365.0 * DAY),
        "latency" => (&[SECOND, 1.0], 1.0, MINUTE),
        _ => (&[SECOND], 0.0, f64::MAX),
    };
    let fits = |unit: &&f64| (least..=most).contains(&(number * **unit));
    // Hours are never counted in round thousands of seconds.
    let is_in_millis = number >= 10_000.0 && number % 1000.0 == 0.0 && units.contains(&1.0) && fits(&&1.0);
    let unit = if is_in_millis { &1.0 } else { units.iter().find(fits).or(units.first())? };
    written(number * unit)
}

/// `PT1H30M`, `P1D`.
fn iso(text: &str) -> Option<f64> {
    let rest = text.strip_prefix('p')?;
    let (days, times) = rest.split_once('t').unwrap_or((rest, ""));
    let days = if days.is_empty() { 0.0 } else { words(days)? };
    Some(days + if times.is_empty() { 0.0 } else { words(times)? })
}

/// `00:02:00`
fn clock(text: &str) -> Option<f64> {
    let parts: Vec<f64> = text.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        [hours, minutes, seconds] => Some(((hours * 60.0 + minutes) * 60.0 + seconds) * 1000.0),
        _ => None,
    }
}

/// `2 minutes`, `1.5h`, `1 hour 30 min`, `@every 2m`.
fn words(text: &str) -> Option<f64> {
    let mut rest = text.trim_start_matches("@every").trim().trim_start_matches("every").trim_start();
    let mut total = None;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '_'));
        let (number, after) = rest.split_at(number.unwrap_or(rest.len()));
        let after = after.trim_start();
        let unit = after.find(|c: char| !c.is_ascii_alphabetic());
        let (unit, after) = after.split_at(unit.unwrap_or(after.len()));
        let number: f64 = number.replace(',', ".").replace('_', "").parse().ok()?;
        let unit = match unit {
            "ms" | "msec" | "msecs" | "milli" | "millis" | "millisecond" | "milliseconds" => 1.0,
            "s" | "sec" | "secs" | "second" | "seconds" => 1e3,
            "m" | "min" | "mins" | "minute" | "minutes" => 6e4,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3.6e6,
            "d" | "day" | "days" => 8.64e7,
            "w" | "wk" | "week" | "weeks" => 6.048e8,
            _ => return None,
        };
        total = Some(total.unwrap_or(0.0) + number * unit);
        rest = after.trim_start_matches(|c: char| c.is_whitespace() || c == ',').trim_start_matches("and ");
    }
    total
}

/// What a status is here that is written as other tools write it: `200-299`, `2**`, `200,201`.
pub fn status(text: &str) -> Option<String> {
    const CODES: std::ops::RangeInclusive<u16> = 100..=599;
    /// A longer list is no help.
    const LISTED: u16 = 8;
    let text = text.trim().trim_matches(|c: char| "[]()\"'".contains(c)).trim().to_ascii_lowercase();
    if let Some((first, last)) =
        text.split_once("..=").or_else(|| text.split_once("..")).or_else(|| text.split_once('-'))
    {
        let code = |text: &str| {
            text.trim().replace("xx", "00").parse::<u16>().ok().filter(|code| CODES.contains(code))
        };
        let (first, mut last_code) = (code(first)?, code(last)?);
        if last.contains("xx") {
            last_code += 99;
        }
        if first > last_code {
            return None;
        }
        if first % 100 == 0 && last_code % 100 == 99 {
            let hundreds: Vec<_> =
                (first / 100..=last_code / 100).map(|hundred| format!("{hundred}xx")).collect();
            return Some(list(&hundreds));
        }
        return (last_code - first < LISTED)
            .then(|| list(&(first..=last_code).map(|code| code.to_string()).collect::<Vec<_>>()));
    }
    let parts: Vec<&str> = text.split([',', '|', ' ', ';']).filter(|part| !part.is_empty()).collect();
    if parts.len() > 1 {
        let parts = parts.into_iter().map(one_status).collect::<Option<Vec<_>>>()?;
        return Some(list(&parts));
    }
    one_status(&text)
}

fn one_status(text: &str) -> Option<String> {
    let mut chars = text.chars();
    let first = chars.next().filter(|c| ('1'..='5').contains(c))?;
    let rest: String = chars.collect();
    match rest.as_str() {
        "xx" | "**" | "*" | "??" | "x" | ".." | "nn" | "__" => Some(format!("{first}xx")),
        digits if digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(text.to_owned())
        }
        _ => None,
    }
}

fn list(parts: &[String]) -> String {
    match parts {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_of_another_tool_is_said_as_it_is_written_here() {
        for (field, text, expected) in [
            ("interval", "120", Some("2m")),
            ("interval", "60000", Some("1m")),
            ("interval", "300.0", Some("5m")),
            ("timeout", "5000", Some("5s")),
            ("timeout", "5", Some("5s")),
            ("timeout", "0.5", Some("500ms")),
            ("latency", "800", Some("800ms")),
            ("certificate", "21", Some("21d")),
            ("for", "120", Some("2h")),
            ("remind", "4", Some("4h")),
            ("interval", "2 minutes", Some("2m")),
            ("interval", "2 Min", Some("2m")),
            ("interval", "1.5h", Some("1h30m")),
            ("interval", "1,5 h", Some("1h30m")),
            ("interval", "1 hour and 30 minutes", Some("1h30m")),
            ("interval", "PT2M", Some("2m")),
            ("interval", "PT1H30M", Some("1h30m")),
            ("certificate", "P21D", Some("21d")),
            ("certificate", "3w", Some("21d")),
            ("interval", "00:02:00", Some("2m")),
            ("interval", "@every 2m", Some("2m")),
            ("interval", "2M", Some("2m")),
            ("interval", "-5", None),
            ("interval", "soon", None),
            ("interval", "", None),
            ("interval", "*/5 * * * *", None),
            ("interval", "1e300", None),
            ("interval", "nan", None),
        ] {
            assert_eq!(duration(field, text).as_deref(), expected, "{field}: {text}");
        }
    }

    #[test]
    fn a_status_of_another_tool_is_said_as_it_is_written_here() {
        for (text, expected) in [
            ("200-299", Some("2xx")),
            ("200 - 399", Some("[2xx, 3xx]")),
            ("2xx-3xx", Some("[2xx, 3xx]")),
            ("200..204", Some("[200, 201, 202, 203, 204]")),
            ("200-204", Some("[200, 201, 202, 203, 204]")),
            ("[200, 204)", Some("[200, 204]")),
            ("200,201", Some("[200, 201]")),
            ("200|3xx", Some("[200, 3xx]")),
            ("2**", Some("2xx")),
            ("2*", Some("2xx")),
            ("20x", None),
            ("6xx", None),
            ("200-250", None),
            ("299-200", None),
            ("ok", None),
            ("", None),
        ] {
            assert_eq!(status(text).as_deref(), expected, "{text}");
        }
    }
}
