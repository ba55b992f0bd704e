//! What happened to the table beside us, for people: what a plan did not see, and the last runs.

use std::fmt::Write as _;

use crate::monitor::{count, marked};
use crate::plan::{FieldChange, Generation, ItemEvent, RunId, RunPage, Since, StoredHead};

/// Events that are listed.
const LISTED: usize = 20;

/// A line for the head, if it is not at the generation that is `expected`, and for each item.
pub fn since_text(
    seen: Option<&StoredHead>,
    now: Option<&StoredHead>,
    expected: Option<Generation>,
    events: &[Since],
) -> String {
    let mut text = String::new();
    if expected != now.map(|head| head.generation) {
        head_text(&mut text, seen, now);
    }
    for Since { id, what, commit, synced_at } in events.iter().take(LISTED) {
        let _ = write!(text, "\n  {id} ");
        event_text(&mut text, what);
        let by_sync = match what {
            ItemEvent::Appeared { .. } | ItemEvent::Retired | ItemEvent::Taken { .. } => true,
            ItemEvent::Changed { .. } | ItemEvent::Deleted | ItemEvent::Marked => false,
        };
        match synced_at {
            Some(at) if by_sync => {
                let _ = write!(text, ", at {at}");
            }
            Some(_) | None => {}
        }
        if let (Some(commit), true) = (commit, by_sync) {
            let _ = write!(text, " (commit {commit})");
        }
    }
    if let Some(more @ 1..) = events.len().checked_sub(LISTED) {
        let _ = write!(text, "\n  and {} more", count(more, "item"));
    }
    text
}

fn head_text(text: &mut String, seen: Option<&StoredHead>, now: Option<&StoredHead>) {
    let named = |head: Option<&StoredHead>| match head {
        None => "nothing".to_owned(),
        Some(head) => {
            let commit = head.commit.as_ref().map(|commit| format!(" (commit {commit})")).unwrap_or_default();
            format!("generation {}{commit}", head.generation.0)
        }
    };
    let _ = write!(text, "\n  the catalog changed from {} to {}", named(seen), named(now));
    if let Some(by) = now.and_then(|head| head.synced_by.as_ref()) {
        let _ = write!(text, ", by {by}");
    }
    if let Some(at) = now.and_then(|head| head.synced_at) {
        let _ = write!(text, " at {at}");
    }
}

fn event_text(text: &mut String, what: &ItemEvent) {
    let owned = |owner: &Option<String>| match owner {
        Some(owner) => format!("belongs to {owner}"),
        None => "has no owner".to_owned(),
    };
    let _ = match what {
        ItemEvent::Appeared { owner } => write!(text, "is new, and {}", owned(owner)),
        ItemEvent::Retired => write!(text, "was removed"),
        ItemEvent::Deleted => write!(text, "was deleted from the table"),
        ItemEvent::Taken { owner } => write!(text, "{} now", owned(owner)),
        ItemEvent::Marked => write!(text, "has a different fingerprint"),
        ItemEvent::Changed { fields } => {
            let fields: Vec<_> = fields.iter().map(field_text).collect();
            write!(text, "changed: {}", fields.join("; "))
        }
    };
}

fn field_text(field: &FieldChange) -> String {
    let side = |side: &Option<serde_json::Value>| {
        side.as_ref().map_or_else(|| "nothing".to_owned(), |value| marked(value.to_string()))
    };
    format!("{} {} → {}", field.path, side(&field.before), side(&field.after))
}

/// The runs whose pages these are, the newest first: when, by whom, which commit, how many changes.
pub fn runs_text(pages: &[RunPage]) -> String {
    let mut runs: Vec<(&RunId, Vec<&RunPage>)> = Vec::new();
    for page in pages {
        match runs.last_mut() {
            Some((run, pages)) if **run == page.run.id => pages.push(page),
            Some(_) | None => runs.push((&page.run.id, vec![page])),
        }
    }
    let lines = runs.iter().filter_map(|(run, pages)| {
        // The first page of a run comes last; without it the record was cut off here.
        let first = pages.last().filter(|page| page.number == 1)?;
        let changes =
            pages.iter().flat_map(|page| &page.items).filter(|item| item.moved_from.is_none()).count();
        let stamp = &first.stamp;
        let commit = stamp.commit.as_ref().map(|commit| format!(", commit {commit}")).unwrap_or_default();
        let undo = first.run.undoes.as_ref().map(|undone| format!(", undo of {undone}")).unwrap_or_default();
        let approved = first.run.approved_by.as_ref().map(|name| format!(", approved by {name}"));
        let approved = approved.unwrap_or_default();
        let by = &stamp.synced_by;
        Some(format!(
            "    {run}  {}  {}  {by}{commit}{approved}{undo}",
            stamp.synced_at,
            count(changes, "change")
        ))
    });
    lines.collect::<Vec<_>>().join("\n")
}
