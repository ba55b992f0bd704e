//! Rules on durations: their bounds, and how they must fit together.

use std::time::Duration;

use crate::config::diagnostic::Code;
use crate::config::raw::RawMonitor;
use crate::monitor::{CertificateBounds, DEFAULT_INTERVAL, Retry, format_duration, parse_duration};
use crate::written::{DurationText, Path, Violation};

pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

const INTERVAL: (Duration, Duration) = (Duration::from_secs(10), Duration::from_hours(24));
const TIMEOUT: (Duration, Duration) = (Duration::from_millis(100), Duration::from_mins(1));
const WAIT: (Duration, Duration) = (Duration::ZERO, Duration::from_mins(1));
const CERTIFICATE: (Duration, Duration) = (Duration::from_hours(1), Duration::from_hours(24 * 365));
const REMIND: (Duration, Duration) = (Duration::from_mins(10), Duration::from_hours(7 * 24));
const LATENCY: (Duration, Duration) = (Duration::from_millis(1), Duration::from_mins(1));

/// Every duration of a monitor, with what is implied filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    pub interval: Duration,
    pub timeout: Duration,
    pub wait: Duration,
    pub degraded: Option<Duration>,
    pub down: Option<Duration>,
    pub certificate: CertificateBounds,
    pub remind: Option<Duration>,
}

/// Reads the durations; one out of bounds is complained of and taken as implied.
pub fn read(raw: &RawMonitor, violations: &mut Vec<Violation>) -> Timing {
    let wait = raw.retry.as_ref().and_then(|retry| retry.wait.as_ref());
    let latency = raw.expect.as_ref().and_then(|expect| expect.latency.as_ref());
    let certificate = raw.expect.as_ref().and_then(|expect| expect.certificate.as_ref());
    let remind = raw.alert.as_ref().and_then(|alert| alert.remind.as_ref());
    let mut read =
        |path: &str, text: Option<&DurationText>, bounds| bounded(Path::from(path), text, bounds, violations);
    Timing {
        interval: read("interval", raw.interval.as_ref(), INTERVAL).unwrap_or(DEFAULT_INTERVAL),
        timeout: read("timeout", raw.timeout.as_ref(), TIMEOUT).unwrap_or(DEFAULT_TIMEOUT),
        wait: read("retry.wait", wait, WAIT).unwrap_or(Retry::default().wait),
        degraded: read("expect.latency.degraded", latency.and_then(|l| l.degraded.as_ref()), LATENCY),
        down: read("expect.latency.down", latency.and_then(|l| l.down.as_ref()), LATENCY),
        certificate: CertificateBounds {
            degraded: read(
                "expect.certificate.degraded",
                certificate.and_then(|c| c.degraded.as_ref()),
                CERTIFICATE,
            ),
            down: read("expect.certificate.down", certificate.and_then(|c| c.down.as_ref()), CERTIFICATE),
        },
        remind: read("alert.remind", remind, REMIND),
    }
}

/// How the durations must fit together.
pub fn fit(timing: &Timing, retry: &Retry, violations: &mut Vec<Violation>) {
    let worst = retry.worst(timing.timeout);
    if worst >= timing.interval {
        let mut waits: Vec<_> = retry.waits().map(format_duration).collect();
        let attempts = 1 + waits.len();
        waits.dedup();
        let sum = if waits.is_empty() {
            format!("one attempt may take {}", format_duration(timing.timeout))
        } else {
            format!(
                "{attempts} attempts of {} with {} between them may take {}",
                format_duration(timing.timeout),
                waits.join(", "),
                format_duration(worst)
            )
        };
        violations.push(
            Violation::new(
                Code::Contradiction,
                "timeout",
                format!(
                    "a probe must end before the next one starts: {sum}, the interval is {}",
                    format_duration(timing.interval)
                ),
            )
            .label("too long for the interval")
            .also("interval", "the interval")
            .also("retry", "the retries")
            .help("make the timeout shorter, retry less often, or make the interval longer"),
        );
    }
    if let (Some(degraded), Some(down)) = (timing.degraded, timing.down)
        && degraded >= down
    {
        violations.push(
            Violation::new(
                Code::Contradiction,
                "expect.latency.degraded",
                format!(
                    "degraded ({}) must be below down ({}), or it is never reached",
                    format_duration(degraded),
                    format_duration(down)
                ),
            )
            .label("not below `down`")
            .also("expect.latency.down", "down from here on"),
        );
    }
    if let CertificateBounds { degraded: Some(degraded), down: Some(down) } = timing.certificate
        && degraded <= down
    {
        violations.push(
            Violation::new(
                Code::Contradiction,
                "expect.certificate.degraded",
                format!(
                    "degraded ({}) must be longer than down ({}), or it is never reached",
                    format_duration(degraded),
                    format_duration(down)
                ),
            )
            .label("not longer than `down`")
            .also("expect.certificate.down", "down with less than this"),
        );
    }
    for (name, bound) in [("degraded", timing.degraded), ("down", timing.down)] {
        if let Some(bound) = bound
            && bound >= timing.timeout
        {
            violations.push(
                Violation::new(
                    Code::Contradiction,
                    Path::from("expect.latency").key(name),
                    format!(
                        "a latency of {} is never reached; the timeout is {}",
                        format_duration(bound),
                        format_duration(timing.timeout)
                    ),
                )
                .label("not below the timeout")
                .also("timeout", "the timeout")
                .help("lower this bound, or make the timeout longer"),
            );
        }
    }
}

/// A duration within its bounds.
pub fn bounded(
    path: Path,
    text: Option<&DurationText>,
    (least, most): (Duration, Duration),
    violations: &mut Vec<Violation>,
) -> Option<Duration> {
    let DurationText(text) = text?;
    match parse_duration(text) {
        Ok(duration) if (least..=most).contains(&duration) => Some(duration),
        Ok(_) => {
            let (least, most) = (format_duration(least), format_duration(most));
            let message = format!("`{path}` must be between {least} and {most}");
            violations.push(Violation::new(Code::OutOfBounds, path, message).label(format!("found {text}")));
            None
        }
        Err(error) => {
            violations.push(Violation::new(Code::BadFormat, path.clone(), format!("`{path}`: {error}")));
            None
        }
    }
}
