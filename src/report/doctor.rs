//! What `doctor` found, for people and for programs.

use std::fmt::Write as _;

use anstyle::Style;
use serde_json::{Value, json};

use super::paint::{BAD, FAINT, GOOD, WARN, column, paint};
use super::spoken::one_line;
use crate::doctor::{Finding, FindingOutcome};

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

/// A line for each finding, one below it for the command that puts it right, and the sum.
/// `environment` is the one that was looked at.
pub fn findings_text(environment: Option<&str>, findings: &[Finding]) -> String {
    let mut text = environment.map(|name| format!("env {}\n\n", one_line(name))).unwrap_or_default();
    for Finding { about, outcome, what, fix } in findings {
        let (mark, style) = mark(*outcome);
        let _ = writeln!(text, "{} {:<11} {what}", column(style, mark, 1), about.as_str());
        if let Some(fix) = fix {
            let _ = writeln!(text, "  {:11} {} {fix}", "", paint(FAINT, "fix:"));
        }
    }
    let sums: Vec<_> = FindingOutcome::ALL
        .into_iter()
        .map(|outcome| (number(findings, outcome), outcome.as_str()))
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    let _ = writeln!(text, "\n{}", sums.join(", "));
    text
}

pub fn findings_json(environment: Option<&str>, findings: &[Finding]) -> Value {
    let sums =
        FindingOutcome::ALL.map(|outcome| (outcome.as_str().to_owned(), number(findings, outcome).into()));
    let listed = findings.iter().map(|Finding { about, outcome, what, fix }| {
        json!({"check": about.as_str(), "outcome": outcome.as_str(), "what": what, "fix": fix})
    });
    json!({
        "format_version": FORMAT_VERSION,
        "environment": environment,
        "summary": serde_json::Map::from_iter(sums),
        "findings": listed.collect::<Vec<_>>(),
    })
}

fn number(findings: &[Finding], outcome: FindingOutcome) -> usize {
    findings.iter().filter(|finding| finding.outcome == outcome).count()
}

fn mark(outcome: FindingOutcome) -> (&'static str, Style) {
    match outcome {
        FindingOutcome::Ok => ("✓", GOOD),
        FindingOutcome::Warning => ("!", WARN),
        FindingOutcome::Failed | FindingOutcome::Denied => ("×", BAD),
        FindingOutcome::Skipped => ("·", FAINT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Area;

    fn findings() -> Vec<Finding> {
        vec![
            Finding::ok(Area::Region, "eu-central-1"),
            Finding::warning(Area::Table, "states has no point-in-time recovery", "aws dynamodb …"),
            Finding::failed(Area::Topic, "no subscription", "aws sns subscribe …"),
            Finding::denied(Area::Permission, "states: Query is refused", "terraform apply …"),
            Finding::skipped(Area::Settings, "no monitorctl.yaml here"),
        ]
    }

    #[test]
    fn people_read_a_line_each_with_the_fix_below() {
        insta::assert_snapshot!(
            anstream::adapter::strip_str(&findings_text(Some("prod"), &findings())).to_string()
        );
    }

    #[test]
    fn programs_read_every_field() {
        insta::assert_snapshot!(format!("{:#}", findings_json(Some("prod"), &findings())));
    }
}
