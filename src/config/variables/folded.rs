//! What one variable is the cause of in many places is said once. Pure.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::config::diagnostic::Diagnostic;
use crate::config::grouped;

/// The same diagnostics, in their order. Of those that come from the same variables and say the same, the first, with
/// the number of the others.
pub fn folded(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut first = BTreeMap::new();
    let mut kept: Vec<(Diagnostic, usize)> = Vec::new();
    for diagnostic in diagnostics {
        let key = (diagnostic.code, diagnostic.variables.clone(), diagnostic.message.clone());
        match first.entry(key) {
            Entry::Occupied(at) if !diagnostic.variables.is_empty() => {
                if let Some((_, more)) = kept.get_mut(*at.get()) {
                    *more += 1;
                }
            }
            Entry::Occupied(_) => kept.push((diagnostic, 0)),
            Entry::Vacant(slot) => {
                slot.insert(kept.len());
                kept.push((diagnostic, 0));
            }
        }
    }
    let said = |(diagnostic, more): (Diagnostic, usize)| {
        let places = match more {
            0 => return diagnostic,
            1 => "1 more place".to_owned(),
            more => format!("{} more places", grouped(more)),
        };
        let message = format!("{} (and in {places})", diagnostic.message);
        Diagnostic { message, ..diagnostic }
    };
    kept.into_iter().map(said).collect()
}
