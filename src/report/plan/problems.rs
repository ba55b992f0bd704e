//! The comment of a pull request whose files have errors: there is no plan, and the first errors say why.

use super::html::{clipped, code, fence};
use crate::monitor::{clip, safe};
use crate::report::workflow::inert;

/// Errors that a comment shows.
const MOST: usize = 10;

/// Characters of one of them.
const LINE: usize = 400;

/// The message of the failed command, and the first errors with their places.
pub fn problems_markdown(environment: Option<&str>, message: &str, problems: &[String]) -> String {
    let name = environment.map(|name| format!(" {}", code(&clip(&safe(name), LINE)))).unwrap_or_default();
    let message = clipped(&safe(message), LINE);
    let mut lines: Vec<_> = problems.iter().take(MOST).map(|line| clip(&safe(line), LINE)).collect();
    if problems.len() > MOST {
        lines.push("and more".to_owned());
    }
    inert(format!(
        "<h3>monitorctl{name}: {message}</h3>\n\n<p>There is no plan until they are corrected. <code>monitorctl validate</code> lists all of them.</p>\n\n{}",
        fence("text", &lines.join("\n"))
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_errors_stand_in_the_comment_and_that_there_are_more() {
        let problems: Vec<_> = (1..=12).map(|n| format!("monitors/a.yaml:{n}:1: `x` ends ```")).collect();
        let comment = problems_markdown(Some("prod"), "12 errors in the files", &problems);
        assert!(comment.starts_with("<h3>monitorctl <code>prod</code>: 12 errors in the files</h3>"));
        assert!(comment.contains("\n````text\nmonitors/a.yaml:1:1: `x` ends ```\n"), "{comment}");
        assert!(comment.ends_with("monitors/a.yaml:10:1: `x` ends ```\nand more\n````\n"), "{comment}");
    }
}
