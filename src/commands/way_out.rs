//! The command that applies a plan in spite of the guard. It allows what was seen and nothing more.

use std::path::Path;

use super::wish::Wish;
use crate::plan::{Claim, Overrides, Refusal, Rollback, Scope, TakeOver};

/// `None` if there is something that nothing allows: the command would be refused again.
pub fn way_out(folder: &Path, wish: &Wish, refusals: &[Refusal]) -> Option<String> {
    if refusals.is_empty() || refusals.iter().any(|refusal| refusal.flag().is_none()) {
        return None;
    }
    // What was asked for before stays, unless a larger number takes its place.
    let Wish { scope: Scope { only, adopt, take_over }, overrides, .. } = wish;
    let Overrides { mut allow_loss, mut allow_weaker, mut rollback } = overrides.clone();
    let mut adopted: Vec<String> = adopt.iter().map(ToString::to_string).collect();
    let mut taken: Vec<String> =
        take_over.iter().map(|TakeOver { owner, id }| format!("{owner}:{id}")).collect();
    for refusal in refusals {
        match refusal {
            Refusal::Losses { lost, .. } => allow_loss = Some(*lost),
            Refusal::Weakenings { weaker, .. } => allow_weaker = Some(*weaker),
            Refusal::Rollback { .. } => rollback = Rollback::Allowed,
            Refusal::Claimed(Claim { id, holder: Some(owner), .. }) => taken.push(format!("{owner}:{id}")),
            Refusal::Claimed(Claim { id, holder: None, .. }) => adopted.push(id.to_string()),
            Refusal::NothingDesired { .. } | Refusal::Protected { .. } | Refusal::Blocked(_) => {}
        }
    }
    let mut words = vec!["monitorctl sync".to_owned(), quoted(&folder.display().to_string())];
    let mut flag = |name: &str, value: &str| words.push(format!("{name} {}", quoted(value)));
    if let Some(only) = only {
        flag("--only", &only.to_string());
    }
    if !adopted.is_empty() {
        flag("--adopt", &adopted.join(","));
    }
    for taken in taken {
        flag("--take-over", &taken);
    }
    // The overrides are numbers and words of ours.
    words.extend(Overrides { allow_loss, allow_weaker, rollback }.text());
    Some(words.join(" "))
}

/// As a shell takes it for one word.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._/:@,+=-".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::{MonitorId, Place, Selector};

    fn claim(id: &str, holder: Option<&str>) -> Refusal {
        let place = Place { file: "a.yaml".into(), line: 1 };
        let id = MonitorId::parse(id).expect("valid");
        Refusal::Claimed(Claim { id, place, holder: holder.map(str::to_owned) })
    }

    fn wish(only: Option<&str>, overrides: Overrides) -> Wish {
        let only = only.map(|text| Selector::parse(text).expect("a selector"));
        Wish { scope: Scope { only, ..Scope::default() }, overrides, base: None }
    }

    #[test]
    fn one_command_allows_everything() {
        let refusals = [
            Refusal::Losses { lost: 7, limit: 2 },
            Refusal::Rollback { applied: "b".into(), incoming: "a".into() },
            claim("one", None),
            claim("two", None),
            claim("three", Some("it's $them")),
        ];
        let asked = wish(Some("!tag:x"), Overrides { allow_loss: Some(3), ..Overrides::default() });
        let command = way_out(Path::new("monitors"), &asked, &refusals);
        assert_eq!(
            command.as_deref(),
            Some(
                r"monitorctl sync monitors --only '!tag:x' --adopt one,two --take-over 'it'\''s $them:three' --allow-loss 7 --allow-rollback"
            )
        );
    }

    #[test]
    fn there_is_no_command_for_what_nothing_allows() {
        let wish = wish(None, Overrides::default());
        let refusals = [Refusal::Losses { lost: 7, limit: 2 }, Refusal::NothingDesired { owned: 7 }];
        assert_eq!(way_out(Path::new("monitors"), &wish, &refusals), None);
        assert_eq!(way_out(Path::new("monitors"), &wish, &[]), None);
    }
}
