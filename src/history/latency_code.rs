//! A latency in one byte, on a logarithmic scale that never shows it better than it was. Pure.

use std::time::Duration;

/// The highest latency that has a code of its own, in milliseconds. What is slower reads as this.
const SLOWEST_MS: f64 = 65_534.0;

/// Codes above 0, which is for no latency.
const STEPS: f64 = 255.0;

/// A latency as the history keeps it. What reads back is at most 4.45 % above the latency of 1 ms to 65.534 s that was
/// kept, and never below it; less than 1 ms reads as just above 1 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LatencyCode(u8);

impl LatencyCode {
    pub const NONE: Self = Self(0);

    pub fn new(latency: Option<Duration>) -> Self {
        let Some(latency) = latency else { return Self::NONE };
        let step = STEPS * (latency.as_secs_f64() * 1_000.0).ln() / SLOWEST_MS.ln();
        let nearest = Self::of_step(step.ceil());
        // A latency that lies on a step may come out one step off, as numbers are rounded.
        let not_below = |code: &Self| code.upper_bound() >= Some(latency);
        [Self(nearest.0.saturating_sub(1).max(1)), nearest]
            .into_iter()
            .find(not_below)
            .unwrap_or_else(|| Self(nearest.0.saturating_add(1)))
    }

    pub fn from_byte(byte: u8) -> Self {
        Self(byte)
    }

    pub fn byte(self) -> u8 {
        self.0
    }

    /// The highest latency with this code; `None` where there was no answer.
    pub fn upper_bound(self) -> Option<Duration> {
        let millis = (f64::from(self.0) * SLOWEST_MS.ln() / STEPS).exp();
        (self != Self::NONE).then(|| Duration::from_secs_f64(millis.min(SLOWEST_MS) / 1_000.0))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the number is whole and between 1 and 255; infinity of a latency of 0 is clamped too"
    )]
    fn of_step(step: f64) -> Self {
        Self(step.clamp(1.0, STEPS) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_to_itself_and_codes_grow_with_the_latency() {
        for byte in 1..=u8::MAX {
            let code = LatencyCode::from_byte(byte);
            assert_eq!(LatencyCode::new(code.upper_bound()), code);
            assert!(byte == 1 || code.upper_bound() > LatencyCode::from_byte(byte - 1).upper_bound());
        }
        assert_eq!(LatencyCode::new(None), LatencyCode::NONE);
        assert_eq!(LatencyCode::NONE.upper_bound(), None);
    }

    // P15: a figure shown to people is never rounded in our favour.
    #[test]
    fn a_latency_never_reads_better_than_it_was_and_at_most_one_step_worse() {
        for micros in (1_000..66_000_000_u64).step_by(777) {
            let latency = Duration::from_micros(micros).min(Duration::from_millis(65_534));
            let read = LatencyCode::new(Some(latency)).upper_bound().expect("a latency");
            assert!(read >= latency, "{latency:?} reads as {read:?}");
            assert!(read.as_secs_f64() <= latency.as_secs_f64() * 1.0445, "{latency:?} reads as {read:?}");
        }
    }

    #[test]
    fn the_fastest_and_the_slowest_have_the_first_and_the_last_code() {
        let code = |latency| LatencyCode::new(Some(latency)).byte();
        assert_eq!(code(Duration::ZERO), 1);
        assert_eq!(code(Duration::from_micros(900)), 1);
        assert_eq!(code(Duration::from_millis(65_534)), 255);
        assert_eq!(code(Duration::from_mins(10)), 255);
    }
}
