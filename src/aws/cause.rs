//! What an error of the SDK says, without the layers around it.

use std::error::Error;

/// What the last cause says, in one line. Where no credentials are found, it goes on with every place that was asked.
pub fn cause(error: &(dyn Error + 'static)) -> String {
    let text = root(error).to_string();
    let line = text.lines().next().unwrap_or_default();
    line.trim_end().trim_end_matches(" Attempted:").to_owned()
}

/// The last cause is the one that says something; what the SDK wraps around it repeats that there is one.
pub fn root<'a>(mut error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    while let Some(cause) = error.source() {
        error = cause;
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_one_line_without_the_places_that_were_asked() {
        for (said, shown) in [
            (
                "no credentials found in chain. Attempted:\n  Environment: not set\n  Profile: not enabled",
                "no credentials found in chain.",
            ),
            ("the token expired", "the token expired"),
            ("", ""),
        ] {
            assert_eq!(cause(&std::io::Error::other(said)), shown);
        }
    }
}
