//! Numbers of things in sentences.

use std::fmt::Display;

/// The noun with its number: `1 monitor`, `3 monitors`.
pub fn count<N: Copy + Display + PartialEq + From<u8>>(number: N, noun: &str) -> String {
    let end = if number == N::from(1) { "" } else { "s" };
    format!("{number} {noun}{end}")
}

/// The verb behind such a number.
pub fn is_or_are(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}
