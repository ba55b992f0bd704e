//! What differs between a monitor in its file and the same one in the table, field by field.

use serde_json::{Map, Value};

use crate::kinds::{Manner, manner};
use crate::monitor::{Fingerprint, Spec};

/// Fields that may differ for the search of what changed on which side; every further one doubles it.
const SEARCHABLE: usize = 12;

/// One field that is to say something else. It holds what is stored, so it is not for showing.
#[derive(Clone, PartialEq)]
pub struct FieldEdit {
    pub path: Vec<String>,
    /// `None`: the field goes.
    pub after: Option<Value>,
}

/// What a file is to say that was edited in the table since it was stored.
#[derive(Clone, PartialEq)]
pub enum Merged {
    /// Every field as it is in the table.
    Live(Spec),
    /// The file was edited too, in other fields: those stay, the rest is as in the table.
    Both(Spec),
    /// The same field was edited on both sides, or more than can be distinguished.
    Conflict,
}

/// The smallest fields in which `after` differs from `before`; a list is one field.
pub fn changes(before: &Spec, after: &Spec) -> Vec<FieldEdit> {
    let mut changes = Vec::new();
    compare(&mut Vec::new(), before.fields(), after.fields(), &mut changes);
    changes
}

/// What the file is to say. `stored` names what the last sync wrote into both; with it one can see which side edited
/// what: it is the one mixture of both sides that has this fingerprint.
pub fn meant(file: &Spec, live: &Spec, stored: Option<&Fingerprint>) -> Merged {
    let Some(stored) = stored.filter(|stored| file != live && **stored != file.fingerprint()) else {
        return Merged::Live(live.clone());
    };
    let changes = changes(file, live);
    if changes.len() > SEARCHABLE {
        return Merged::Conflict;
    }
    // A field of the mixture comes from the side that did not touch it.
    for mask in 0..1_u32 << changes.len() {
        let is_of_file = |index: &usize| mask >> index & 1 == 1;
        let (of_file, of_live): (Vec<_>, Vec<_>) = (0..changes.len()).partition(is_of_file);
        if apply(file, of_file.iter().map(|index| &changes[*index])).fingerprint() == *stored {
            return Merged::Both(apply(file, of_live.iter().map(|index| &changes[*index])));
        }
    }
    Merged::Conflict
}

/// `spec` with these changes.
pub fn apply<'c>(spec: &Spec, changes: impl Iterator<Item = &'c FieldEdit>) -> Spec {
    let mut fields = spec.fields().clone();
    for FieldEdit { path, after } in changes {
        put(&mut fields, path, after.clone());
    }
    Spec::new(fields)
}

fn put(fields: &mut Map<String, Value>, path: &[String], value: Option<Value>) {
    let [key, rest @ ..] = path else { return };
    if rest.is_empty() {
        match value {
            Some(value) => fields.insert(key.clone(), value),
            None => fields.shift_remove(key),
        };
        return;
    }
    let inner = fields.entry(key.clone()).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner_fields) = inner {
        put(inner_fields, rest, value);
        // A map that is empty says nothing and is not part of a spec.
        if inner_fields.is_empty() && manner(&[], key) != Manner::Whole {
            fields.shift_remove(key);
        }
    }
}

fn compare(
    path: &mut Vec<String>,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    changes: &mut Vec<FieldEdit>,
) {
    let added = after.keys().filter(|key| !before.contains_key(*key));
    let mut keys: Vec<_> = before.keys().chain(added).collect();
    keys.sort();
    for key in keys {
        let (old, new) = (before.get(key), after.get(key));
        if old == new {
            continue;
        }
        path.push(key.clone());
        match (old, new) {
            (Some(Value::Object(old)), Some(Value::Object(new))) if !new.is_empty() => {
                compare(path, old, new, changes);
            }
            (_, new) => changes.push(FieldEdit { path: path.clone(), after: new.cloned() }),
        }
        path.pop();
    }
}
