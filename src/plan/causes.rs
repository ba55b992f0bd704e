//! Changes with one cause, as one entry: what a reviewer decides once is shown once. Pure.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::mem::{Discriminant, discriminant};

use super::secret_host::Host;
use super::{Action, Cause, Change, FieldChange, Risk, SecretHost};
use crate::monitor::{Place, SecretRef, ValueSource};

/// Changes that have one cause, or one change that has its own.
#[derive(Debug, PartialEq)]
pub struct ChangeGroup<'a> {
    /// In the order of the plan; never empty.
    pub changes: Vec<&'a Change>,
    /// Fields that change alike in all of them, sorted by path; then the variables that make the differences of others.
    pub fields: Vec<&'a FieldChange>,
    pub origin: GroupOrigin,
}

/// What the changes of a group have in common in the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupOrigin {
    /// The files of the monitors themselves, whichever they are.
    Own,
    /// A line outside their documents that all of them have their values from.
    Line(ValueSource),
    /// The same, but of values that go: where they were.
    FormerLine(ValueSource),
    /// One file has all of the monitors.
    File(String),
    /// One folder has the files of all of them. It ends with `/`; the folder above all others is empty.
    Folder(String),
}

/// Every change once. What is graver comes first, as in the plan; of what is as grave, the larger group.
///
/// Updates, moves and takeovers belong together if their whole sets of changed fields are the same, with the same
/// places; where a variable alone makes a difference, that variable is what counts. Monitors that come or go belong together if one file has them, or else one folder.
pub fn causes(changes: &[Change]) -> Vec<ChangeGroup<'_>> {
    let numbered = || changes.iter().enumerate();
    let (alone, mut gathered): (Vec<_>, Vec<_>) =
        gather(numbered(), file).into_iter().partition(|group| match group.as_slice() {
            [(_, only)] => comes_or_goes(only),
            [] | [_, ..] => false,
        });
    gathered.extend(gather(alone.into_iter().flatten(), folder));
    gathered.sort_by_key(|group| {
        let first = group.first();
        (first.map(|(_, change)| change.rank()), Reverse(group.len()), first.map(|(number, _)| *number))
    });
    gathered.into_iter().map(|group| ChangeGroup::of(group.into_iter().map(|(_, change)| change))).collect()
}

/// What two changes of a group have in common.
#[derive(PartialEq, Eq, Hash)]
struct GroupKey<'a> {
    action: Discriminant<Action>,
    /// Whose monitor it was, if it is taken over.
    owner: Option<&'a str>,
    cause: Option<Cause>,
    /// Whether it keeps an edit of the table.
    is_kept_edit: bool,
    risk: Risk,
    secrets: BTreeSet<(&'a SecretRef, Option<&'a Host>)>,
    /// What there is to decide about.
    fields: Vec<&'a FieldChange>,
    /// The file or folder of what comes or goes.
    place: Option<String>,
}

type Numbered<'a> = (usize, &'a Change);

fn gather<'a>(
    changes: impl Iterator<Item = Numbered<'a>>,
    place: fn(&Change) -> Option<String>,
) -> Vec<Vec<Numbered<'a>>> {
    let mut groups: Vec<Vec<_>> = Vec::new();
    let mut numbers: HashMap<GroupKey<'a>, usize> = HashMap::new();
    for numbered in changes {
        let next = groups.len();
        let number = *numbers.entry(GroupKey::of(numbered.1, place)).or_insert(next);
        match groups.get_mut(number) {
            Some(group) => group.push(numbered),
            None => groups.push(vec![numbered]),
        }
    }
    groups
}

impl<'a> GroupKey<'a> {
    fn of(change: &'a Change, place: fn(&Change) -> Option<String>) -> Self {
        // An edit in the table is no cause of its own beside a change of the files: it is a mark at its monitor.
        let Change {
            id: _,
            action,
            fields: _,
            unchanged: _,
            risk: _,
            secret_hosts,
            cause,
            drift: _,
            unedited: _,
            edit: _,
        } = change;
        let (fields, risk) = change.of_files();
        let comes_or_goes = comes_or_goes(change);
        let by_variable = fields.iter().any(|field| field.variable.is_some());
        // All fields of a new monitor are its own, but those at which a reviewer has to look.
        let counts = |field: &&FieldChange| !comes_or_goes || field.risk != Risk::None;
        Self {
            action: discriminant(action),
            owner: match action {
                Action::Adopt { stored, .. } => stored.owner.as_deref(),
                Action::Remove { .. }
                | Action::Update { .. }
                | Action::Move { .. }
                | Action::Create { .. } => None,
            },
            cause: *cause,
            is_kept_edit: change.is_kept_edit(),
            risk,
            // The hosts that a variable makes are as many as the monitors.
            secrets: secret_hosts
                .iter()
                .map(|way| (&way.secret, (!by_variable).then_some(&way.host)))
                .collect(),
            fields: reasons(fields.iter().filter(counts).map(FieldChange::reason)),
            place: if comes_or_goes { place(change) } else { None },
        }
    }
}

impl<'a> ChangeGroup<'a> {
    fn of(changes: impl Iterator<Item = &'a Change>) -> Self {
        let changes: Vec<_> = changes.collect();
        let mut fields: Vec<_> =
            changes.first().map(|first| first.of_files().0.iter().collect()).unwrap_or_default();
        for change in changes.iter().skip(1) {
            fields.retain(|field| change.of_files().0.contains(field));
        }
        let own = changes.iter().flat_map(|change| change.of_files().0);
        let own = own.filter(|field| !fields.contains(field)).filter_map(|field| field.variable.as_deref());
        let decides = |change: &Change, variable: &FieldChange| {
            change.of_files().0.iter().any(|field| field.reason() == variable)
        };
        let mut variables = reasons(own);
        variables.retain(|variable| changes.iter().all(|change| decides(change, variable)));
        // What such a variable makes alike in all of them is one more of its examples.
        fields.retain(|field| field.variable.as_deref().is_none_or(|by| !variables.contains(&by)));
        fields.extend(variables);
        let origin = GroupOrigin::of(&changes, &fields);
        Self { changes, fields, origin }
    }

    /// The change that shows what all of them have in common: one that no edit is in the way of.
    pub fn lead(&self) -> Option<&'a Change> {
        let unedited = self.changes.iter().find(|change| change.unedited.is_none());
        unedited.or(self.changes.first()).copied()
    }

    /// The change that shows how grave the group is: the revert of an edit may be graver than all else.
    pub fn gravest(&self) -> Option<&'a Change> {
        let most = self.changes.iter().map(|change| change.risk).max()?;
        let all = self.lead().into_iter().chain(self.changes.iter().copied());
        { all }.find(|change| change.risk == most)
    }

    /// The fields of one of its changes that are not those of all.
    pub fn own_fields(&self, change: &'a Change) -> impl Iterator<Item = &'a FieldChange> {
        change.fields.iter().filter(|field| !self.fields.contains(field) && !self.explains(field))
    }

    /// Whether a variable of the group makes what a field becomes in each of its monitors.
    pub fn explains(&self, field: &FieldChange) -> bool {
        field.variable.as_deref().is_some_and(|variable| self.fields.contains(&variable))
    }

    /// Where the secrets of all of them go that they did not go to before.
    pub fn secret_hosts(&self) -> BTreeSet<&'a SecretHost> {
        self.changes.iter().flat_map(|change| &change.secret_hosts).collect()
    }

    /// The line that the group is shown at: the one that all inherit from, or that of the first monitor.
    pub fn position(&self) -> Option<Place> {
        match &self.origin {
            GroupOrigin::Line(source) | GroupOrigin::FormerLine(source) => Some(source.place.clone()),
            GroupOrigin::Own | GroupOrigin::File(_) | GroupOrigin::Folder(_) => {
                self.changes.first().and_then(|change| change.position())
            }
        }
    }
}

impl GroupOrigin {
    fn of(changes: &[&Change], fields: &[&FieldChange]) -> Self {
        let [first, _, ..] = changes else { return Self::Own };
        if !comes_or_goes(first) {
            let sources = || fields.iter().map(|field| field.inherited.as_ref().or(field.was.as_ref()));
            if let Some(Some(any)) = sources().next()
                && sources().all(|other| other.is_some_and(|other| other.place.file == any.place.file))
            {
                let line = fields.iter().find_map(|field| field.inherited.as_ref());
                return line.map_or_else(|| Self::FormerLine(any.clone()), |line| Self::Line(line.clone()));
            }
        }
        let shared = |place: fn(&Change) -> Option<String>| {
            let shared = place(first)?;
            changes.iter().all(|change| place(change).as_ref() == Some(&shared)).then_some(shared)
        };
        if let Some(file) = shared(file) {
            return Self::File(file);
        }
        match shared(folder) {
            Some(folder) if comes_or_goes(first) => Self::Folder(folder),
            Some(_) | None => Self::Own,
        }
    }
}

/// Each once, sorted by path.
fn reasons<'a>(fields: impl Iterator<Item = &'a FieldChange>) -> Vec<&'a FieldChange> {
    let mut reasons: Vec<_> = fields.collect();
    reasons.sort_by(|one, two| one.path.cmp(&two.path));
    reasons.dedup();
    reasons
}

fn comes_or_goes(change: &Change) -> bool {
    match change.action {
        Action::Remove { .. } | Action::Create { .. } => true,
        Action::Update { .. } | Action::Move { .. } | Action::Adopt { .. } => false,
    }
}

fn file(change: &Change) -> Option<String> {
    Some(change.position()?.file)
}

fn folder(change: &Change) -> Option<String> {
    let file = file(change)?;
    Some(file.rfind('/').map_or_else(String::new, |at| file[..=at].to_owned()))
}
