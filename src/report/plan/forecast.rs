//! What a plan costs, and its worst-case time to alert, in two lines.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::monitor::{count, format_duration, limit_seconds, marked};
use crate::plan::{Forecast, MonthlyLoad, Prices, TimeToAlert};

/// Times that the line about times names; of the other monitors it says how many there are.
const NAMED: usize = 4;

/// The least that is worth a word.
const CENT: f64 = 0.01;

/// The lines under a plan; none where nothing changes.
pub fn forecast_lines(forecast: &Forecast, prices: &Prices) -> Vec<String> {
    let Forecast { before, after, times_to_alert } = forecast;
    let mut lines = Vec::new();
    let is_dearer = (after.cost(prices) - before.cost(prices)).abs() >= CENT / 2.0;
    if (after.probes - before.probes).abs() >= 1.0 || is_dearer {
        lines.push(format!(
            "A month: {} probes ({}), DynamoDB about ${:.2} ({}) at prices of {}",
            grouped(after.probes),
            signed(after.probes - before.probes),
            after.cost(prices),
            dollars(after.cost(prices) - before.cost(prices)),
            marked(prices.source.clone()),
        ));
    }
    if !times_to_alert.is_empty() {
        let alike = alike(times_to_alert);
        let mut parts: Vec<_> = alike.iter().take(NAMED).map(|times| times_words(times)).collect();
        let others: usize = alike.iter().skip(NAMED).map(Vec::len).sum();
        if others > 0 {
            parts.push(count(others, "other"));
        }
        lines.push(format!("Worst-case time to alert: {}", parts.join(", ")));
    }
    lines
}

/// For programs.
pub fn forecast_json(forecast: &Forecast, prices: &Prices) -> Value {
    let Forecast { before, after, times_to_alert } = forecast;
    let load = |load: &MonthlyLoad| {
        let MonthlyLoad { monitors, probes, read_units, write_units } = load;
        json!({
            "monitors": monitors,
            "probes": probes.round(),
            "read_units": read_units.round(),
            "write_units": write_units.round(),
            "dollars": (load.cost(prices) * 100.0).round() / 100.0,
        })
    };
    let time_to_alert = |TimeToAlert { id, before, after }: &TimeToAlert| json!({ "id": id.as_str(), "before_s": before.map(limit_seconds), "after_s": after.map(limit_seconds) });
    let Prices { reads, writes, source } = prices;
    json!({
        "month": { "before": load(before), "after": load(after) },
        "prices": { "read_million": reads, "write_million": writes, "source": source },
        "time_to_alert": times_to_alert.iter().map(time_to_alert).collect::<Vec<_>>(),
    })
}

/// Those with the same times together, in the order of the first of each.
fn alike(times_to_alert: &[TimeToAlert]) -> Vec<Vec<&TimeToAlert>> {
    let mut alike: Vec<Vec<&TimeToAlert>> = Vec::new();
    let mut numbers = HashMap::new();
    for time_to_alert in times_to_alert {
        let TimeToAlert { id: _, before, after } = time_to_alert;
        let next = alike.len();
        let number = *numbers.entry((before.map(rounded), after.map(rounded))).or_insert(next);
        match alike.get_mut(number) {
            Some(times) => times.push(time_to_alert),
            None => alike.push(vec![time_to_alert]),
        }
    }
    alike
}

/// `4m → 10m for payments-api`, `4m for 25 monitors`
fn times_words(times: &[&TimeToAlert]) -> String {
    let Some(TimeToAlert { id, before, after }) = times.first() else { return String::new() };
    let words = match (before, after) {
        (Some(before), Some(after)) => format!("{} → {}", rounded(*before), rounded(*after)),
        (None, Some(after)) => rounded(*after),
        (Some(before), None) => format!("{} → never", rounded(*before)),
        (None, None) => String::new(),
    };
    let whom = match times.len() {
        1 => id.to_string(),
        number => count(number, "monitor"),
    };
    format!("{words} for {whom}")
}

/// In whole seconds, which is exact enough for a page.
fn rounded(time: Duration) -> String {
    format_duration(Duration::from_secs(limit_seconds(time)))
}

/// `2,592,000`
fn grouped(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let groups: Vec<_> =
        digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.join(",")
}

fn signed(number: f64) -> String {
    let sign = if number < 0.0 { "−" } else { "+" };
    format!("{sign}{}", grouped(number))
}

fn dollars(number: f64) -> String {
    if number.abs() < CENT / 2.0 {
        return "as before".to_owned();
    }
    let sign = if number < 0.0 { "−" } else { "+" };
    format!("{sign}${:.2}", number.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::MonitorId;

    #[test]
    fn a_change_of_cost_and_of_times_is_two_lines() {
        let load = |monitors, probes| MonthlyLoad { monitors, probes, read_units: 1e6, write_units: 1e6 };
        let minutes = |minutes| Some(Duration::from_mins(minutes));
        let time_to_alert =
            |id: &str, before, after| TimeToAlert { id: MonitorId::parse(id).expect("an id"), before, after };
        let forecast = Forecast {
            before: load(10, 216_000.0),
            after: MonthlyLoad { read_units: 3e6, ..load(9, 1_194_400.0) },
            times_to_alert: vec![
                time_to_alert("slow", minutes(4), Some(Duration::from_millis(600_001))),
                time_to_alert("new", None, minutes(4)),
                time_to_alert("gone", minutes(4), None),
                time_to_alert("a", None, minutes(4)),
                time_to_alert("b", None, minutes(5)),
                time_to_alert("c", None, minutes(6)),
                time_to_alert("d", None, minutes(6)),
            ],
        };
        let lines = forecast_lines(&forecast, &Prices::default());
        assert_eq!(
            lines,
            [
                "A month: 1,194,400 probes (+978,400), DynamoDB about $1.00 (+$0.25) at prices of us-east-1, 2026-11",
                "Worst-case time to alert: 4m → 10m1s for slow, 4m for 2 monitors, 4m → never for gone, 5m for b, 2 others",
            ]
        );
        let same = Forecast { before: forecast.after, times_to_alert: Vec::new(), ..forecast };
        assert_eq!(forecast_lines(&same, &Prices::default()), [""; 0]);
    }
}
