//! The canaries: what each of them answered, from the machine that would ask them.

use super::finding::{Area, Finding};
use super::local::quoted;
use crate::installation::Look;
use crate::monitor::Canary;

/// What came of asking one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanaryFacts {
    pub canary: Canary,
    /// The status of its answer.
    pub outcome: Look<u16>,
}

/// A line each. If none answers, a run that is in doubt of itself would take the machine for cut off.
pub fn canaries(facts: &[CanaryFacts]) -> Vec<Finding> {
    let is_deaf = !facts.iter().any(|facts| matches!(facts.outcome, Look::Seen(_)));
    let finding = |CanaryFacts { canary, outcome }: &CanaryFacts| {
        let ask = format!("curl -sS -o /dev/null -w '%{{http_code}}\\n' {}", quoted(canary.as_str()));
        let silent = |why: &str| {
            let what = format!("the canary {canary} does not answer: {why}");
            if is_deaf {
                let what = format!("{what}; no canary answers from here");
                return Finding::failed(Area::Canary, what, ask.clone());
            }
            Finding::warning(Area::Canary, what, ask.clone())
        };
        match outcome {
            Look::Seen(status) => {
                Finding::ok(Area::Canary, format!("the canary {canary} answers: HTTP {status}"))
            }
            Look::Failed(why) | Look::Stranger(why) => silent(why),
            Look::Missing => silent("no answer in time"),
            Look::Hidden => silent("this machine may not reach it"),
        }
    };
    facts.iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::FindingOutcome;
    use super::*;

    #[test]
    fn what_each_canary_answered_is_said_and_none_that_answers_is_a_failure() {
        let facts =
            |url: &str, outcome| CanaryFacts { canary: Canary::parse(url).expect("a canary"), outcome };
        let one = facts("https://a.example/", Look::Seen(204));
        let two = facts("https://b.example/", Look::Failed("no such name: b.example".into()));
        let said = canaries(&[one.clone(), two.clone()]);
        assert_eq!(said[0], Finding::ok(Area::Canary, "the canary https://a.example/ answers: HTTP 204"));
        assert_eq!(said[1].outcome, FindingOutcome::Warning);
        assert!(said[1].what.contains("does not answer: no such name"), "{said:?}");
        assert_eq!(
            said[1].fix.as_deref(),
            Some(r"curl -sS -o /dev/null -w '%{http_code}\n' 'https://b.example/'")
        );
        assert_eq!(canaries(&[two])[0].outcome, FindingOutcome::Failed);
        assert_eq!(canaries(&[]), []);
    }
}
