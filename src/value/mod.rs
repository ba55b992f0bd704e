//! The values that monitors and expectations are made of: durations, numbers, patterns, texts with references. Pure.
//!
//! They know nothing of monitors, so that assertions and kinds of checks can be made of them too.

mod automaton;
mod budget;
mod count;
mod decimal;
mod duration;
mod moment;
mod pattern;
mod secret;
mod visible;
mod wildcard;

pub use automaton::Matcher;
#[cfg(test)]
pub use budget::STEPS;
pub use budget::{Budget, Unjudged};
pub use count::{count, is_or_are};
pub use decimal::{Decimal, respell};
pub use duration::{
    DURATION_PATTERN, format_duration, limit_seconds, parse_duration, rough_duration, rough_limit,
};
pub use moment::{age, ago, minute, minute_near, minutes_near, moment, moment_near, moments, moments_near};
pub use pattern::{PATTERN_LENGTH, Pattern};
pub use secret::{ESCAPE, SecretRef, Template, TemplatePiece};
pub use visible::{clip, excerpt, is_hidden, marked, safe};
pub use wildcard::fits;
