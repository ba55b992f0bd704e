//! What became of a plan, below the plan in the summary of a job.

use super::plan::fence;
use super::workflow::inert;
use crate::monitor::safe;

/// As Markdown: the exit code, and what was said in a block in which nothing has a meaning.
pub fn outcome_markdown(code: u8, summary: &str) -> String {
    let lines: Vec<_> = summary.lines().map(safe).collect();
    let title = match code {
        0 => "done".to_owned(),
        code => format!("incomplete (exit code {code})"),
    };
    inert(format!("\n### Outcome: {title}\n\n{}", fence("text", &lines.join("\n"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_text_and_nothing_else() {
        let summary = "error: a\u{1b}\n````\n::stop-commands::x\n<b>";
        let expected = "\n### Outcome: incomplete (exit code 6)\n\n`````text\nerror: a\\u{1b}\n````\n\\::stop-commands::x\n<b>\n`````\n";
        assert_eq!(outcome_markdown(6, summary), expected);
        assert_eq!(outcome_markdown(0, "applied"), "\n### Outcome: done\n\n```text\napplied\n```\n");
    }
}
